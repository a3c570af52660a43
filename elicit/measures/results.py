"""What an evaluation found: the rows that the terminal, the page and ``--json`` show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """How to read one measure.

    Attributes:
        name: key in rows and files, for instance ``ndcg``.
        title: for headings, for instance ``NDCG@10``.
        unit: ``bits``, ``share`` … or empty.
        better: +1 if more is better, −1 if less is better, 0 if neither.
        meaning: one sentence for people.
    """

    name: str
    title: str
    unit: str
    better: int
    meaning: str


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
