"""How numbers are written: short, and every number of one measure with the same decimals."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elicit.measures.results import Measure, Results

MISSING = "–"
"""Stands where nothing was measured."""

Interval = tuple[float, float, float]
"""A mean with the low and high end of its interval."""


@dataclass(frozen=True)
class Scale:
    """The decimals of one measure.

    Attributes:
        decimals: of means and differences.
        coarse: of the ends of intervals around means; at most ``decimals``.
    """

    decimals: int
    coarse: int

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Scale:
        """Choose decimals for these values; the ends lose a decimal where that hides no interval's width."""
        finite = [i for i in intervals if all(map(math.isfinite, i))]
        largest = max((abs(mean) for mean, _, _ in finite), default=0.0)
        decimals = 3 if largest <= 1 else 2 if largest < 100 else 1
        narrowest = min((high - low for _, low, high in finite), default=0.0)
        return cls(decimals, decimals - 1 if narrowest >= 2 * 10 ** (1 - decimals) else decimals)

    def number(self, value: float) -> str:
        """Write a mean: ``.531``, ``133.6``."""
        return _fixed(value, self.decimals, short=self.decimals == 3)

    def signed(self, value: float) -> str:
        """Write a difference with its sign: ``+.011``."""
        text = self.number(value)
        return text if text.startswith("-") or text == MISSING else f"+{text}"

    def ends(self, interval: Interval) -> str:
        """Write the ends of an interval around a mean: ``[.52, .54]``."""
        low, high = (_fixed(end, self.coarse, short=self.decimals == 3) for end in interval[1:])
        return f"[{low}, {high}]"

    def signed_ends(self, low: float, high: float) -> str:
        """Write the ends of an interval around a difference: ``[+.003, +.019]``."""
        return f"[{self.signed(low)}, {self.signed(high)}]"


def _fixed(value: float, decimals: int, *, short: bool) -> str:
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals}f}"
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not digits.strip("0."):
        sign = ""
    return sign + (digits.removeprefix("0") if short and decimals else digits)


def scale_of(results: Results, measure: str) -> Scale:
    """Return the scale of a measure over all rows and summaries of the results."""
    return Scale.of(row.values[measure] for row in (*results.rows, *results.summaries) if measure in row.values)


def shown_numbers(numbers: Sequence[int], most: int = 5) -> tuple[int, ...]:
    """Choose at most ``most`` numbers of questions for a table: the first, the last and round ones in between.

    Args:
        numbers: ascending.
        most: at least 2.
    """
    if len(numbers) <= most:
        return tuple(numbers)
    first, *between, last = numbers
    round_ones = [n for n in between if n in {3, 5} or n % 10 == 0]
    spread = round_ones if 0 < len(round_ones) <= most - 2 else _evenly(round_ones or between, most - 2)
    return (first, *spread, last)


def _evenly(numbers: Sequence[int], count: int) -> list[int]:
    if len(numbers) <= count:
        return list(numbers)
    return [numbers[(2 * i + 1) * len(numbers) // (2 * count)] for i in range(count)]


def better_words(measure: Measure, before: str = "") -> str:
    """Say which direction is better, after ``before``; nothing where neither is."""
    return {1: f"{before}more is better", -1: f"{before}less is better"}.get(measure.better, "")


def minus(text: str) -> str:
    """Put a true minus before numbers, as print does; the terminal keeps the hyphen that every encoding has."""
    return re.sub(r"(?<![\w.])-(?=[.\d])", "−", text)
