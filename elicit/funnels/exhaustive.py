"""The fewest questions that tell a few items apart, by trying every tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes

FEW: Final = 16
"""Items at most: there are two to the power of them sets of items."""

_Split = tuple[int, ...]
"""Sets of items, one an answer; a set is an integer with one bit an item."""


def tree_costs(codes: Codes, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the questions of the best tree that begins with each facet, float64[facets].

    That is the expected number until all items are told apart that can be told apart; infinite where the items agree on
    the facet. Dynamic programming over sets of items (Garey 1972, "Optimal binary identification procedures").

    Args:
        codes: int8[items, facets], at most 16 items, each with an answer to every facet.
        weights: float[items], how often each is wanted; they need not sum to one.
    """
    shares = (weights.astype(np.float64) / weights.sum(dtype=np.float64)).tolist()
    facets = [[_set_of(column == value) for value in np.unique(column)] for column in codes.T]
    cost = _cheapest(facets, shares)
    return np.array([1 + sum(map(cost, facet)) if len(facet) > 1 else np.inf for facet in facets])


def _cheapest(facets: Sequence[Sequence[int]], shares: Sequence[float]) -> Callable[[int], float]:
    """Return the function from a set of items to the expected questions, times its share, of its best tree."""

    @cache
    def cost(items: int) -> float:
        splits = {tuple(sorted(kept for part in facet if (kept := items & part))) for facet in facets}
        useful: list[_Split] = [split for split in splits if len(split) > 1]
        if not useful:
            return 0.0
        share = sum(one for place, one in enumerate(shares) if items >> place & 1)
        return share + min(sum(map(cost, split)) for split in useful)

    return cost


def _set_of(items: NDArray[np.bool_]) -> int:
    return sum(1 << int(place) for place in np.flatnonzero(items))
