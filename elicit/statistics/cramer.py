"""How closely two groupings go together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def cramers_v(first: ArrayLike, second: ArrayLike) -> float:
    """Return Cramér's V of two groupings, corrected for chance: 0 = nothing in common, 1 = one decides the other.

    Without the correction V grows with the number of groups where nothing is in common (W. Bergsma, 2013, A
    bias-correction for Cramér's V and Tschuprow's T, J. Korean Statistical Society 42(3), 10.1016/j.jkss.2012.10.002).

    Args:
        first: one value a person, of any kind.
        second: the same.

    Returns:
        V in [0, 1]; NaN where a grouping has a single group, or there are fewer than two people.

    Raises:
        ValueError: not as many values in both.
    """
    _, rows = np.unique(np.asarray(first), return_inverse=True)
    _, columns = np.unique(np.asarray(second), return_inverse=True)
    if len(rows) != len(columns):
        raise ValueError(f"{len(rows)} values beside {len(columns)}")
    people = len(rows)
    if people < 2 or rows.max() == 0 or columns.max() == 0:
        return float("nan")
    table = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(table, (rows, columns), 1)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / people
    height, width = table.shape
    square = ((table - expected) ** 2 / expected).sum() / people
    square = max(0.0, square - (height - 1) * (width - 1) / (people - 1))
    height_, width_ = (n - (n - 1) ** 2 / (people - 1) for n in (height, width))
    return float(np.sqrt(square / max(min(height_, width_) - 1, 1e-12)))
