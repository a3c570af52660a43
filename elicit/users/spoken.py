"""A side played by a chat model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from elicit.basis import stable_hash
from elicit.dialogues import EndReason, Event, EventKind, Fault, Message, Speaker, Turn, Usage
from elicit.language import clean_reply
from elicit.models import ChatModel, ModelError, ModelFault, ModelSettings, Reply, Request, cost
from elicit.users.parties import Case, Failed, Party, Said, Talk, Voice

_YES: Final = re.compile(
    r"\W*(yes|yeah|yep|sure|ok|okay|all right|alright|agreed|deal|please do|go ahead|i'll take it)\b", re.I
)
_BY_MODEL: Final = {ModelFault.CONTEXT, ModelFault.REJECTED, ModelFault.NO_MODEL, ModelFault.REFUSED, ModelFault.BUDGET}
"""The other faults lie on the way to the model."""
_GOODBYE: Final = "Goodbye."
_YOU_BEGIN: Final = "(The conversation begins. You speak first.)"
"""Chat templates want a first message that is not the model's own."""


@dataclass(frozen=True)
class ModelParty:
    """A chat model as user or agent.

    Attributes:
        side: which.
        model: who speaks.
        settings: of its role.
        system: returns the system message of a case.
        seed: of the draws; each dialogue and turn has its own.
        rule: for a user: says the opening, which the model always sees as its own.
        falls_back: whether ``rule`` speaks where the model says nothing twice; else the dialogue ends.
    """

    side: Speaker
    model: ChatModel
    settings: ModelSettings
    system: Callable[[Case], str]
    seed: int
    rule: Party | None = None
    falls_back: bool = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def together(self) -> int:
        """As many dialogues as the model likes requests."""
        return self.model.together

    @property
    def invents(self) -> bool:
        """A model says what it likes."""
        return self.side is Speaker.USER

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        return _ModelVoice(self, self.rule.join(cases) if self.rule else None)


@dataclass(frozen=True)
class _ModelVoice(Voice):
    party: ModelParty
    rule: Voice | None

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return the openings if the dialogues begin with this side, else what the model says."""
        if self.rule is not None and not talks[0].turns:
            return await self.rule.speak(talks)
        first = await self._ask(talks, 0)
        empty = [place for place, said in enumerate(first) if isinstance(said, Said) and _is_empty(said)]
        again = await self._ask([talks[place] for place in empty], 1) if empty else []
        spoken = list(first)
        for place, said in zip(empty, again, strict=True):
            spoken[place] = _after_retry(first[place].usage, said)
        nothing = [p for p in empty if isinstance(said := spoken[p], Said) and _is_empty(said)]
        for place, said in zip(nothing, await self._instead([talks[p] for p in nothing]), strict=True):
            spoken[place] = replace(said, usage=spoken[place].usage)
        return spoken

    async def _ask(self, talks: Sequence[Talk], attempt: int) -> list[Said | Failed]:
        requests = [self._request(talk, attempt) for talk in talks]
        replies = await self.party.model.complete(requests)
        return [
            failed_call(reply) if isinstance(reply, ModelError) else self._said(request, reply)
            for request, reply in zip(requests, replies, strict=True)
        ]

    def _request(self, talk: Talk, attempt: int) -> Request:
        side, settings = self.party.side, self.party.settings
        messages = messages_of(self.party.system(talk.case), talk.turns, side)
        seed = stable_hash(self.party.seed, talk.case.id, len(talk.turns), attempt) & 0x7FFFFFFF
        return Request(tuple(messages), seed, settings.temperature, settings.max_tokens)

    def _said(self, request: Request, reply: Reply) -> Said:
        cleaned = clean_reply(reply.text, self.party.side)
        events = cleaned.events
        end = None
        if cleaned.done and self.party.side is Speaker.AGENT:
            end = EndReason.AGENT_DONE
        elif cleaned.done:
            end = EndReason.USER_LEFT
            events += (Event(kind=EventKind.AGREED),) if _YES.match(cleaned.text) else ()
        text = cleaned.text or (_GOODBYE if cleaned.done else "")
        turn = Turn(speaker=self.party.side, text=text, events=events, request=request.messages)
        return Said(turn, end, usage=cost(reply, self.party.settings))

    async def _instead(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return what happens where the model had nothing to say, twice."""
        if not talks:
            return []
        if self.party.side is Speaker.AGENT:
            return [Failed(Fault.AGENT, "empty", "the agent said nothing, twice")] * len(talks)
        if self.rule is None or not self.party.falls_back:
            nothing = Turn(speaker=self.party.side, text="", events=(Event(kind=EventKind.RETRIED),))
            return [Said(nothing, EndReason.USER_EMPTY, heard=True)] * len(talks)
        spoken = await self.rule.speak(talks)
        return [_marked(said, EventKind.RETRIED, EventKind.FELL_BACK) for said in spoken]


def _is_empty(said: Said) -> bool:
    return not said.turn.text


def _after_retry(before: Usage, said: Said | Failed) -> Said | Failed:
    """Return the second attempt, with what the first one cost."""
    with_cost = replace(said, usage=before + said.usage)
    return _marked(with_cost, EventKind.RETRIED)


def _marked(said: Said | Failed, *kinds: EventKind) -> Said | Failed:
    if isinstance(said, Failed):
        return said
    events = (*said.turn.events, *(Event(kind=kind) for kind in kinds))
    return replace(said, turn=said.turn.model_copy(update={"events": events}))


def messages_of(system: str, turns: Sequence[Turn], side: Speaker) -> list[Message]:
    """Return a dialogue as the chat of the model that plays a side; its own turns are the assistant's."""
    messages = [Message(role="system", content=system)]
    if turns[0].speaker is side:
        messages.append(Message(role="user", content=_YOU_BEGIN))
    for turn in turns:
        messages.append(Message(role="assistant" if turn.speaker is side else "user", content=turn.text))
    return messages


def failed_call(error: ModelError) -> Failed:
    """Return the turn that a model did not speak, with whose fault it is."""
    fault = Fault.MODEL if error.fault in _BY_MODEL else Fault.TRANSPORT
    return Failed(fault, error.fault.value, error.detail, stops_run=error.fault.stops_run)
