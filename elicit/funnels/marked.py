"""What texts say as key and value: "Surface type: hard floor"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from elicit.funnels.item_texts import ItemText
from elicit.funnels.measured import is_measured
from elicit.funnels.traits import Origin, Trait, enough, most_frequent
from elicit.language.spelling import stems

_LONGEST: Final = 4
"""Words; a longer value is a sentence."""


def marked_traits(items: Sequence[ItemText]) -> list[Trait]:
    """Return a trait for every key that several items have with values in few words, the most often told first.

    Numbers with units are read elsewhere.
    """
    given: dict[tuple[str, ...], list[tuple[int, str, str]]] = defaultdict(list)
    for place, item in enumerate(items):
        for key, value in item.marked:
            if len(value.split()) <= _LONGEST and not is_measured(value):
                given[stems(key)].append((place, key, value))
    traits = [_trait(found, len(items)) for found in given.values()]
    useful = [trait for trait in traits if trait.said > enough(len(items)) and trait.different > 1]
    return sorted(useful, key=lambda trait: -trait.said)


def _trait(found: Sequence[tuple[int, str, str]], items: int) -> Trait:
    first = {place: value for place, _, value in reversed(found)}
    name = most_frequent(key for _, key, _ in found)
    return Trait(name.lower(), tuple(first.get(place) for place in range(items)), Origin.MARKED)
