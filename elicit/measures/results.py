"""What an evaluation found: the rows that the terminal, the page and ``--json`` show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from pydantic import TypeAdapter


@dataclass(frozen=True)
class Measure:
    """How to read one measure.

    Attributes:
        name: key in rows and files, for instance ``ndcg``.
        title: for headings, for instance ``NDCG@10``.
        unit: ``bits``, ``share`` … or empty.
        better: +1 if more is better, −1 if less is better, 0 if neither.
        meaning: one sentence for people.
        group: heading of the table in which it stands, where there are several.
    """

    name: str
    title: str
    unit: str
    better: int
    meaning: str
    group: str = ""


@dataclass(frozen=True)
class Row:
    """The means of one questioner in one condition after a number of questions.

    ``values`` maps a measure's name to (mean, low, high): a 95 % bootstrap interval over people.
    """

    questioner: str
    condition: str
    questions: int
    values: Mapping[str, tuple[float, float, float]]

    def flat(self) -> dict[str, object]:
        """Return the row as ``--json`` shows it: each measure with ``_low`` and ``_high``."""
        flat: dict[str, object] = {
            "questioner": self.questioner,
            "condition": self.condition,
            "questions": self.questions,
        }
        for name, (mean, low, high) in self.values.items():
            flat |= {name: mean, f"{name}_low": low, f"{name}_high": high}
        return flat


@dataclass(frozen=True)
class Difference:
    """A questioner against the baseline on the same people with the same luck.

    Attributes:
        difference: mean of questioner minus baseline, with its 95 % interval ``low`` to ``high``.
        p: permutation p-value, corrected by Holm over all differences of this measure in the run.
    """

    questioner: str
    baseline: str
    condition: str
    questions: int
    measure: str
    difference: float
    low: float
    high: float
    p: float

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval excludes zero and the corrected p-value is below .05."""
        return self.p < 0.05 and (self.low > 0 or self.high < 0)

    def flat(self) -> dict[str, object]:
        """Return the difference as ``--json`` shows it."""
        return {**asdict(self), "beyond_noise": self.beyond_noise}


@dataclass(frozen=True)
class Beside:
    """One of our figures beside a published one."""

    questioner: str
    condition: str
    questions: int
    ours: float
    theirs: float


@dataclass(frozen=True)
class Published:
    """Our figures of the headline beside published ones.

    Attributes:
        source: who measured theirs, and what differs.
        figures: side by side.
        agreement: which figures to Kendall's tau-b between ours and theirs.
    """

    source: str
    figures: tuple[Beside, ...]
    agreement: Mapping[str, float]


TROUBLE = "Trouble in learning"
"""How notes begin that say what went wrong."""


@dataclass(frozen=True)
class Results:
    """All that a report needs.

    Attributes:
        title: of the recipe.
        domain: title of the domain; ``invented`` says whether its people were made up.
        people: number of held-out people.
        measures: in the order of display; the first is the headline.
        rows: one a questioner, condition and number of questions.
        differences: against the baseline.
        summaries: one a questioner and condition, of whole dialogues (funnel-ness, adaptivity, area under the curve,
            questions to a level …); ``questions`` is the last number asked.
        summary_measures: how to read them.
        facts: provenance and settings to print, name to text.
        notes: sentences a reader must know (skipped conditions, caveats).
        examples: dialogues in words, each a mapping with ``title``, ``profile`` (list of text) and ``exchanges`` (list
            of (question, answer, note)).
        published: figures of others beside ours, where the recipe names them.
    """

    title: str
    domain: str
    invented: bool
    people: int
    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    summaries: tuple[Row, ...]
    summary_measures: tuple[Measure, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    examples: tuple[Mapping[str, object], ...] = ()
    published: Published | None = None

    @property
    def headline(self) -> Measure:
        """The measure that the findings and the terminal speak of."""
        return self.measures[0]

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The conditions in the order of the rows; the first is the one that the others are compared with."""
        return tuple(dict.fromkeys(row.condition for row in self.rows))

    @cached_property
    def questioners(self) -> tuple[str, ...]:
        """The questioners in the order of the rows."""
        return tuple(dict.fromkeys(row.questioner for row in self.rows))

    @cached_property
    def baseline(self) -> str:
        """The questioner that the others are compared with, or an empty text when nothing was compared."""
        return self.differences[0].baseline if self.differences else ""

    def numbers(self, condition: str) -> tuple[int, ...]:
        """Return the numbers of questions after which a condition was measured, ascending."""
        return tuple(sorted({row.questions for row in self.rows if row.condition == condition}))

    def value(self, questioner: str, condition: str, questions: int, measure: str) -> tuple[float, float, float] | None:
        """Return (mean, low, high) of a measure, or None where it was not measured."""
        row = self._rows.get((questioner, condition, questions))
        return row.values.get(measure) if row else None

    def difference(self, questioner: str, condition: str, questions: int, measure: str) -> Difference | None:
        """Return a questioner's difference to the baseline, or None where it was not compared."""
        return self._differences.get((questioner, condition, questions, measure))

    def last_compared(self, condition: str, measure: str) -> int | None:
        """Return the last number of questions after which a measure was compared, or None where it never was."""
        return max((n for _, c, n, m in self._differences if (c, m) == (condition, measure)), default=None)

    @cached_property
    def _rows(self) -> dict[tuple[str, str, int], Row]:
        return {(row.questioner, row.condition, row.questions): row for row in self.rows}

    @cached_property
    def _differences(self) -> dict[tuple[str, str, int, str], Difference]:
        against = (d for d in self.differences if d.baseline == self.baseline)
        return {(d.questioner, d.condition, d.questions, d.measure): d for d in against}

    def to_json(self) -> str:
        """Return everything as JSON, with Python's tokens for what is not a finite number."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Results:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: not JSON, or not results.
        """
        return TypeAdapter(cls).validate_python(json.loads(text))
