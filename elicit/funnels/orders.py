"""The best fixed order of questions about a catalog: what a funnel that listens has to beat."""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.funnels.stock import Items, Stock

EXHAUSTIVE: Final = 7
"""Up to so many facets every order is tried."""


def learned_order(stock: Stock) -> NDArray[np.intp]:
    """Return the order for everybody that tells the items apart fastest, int[facets that are needed].

    With few facets the one with the fewest expected questions until nothing more can be told apart, of all orders; with
    more, facets are chosen one after another by the bits that they add. Among equals the first facet is taken.
    """
    count = len(stock.domain.facets)
    order = _of_all_orders(stock) if count <= EXHAUSTIVE else _one_by_one(stock)
    return np.array(order, dtype=np.intp)


def _of_all_orders(stock: Stock) -> list[int]:
    """What is open depends on which facets were asked and not on their order, so sets of facets are enough."""
    count = len(stock.domain.facets)
    everything = frozenset(range(count))
    cost: dict[frozenset[int], float] = {everything: 0.0}
    following: dict[frozenset[int], int] = {}
    for size in reversed(range(count)):
        for asked in map(frozenset, combinations(range(count), size)):
            open_now = _open(stock, asked)
            if open_now == 0:
                cost[asked] = 0.0
                continue
            facet = min(sorted(everything - asked), key=lambda f: cost[asked | {f}])
            cost[asked] = open_now + cost[asked | {facet}]
            following[asked] = facet
    return _followed(following)


def _followed(following: dict[frozenset[int], int]) -> list[int]:
    order: list[int] = []
    while (asked := frozenset(order)) in following:
        order.append(following[asked])
    return order


def _open(stock: Stock, asked: frozenset[int]) -> float:
    """Return how likely the wanted item is not yet told from some other that could be told from it."""
    wanted = np.flatnonzero(stock.weights > 0)
    coarse = _refined(np.zeros(len(wanted), dtype=np.intp), stock.spoken[wanted][:, sorted(asked)])
    pairs = np.unique(np.stack([coarse, stock.groups[wanted]], axis=1), axis=0)
    several = np.bincount(pairs[:, 0]) > 1
    return float(stock.weights[wanted][several[coarse]].sum(dtype=np.float64))


def _one_by_one(stock: Stock) -> list[int]:
    groups = np.zeros(len(stock), dtype=np.intp)
    order: list[int] = []
    told = 0.0
    while len(order) < len(stock.domain.facets):
        left = [f for f in range(len(stock.domain.facets)) if f not in order]
        bits = [_bits(_refined(groups, stock.spoken[:, [f]]), stock.weights) for f in left]
        best = int(np.argmax(np.round(bits, 9)))
        if bits[best] <= told + 1e-9:
            break
        told, groups = bits[best], _refined(groups, stock.spoken[:, [left[best]]])
        order.append(left[best])
    return order


def distinguishable_bits(stock: Stock) -> float:
    """Return the bits of the wanted item that questions can tell: the entropy over the groups of items that are alike.

    It is log2 n where no two items are alike and all are wanted alike. No yes/no questions are fewer, on the mean.
    """
    return _bits(stock.groups, stock.weights)


def _refined(groups: Items, values: NDArray[np.int8]) -> Items:
    both = np.concatenate([groups[:, None], values], axis=1)
    return np.asarray(np.unique(both, axis=0, return_inverse=True)[1].ravel(), dtype=np.intp)


def _bits(groups: Items, weights: NDArray[np.float32]) -> float:
    shares = np.bincount(groups, weights)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())
