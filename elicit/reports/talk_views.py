"""Dialogues as they are laid out on the page: words, marks, and what was hidden beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from elicit.dialogues import Dialogue, EventKind, Failure, Message, NonAnswer, Speaker, Turn
from elicit.domains import Facet
from elicit.language import option_label
from elicit.measures import FINISHED, told
from elicit.runs import read_failures, read_finished

MOST_FAILURES: Final = 50
MOST_TALKS: Final = 200
"""More on one page than this nobody reads, and some browsers cannot show."""
_LONGEST: Final = 4000
"""Characters of a turn; what is cut off is in ``dialogues.jsonl``."""
_NON_ANSWERS: Final = frozenset(n.value for n in NonAnswer)

MARKS: Final[Mapping[EventKind, str]] = {
    EventKind.NOT_UNDERSTOOD: "The turn asks for nothing that the domain has, or does not answer what was asked.",
    EventKind.REPEATED: "The agent asks again for something that was answered, in whatever words.",
    EventKind.VERBATIM: "The speaker says exactly what it said before.",
    EventKind.LEAKED: "The opening gives away values before anything was asked.",
    EventKind.CONTRADICTED: "The user says something else than its hidden profile; this counts against the user.",
    EventKind.ROLE_SWAP: "The reply went on in the role of the other side, or about its own; that part was cut off.",
    EventKind.STRIPPED: "Reasoning or special tokens were cut off.",
    EventKind.SHORTENED: "The reply was too long and was cut.",
    EventKind.RETRIED: "The first reply could not be used; this is the second.",
    EventKind.FELL_BACK: "The rule user spoke in the place of a model that said nothing.",
    EventKind.AGREED: "The user agreed and leaves; the agent still has its turn to act.",
}


@dataclass(frozen=True)
class TurnView:
    """One turn: its words, what it means, what happened, what was sent for it."""

    speaker: str
    text: str
    cut: int
    meaning: str
    marks: tuple[tuple[str, str], ...]
    request: tuple[Message, ...]


@dataclass(frozen=True)
class ToldView:
    """Something that the user told, and what is true."""

    label: str
    said: str
    true: str
    wrong: bool


@dataclass(frozen=True)
class TalkView:
    """One dialogue with what was hidden."""

    id: str
    status: str
    end: str
    ended: str
    failed: bool
    events: tuple[str, ...]
    turns: tuple[TurnView, ...]
    persona: str
    asked: tuple[ToldView, ...]
    rest: tuple[tuple[str, str], ...]


class Shelf:
    """What a run folder holds for readers: facets, profiles, dialogues; read as a stream, since there may be many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facets = {f.id: f for f in _lines(folder / "facets.jsonl", Facet.model_validate_json)}

    def views(self) -> list[TalkView]:
        """Return the failures and dialogues that are shown, failures first."""
        failures = list(islice(read_failures(self._folder), MOST_FAILURES))
        dialogues = list(islice(read_finished(self._folder), MOST_TALKS - len(failures)))
        records: list[Dialogue | Failure] = [*failures, *dialogues]
        people = {record.person for record in records}
        hidden = {p["person"]: p for p in _lines(self._folder / "profiles.jsonl", json.loads) if p["person"] in people}
        return [self._view(record, hidden.get(record.person, {})) for record in records]

    def _view(self, record: Dialogue | Failure, hidden: Mapping[str, Any]) -> TalkView:
        profile: Mapping[str, str] = hidden.get("profile", {})
        values = told(record.turns)
        failed = isinstance(record, Failure)
        return TalkView(
            id=record.id,
            status=record.fault.value if isinstance(record, Failure) else FINISHED,
            end=record.kind if isinstance(record, Failure) else record.end.value,
            ended=_ended(record),
            failed=failed,
            events=tuple(dict.fromkeys(event.kind.value for turn in record.turns for event in turn.events)),
            turns=tuple(self._turn(turn) for turn in record.turns),
            persona=", ".join(f"{name} {value}" for name, value in hidden.get("persona", {}).items() if value),
            asked=tuple(self._told(facet, value, profile.get(facet)) for facet, value in values.items()),
            rest=tuple((self._facets[f].label, self._label(f, v)) for f, v in profile.items() if f not in values),
        )

    def _turn(self, turn: Turn) -> TurnView:
        return TurnView(
            speaker=turn.speaker.value,
            text=turn.text[:_LONGEST],
            cut=max(0, len(turn.text) - _LONGEST),
            meaning=self._meaning(turn),
            marks=tuple((event.kind.value, event.detail) for event in turn.events),
            request=turn.request or (),
        )

    def _meaning(self, turn: Turn) -> str:
        if turn.speaker is Speaker.AGENT:
            return "asks: " + ", ".join(self._facets[f].label for f in turn.asks) if turn.asks else ""
        return "; ".join(f"{self._facets[f].label} = {self._label(f, v)}" for f, v in turn.tells.items())

    def _told(self, facet: str, value: str, true: str | None) -> ToldView:
        truth = self._label(facet, true) if true is not None else "nothing"
        wrong = value not in _NON_ANSWERS and value != true
        return ToldView(self._facets[facet].label, self._label(facet, value), truth, wrong)

    def _label(self, facet: str, value: str) -> str:
        return option_label(self._facets[facet], value)


def _ended(record: Dialogue | Failure) -> str:
    if isinstance(record, Failure):
        return f"failed in the {record.side.value}'s turn ({record.fault.value}, {record.kind}): {record.detail}"
    return f"{record.end.value}, {sum(bool(t.asks) for t in record.turns)} questions"


def _lines(path: Path, read: Any) -> Iterator[Any]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield read(line)


def shown_in_words(views: Sequence[TalkView], finished: int, failed: int) -> str:
    """Return how many of the dialogues are shown, and where the others are."""
    failures = sum(view.failed for view in views)
    if len(views) == finished + failed:
        return f"All {len(views)} dialogues."
    return (
        f"{len(views) - failures} of {finished} finished dialogues and {failures} of {failed} failures; "
        "the others are in dialogues.jsonl and failures.jsonl."
    )
