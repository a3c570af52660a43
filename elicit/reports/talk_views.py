"""Dialogues as they are laid out on the page: words, marks, and what was hidden beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from elicit.basis import InputError
from elicit.dialogues import Dialogue, EndReason, EventKind, Failure, Fault, Message, NonAnswer, Speaker, Turn
from elicit.domains import Facet, Frozen
from elicit.language import option_label
from elicit.measures import FINISHED, told
from elicit.runs import read_failures, read_finished

MOST_FAILURES: Final = 50
MOST_TALKS: Final = 200
"""More on one page than this nobody reads, and some browsers cannot show."""
_LONGEST: Final = 4000
"""Characters of a turn; what is cut off is in ``dialogues.jsonl``."""
_LONGEST_SENT: Final = 20_000
"""Characters of a message to a model."""
_NON_ANSWERS: Final = frozenset(n.value for n in NonAnswer)
Model = TypeVar("Model", bound=Frozen)

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
class Words:
    """A text from outside, and how many of its characters are not shown."""

    text: str
    cut: int

    @classmethod
    def of(cls, text: str, longest: int = _LONGEST) -> Words:
        """Cut a text that no reader would read to its end."""
        return cls(text[:longest], max(0, len(text) - longest))


@dataclass(frozen=True)
class RequestView:
    """What was sent for a turn: how many messages were those of the request before, and what came after them."""

    as_before: int
    messages: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class ValueView:
    """A facet with what was said of it, which may be a non-answer."""

    label: str
    said: str
    non_answer: bool


@dataclass(frozen=True)
class TurnView:
    """One turn: its words, what it asks and tells, what happened, what was sent for it, what it does in a sale."""

    speaker: str
    said: Words
    asks: tuple[str, ...]
    tells: tuple[ValueView, ...]
    marks: tuple[tuple[str, Words], ...]
    request: RequestView | None
    does: str = ""


@dataclass(frozen=True)
class ToldView:
    """Something that was asked or told: what was said of it (None: nothing) against what is true (None: not known).

    ``verdict`` is ``right``, ``wrong``, or ``open`` where no value was given.
    """

    label: str
    said: str | None
    true: str | None
    verdict: str


@dataclass(frozen=True)
class TalkView:
    """One dialogue with what was hidden.

    Attributes:
        ended: its end in a few words; ``cause`` is what a failure says of itself.
        events: kinds of events in it, each once.
        asked: facets that were asked or told, in the order of the dialogue.
        rest: the other facets of the hidden profile with their true values.
    """

    id: str
    status: str
    end: str
    ended: str
    cause: Words
    events: tuple[str, ...]
    turns: tuple[TurnView, ...]
    persona: str
    asked: tuple[ToldView, ...]
    rest: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether it counts as failed, whoever's fault it was."""
        return self.status != FINISHED


class _Hidden(Frozen):
    """What a person is and likes, as a line of ``profiles.jsonl``."""

    person: str
    persona: Mapping[str, str] = {}
    profile: Mapping[str, str] = {}


class Shelf:
    """What a run folder holds for readers: facets, profiles, dialogues; read as a stream, since there may be many.

    Args:
        folder: in which they lie.
        remedy: what a person does about a file that is damaged.

    Raises:
        InputError: a line that cannot be read, by file and number, or a facet or value that the run does not have.
    """

    def __init__(self, folder: Path, remedy: str) -> None:
        self.folder, self.remedy = folder, remedy
        self._facets = {f.id: f for f in self.lines("facets.jsonl", Facet)}

    @property
    def labels(self) -> dict[str, str]:
        """What people call each facet, by its id."""
        return {facet: known.label for facet, known in self._facets.items()}

    def views(self) -> list[TalkView]:
        """Return the failures and dialogues that are shown, failures first."""
        records: list[Dialogue | Failure] = list(islice(read_failures(self.folder), MOST_FAILURES))
        records += islice(read_finished(self.folder), MOST_TALKS - len(records))
        return self.views_of(records)

    def views_of(self, records: Sequence[Dialogue | Failure]) -> list[TalkView]:
        """Return dialogues with what was hidden."""
        people = {record.person for record in records}
        hidden = {h.person: h for h in self.lines("profiles.jsonl", _Hidden) if h.person in people}
        return [self._view(record, hidden.get(record.person, _Hidden(person=record.person))) for record in records]

    def lines(self, name: str, kind: type[Model]) -> Iterator[Model]:
        """Yield the lines of a file, each read as what it should be."""
        path = self.folder / name
        if not path.exists():
            raise InputError("file is missing", where=str(path), remedy=self.remedy)
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield kind.model_validate_json(line)
                except ValueError:
                    raise InputError("damaged", where=f"{path}:{number}", remedy=self.remedy) from None

    def _view(self, record: Dialogue | Failure, hidden: _Hidden) -> TalkView:
        status, end, ended, cause = _ending(record)
        values = told(record.turns)
        asked = dict.fromkeys(f for turn in record.turns for f in (*turn.asks, *turn.tells))
        return TalkView(
            id=record.id,
            status=status,
            end=end,
            ended=ended,
            cause=Words.of(cause),
            events=tuple(dict.fromkeys(event.kind.value for turn in record.turns for event in turn.events)),
            turns=tuple(self._turns(record.turns)),
            persona=", ".join(f"{name} {value}" for name, value in hidden.persona.items() if value),
            asked=tuple(self._told(f, values.get(f), hidden.profile.get(f)) for f in asked),
            rest=tuple((self._facet(f).label, self._label(f, v)) for f, v in hidden.profile.items() if f not in asked),
        )

    def _turns(self, turns: Sequence[Turn]) -> Iterator[TurnView]:
        sent: dict[Speaker, tuple[Message, ...]] = {}
        for turn in turns:
            yield TurnView(
                speaker=turn.speaker.value,
                said=Words.of(turn.text),
                asks=tuple(self._facet(f).label for f in turn.asks),
                tells=tuple(
                    ValueView(self._facet(f).label, self._label(f, v), v in _NON_ANSWERS) for f, v in turn.tells.items()
                ),
                marks=tuple((event.kind.value, Words.of(event.detail)) for event in turn.events),
                request=_request(turn.request, sent.get(turn.speaker, ())) if turn.request else None,
            )
            sent[turn.speaker] = turn.request or ()

    def _told(self, facet: str, value: str | None, true: str | None) -> ToldView:
        given = value is not None and value not in _NON_ANSWERS
        return ToldView(
            label=self._facet(facet).label,
            said=None if value is None else self._label(facet, value),
            true=None if true is None else self._label(facet, true),
            verdict=("right" if value == true else "wrong") if given else "open",
        )

    def _label(self, facet: str, value: str) -> str:
        return option_label(self._facet(facet), value)

    def _facet(self, facet: str) -> Facet:
        if facet not in self._facets:
            raise InputError(f"has no facet '{facet}', of which a dialogue speaks", where=str(self.folder))
        return self._facets[facet]


def _request(messages: Sequence[Message], before: Sequence[Message]) -> RequestView:
    """Lay out a request without the messages that it has in common with the one before, which would fill the page."""
    new = next((n for n, (one, other) in enumerate(zip(messages, before, strict=False)) if one != other), None)
    same = min(len(messages), len(before)) if new is None else new
    return RequestView(same, tuple((m.role, Words.of(m.content, _LONGEST_SENT)) for m in messages[same:]))


def _ending(record: Dialogue | Failure) -> tuple[str, str, str, str]:
    """Return status, end, the end in a few words, and the cause of a failure."""
    if isinstance(record, Failure):
        ended = f"failed in the {record.side.value}'s turn ({record.fault.value}, {record.kind})"
        return record.fault.value, record.kind, ended, record.detail
    status = Fault.USER.value if record.end is EndReason.USER_EMPTY else FINISHED
    return status, record.end.value, f"{record.end.value}, {sum(bool(t.asks) for t in record.turns)} questions", ""


def shown_in_words(views: Sequence[TalkView], finished: int, failed: int) -> str:
    """Return how many of the dialogues are shown, and where the others are."""
    failures = sum(view.failed for view in views)
    if len(views) == finished + failed:
        return f"All {len(views):,} dialogues."
    return (
        f"{len(views) - failures:,} of {finished:,} finished dialogues and {failures:,} of {failed:,} failures; "
        "the others are in dialogues.jsonl and failures.jsonl."
    )
