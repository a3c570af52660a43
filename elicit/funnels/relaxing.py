"""What to give up where no item fits all answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from elicit.domains import Codes
from elicit.funnels.stock import Items, Stock


@dataclass(frozen=True)
class Relaxation:
    """The fewest answers to drop so that something fits.

    Attributes:
        dropped: columns of the facets whose answers are dropped, ascending.
        left: rows of the items that fit the other answers, ascending.
    """

    dropped: tuple[int, ...]
    left: Items


def smallest_relaxation(stock: Stock, state: Codes) -> Relaxation:
    """Return the fewest answers to drop so that something fits; nothing is dropped where something fits already.

    Among equally few, the most specific are dropped; then those that leave more items, then those with later columns.

    Args:
        stock: the catalog.
        state: int8[facets].
    """
    answered = np.flatnonzero(state >= 0)
    wanted = np.flatnonzero(stock.weights > 0)
    if not len(answered):
        return Relaxation((), wanted)
    misses = stock.misses(state)[wanted]
    number = misses.sum(axis=1)
    # An item fits the rest exactly if what it misses is dropped, so the best items name all candidates.
    nearest = np.flatnonzero(number == number.min())
    sets, which, sizes = np.unique(misses[nearest], axis=0, return_inverse=True, return_counts=True)
    depths = stock.domain.depths[answered]

    def appeal(place: int) -> tuple[list[int], int, list[int]]:
        return sorted(depths[sets[place]].tolist(), reverse=True), int(sizes[place]), answered[sets[place]].tolist()

    best = max(range(len(sets)), key=appeal)
    dropped = tuple(int(facet) for facet in answered[sets[best]])
    return Relaxation(dropped, wanted[nearest[which.ravel() == best]])
