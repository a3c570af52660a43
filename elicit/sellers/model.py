"""A chat model as a seller: it thinks, speaks, and says in a structure what it offers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from elicit.basis import stable_hash
from elicit.dialogues import Act, EndReason, Event, EventKind, Fault, Message, Move, Speaker, Thought, Turn, Usage
from elicit.domains import Domain, Frozen
from elicit.language import clean_reply
from elicit.models import ChatModel, ModelError, ModelSettings, Reply, Request, cost
from elicit.users import Case, Failed, Said, Talk, Voice, failed_call, messages_of

_AGAIN: Final = "Answer with the JSON object only, as you were told."
_OBJECT: Final = re.compile(r"\{.*\}", re.DOTALL)


class SellerReply(Frozen):
    """What a model says as a seller.

    Attributes:
        thought: which of the four.
        reply: what the buyer hears.
        offer: the name of what is offered.
        done: whether the seller ends the talk, and what it claims then.
    """

    thought: Thought | None = None
    reply: str = Field(min_length=1)
    offer: str | None = None
    done: Literal["sold", "given up"] | None = None


@dataclass(frozen=True)
class ModelSeller:
    """A chat model as the agent of sales dialogues.

    A reply that is no such object is asked for once more; then its words are taken as they are, and offer what they
    name.

    Attributes:
        model: who speaks.
        settings: of its role.
        system: the system message.
        domain: what can be offered.
        seed: of the draws; each dialogue and turn has its own.
    """

    model: ChatModel
    settings: ModelSettings
    system: str
    domain: Domain
    seed: int

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
        """It says nothing about itself."""
        return False

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        return _ModelSellerVoice(self)

    @cached_property
    def items(self) -> Mapping[str, str]:
        """Label and id of each target, in small letters, to its id; longer ones first."""
        named = {name.casefold(): t.id for t in self.domain.targets for name in (t.label, t.id)}
        return dict(sorted(named.items(), key=lambda pair: -len(pair[0])))


@dataclass(frozen=True)
class _ModelSellerVoice(Voice):
    seller: ModelSeller

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return what the model says next in each dialogue; what is no object is asked for once more."""
        requests, answers = await self._complete(talks, 0)
        parsed = [None if isinstance(answer, ModelError) else _parsed(answer.text) for answer in answers]
        usages = [Usage() if isinstance(a, ModelError) else cost(a, self.seller.settings) for a in answers]
        unread = [n for n, answer in enumerate(answers) if isinstance(answer, Reply) and parsed[n] is None]
        asked_again, again = await self._complete([talks[n] for n in unread], 1) if unread else ([], [])
        for n, request, answer in zip(unread, asked_again, again, strict=True):
            requests[n], answers[n] = request, answer
            if isinstance(answer, Reply):
                parsed[n], usages[n] = _parsed(answer.text), usages[n] + cost(answer, self.seller.settings)
        return [
            failed_call(answer)
            if isinstance(answer, ModelError)
            else self._said(request, answer, reply, usage, n in unread)
            for n, (request, answer, reply, usage) in enumerate(zip(requests, answers, parsed, usages, strict=True))
        ]

    async def _complete(self, talks: Sequence[Talk], attempt: int) -> tuple[list[Request], list[Reply | ModelError]]:
        """Return what the model was sent for each dialogue, and what it replied."""
        requests = [self._request(talk, attempt) for talk in talks]
        return requests, await self.seller.model.complete(requests)

    def _request(self, talk: Talk, attempt: int) -> Request:
        seller = self.seller
        messages = messages_of(seller.system, talk.turns, Speaker.AGENT)
        if attempt:
            messages[-1] = Message(role="user", content=f"{messages[-1].content}\n\n({_AGAIN})")
        seed = stable_hash(seller.seed, talk.case.id, len(talk.turns), attempt) & 0x7FFFFFFF
        schema: dict[str, Any] = SellerReply.model_json_schema()
        return Request(tuple(messages), seed, seller.settings.temperature, seller.settings.max_tokens, schema)

    def _said(
        self, request: Request, answer: Reply, reply: SellerReply | None, usage: Usage, retried: bool
    ) -> Said | Failed:
        events: tuple[Event, ...] = (Event(kind=EventKind.RETRIED),) if retried else ()
        if reply is None:
            reply, cleaned = self._in_words(answer.text)
            events += cleaned
        if reply is None:
            return Failed(Fault.AGENT, "empty", "the seller said nothing, twice", usage=usage)
        move = self._move(reply)
        turn = Turn(speaker=Speaker.AGENT, text=reply.reply, move=move, events=events, request=request.messages)
        end = EndReason.AGENT_DONE if move.act in {Act.HAND_OVER, Act.GIVE_UP} else None
        return Said(turn, end, heard=move.act is not Act.CHAT, usage=usage)

    def _in_words(self, text: str) -> tuple[SellerReply | None, tuple[Event, ...]]:
        """Return a reply that is no object as one that offers what it names."""
        cleaned = clean_reply(text, Speaker.AGENT)
        if not cleaned.text:
            return None, cleaned.events
        said = cleaned.text.casefold()
        offer = next((name for name in self.seller.items if name in said), None)
        return SellerReply(reply=cleaned.text, offer=offer, done="given up" if cleaned.done else None), cleaned.events

    def _move(self, reply: SellerReply) -> Move:
        item = None if reply.offer is None else self.seller.items.get(reply.offer.strip().casefold(), reply.offer)
        if reply.done is not None:
            return Move(act=Act.HAND_OVER if reply.done == "sold" else Act.GIVE_UP, item=item, thought=reply.thought)
        return Move(act=Act.CHAT if item is None else Act.OFFER, item=item, thought=reply.thought)


def _parsed(text: str) -> SellerReply | None:
    """Return the object in a model's reply, None if there is none that can be used."""
    found = _OBJECT.search(text)
    try:
        return SellerReply.model_validate(json.loads(found.group())) if found else None
    except (json.JSONDecodeError, ValidationError, RecursionError):
        return None
