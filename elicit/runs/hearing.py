"""What was said, understood: the meaning of free text, and the events a reader wants to see marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from elicit.dialogues import Event, EventKind, NonAnswer, Turn, code_of
from elicit.domains import Codes, Domain
from elicit.language import Heard, Understanding
from elicit.users import Said, Talk


@dataclass(frozen=True)
class Hearing:
    """Completes turns with what they ask, what they tell, and what happened.

    Attributes:
        domain: what can be asked.
        truth: int8[people, facets], the hidden profiles, against which a user that invents is held.
        understanding: finds the meaning of texts.
        audits: whether what the user tells is held against its profile.
    """

    domain: Domain
    truth: Codes
    understanding: Understanding
    audits: bool

    async def agents(self, talks: Sequence[Talk], said: Sequence[Said]) -> list[Said]:
        """Return the turns of agents, completed."""
        unheard = [place for place, one in enumerate(said) if not one.heard]
        asks = await self.understanding.questions([said[p].turn.text for p in unheard]) if unheard else []
        found = dict(zip(unheard, asks, strict=True))
        return [
            _with(one, self._agent_events(talk, turn := _asking(one.turn, found.get(place)), one), turn)
            for place, (talk, one) in enumerate(zip(talks, said, strict=True))
        ]

    async def users(self, talks: Sequence[Talk], said: Sequence[Said]) -> list[Said]:
        """Return the turns of users, completed."""
        unheard = [place for place, one in enumerate(said) if not one.heard]
        heard = [_heard(talks[place], said[place]) for place in unheard]
        tells = await self.understanding.answers(heard) if heard else []
        found = dict(zip(unheard, tells, strict=True))
        completed = []
        for place, (talk, one) in enumerate(zip(talks, said, strict=True)):
            turn = one.turn.model_copy(update={"tells": found[place]}) if place in found else one.turn
            completed.append(_with(one, self._user_events(talk, turn), turn))
        return completed

    def _agent_events(self, talk: Talk, turn: Turn, said: Said) -> Iterator[Event]:
        if not turn.asks and said.end is None and turn.move is None:
            yield Event(kind=EventKind.NOT_UNDERSTOOD, detail="asks for nothing that the domain has")
        again = [f for f in turn.asks if any(f in earlier.tells for earlier in talk.turns)]
        if again:
            yield Event(kind=EventKind.REPEATED, detail=", ".join(again))
        yield from _verbatim(talk, turn)

    def _user_events(self, talk: Talk, turn: Turn) -> Iterator[Event]:
        if not talk.turns and turn.tells:
            yield Event(kind=EventKind.LEAKED, detail=", ".join(turn.tells))
        if talk.turns and turn.move is None and (not turn.tells or NonAnswer.NOT_UNDERSTOOD in turn.tells.values()):
            yield Event(kind=EventKind.NOT_UNDERSTOOD, detail="does not answer what was asked")
        if self.audits:
            yield from self._contradictions(talk, turn)
        yield from _verbatim(talk, turn)

    def _contradictions(self, talk: Talk, turn: Turn) -> Iterator[Event]:
        for facet, value in turn.tells.items():
            column = self.domain.column(facet)
            told, true = code_of(self.domain.facets[column], value), int(self.truth[talk.case.row, column])
            if told >= 0 and told != true:
                real = self.domain.facets[column].options[true].id if true >= 0 else "nothing"
                yield Event(kind=EventKind.CONTRADICTED, detail=f"{facet}: said {value}, the profile says {real}")


def _asking(turn: Turn, asks: tuple[str, ...] | None) -> Turn:
    return turn if asks is None else turn.model_copy(update={"asks": asks})


def _heard(talk: Talk, said: Said) -> Heard:
    question = talk.turns[-1] if talk.turns else None
    return Heard(said.turn.text, question.asks, question.options, question.text) if question else Heard(said.turn.text)


def _with(said: Said, events: Iterator[Event], turn: Turn) -> Said:
    new = (*turn.events, *events)
    return replace(said, turn=turn.model_copy(update={"events": new}) if new else turn, heard=True)


def _verbatim(talk: Talk, turn: Turn) -> Iterator[Event]:
    if any(t.speaker is turn.speaker and t.text == turn.text for t in talk.turns):
        yield Event(kind=EventKind.VERBATIM)
