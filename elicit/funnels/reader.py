"""A chat model that reads what is written of items; what it says is taken only if the text says it too."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from elicit.basis import counted
from elicit.dialogues import Message
from elicit.funnels.item_texts import ItemText
from elicit.funnels.pairs import MOST_PAIRS, Judged, Pair, judged, pairs_in
from elicit.funnels.told import told_traits
from elicit.funnels.traits import Trait
from elicit.language import rendered
from elicit.models import Budget, ChatModel, ModelError, ModelSettings, Reply, Request, open_models, refuse_silence

_ROLE: Final = "reader"
_MOST_READ: Final = 200
"""Items that are read at most, evenly spread over the catalog."""
_TOGETHER: Final = 16
"""Items that are read between two looks at which keys were used."""
_KEYS: Final = 20
"""Keys of which the model is told that they were used, the most frequent ones."""
_LONGEST: Final = 4000
"""Letters of an item's text that are sent."""
_AGAIN: Final = "Answer with the JSON object only, as you were told."
EMPTY: Final = "empty reply"
NO_OBJECT: Final = "reply without a JSON object"
NO_REPLY: Final = "no reply"


@dataclass(frozen=True)
class Reader:
    """Who reads texts of items.

    Attributes:
        settings: of the chat model.
        tell: called with what is being done, how many items are read and how many there are.
        read: items of which there is an object, of those that were sent.
        pairs: what the model said, by what became of it.
        bad: replies that could not be used, by what was wrong; each is asked for once more.
    """

    settings: ModelSettings
    tell: Callable[[str, int, int], None] = lambda doing, done, total: None
    read: Counter[bool] = field(default_factory=Counter)
    pairs: Counter[Judged] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)

    def traits(self, subject: str, items: Sequence[ItemText]) -> list[Trait]:
        """Return what the model says of items, as far as their texts say it too.

        At most 200 items are read, evenly spread; of the others is told what the same values in their texts tell (see
        :func:`told_traits`). The model gets one item at a time, and the keys that were used most.

        Args:
            subject: what the items are.
            items: all of them.

        Raises:
            InputError: a file, a model or an environment variable that is not there.
            UnavailableError: the model cannot be reached or used, or has replied to nothing.
        """
        return asyncio.run(self._traits(subject, items))

    @property
    def notes(self) -> tuple[str, ...]:
        """What became of what the model said, one sentence each."""
        taken, sent = counted(self.pairs[Judged.TAKEN], "pair"), counted(self.read.total(), "item")
        left = {why.value: number for why, number in self.pairs.items() if why is not Judged.TAKEN}
        counts = {"Left out": left, "Asked for once more": dict(self.bad)}
        listed = [f"{head}: {_listed(numbers)}." for head, numbers in counts.items() if numbers]
        return f"{self.settings.spec} told {taken} that can be taken, of {self.read[True]} of {sent}.", *listed

    async def _traits(self, subject: str, items: Sequence[ItemText]) -> list[Trait]:
        places = _spread(len(items))
        told: dict[int, list[Pair]] = {}
        keys: Counter[str] = Counter()
        async with open_models({_ROLE: self.settings}, Budget(None), cache=None) as models:
            for start in range(0, len(places), _TOGETHER):
                some = places[start : start + _TOGETHER]
                frequent = [key for key, _ in keys.most_common(_KEYS)]
                system = rendered("reader.jinja", subject=subject, keys=frequent, most=MOST_PAIRS)
                told |= await self._read(models[_ROLE], system, {place: items[place] for place in some})
                keys.update(pair.key.lower() for place in some for pair in told.get(place, ()))
                self.tell(f"items read by {models[_ROLE].name}", start + len(some), len(places))
        return told_traits(told, items)

    async def _read(self, model: ChatModel, system: str, items: Mapping[int, ItemText]) -> dict[int, list[Pair]]:
        """Return what can be taken of each item of which there is an object."""
        objects = await self._objects(model, system, items, again=False)
        missing = {place: items[place] for place, found in objects.items() if found is None}
        if missing:
            objects |= await self._objects(model, system, missing, again=True)
        self.read.update(found is not None for found in objects.values())
        return {place: self._taken(found, items[place]) for place, found in objects.items() if found is not None}

    def _taken(self, found: Mapping[str, object], item: ItemText) -> list[Pair]:
        pairs = list(judged(found, item))
        self.pairs.update(what for _, what in pairs)
        return [pair for pair, what in pairs if what is Judged.TAKEN]

    async def _objects(
        self, model: ChatModel, system: str, items: Mapping[int, ItemText], again: bool
    ) -> dict[int, Mapping[str, object] | None]:
        """Return the object in the reply to each item, None where there is none."""
        replies = await model.complete([self._request(system, item, again) for item in items.values()])
        refuse_silence(replies, _ROLE, first=not again)
        objects = [pairs_in(reply.text) if isinstance(reply, Reply) else None for reply in replies]
        if not again:
            self.bad.update(_fault(reply) for reply, o in zip(replies, objects, strict=True) if o is None)
        return dict(zip(items, objects, strict=True))

    def _request(self, system: str, item: ItemText, again: bool) -> Request:
        text = "\n".join((item.label, *item.parts))[:_LONGEST]
        said = f"{text}\n\n({_AGAIN})" if again else text
        messages = (Message(role="system", content=system), Message(role="user", content=said))
        return Request(messages, int(again), self.settings.temperature, self.settings.max_tokens)


def _spread(items: int) -> list[int]:
    """Return the places of the items that are read."""
    read = min(items, _MOST_READ)
    return [n * items // read for n in range(read)]


def _listed(numbers: Mapping[str, int]) -> str:
    return "; ".join(f"{what} ({number})" for what, number in numbers.items())


def _fault(reply: Reply | ModelError) -> str:
    if isinstance(reply, ModelError):
        return NO_REPLY
    return NO_OBJECT if reply.text.strip() else EMPTY
