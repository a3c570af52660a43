"""Permutation tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elicit.statistics.stream import stream
from elicit.statistics.table import refuse_no_draws, table_of

_SIGNS_AT_ONCE = 1 << 21
_ROUNDING = 1e-9


def permutation_p(differences: ArrayLike, *, seed: int, draws: int = 9999) -> NDArray[np.float64]:
    """Return two-sided p-values of paired differences by flipping their signs.

    If the two sides of a pair do not differ, either sign of the difference was as likely. The p-value is the share of
    sign patterns whose mean is at least as far from 0 as the observed one, the observed one among them, so it is never
    0. One set of sign patterns serves all columns.

    Args:
        differences: float[people, ...]; NaN leaves the person out of that column.
        seed: any integer.
        draws: number of sign patterns; the smallest p-value is 1 / (1 + draws).

    Returns:
        float64 of the trailing shape; 1 where nobody has a value or all differences are 0.

    Raises:
        ValueError: nobody, an infinite value, or no draws.
    """
    refuse_no_draws(draws)
    table = table_of(differences)
    people = len(table.filled)
    observed = np.abs(table.filled.sum(axis=0))
    slack = _ROUNDING * np.abs(table.filled).sum(axis=0)
    random = stream(seed)
    as_far = np.zeros(len(observed), dtype=np.int64)
    block = max(1, _SIGNS_AT_ONCE // people)
    for start in range(0, draws, block):
        flips = random.integers(2, size=(min(block, draws - start), people), dtype=np.int8)
        sums = (2.0 * flips - 1.0) @ table.filled
        as_far += (np.abs(sums) >= observed - slack).sum(axis=0)
    return permutation_share(as_far, draws).reshape(table.shape)


def permutation_share(as_far: ArrayLike, draws: int) -> NDArray[np.float64]:
    """Return the p-value (1 + k) / (1 + draws) when k of the draws were at least as extreme as what was observed.

    Source: Phipson and Smyth, "Permutation p-values should never be zero" (2010).
    """
    return (1.0 + np.asarray(as_far)) / (1.0 + draws)
