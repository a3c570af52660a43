"""From what a chat model told of some items to traits of all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from elicit.funnels.item_texts import ItemText
from elicit.funnels.pairs import Pair
from elicit.funnels.phrases import phrase_of
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.traits import AGREE, Origin, Trait, enough, most_frequent
from elicit.language.spelling import stems

_UNLIKE: Final = 0.7
"""A key of which more than this share of the items say what no other says tells nothing."""

Told = Mapping[int, Sequence[Pair]]
"""Place of each item that was read to what was told of it and can be taken."""


def told_traits(told: Told, items: Sequence[ItemText]) -> list[Trait]:
    """Return a trait for every key that was told of enough items with several values, the most often told first.

    Items that were not read get a value where the values of the key, looked for in their texts, name exactly one. That
    is done for a key only if the same search tells what the model told in two thirds of the items that were read.

    Args:
        told: what can be taken of each item that was read.
        items: all of them.
    """
    given: dict[Stems, dict[int, Pair]] = defaultdict(dict)
    for place, pairs in told.items():
        for pair in pairs:
            given[stems(pair.key)].setdefault(place, pair)
    keys = {key: {place: phrase_of(pair.value) for place, pair in by_place.items()} for key, by_place in given.items()}
    found = _found(keys, items) if len(told) < len(items) else {}
    columns = {key: _spread(values, found.get(key, {}), told) for key, values in keys.items()}
    traits = [_trait(list(given[key].values()), column, len(items)) for key, column in columns.items()]
    useful = [trait for trait in traits if _tells(trait)]
    return sorted(useful, key=lambda trait: -trait.said)


def _found(keys: Mapping[Stems, Mapping[int, Stems]], items: Sequence[ItemText]) -> dict[Stems, dict[int, Stems]]:
    """Return by key the value that is found in the text of each item, where it is exactly one."""
    values = {key: set(by_place.values()) for key, by_place in keys.items()}
    looked = Phrases(value for each in values.values() for value in each)
    found: dict[Stems, dict[int, Stems]] = {key: {} for key in keys}
    for place, item in enumerate(items):
        named = {value for piece in item.pieces for value, _ in looked.within(piece.stems)}
        for key, own in values.items():
            if len(whole := _whole(named & own)) == 1:
                found[key][place] = whole[0]
    return found


def _whole(values: Collection[Stems]) -> list[Stems]:
    """Return the values that are no part of a longer one ("steel" of "stainless steel")."""
    return [value for value in values if not any(value != other and Phrases([value]).is_in(other) for other in values)]


def _spread(values: Mapping[int, Stems], found: Mapping[int, Stems], told: Told) -> Mapping[int, Stems]:
    """Return the values of the items that were read, and of the others where what is found can be relied on."""
    others = {place: value for place, value in found.items() if place not in told}
    right = sum(values.get(place) == value for place, value in found.items() if place in told)
    relied = right > 0 and right >= AGREE * (len(found) - len(others))
    return {**others, **values} if relied else values


def _trait(pairs: Sequence[Pair], column: Mapping[int, Stems], items: int) -> Trait:
    written: dict[Stems, list[str]] = defaultdict(list)
    for pair in pairs:
        written[phrase_of(pair.value)].append(pair.value)
    shown = {value: most_frequent(texts) for value, texts in written.items()}
    values = tuple(shown[column[place]] if place in column else None for place in range(items))
    return Trait(most_frequent(pair.key.lower() for pair in pairs), values, Origin.TOLD)


def _tells(trait: Trait) -> bool:
    counts = Counter(value for value in trait.values if value is not None)
    alone = sum(number == 1 for number in counts.values())
    return trait.said >= enough(len(trait.values)) and len(counts) > 1 and alone <= _UNLIKE * trait.said
