"""Corrections for many tests: adjusted p-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that the chance of any false claim stays below the level (Holm 1979).

    Args:
        p: any shape; all of it is one family of tests.

    Returns:
        float64 of the same shape, at most 1.

    Raises:
        ValueError: a p-value is NaN or outside [0, 1].
    """
    given = _checked(p)
    flat = given.ravel()
    order = np.argsort(flat, kind="stable")
    adjusted = np.empty_like(flat)
    adjusted[order] = np.maximum.accumulate(flat[order] * np.arange(len(flat), 0, -1))
    return np.minimum(adjusted, 1.0).reshape(given.shape)


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that the expected share of false claims stays below the level.

    Source: Benjamini and Hochberg (1995), for tests that are independent or positively dependent.

    Args:
        p: any shape; all of it is one family of tests.

    Returns:
        float64 of the same shape, at most 1.

    Raises:
        ValueError: a p-value is NaN or outside [0, 1].
    """
    # Loading scipy.stats takes most of a second.
    from scipy.stats import false_discovery_control

    given = _checked(p)
    if given.size == 0:
        return given
    return np.asarray(false_discovery_control(given.ravel())).reshape(given.shape)


def _checked(p: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(p, dtype=np.float64)
    wrong = ~((given >= 0) & (given <= 1))
    if wrong.any():
        raise ValueError(f"{given[wrong][0]} is not a p-value; it must lie in [0, 1]")
    return given
