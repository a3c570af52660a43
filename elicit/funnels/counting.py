"""Counting over a catalog: what items with each value weigh, and what an answer brings to the top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.funnels.stock import Items

_AT_ONCE = 1 << 16
"""Cells counted together: few enough to stay in the processor's cache."""
_HEAD = 4096
"""Items, the likeliest first, among which the likeliest of each value usually are."""


@dataclass(frozen=True)
class Cells:
    """The table of a catalog, laid out for counting.

    Attributes:
        values: int8[facets, items], the code of each item; K where there is none.
        counts: int[facets], number of options.
    """

    values: NDArray[np.int8]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, codes: Codes, counts: NDArray[np.int64]) -> Cells:
        """Lay out int8[items, facets]."""
        return cls(np.ascontiguousarray(np.where(codes < 0, np.int8(counts.max()), codes).T), counts)

    def differ(self, rows: Items) -> NDArray[np.bool_]:
        """Return on which facets some items do not all have the same value, bool[facets].

        A facet with one option tells nothing, whatever is missing.
        """
        return np.asarray(((self.sizes(rows) > 0).sum(axis=1) > 1) & (self.counts > 1))

    def sizes(self, rows: Items) -> NDArray[np.intp]:
        """Return how many of some items have each value, and at the end none, int[facets, K + 1]."""
        return self._counted(rows).astype(np.intp)

    def shares(self, rows: Items, weights: Floats) -> tuple[Floats, Floats]:
        """Return the weight of items with each value, float32[1, K, facets], and without one, float32[1, facets]."""
        sums = self._counted(rows, weights.astype(np.float64)).T.astype(np.float32)
        return sums[None, :-1], sums[None, -1]

    def _counted(self, rows: Items, weights: NDArray[np.float64] | None = None) -> NDArray[np.number]:
        """Return how many items have each value, or what they weigh, [facets, K + 1]; a few facets at a time."""
        width, facets = int(self.counts.max()) + 1, len(self.counts)
        at_once = min(facets, max(1, _AT_ONCE // max(len(rows), 1)))
        table = self.values if len(rows) == self.values.shape[1] else self.values[:, rows]
        parts = []
        for at in range(0, facets, at_once):
            some = table[at : at + at_once]
            cells = (some + np.arange(len(some))[:, None] * width).ravel()
            spread = None if weights is None else np.broadcast_to(weights, some.shape).ravel()
            parts.append(np.bincount(cells, spread, len(some) * width).reshape(len(some), width))
        return np.concatenate(parts)

    def tops(self, facet: int, order: Items, weights: Floats, sizes: NDArray[np.intp], top: int) -> Floats:
        """Return the weights of the likeliest items of each value, float32[K + 1, top], 0 where there are fewer.

        Args:
            facet: column.
            order: rows of items, the likeliest first.
            weights: float32[items], theirs.
            sizes: int[K + 1], how many of them have each value.
            top: how many of each value.
        """
        wanted = np.minimum(sizes, top)
        places = self.values[facet, order[:_HEAD]]
        if (np.bincount(places, minlength=len(sizes)) < wanted).any():
            places = self.values[facet, order]
        tops = np.zeros((len(sizes), top), dtype=np.float32)
        for value in np.flatnonzero(wanted):
            tops[value, : wanted[value]] = weights[np.flatnonzero(places == value)[: wanted[value]]]
        return tops


def value_of_answers(tops: Floats, chances: Floats) -> float:
    """Return how likely the wanted item is to be among the likeliest once a question is answered.

    Args:
        tops: float32[values, top], the weights of the likeliest items of each value, 0 where there are fewer; the last
            value is none.
        chances: float32[values, answers], P(answer | value).
    """
    # An answer weighs all items of a value alike, so the top after it is among the tops of the values.
    after = (tops[:, None, :] * chances[:, :, None]).transpose(1, 0, 2).reshape(chances.shape[1], -1)
    top = tops.shape[1]
    return float(np.partition(after, -top, axis=1)[:, -top:].sum(dtype=np.float64))
