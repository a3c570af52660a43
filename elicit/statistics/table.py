"""The table of people that every test here starts from: people down, everything else across."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Table:
    """Values of people with their missing values set apart.

    Attributes:
        filled: float64[people, columns], 0 where missing.
        known: bool[people, columns].
        shape: the trailing shape that the columns came from.
    """

    filled: NDArray[np.float64]
    known: NDArray[np.bool_]
    shape: tuple[int, ...]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of people with a value, int[columns]."""
        counts: NDArray[np.int64] = self.known.sum(axis=0)
        return counts

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Mean of the people with a value, float64[columns]; NaN where there is none."""
        return ratio(self.filled.sum(axis=0), self.counts)


def table_of(values: ArrayLike) -> Table:
    """Lay out values[people, ...] as a table; NaN means missing.

    Raises:
        ValueError: no axis of people, nobody on it, or an infinite value.
    """
    array = finite(values)
    if array.ndim == 0 or len(array) == 0:
        raise ValueError("there are no people: the first axis must hold at least one")
    shape = array.shape[1:]
    flat = array.reshape(len(array), int(np.prod(shape)))
    known = ~np.isnan(flat)
    return Table(np.where(known, flat, 0.0), known, shape)


def finite(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values as float64, or raise ValueError if one is infinite."""
    array = np.asarray(values, dtype=np.float64)
    if np.isinf(array).any():
        raise ValueError("a value is infinite; only finite values, or NaN for a missing one, can be averaged")
    return array


def ratio(sums: NDArray[np.float64], counts: NDArray[np.number]) -> NDArray[np.float64]:
    """Return sums / counts, NaN where a count is 0."""
    means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means


def refuse_share(name: str, value: float) -> None:
    """Raise ValueError unless the value lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; it must lie between 0 and 1")


def refuse_no_draws(draws: int) -> None:
    """Raise ValueError unless at least one draw is wanted."""
    if draws < 1:
        raise ValueError(f"{draws} draws were asked for; at least 1 is needed")


def refuse_unlike(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """Raise ValueError unless two paired tables have one shape."""
    if first != second:
        raise ValueError(f"paired values must have one shape, but these have {first} and {second}")
