"""Understanding by a chat model; what it gets wrong in form is understood by rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elicit.dialogues import Message, NonAnswer
from elicit.domains import Domain, Facet
from elicit.language.understanding import Heard, Understanding
from elicit.models import ChatModel, ModelError, Reply, Request

MOST_TOKENS: Final = 200
"""Of a reply; a question that asks for more facets than fit is understood by rule."""
_QUESTION: Final = (
    "You get a question that somebody asks. Say which of these things it asks for, as JSON: "
    '{"asks": [ids]}. An empty list if it asks for none of them.\n'
)
_ANSWER: Final = (
    "You get a question and the reply to it. Say what the reply tells about the things that were asked, as JSON: "
    '{id: value}. Values are those in the list, or "unknown" (does not know), "no_preference" (makes no difference), '
    '"refused" (does not want to say), "not_understood" (the reply does not answer).\n'
)


@dataclass(frozen=True)
class ModelUnderstanding:
    """Asks a chat model what a text means.

    Attributes:
        model: is asked, with a JSON Schema that its reply must fulfil.
        domain: what can be asked.
        otherwise: understands where the model does not reply, or not in that form.
    """

    model: ChatModel
    domain: Domain
    otherwise: Understanding

    async def questions(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the facets that each text asks for."""
        ids = list(self.domain.columns)
        schema = {"asks": {"type": "array", "items": {"enum": ids}}}
        task = question_task(self.domain)
        replies = await self.model.complete([_request(task, text, schema) for text in texts])
        found = [_asks(reply, ids) for reply in replies]
        missing = [place for place, asks in enumerate(found) if asks is None]
        for place, asks in zip(missing, await self.otherwise.questions([texts[p] for p in missing]), strict=True):
            found[place] = asks
        return [asks or () for asks in found]

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        """Return what each reply tells; where nothing was asked the model is not."""
        asked = [place for place, one in enumerate(heard) if one.asked]
        replies = await self.model.complete([self._about(heard[place]) for place in asked])
        found = {p: self._told(heard[p], reply) for p, reply in zip(asked, replies, strict=True)}
        missing = [place for place in range(len(heard)) if not found.get(place)]
        by_rule = await self.otherwise.answers([heard[place] for place in missing])
        told = {place: tells for place, tells in found.items() if tells} | dict(zip(missing, by_rule, strict=True))
        return [told[place] for place in range(len(heard))]

    def _values(self, facet: str) -> list[str]:
        return [*(o.id for o in self.domain.facets[self.domain.column(facet)].options), *(n.value for n in NonAnswer)]

    def _about(self, heard: Heard) -> Request:
        facets = [self.domain.facets[self.domain.column(f)] for f in heard.asked]
        return _request(answer_task(facets), heard.text, {f.id: {"enum": self._values(f.id)} for f in facets})

    def _told(self, heard: Heard, reply: Reply | ModelError) -> Mapping[str, str] | None:
        read = _json(reply)
        if read is None or set(read) != set(heard.asked):
            return None
        return read if all(read[f] in self._values(f) for f in heard.asked) else None


def question_task(domain: Domain) -> str:
    """Return the system message with which a model is asked what a question asks for."""
    return _QUESTION + "\n".join(f"{f.id}: {f.label}" for f in domain.facets)


def answer_task(facets: Sequence[Facet]) -> str:
    """Return the system message with which a model is asked what a reply tells about some facets."""
    return _ANSWER + "\n".join(
        f"{f.id} ({f.label}): {', '.join(f'{o.id} = {o.label}' for o in f.options)}" for f in facets
    )


def _request(task: str, text: str, properties: Mapping[str, Any]) -> Request:
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
    messages = (Message(role="system", content=task), Message(role="user", content=text))
    return Request(messages, max_tokens=MOST_TOKENS, schema=schema)


def _asks(reply: Reply | ModelError, ids: Sequence[str]) -> tuple[str, ...] | None:
    read = _json(reply)
    asks = read.get("asks") if read else None
    if not isinstance(asks, list) or not all(facet in ids for facet in asks):
        return None
    return tuple(dict.fromkeys(asks))


def _json(reply: Reply | ModelError) -> dict[str, Any] | None:
    if isinstance(reply, ModelError):
        return None
    try:
        read = json.loads(reply.text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
