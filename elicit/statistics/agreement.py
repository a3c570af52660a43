"""How far two judgements of the same cases agree, with percentile bootstrap intervals over the cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elicit.statistics.bootstrap import crossed_bootstrap
from elicit.statistics.stream import stream
from elicit.statistics.table import finite, ratio, refuse_no_draws, refuse_unlike

_NOTHING = (float("nan"), float("nan"), float("nan"))
_ENDS = (0.025, 0.975)


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, seed: int, draws: int = 2000) -> tuple[float, float, float]:
    """Return Cohen's kappa of two yes/no judgements with its 95 % interval (value, low, high).

    1 = they agree, 0 = as often as they would by chance, since each says yes as often as it does. Resamples in which
    both say the same of everything leave kappa undefined and are left out.

    Args:
        first: bool[cases].
        second: the same cases in the same order.
        seed: of the resamples, any integer.
        draws: number of resamples.

    Returns:
        NaN for all where both say the same of everything or there are no cases; NaN ends for a single case.

    Raises:
        ValueError: not as many judgements in both, or no draws.
    """
    refuse_no_draws(draws)
    a, b = _paired(first, second)
    if not len(a) or np.ptp(np.concatenate([a, b])) == 0:
        return _NOTHING
    found = crossed_bootstrap(np.stack([a, b, a * b], axis=1)[:, None], _kappa, seed=seed, draws=draws)
    value, low, high = (float(each) for each in found)
    return value, low, high


def _kappa(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kappa of shares of yes, float64[n, 3]: of the first, of the second, of both at once."""
    first, second, both = means.T
    # Agreement less chance over 1 less chance, both written in the shares of yes.
    chance = first + second - 2 * first * second
    return ratio(2 * (both - first * second), chance)


def kendall_tau_b(first: ArrayLike, second: ArrayLike, *, seed: int, draws: int = 2000) -> tuple[float, float, float]:
    """Return Kendall's tau-b of two orders with its 95 % interval (value, low, high).

    1 = the same order, 0 = nothing in common, -1 = turned round; ties are allowed for. Resamples in which one of the
    two is the same everywhere are left out.

    Args:
        first: float[cases].
        second: the same cases in the same order.
        seed: of the resamples, any integer.
        draws: number of resamples.

    Returns:
        NaN for all where one of the two is the same everywhere, or there are no cases.

    Raises:
        ValueError: not as many values in both, an infinite one, or no draws.
    """
    from scipy.stats import kendalltau

    refuse_no_draws(draws)
    a, b = _paired(first, second)
    if not len(a) or np.ptp(a) == 0 or np.ptp(b) == 0:
        return _NOTHING
    drawn = stream(seed).integers(len(a), size=(draws, len(a)))
    taus = [kendalltau(a[rows], b[rows]).statistic for rows in drawn]
    low, high = np.nanquantile(taus, _ENDS)
    return float(kendalltau(a, b).statistic), float(low), float(high)


def _paired(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = finite(first), finite(second)
    refuse_unlike(a.shape, b.shape)
    return a, b
