"""What stands before the same words again and again: "Intel Core i5 processor", "solid spruce top"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from elicit.funnels.item_texts import ItemText, Piece
from elicit.funnels.sought import Stems
from elicit.funnels.traits import Origin, Trait, enough, most_frequent
from elicit.funnels.words import words

_LONGEST_HEAD: Final = 3
_LONGEST_VALUE: Final = 4
_UNLIKE: Final = 0.7
"""A head before which more than this share of the items say something that no other says tells nothing."""
_ONE_VALUE: Final = 0.8
"""Share of the items that must say one thing only, else it is no choice between values."""


@dataclass(frozen=True)
class _Use:
    """One use of a head: in which item, what stands before it, and both as people read them."""

    item: int
    value: Stems
    shown: str
    head: str


def headed_traits(items: Sequence[ItemText]) -> list[Trait]:
    """Return a trait for every head with several values before it, the most often told first.

    A head is the end of a noun phrase; the longer one is taken where both have the same values. A word for any kind
    stands behind what it is the kind of ("body style", though it says "style body"). What follows a value
    that others share is left out of it ("Ryzen 5 5625U" is a "Ryzen 5"), and so is what comes before it ("solid spruce"
    is "spruce").
    """
    uses: dict[Stems, list[_Use]] = defaultdict(list)
    for place, item in enumerate(items):
        for piece in item.pieces:
            for head, use in _uses(place, piece):
                uses[head].append(use)
    needed = enough(len(items)) + 1
    heads = {head: found for head, found in uses.items() if len({use.item for use in found}) >= needed}
    traits = [_trait(found, len(items)) for head, found in heads.items() if not _is_part(head, found, heads)]
    useful = [trait for trait in traits if trait is not None and trait.said >= needed]
    return sorted(useful, key=lambda trait: -trait.said)


def _uses(place: int, piece: Piece) -> Iterator[tuple[Stems, _Use]]:
    """Yield every head at the end of a phrase, with what stands before it."""
    if piece.prose or piece.named:
        return
    start, stop = piece.phrase()
    for length in range(1, _LONGEST_HEAD + 1):
        cut = stop - length
        if not start < cut <= start + _LONGEST_VALUE:
            continue
        head = piece.stems[cut:stop]
        first = next((place for place in range(start, cut) if not piece.is_empty(place)), cut)
        if first == cut or piece.stems[cut - 1] in words().kinds or all(map(piece.is_empty, range(cut, stop))):
            continue
        if any(stem[0].isdecimal() for stem in (*head, piece.stems[first])):
            continue
        written = piece.shown(cut, stop)
        if length > 1 and head[0] in words().kinds:
            # "A classical-style body" has the body style "classical".
            head, written = (*head[1:], head[0]), f"{piece.shown(cut + 1, stop)} {piece.words[cut]}"
        yield head, _Use(place, piece.stems[first:cut], piece.shown(first, cut), written.lower())


def _is_part(head: Stems, found: Sequence[_Use], heads: Mapping[Stems, Sequence[_Use]]) -> bool:
    """Tell whether a longer head stands in nearly all the same items."""
    items = {use.item for use in found}
    longer = (other for other in heads if len(other) > len(head) and other[-len(head) :] == head)
    return any(len({use.item for use in heads[other]}) >= _ONE_VALUE * len(items) for other in longer)


def _trait(found: Sequence[_Use], items: int) -> Trait | None:
    """Return the trait of a head, None if it is no choice between a few values."""
    short = _shortened([use.value for use in found])
    given: dict[int, set[Stems]] = defaultdict(set)
    for use in found:
        given[use.item].add(short[use.value])
    one = [place for place, values in given.items() if len(values) == 1]
    counts = Counter(value for values in given.values() for value in values)
    alone = sum(count == 1 for count in counts.values())
    if len(one) < _ONE_VALUE * len(given) or len(counts) < 2 or alone > _UNLIKE * len(given):
        return None
    shown = _alike({value: _written(value, found) for value in counts})
    first = {use.item: short[use.value] for use in reversed(found)}
    values = tuple(shown[first[place]] if place in first else None for place in range(items))
    return Trait(most_frequent(use.head for use in found), values, Origin.HEADED)


def _alike(shown: Mapping[Stems, str]) -> Mapping[Stems, str]:
    """Return the values with a capital each where most have one: some texts begin with them, and others do not."""
    capitals = sum(text[0].isupper() for text in shown.values())
    return {value: text[0].upper() + text[1:] for value, text in shown.items()} if capitals * 2 > len(shown) else shown


def _shortened(values: Sequence[Stems]) -> dict[Stems, Stems]:
    """Return what each value is taken for: the longest beginning or end of it that is used by itself or shared."""
    counts = Counter(values)
    begun = Counter(value[:length] for value in counts for length in range(1, len(value) + 1))
    ended = Counter(value[cut:] for value in counts for cut in range(len(value)))
    short = {}
    for value in counts:
        ends = [value[cut:] for cut in range(1, len(value)) if value[cut:] in counts]
        starts = [value[:length] for length in range(len(value) - 1, 0, -1) if begun[value[:length]] > 1]
        kept = counts[value] > 1 or begun[value] > 1 or len(value) == 1
        if not ends and not kept and value[-1].isalpha():
            ends = [value[cut:] for cut in range(1, len(value)) if ended[value[cut:]] > 1]
        short[value] = ends[-1] if ends else value if kept or not starts else starts[0]
    return {value: _told_apart(taken, value, short.values(), counts) for value, taken in short.items()}


def _told_apart(taken: Stems, value: Stems, others: Collection[Stems], said: Collection[Stems]) -> Stems:
    """Return what a value is taken for, one word longer where it is only the beginning of others ("Ryzen")."""
    begins = any(len(other) > len(taken) and other[: len(taken)] == taken for other in others)
    return value[: len(taken) + 1] if begins and taken not in said and value[: len(taken)] == taken else taken


def _written(value: Stems, found: Sequence[_Use]) -> str:
    """Return a shortened value as people read it."""
    whole = [use.shown for use in found if use.value == value]
    if whole:
        return most_frequent(whole)
    longer = next(use for use in found if use.value[: len(value)] == value or use.value[-len(value) :] == value)
    shown = longer.shown.split()
    return " ".join(shown[: len(value)] if longer.value[: len(value)] == value else shown[-len(value) :])
