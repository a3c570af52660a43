"""Bins of numbers as people say them: "up to $500", "8 GB", "over 65 inch"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.funnels.words import words

_FEW: Final = 6
"""So many different numbers are options of their own."""
_BINS: Final = 5
_DECIMALS: Final = 2
_MOST_DECIMALS: Final = 17
_STEPS: Final = (5.0, 2.0, 1.0)
_NEAR, _NEAR_IN_RANGE = 0.03, 0.05
"""Numbers that lie within this share of the smaller one, and of the whole range, are one to who reads them."""


def cuts_of(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    """Return upper borders that part the known numbers about evenly, round ones where that makes no difference.

    Few different numbers get a bin each, those that lie near each other one together ("500 to 512 GB"); a border
    belongs to the bin below it.

    Args:
        numbers: float64[items]; NaN = not known.
    """
    known = np.sort(numbers[~np.isnan(numbers)])
    different = np.unique(known)
    groups = _near(different)
    if len(groups) <= _FEW:
        return tuple(high for _, high in groups[:-1])
    quantiles = np.quantile(known, np.arange(1, _BINS) / _BINS, method="inverted_cdf")
    below = [value for value in np.unique(quantiles).tolist() if value < different[-1]]
    least = 0 if _whole(different) else -6
    return tuple(_roundest(value, float(different[np.searchsorted(different, value) + 1]), least) for value in below)


def _near(different: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the least and the greatest of numbers that lie near each other, ascending.

    Args:
        different: float64[numbers], ascending.
    """
    groups: list[tuple[float, float]] = []
    for number in different.tolist():
        low = groups[-1][0] if groups else math.inf
        if 0 <= number - low <= min(_NEAR * abs(low), _NEAR_IN_RANGE * (different[-1] - different[0])):
            groups[-1] = (low, number)
        else:
            groups.append((number, number))
    return groups


def _roundest(low: float, high: float, least: int) -> float:
    """Return the roundest number from low on that is below high, of at least so large a power of ten."""
    top = math.floor(math.log10(max(abs(high), abs(low), 1e-9)))
    for power in range(top, max(top - 6, least - 1), -1):
        for step in _STEPS:
            unit = step * 10.0**power
            number = round(math.ceil(round(low / unit, 9)) * unit, 9)
            if low <= number < high:
                return number
    return low


def bin_labels(numbers: NDArray[np.float64], cuts: Sequence[float], unit: str) -> tuple[str, ...]:
    """Return what people read for each bin: a number where there is one, else its ends.

    Args:
        numbers: float64[items]; NaN = not known.
        cuts: upper borders, ascending.
        unit: written behind a number; empty = none.
    """
    said = words().bins
    different = np.unique(numbers[~np.isnan(numbers)])
    groups = _near(different)
    if [high for _, high in groups[:-1]] == list(cuts):
        decimals = _decimals(different)
        return tuple(_between(low, high, unit, decimals) for low, high in groups)
    lows = [_after(cut, different) for cut in cuts[:-1]]
    decimals = _decimals((*cuts, *lows))
    middle = [_between(low, high, unit, decimals) for low, high in zip(lows, cuts[1:], strict=True)]
    first, last = (_shown(cut, unit, decimals) for cut in (cuts[0], cuts[-1]))
    return (said.first.format(high=first), *middle, said.last.format(low=last))


def _after(cut: float, different: NDArray[np.float64]) -> float:
    """Return the number from which on the next bin is said to go: one in the last decimal that tells it from the cut.

    Bins whose ends are the same number would leave open which one holds it.
    """
    following = float(different[np.searchsorted(different, cut, side="right")])
    for decimals in range(_places(cut), _MOST_DECIMALS):
        after = round(cut + 10.0**-decimals, decimals)
        if cut < after <= following:
            return after
    return following


def _places(number: float) -> int:
    """Return how many decimals a number is written with."""
    return next((n for n in range(_MOST_DECIMALS) if round(number, n) == number), _MOST_DECIMALS)


def budget_labels(cuts: Sequence[float], sign: str) -> tuple[str, ...]:
    """Return what people read for each bin of a price; who can pay more takes what is cheaper too.

    Args:
        cuts: upper borders, ascending.
        sign: of the currency; empty = not known.
    """
    shown = [with_currency(_shown(cut, "", _decimals(cuts)), sign) for cut in cuts]
    return (*(words().bins.first.format(high=cut) for cut in shown), words().bins.last.format(low=shown[-1]))


def with_currency(price: str, sign: str) -> str:
    """Return a price with its currency before it, ``€12.50`` or ``EUR 12.50``; alone where it is not known."""
    return f"{sign} {price}" if sign.isalpha() else sign + price


def _between(low: float, high: float, unit: str, decimals: int) -> str:
    if low == high:
        return _shown(high, unit, decimals)
    return words().bins.middle.format(low=_shown(low, "", decimals), high=_shown(high, unit, decimals))


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool((numbers == np.floor(numbers)).all())


def _decimals(numbers: Iterable[float]) -> int:
    """Return with how many decimals different numbers look different, two at least."""
    known = set(numbers)
    told = (n for n in range(_DECIMALS, _MOST_DECIMALS) if len({f"{number:.{n}f}" for number in known}) == len(known))
    return next(told, _MOST_DECIMALS)


def _shown(number: float, unit: str, decimals: int) -> str:
    text = f"{number:,.{decimals}f}".rstrip("0").rstrip(".")
    return f"{text} {unit}" if unit else text
