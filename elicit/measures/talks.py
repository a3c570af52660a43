"""What came out of dialogues in words: counts of one dialogue, and the results of a run of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import TypeAdapter

from elicit.dialogues import EventKind, Fault, NonAnswer, Speaker, Turn, Usage
from elicit.measures.catalogue import CURVES
from elicit.measures.results import Measure

FINISHED: Final = "finished"
"""The status of a dialogue that did not fail."""
_NON_ANSWERS: Final = frozenset(n.value for n in NonAnswer)

TALKS: Final = (
    *CURVES,
    Measure("learned", "Facets learned", "facets", 1, "Facets of which the person gave a value, volunteered ones too."),
    Measure("questions", "Questions", "questions", 0, "Facets that the agent asked for; a turn may ask for several."),
    Measure("repeated", "Asked again", "share", -1, "Share of questions for a facet that had already been answered."),
    Measure(
        "not_understood",
        "Not understood",
        "share",
        -1,
        "Share of the agent's turns, but for a closing one, that ask for nothing the domain has.",
    ),
    Measure("leaked", "Leaked", "facets", 0, "Values that the person gave away before the first question."),
    Measure(
        "contradicted",
        "Contradicted",
        "facets",
        -1,
        "Things the person said against its own profile: its error, not the agent's.",
    ),
)
"""Measures of a dialogue in words; the first is the headline. Those of recommendation need a domain with targets."""


@dataclass(frozen=True)
class TalkRow:
    """One dialogue, or one that failed, as a row of ``scores.parquet``.

    Attributes:
        id: of the dialogue.
        person: id of the person.
        draw: 0 for the first dialogue with the person, 1 for the second …
        status: ``finished``, or whose fault ended it: ``agent``, ``user``, ``model``, ``transport``.
        end: end reason, or the kind of failure.
        counted: whether it is in the figures. Failures of the simulation and of the way to a model are not.
        values: measure to value; NaN where it is not defined.
    """

    id: str
    person: str
    draw: int
    status: str
    end: str
    counted: bool
    values: Mapping[str, float]

    def flat(self) -> dict[str, object]:
        """Return the row with one key a measure."""
        return {name: value for name, value in asdict(self).items() if name != "values"} | dict(self.values)


@dataclass(frozen=True)
class TalkResults:
    """All that a report of dialogues needs.

    Attributes:
        title: of the recipe.
        domain: title of the domain; ``invented`` says whether its people were made up.
        agent: who asked, ``user`` who answered: specifications without secrets.
        condition: how people answer.
        planned: number of dialogues.
        statuses: ``finished`` and each fault to a number; they sum to ``planned``.
        ends: end reason or kind of failure to a number.
        counted: number of dialogues in the figures.
        measures: in the order of display.
        values: measure to (mean, low, high), 95 % bootstrap interval over people.
        usage: what the models of each side did.
        facts: provenance and settings to print, name to text.
        notes: sentences a reader must know.
    """

    title: str
    domain: str
    invented: bool
    agent: str
    user: str
    condition: str
    planned: int
    statuses: Mapping[str, int]
    ends: Mapping[str, int]
    counted: int
    measures: tuple[Measure, ...]
    values: Mapping[str, tuple[float, float, float]]
    usage: Mapping[Speaker, Usage]
    facts: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def flat(self) -> dict[str, object]:
        """Return the figures as the one row that ``--json`` shows: each measure with ``_low`` and ``_high``."""
        flat: dict[str, object] = {"agent": self.agent, "user": self.user, "condition": self.condition}
        flat |= {"planned": self.planned, "counted": self.counted}
        flat |= {name if name == FINISHED else f"failed_{name}": number for name, number in self.statuses.items()}
        for name, (mean, low, high) in self.values.items():
            flat |= {name: mean, f"{name}_low": low, f"{name}_high": high}
        return flat

    def to_json(self) -> str:
        """Return everything as JSON, with Python's tokens for what is not a finite number."""
        return json.dumps(TypeAdapter(TalkResults).dump_python(self, mode="json"), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> TalkResults:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: not JSON, or not results.
        """
        results = TypeAdapter(cls).validate_python(json.loads(text))
        if set(results.statuses) != {FINISHED, *Fault} or sum(results.statuses.values()) != results.planned:
            raise ValueError("the numbers of dialogues do not fit together")
        return results


def told(turns: Sequence[Turn]) -> dict[str, str]:
    """Return what the user said of itself, facet id to value; a later value replaces an earlier one.

    A non-answer does not replace an option: who has said "horror" and later "I'd rather not say" has still said it.
    """
    known: dict[str, str] = {}
    for turn in turns:
        if turn.speaker is Speaker.USER:
            known |= {f: v for f, v in turn.tells.items() if v not in _NON_ANSWERS or known.get(f, v) in _NON_ANSWERS}
    return known


def talk_counts(turns: Sequence[Turn]) -> dict[str, float]:
    """Return the counts of one dialogue by the names of :data:`TALKS`; shares are NaN where nothing was asked."""
    agents = [t for t in turns if t.speaker is Speaker.AGENT]
    asking = [t for t in agents if t.asks]
    lost = _marked(agents, EventKind.NOT_UNDERSTOOD)
    return {
        "learned": sum(value not in _NON_ANSWERS for value in told(turns).values()),
        "questions": sum(len(t.asks) for t in asking),
        "repeated": _share(_marked(asking, EventKind.REPEATED), len(asking)),
        "not_understood": _share(lost, len(asking) + lost),
        "leaked": len(turns[0].tells) if turns else 0,
        "contradicted": sum(e.kind is EventKind.CONTRADICTED for t in turns for e in t.events),
    }


def _marked(turns: Sequence[Turn], kind: EventKind) -> int:
    return sum(any(e.kind is kind for e in t.events) for t in turns)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
