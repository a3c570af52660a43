"""What a chat model says of an item, as keys with values, and which of it can be taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from elicit.funnels.item_texts import ItemText
from elicit.funnels.measured import is_measured
from elicit.funnels.phrases import phrase_of
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.words import words
from elicit.language.spelling import stems

MOST_PAIRS: Final = 20
"""Pairs of an item that are looked at."""
LONGEST_VALUE: Final = 4
"""Words of a value."""
_LONGEST_KEY: Final = 3
_LETTERS: Final = 60
"""Of a key or value; a longer one is no word."""


class Judged(StrEnum):
    """What becomes of a pair."""

    TAKEN = "taken"
    KEY = "key that is not one to three words"
    ROLE = "key of a name, id or price"
    VALUE = "value that is not one to four words"
    MEASURED = "number with a unit, which the rules read"
    ABSENT = "value that is not in the item's text"
    MORE = "more than 20 pairs of one item"


@dataclass(frozen=True)
class Pair:
    """A key with its value, as the model wrote them."""

    key: str
    value: str


def pairs_in(reply: str) -> Mapping[str, object] | None:
    """Return the last JSON object in a reply, None if there is none; what a model thinks aloud comes before it."""
    decoder, found, start = json.JSONDecoder(), None, reply.find("{")
    while start >= 0:
        try:
            found, stop = decoder.raw_decode(reply, start)
        except (json.JSONDecodeError, RecursionError):
            stop = start + 1
        start = reply.find("{", stop)
    return found


def judged(pairs: Mapping[str, object], item: ItemText) -> Iterator[tuple[Pair, Judged]]:
    """Yield each pair of an item with what becomes of it."""
    for place, (key, raw) in enumerate(pairs.items()):
        pair = Pair(" ".join(key.replace("_", " ").split()), " ".join(str(raw).split()))
        is_text = isinstance(raw, str | int | float) and not isinstance(raw, bool)
        yield pair, Judged.MORE if place >= MOST_PAIRS else _judged(pair, is_text, item)


def _judged(pair: Pair, is_text: bool, item: ItemText) -> Judged:
    key = stems(pair.key)
    if not 1 <= len(key) <= _LONGEST_KEY or len(pair.key) > _LETTERS:
        return Judged.KEY
    if words().roles.intersection(key):
        return Judged.ROLE
    if not is_text or not 1 <= len(pair.value.split()) <= LONGEST_VALUE or len(pair.value) > _LETTERS:
        return Judged.VALUE
    if is_measured(pair.value):
        return Judged.MEASURED
    return Judged.TAKEN if stands_in(phrase_of(pair.value), item) else Judged.ABSENT


def stands_in(value: Stems, item: ItemText) -> bool:
    """Tell whether the stems of a value stand beside each other in an item's name or texts."""
    looked = Phrases([value] if value else [])
    return any(looked.is_in(piece.stems) for piece in item.pieces)
