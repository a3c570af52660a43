"""The fewest questions that can lead to an item, by trying every tree over a small catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.funnels import Stock

LARGEST: Final = 16
"""Items at most: there are two to the power of them sets of items."""


def optimum_tree_cost(stock: Stock) -> float:
    """Return the expected questions of the best tree that tells all items apart that can be told apart.

    Dynamic programming over sets of items (Garey 1972, "Optimal binary identification procedures").

    Args:
        stock: at most 16 items, no gaps, no ceilings.

    Raises:
        InputError: a larger catalog, or one in which an item fits several answers.
    """
    where = f"catalog '{stock.domain.name}'"
    if len(stock) > LARGEST:
        raise InputError(f"{len(stock)} items are too many for trying every tree", where=where, remedy="At most 16")
    if stock.ceilings or (stock.codes < 0).any():
        raise InputError("some item fits several answers, so there is no such tree", where=where)
    weights = stock.weights.astype(np.float64)
    return _cheapest(stock, (weights / weights.sum()).tolist())(_set_of(weights > 0))


def _cheapest(stock: Stock, weights: Sequence[float]) -> Callable[[int], float]:
    """Return the function from a set of items to the expected questions, weighted, of its best tree."""
    parts = [[_set_of(column == value) for value in np.unique(column)] for column in stock.codes.T]

    @cache
    def cost(items: int) -> float:
        splits = {tuple(sorted(kept for part in facet if (kept := items & part))) for facet in parts}
        useful = [split for split in splits if len(split) > 1]
        if not useful:
            return 0.0
        weight = sum(w for place, w in enumerate(weights) if items >> place & 1)
        return weight + min(sum(cost(part) for part in split) for split in useful)

    return cost


def _set_of(items: NDArray[np.bool_]) -> int:
    """Return a set of items as an integer, one bit each."""
    return sum(1 << int(place) for place in np.flatnonzero(items))
