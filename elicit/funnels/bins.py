"""Bins of numbers as people say them: "up to $500", "8 GB", "over 65 inch"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.funnels.words import words

_FEW: Final = 6
"""So many different numbers are options of their own."""
_BINS: Final = 5
_STEPS: Final = (5.0, 2.5, 2.0, 1.0)


def cuts_of(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    """Return upper borders that part the known numbers about evenly, round ones where that makes no difference.

    Few different numbers get a bin each; a border belongs to the bin below it.

    Args:
        numbers: float64[items]; NaN = not known.
    """
    known = np.sort(numbers[~np.isnan(numbers)])
    different = np.unique(known)
    if len(different) <= _FEW:
        return tuple(different[:-1].tolist())
    quantiles = np.quantile(known, np.arange(1, _BINS) / _BINS, method="inverted_cdf")
    below = [value for value in np.unique(quantiles).tolist() if value < different[-1]]
    return tuple(_roundest(value, float(different[np.searchsorted(different, value) + 1])) for value in below)


def _roundest(low: float, high: float) -> float:
    """Return the roundest number from low on that is below high."""
    top = math.floor(math.log10(max(abs(high), abs(low), 1e-9)))
    for power in range(top, top - 6, -1):
        for step in _STEPS:
            unit = step * 10.0**power
            number = round(math.ceil(round(low / unit, 9)) * unit, 9)
            if low <= number < high:
                return number
    return low


def bin_labels(numbers: NDArray[np.float64], cuts: Sequence[float], unit: str, sign: str) -> tuple[str, ...]:
    """Return what people read for each bin.

    Args:
        numbers: float64[items]; NaN = not known.
        cuts: upper borders, ascending.
        unit: written behind a number; empty = none.
        sign: of a currency, written before it; empty = none.
    """
    said = words().bins
    different = np.unique(numbers[~np.isnan(numbers)])
    if len(different) == len(cuts) + 1 and not sign:
        return tuple(_shown(value, unit, sign) for value in different.tolist())
    shown = [_shown(cut, unit, sign) for cut in cuts]
    middle = [said.middle.format(low=low, high=high) for low, high in pairwise(shown)]
    return (said.first.format(high=shown[0]), *middle, said.last.format(low=shown[-1]))


def _shown(number: float, unit: str, sign: str) -> str:
    text = f"{number:,.2f}".rstrip("0").rstrip(".")
    letters = sign.isalpha()
    return f"{sign}{' ' if letters else ''}{text}{' ' + unit if unit else ''}"
