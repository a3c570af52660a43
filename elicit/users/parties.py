"""What takes part in a dialogue: a side speaks for many dialogues at once, and says what it means if it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from elicit.dialogues import NO_USAGE, EndReason, Fault, Turn, Usage


@dataclass(frozen=True)
class Case:
    """A dialogue that is to be played.

    Attributes:
        id: of the dialogue.
        person: id of the person.
        row: of the person in the population.
        draw: 0 for the first dialogue with the person, 1 for the second …; each has luck of its own.
    """

    id: str
    person: str
    row: int
    draw: int


@dataclass
class Talk:
    """A dialogue that is being played.

    Attributes:
        case: which one.
        place: in the group of dialogues that are played together.
        turns: what was said so far.
        parting: whether the user has agreed and leaves when the agent has acted.
    """

    case: Case
    place: int
    turns: list[Turn] = field(default_factory=list)
    parting: bool = False


@dataclass(frozen=True)
class Said:
    """A turn that was spoken.

    Attributes:
        turn: what was said.
        end: why the dialogue ends with it, if it does.
        heard: whether ``asks`` and ``tells`` of the turn are known already; if not, they are found from its text.
        usage: of models, for this turn.
    """

    turn: Turn
    end: EndReason | None = None
    heard: bool = False
    usage: Usage = NO_USAGE


@dataclass(frozen=True)
class Failed:
    """A turn that was not spoken.

    Attributes:
        fault: whose failure it is.
        kind: short name, for counting.
        detail: one line for people.
        stops_run: whether all other dialogues would fail in the same way.
        usage: of models, in vain.
    """

    fault: Fault
    kind: str
    detail: str
    stops_run: bool = False
    usage: Usage = NO_USAGE


class Voice(Protocol):
    """One side of a group of dialogues that are played together."""

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return the next turn of each of these dialogues, which all belong to the group."""


class ByRule:
    """What all sides without a model have in common: any number play in lock-step, and nothing is invented."""

    @property
    def together(self) -> None:
        """It plays any number in lock-step."""

    @property
    def invents(self) -> bool:
        """What it says comes from the profile, from the noise that was asked for, or is nothing about itself."""
        return False


class Party(Protocol):
    """Who speaks on one side: a user or an agent.

    Attributes:
        name: how it was named, without secrets.
        together: how many dialogues it likes to play in lock-step; 1 = each by itself, None = it does not matter.
        invents: whether what it tells of itself must be held against its profile.
    """

    @property
    def name(self) -> str:
        """How it was named."""

    @property
    def together(self) -> int | None:
        """How many dialogues it likes to play in lock-step, None if it does not matter."""

    @property
    def invents(self) -> bool:
        """Whether what it tells of itself must be held against its profile."""

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues; all have the same draw, and ``place`` counts them."""
