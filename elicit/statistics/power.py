"""How many people a comparison needs, and what it can find with those it has.

Both are for a paired two-sided test of a mean difference, in the normal approximation that neglects significance in the
wrong direction: (z[1 − level/2] + z[power]) = |effect| · √people / deviation.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from elicit.statistics.table import refuse_share

_ROUNDING = 1e-9
_NORMAL = NormalDist()


def smallest_detectable_effect(deviation: float, people: int, power: float = 0.8, level: float = 0.05) -> float:
    """Return the mean difference that is found with probability ``power``.

    Args:
        deviation: standard deviation of the paired differences over people, in the unit of the effect.
        people: number of pairs, at least 2.
        power: probability of finding it, above ``level``.
        level: of significance, two-sided (.05, not .95).

    Raises:
        ValueError: a negative or infinite deviation, fewer than two people, or a power or level out of range.
    """
    _refuse_deviation(deviation)
    if people < 2:
        raise ValueError(f"{people} people were given; at least 2 are needed to see how differences vary")
    return _reach(power, level) * deviation / math.sqrt(people)


def people_needed(effect: float, deviation: float, power: float = 0.8, level: float = 0.05) -> int:
    """Return how many people find an effect with probability ``power``: at least 2, rounded up.

    Args:
        effect: mean of the paired differences; its sign does not matter.
        deviation: their standard deviation over people, in the same unit.
        power: probability of finding it, above ``level``.
        level: of significance, two-sided (.05, not .95).

    Raises:
        ValueError: an effect of 0 or not finite, a negative or infinite deviation, or a power or level out of range.
    """
    _refuse_deviation(deviation)
    if effect == 0 or not math.isfinite(effect):
        raise ValueError(f"an effect of {effect} cannot be found by any number of people")
    exact: float = (_reach(power, level) * deviation / effect) ** 2
    # Without the slack, rounding errors would make the inverse of a whole number one too many.
    return max(2, math.ceil(exact * (1 - _ROUNDING)))


def _reach(power: float, level: float) -> float:
    """Return how many standard errors an effect must measure."""
    refuse_share("level", level)
    refuse_share("power", power)
    if power <= level:
        raise ValueError(f"power is {power}; it must be above the level of significance, {level}")
    return _NORMAL.inv_cdf(1 - level / 2) + _NORMAL.inv_cdf(power)


def _refuse_deviation(deviation: float) -> None:
    if not 0 <= deviation < math.inf:
        raise ValueError(f"a standard deviation of {deviation} was given; it must be 0 or more, and finite")
