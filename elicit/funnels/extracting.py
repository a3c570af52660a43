"""All that the texts of a catalog say, each thing once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from elicit.funnels.headed import headed_traits
from elicit.funnels.item_texts import ItemText
from elicit.funnels.marked import marked_traits
from elicit.funnels.measured import measured_traits
from elicit.funnels.mentions import mentioned_traits
from elicit.funnels.names import color_of, kind_of, name_traits
from elicit.funnels.traits import AGREE, Origin, Trait, enough
from elicit.language.spelling import stems

_COLOR: Final = "color"
_TYPE: Final = "type"


def traits_of(
    items: Sequence[ItemText], subject: frozenset[str] = frozenset(), by_model: Sequence[Trait] = ()
) -> list[Trait]:
    """Return what texts say of items.

    That is brand and variant, numbers with units, keys with values, what stands before the same words, and what is
    mentioned of some only.

    Args:
        items: all of them.
        subject: stems of what all of them are ("laptop"), which tells nothing of any; what stands before it is a type.
        by_model: what a chat model has read in them; what the rules find too is one with it.
    """
    by_rule = [*name_traits(items), *measured_traits(items), *marked_traits(items), *headed_traits(items)]
    told = [*by_rule, *by_model]
    told = [replace(trait, name=_TYPE) if set(stems(trait.name)) <= subject else trait for trait in told]
    once = _without_parts(_merged(map(_colored, told)))
    return [*once, *mentioned_traits(items, _stems_of(told), subject)]


def _colored(trait: Trait) -> Trait:
    """Return a trait whose values are colors as one of plain colors; others as they are."""
    if trait.origin is Origin.MEASURED or kind_of(Counter(value for value in trait.values if value)) != _COLOR:
        return trait
    return replace(trait, name=_COLOR, values=tuple(None if v is None else color_of(v) for v in trait.values))


def _merged(traits: Iterable[Trait]) -> list[Trait]:
    """Return the traits without those that repeat one before them, which takes up what it did not say itself."""
    kept: list[Trait] = []
    for trait in traits:
        twin = next((n for n, other in enumerate(kept) if _is_twin(trait, other)), None)
        if twin is None:
            kept.append(trait)
        else:
            both = zip(kept[twin].values, trait.values, strict=True)
            kept[twin] = replace(kept[twin], values=tuple(b if a is None else a for a, b in both))
    return kept


def _is_twin(one: Trait, other: Trait) -> bool:
    return stems(one.name) == stems(other.name) or same_said(one.values, other.values)


def same_said(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    """Tell whether two columns say the same of most items of which both say something."""
    pairs = Counter(zip(one, other, strict=True))
    both = {(a, b): number for (a, b), number in pairs.items() if a is not None and b is not None}
    same = sum(number for (a, b), number in both.items() if stems(a) == stems(b))
    return sum(both.values()) >= enough(len(one)) and same >= AGREE * sum(both.values())


def _without_parts(traits: Sequence[Trait]) -> list[Trait]:
    """Return the traits without those that look into the values of one told more often ("silver")."""
    return [
        trait
        for trait in traits
        if trait.origin is not Origin.HEADED
        or not any(set(stems(trait.name)) <= _value_stems(other) for other in traits if other.said > trait.said)
    ]


def _value_stems(trait: Trait) -> set[str]:
    return (
        set() if trait.origin is Origin.MEASURED else {word for value in trait.values if value for word in stems(value)}
    )


def _stems_of(traits: Iterable[Trait]) -> set[str]:
    """Return the stems of names and values."""
    return {word for trait in traits for word in (*stems(trait.name), *_value_stems(trait))}
