"""Words that are said of some items and not of others: "cordless", "touch screen", "gaming"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from elicit.funnels.item_texts import ItemText, Piece
from elicit.funnels.traits import Origin, Trait, enough, most_frequent
from elicit.funnels.words import unit_spellings, words

Stems = tuple[str, ...]
_WORD: Final = re.compile(r"[^\W\d_]{2,}|[0-9]in[0-9]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LONGEST: Final = 3
_ALL: Final = 0.9
"""What more than this share of the items say tells them hardly apart."""
_MOST: Final = 15
_SAME: Final = 0.75
"""Two mentions whose items overlap by more than this (of those that have either) are one."""


def mentioned_traits(items: Sequence[ItemText], taken: Collection[str]) -> list[Trait]:
    """Return a yes/no trait for what is said of some items only, what tells most apart first.

    What is looked for stands in the names of several items, or is a whole feature of several; then an item that says it
    anywhere has it. Of words that go together the one that splits the items more evenly is taken, and of equal ones
    the longest.

    Args:
        items: all of them.
        taken: stems that need not be said: of other traits, and of what all items are.
    """
    least, most = enough(len(items)), _ALL * len(items)
    everywhere = {word for word, number in _document_counts(items).items() if number > most}
    shown = _named(items, everywhere, taken, least)
    said, firsts = defaultdict[Stems, set[int]](set), {gram[0] for gram in shown}
    for place, item in enumerate(items):
        for stems in (piece.stems for piece in item.pieces):
            for start in (start for start, word in enumerate(stems) if word in firsts):
                for gram in (stems[start : start + length] for length in range(1, _LONGEST + 1)):
                    if gram in shown:
                        said[gram].add(place)
    kept = [gram for gram in shown if len(said[gram]) <= most]
    ranked = sorted(kept, key=lambda gram: (-evenness(len(said[gram]) / len(items)), -len(gram), gram))
    return [_trait(shown[gram], said[gram], len(items)) for gram in unlike(ranked, said)]


def _in_small(text: str) -> str:
    """Return a text in small letters but for words with several capitals ("SSD", "GeForce")."""
    return _LETTERS.sub(lambda word: word[0] if sum(map(str.isupper, word[0])) > 1 else word[0].lower(), text)


def _document_counts(items: Sequence[ItemText]) -> Counter[str]:
    """Return in how many items each stem stands, running text left aside."""
    short = ([piece for piece in item.pieces if not piece.prose] for item in items)
    return Counter(word for pieces in short for word in {stem for piece in pieces for stem in piece.stems})


def _named(
    items: Sequence[ItemText], everywhere: Collection[str], taken: Collection[str], least: int
) -> dict[Stems, str]:
    """Return what can be a feature, and how it is written most often."""
    empty = words().selling | set(everywhere)
    written: dict[Stems, Counter[str]] = defaultdict(Counter)
    found: dict[Stems, set[int]] = defaultdict(set)
    for place, item in enumerate(items):
        for piece in item.pieces:
            for start, stop in _runs(piece) if piece.named else _whole(piece, empty):
                gram = piece.stems[start:stop]
                if not any(word in taken or word in everywhere for word in gram):
                    written[gram][_in_small(piece.shown(start, stop))] += 1
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
