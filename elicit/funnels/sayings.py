"""What reviewers say, clause by clause, and whether they say it of the item or deny it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Reviews
from elicit.funnels.sought import Stems
from elicit.funnels.words import words
from elicit.language.spelling import WORD, plain, stem

Counts = NDArray[np.int64]
_ENDS: Final = re.compile(r"[.!?;:,()\[\]\"•–—]+|\s-+\s")
_NEAR: Final = 3
"""Words between a phrase and one that denies it: "not at all quiet"."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A few words of a review without a mark or "but" between them.

    Attributes:
        words: in small letters, short forms written out.
        stems: of the words.
        denials: places of words that deny what follows.
        blames: places of words that find fault.
    """

    words: Stems
    stems: Stems
    denials: tuple[int, ...]
    blames: tuple[int, ...]

    def says(self, start: int, stop: int) -> int:
        """Return 1 where a phrase is said of the item, −1 where it is denied or blamed, 0 where that is not clear.

        It is denied by a negation at most three words before it or by "is not" right behind it, and blamed by a word of
        blame at most three words away. A clause that both denies and blames is not clear, and neither is what lies
        farther off.
        """
        if self.denials and self.blames:
            return 0
        if self.blames:
            apart = min(start - place if place < start else place - stop + 1 for place in self.blames)
            return -1 if apart <= _NEAR + 1 else 0
        before = [place for place in self.denials if place < start]
        if before:
            return -1 if start - before[-1] <= _NEAR + 1 else 0
        return -1 if any(self._joined(stop, place) for place in self.denials) else 1

    def _joined(self, stop: int, place: int) -> bool:
        between = self.stems[stop:place]
        return bool(between) and words().reviews.being.issuperset(between)


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a review."""
    # A line ends a clause, and what makes a text plain joins lines.
    parts = (part for line in text.split("\n") for part in _ENDS.split(plain(line)))
    return tuple(clause for part in parts for clause in _divided(WORD.findall(part)))


def _divided(found: Sequence[str]) -> Iterator[Clause]:
    """Yield the clauses between words such as "but"."""
    stems, start = tuple(map(stem, found)), 0
    contrasting = words().reviews.contrasting
    if not contrasting.isdisjoint(stems):
        for place, word in enumerate(stems):
            if word in contrasting:
                yield from _clause(found[start:place], stems[start:place])
                start = place + 1
    yield from _clause(found[start:], stems[start:])


def _clause(found: Sequence[str], stems: Stems) -> Iterator[Clause]:
    if found:
        known = words().reviews
        denials = tuple(
            place for place in _places(known.negating, stems) if known.sparing.isdisjoint(stems[place + 1 : place + 2])
        )
        # Millions of words are kept, most of them again and again.
        yield Clause(tuple(map(sys.intern, found)), stems, denials, _places(known.blaming, stems))


def _places(known: frozenset[str], stems: Stems) -> tuple[int, ...]:
    return () if known.isdisjoint(stems) else tuple(place for place, word in enumerate(stems) if word in known)


@dataclass(frozen=True)
class Voices:
    """What the reviewers of all items say.

    Attributes:
        items: int[reviews], the row of the item that each is about.
        clauses: those of each review.
        counts: int[items], how many reviews each item has.
    """

    items: NDArray[np.intp]
    clauses: tuple[tuple[Clause, ...], ...]
    counts: Counts

    @classmethod
    def of(cls, reviews: Reviews, items: int) -> Voices:
        """Read reviews of a catalog with so many items."""
        clauses = tuple(clauses_of(text) for text in reviews.texts)
        return cls(reviews.items, clauses, np.bincount(reviews.items, minlength=items))

    def __len__(self) -> int:
        return len(self.clauses)

    def by_item(self) -> Iterator[list[tuple[Clause, ...]]]:
        """Yield the reviews of each item that has some."""
        order = np.argsort(self.items, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(self.items[order])) + 1):
            yield [self.clauses[row] for row in rows]
