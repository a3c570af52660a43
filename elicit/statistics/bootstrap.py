"""Percentile bootstrap over people.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 8 and 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elicit.statistics.interval import Interval
from elicit.statistics.stream import stream
from elicit.statistics.table import Table, finite, ratio, refuse_no_draws, refuse_share, refuse_unlike, table_of

_WEIGHTS_AT_ONCE = 1 << 21
_APART = 1_000_003
"""Between the seeds of streams that must not meet."""


def bootstrap_mean(values: ArrayLike, *, seed: int, draws: int = 2000, level: float = 0.95) -> Interval:
    """Return the mean over people with its percentile bootstrap interval.

    One set of resamples serves all columns, so that columns can be compared. NaN leaves the person out of that column
    only: the other people's weights share the whole. With fewer than two people the data say nothing about the spread;
    the ends are then NaN, because an interval of width 0 would read as certainty.

    Args:
        values: float[people, ...], NaN where missing.
        seed: any integer.
        draws: number of resamples; all means of one column are held at once.
        level: the share of intervals that should hold the true mean.

    Returns:
        Three arrays of the trailing shape.

    Raises:
        ValueError: nobody, an infinite value, no draws, or a level outside (0, 1).
    """
    refuse_no_draws(draws)
    refuse_share("level", level)
    table = table_of(values)
    means = np.concatenate([_means(table, weights) for weights in _resamples(table, seed, draws)])
    ends = _ends(means, table.counts > 1, [(1 - level) / 2, (1 + level) / 2])
    return Interval(*(each.reshape(table.shape) for each in (table.means, *ends)))


def _resamples(table: Table, seed: int, draws: int) -> Iterator[NDArray[np.float64]]:
    """Give blocks of float64[block, people]: how often each person was drawn."""
    people = len(table.filled)
    random = stream(seed)
    block = max(1, _WEIGHTS_AT_ONCE // people)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = random.integers(people, size=(size, people)) + np.arange(size)[:, None] * people
        yield np.bincount(drawn.ravel(), minlength=size * people).reshape(size, people).astype(np.float64)


def _means(table: Table, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return ratio(weights @ table.filled, weights @ table.known)


def paired_bootstrap(a: ArrayLike, b: ArrayLike, *, seed: int, draws: int = 2000, level: float = 0.95) -> Interval:
    """Return the mean of a − b over the same people with its interval; see :func:`bootstrap_mean`.

    Args:
        a: float[people, ...]; a person counts in a column only if neither value is NaN.
        b: the same people in the same order.
        seed: any integer; draws: number of resamples; level: as for one mean.

    Raises:
        ValueError: as for one mean, or two shapes.
    """
    first, second = finite(a), finite(b)
    refuse_unlike(first.shape, second.shape)
    return bootstrap_mean(first - second, seed=seed, draws=draws, level=level)


def cluster_bootstrap(values: ArrayLike, *, seed: int, draws: int = 2000, level: float = 0.95) -> Interval:
    """Return the mean with its interval where each person was measured under several seeds.

    People are drawn whole, with all their seeds: repeats of one person are no further people. Each person counts once,
    by the mean over the seeds that are not NaN, whatever their number.

    Args:
        values: float[people, seeds, ...], NaN where missing.
        seed: of the resamples, any integer; draws: number of resamples; level: as for one mean.

    Returns:
        Three arrays of the shape after the seeds.

    Raises:
        ValueError: as for one mean, or no axis of seeds.
    """
    array = finite(values)
    if array.ndim < 2 or array.shape[1] == 0:
        raise ValueError("there are no seeds: the second axis must hold at least one")
    known = ~np.isnan(array)
    person_means = ratio(np.where(known, array, 0.0).sum(axis=1), known.sum(axis=1))
    return bootstrap_mean(person_means, seed=seed, draws=draws, level=level)


def crossed_bootstrap(
    values: ArrayLike,
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
    *,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
) -> Interval:
    """Return a mean, or a statistic of means, with its interval where each person was measured after several trainings.

    People and trainings are drawn anew, independently of each other (the pigeonhole bootstrap: Owen, "The pigeonhole
    bootstrap", Annals of Applied Statistics 1, 2007), so the interval speaks of other people and of another training.
    It is rather too wide than too narrow. With one training it is the bootstrap over people.

    Args:
        values: float[people, trainings, ...], NaN where missing.
        statistic: takes means float64[n, ...] and returns float64[n, ...]; None = the means.
        seed: of the resamples, any integer; draws: number of resamples; level: as for one mean.

    Returns:
        Three arrays of the trailing shape of the statistic; the ends are NaN with fewer than two people.

    Raises:
        ValueError: as for one mean, or no axis of trainings.
    """
    refuse_no_draws(draws)
    refuse_share("level", level)
    array = finite(values)
    if array.ndim < 2 or array.shape[1] == 0:
        raise ValueError("there are no trainings: the second axis must hold at least one")
    whole = table_of(_over_trainings(array, np.ones(array.shape[1])))
    point = _stated(whole.means, whole.shape, statistic)[0]
    if len(array) < 2:
        return Interval(point, np.full_like(point, np.nan), np.full_like(point, np.nan))
    means = np.concatenate([_means(table, weights) for table, weights in _crossed(array, seed, draws)])
    shares = [(1 - level) / 2, (1 + level) / 2]
    if statistic is None:
        low, high = _ends(means, whole.counts > 1, shares).reshape(2, *whole.shape)
    else:  # Interpolating between a finite and an infinite value would give no number.
        low, high = np.nanquantile(_stated(means, whole.shape, statistic), shares, axis=0, method="inverted_cdf")
    return Interval(point, low, high)


def _stated(
    means: NDArray[np.float64],
    shape: tuple[int, ...],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None,
) -> NDArray[np.float64]:
    """Return the statistic of each row of means, or the means themselves, of trailing shape."""
    shaped = means.reshape(-1, *shape)
    return shaped if statistic is None else statistic(shaped)


def _crossed(values: NDArray[np.float64], seed: int, draws: int) -> Iterator[tuple[Table, NDArray[np.float64]]]:
    """Give tables of people, trainings drawn, with weights of people, float64[block, people]."""
    trainings = values.shape[1]
    drawn = stream(seed + 1).integers(trainings, size=(draws, trainings))
    times = np.stack([(drawn == training).sum(axis=1) for training in range(trainings)], axis=1)
    # Few different sets of trainings occur, so people are averaged once for each.
    sets, number = np.unique(times, axis=0, return_inverse=True)
    for place, (chosen, count) in enumerate(zip(sets, np.bincount(number.ravel()), strict=True)):
        table = table_of(_over_trainings(values, chosen.astype(np.float64)))
        for weights in _resamples(table, seed + _APART * place, int(count)):
            yield table, weights


def _over_trainings(values: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each person's mean over the trainings, each counted so many times, float64[people, ...]."""
    weight = times.reshape(1, -1, *[1] * (values.ndim - 2))
    known = ~np.isnan(values)
    return ratio((np.where(known, values, 0.0) * weight).sum(axis=1), (known * weight).sum(axis=1))


def _ends(means: NDArray[np.float64], enough: NDArray[np.bool_], shares: list[float]) -> NDArray[np.float64]:
    """Return the quantiles of each column, float64[2, columns]; NaN where fewer than two people have a value."""
    ends = np.full((2, means.shape[1]), np.nan)
    # A resample may hold nobody who has a value in a sparse column: it says nothing there.
    ends[:, enough] = np.nanquantile(means[:, enough], shares, axis=0)
    return ends
