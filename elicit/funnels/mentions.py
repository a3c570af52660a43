"""Words that are said of some items and not of others: "cordless", "touch screen", "gaming"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from elicit.funnels.item_texts import ItemText, Piece
from elicit.funnels.phrases import (
    NEARLY_ALL,
    a_few,
    each_use,
    is_whole,
    items_by_word,
    said_of_all,
    uses_of,
    with_capitals,
)
from elicit.funnels.sought import Stems
from elicit.funnels.traits import Origin, Trait, enough, most_frequent
from elicit.funnels.words import unit_spellings, words

_WORD: Final = re.compile(r"[^\W\d_]{2,}|[0-9]in[0-9]")
_LONGEST: Final = 3
_MOST: Final = 15
_SAME: Final = 0.75
"""Two mentions whose items overlap by more than this (of those that have either) are one."""


def mentioned_traits(
    items: Sequence[ItemText], taken: Collection[str], subject: Collection[str] = frozenset()
) -> list[Trait]:
    """Return a yes/no trait for what is said of some items only, what tells most apart first.

    What is looked for stands in the names of several items, or is a whole feature of several; then an item that says it
    anywhere has it. It must be a thing by itself: "brew" of "brew strength" and "chip" of "M1 chip" are none. Of words
    that go together the one that splits the items more evenly is taken, and of equal ones the longest.

    Args:
        items: all of them.
        taken: stems that need not be said, those of other traits.
        subject: stems of what all items are, which need not be said either.
    """
    common = said_of_all(items) | set(subject)
    shown = _named(items, common, taken, enough(len(items)))
    said: dict[Stems, set[int]] = defaultdict(set)
    for gram, use in each_use(items, shown):
        said[gram].add(use.item)
    few = a_few(items)
    uses, words_said = uses_of(few, shown), items_by_word(few)
    kept = [
        gram
        for gram, places in said.items()
        if len(places) <= NEARLY_ALL * len(items) and is_whole(uses[gram], common, words_said)
    ]
    ranked = sorted(kept, key=lambda gram: (-evenness(len(said[gram]) / len(items)), -len(gram), gram))
    return [_trait(with_capitals(shown[gram], uses[gram]), said[gram], len(items)) for gram in unlike(ranked, said)]


def _named(items: Sequence[ItemText], common: Collection[str], taken: Collection[str], least: int) -> dict[Stems, str]:
    """Return what can be a feature, and how it is written most often."""
    empty = words().selling | set(common)
    written: dict[Stems, Counter[str]] = defaultdict(Counter)
    found: dict[Stems, set[int]] = defaultdict(set)
    for place, item in enumerate(items):
        for piece in item.pieces:
            for start, stop in _runs(piece) if piece.named else _whole(piece, empty):
                gram = piece.stems[start:stop]
                if not any(word in taken or word in common for word in gram):
                    written[gram][piece.shown(start, stop)] += 1
                    found[gram].add(place)
    return {gram: most_frequent(texts.elements()) for gram, texts in written.items() if len(found[gram]) >= least}


def _runs(piece: Piece) -> Iterator[tuple[int, int]]:
    """Yield runs of up to three words that can name a feature."""
    plain = [_can_name(piece, place) for place in range(len(piece))]
    for start in range(len(piece)):
        for stop in range(start + 1, min(start + _LONGEST, len(piece)) + 1):
            if not plain[stop - 1]:
                break
            yield start, stop


def _whole(piece: Piece, empty: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the phrase of a short feature without the empty words at its end ("cutaway design").

    Praise at its beginning is about what all have ("powerful motor"), so such a phrase is no feature.
    """
    if piece.prose:
        return
    start, stop = piece.phrase()
    while stop > start and piece.stems[stop - 1] in empty:
        stop -= 1
    if 0 < stop - start <= _LONGEST and all(_can_name(piece, place) for place in range(start, stop)):
        yield start, stop


def _can_name(piece: Piece, place: int) -> bool:
    word = piece.stems[place]
    return not piece.is_empty(place) and word not in unit_spellings() and _WORD.fullmatch(word) is not None


def evenness(share: float) -> float:
    """Return the bits that a yes or no tells which a share of the items has."""
    return float(-(share * np.log2(share) + (1 - share) * np.log2(1 - share)))


def unlike(ranked: Sequence[Stems], said: Mapping[Stems, set[int]]) -> list[Stems]:
    """Return the first few that are said of other items than those before them, and share no word with them."""
    chosen: list[Stems] = []
    for gram in ranked:
        twins = [other for other in chosen if set(gram) & set(other) or _overlap(said[gram], said[other]) > _SAME]
        if not twins and len(chosen) < _MOST:
            chosen.append(gram)
    return chosen


def _overlap(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one | other)


def _trait(name: str, places: Collection[int], items: int) -> Trait:
    return Trait(name, tuple("yes" if place in places else "no" for place in range(items)), Origin.MENTIONED)
