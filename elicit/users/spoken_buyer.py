"""A chat model as a buyer: what it does is read from what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from elicit.dialogues import Act, EndReason, Event, EventKind, Move
from elicit.language import Decision, decision
from elicit.users.parties import Case, Failed, Party, Said, Talk, Voice

_OFFERED: Final = {Decision.TAKES: Act.ACCEPT, Decision.REFUSES: Act.REFUSE}
"""What a decision does where something was offered."""


@dataclass(frozen=True)
class SpokenBuyer:
    """Lets another side speak, and reads from its words what it takes, refuses and leaves (:func:`decision`).

    Attributes:
        inner: who speaks.
    """

    inner: Party

    @property
    def name(self) -> str:
        """Who speaks."""
        return self.inner.name

    @property
    def together(self) -> int | None:
        """As many dialogues as the one who speaks likes."""
        return self.inner.together

    @property
    def invents(self) -> bool:
        """As the one who speaks."""
        return self.inner.invents

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        return _SpokenBuyerVoice(self.inner.join(cases))


@dataclass(frozen=True)
class _SpokenBuyerVoice(Voice):
    inner: Voice

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return what is said next, with what it does."""
        spoken = await self.inner.speak(talks)
        return [
            said if isinstance(said, Failed) else _moved(talk, said) for talk, said in zip(talks, spoken, strict=True)
        ]


def _moved(talk: Talk, said: Said) -> Said:
    theirs = talk.turns[-1].move if talk.turns else None
    offered = theirs if theirs is not None and theirs.act is Act.OFFER else None
    decided = decision(said.turn.text)
    act = _OFFERED.get(decided, Act.TELL) if offered is not None else Act.TELL if talk.turns else Act.CHAT
    if act is not Act.ACCEPT and (said.end is EndReason.USER_LEFT or decided is Decision.LEAVES):
        act = Act.LEAVE
    move = Move(act=act, intent=offered.intent if offered else None, item=offered.item if offered else None)
    agreed = (Event(kind=EventKind.AGREED, detail=move.item or ""),) if act is Act.ACCEPT else ()
    # A "yes" that the words around it take back is no agreement.
    events = tuple(event for event in said.turn.events if event.kind is not EventKind.AGREED) + agreed
    turn = said.turn.model_copy(update={"move": move, "events": events})
    ends = EndReason.USER_LEFT if act in {Act.ACCEPT, Act.LEAVE} else said.end
    return replace(said, turn=turn, end=ends)
