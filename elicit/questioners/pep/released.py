"""The belief models of PEP's released code on one-hot options, with their faults: nothing here is repaired.

A criterion is one option of one facet, which a person has or has not. Asking a criterion asks its facet; the answer
tells "has" of one criterion and "has not" of the facet's others, a non-answer tells nothing. The table of people is one
problem, so that all its criteria are candidates and the released filter of rare criteria has no counterpart. There are
no values from 1 to 5: every criterion keeps the 3.0 that the released code gives where it knows none, and its model
``item-cf+value`` falls together with ``item-cf``. No errors of answers are allowed for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles import one_hot

_UNSEEN = 0.3
"""The prior of a criterion that nobody in training has."""
_FEWEST_BOTH, _FEWEST_COUNTED = 3, 5
"""People who must have both criteria for a similarity, and be counted at all for conditional shares."""
_LEAST, _MOST = np.float32(0.01), np.float32(0.99)
_NAIVE_LIMIT = np.float32(10)
_LOGISTIC_LIMIT = np.float32(15)
"""The released code has no limit here; beyond this one float32 would take a chance for 1."""
_CERTAIN = np.float32(1 - 2**-22)
"""The share of a criterion that everybody has, for the same reason."""


@dataclass(frozen=True)
class Criteria:
    """Every option of every facet, in facet order.

    Attributes:
        counts: int[facets], number of options a facet.
        facet: int[criteria].
        option: int[criteria].
    """

    counts: NDArray[np.int64]
    facet: NDArray[np.intp]
    option: NDArray[np.intp]

    @classmethod
    def of(cls, option_counts: NDArray[np.int64]) -> Criteria:
        """Return the criteria of facets with so many options."""
        facet, option = np.nonzero(np.arange(option_counts.max()) < option_counts[:, None])
        return cls(option_counts, facet, option)

    def has(self, codes: Codes) -> Floats:
        """Return 0/1 float32[people, criteria]: who has what."""
        options = int(self.counts.max())
        return np.ascontiguousarray(one_hot(codes, options)[:, self.facet * options + self.option])


@dataclass(frozen=True)
class Statistics:
    """What the released code counts.

    Attributes:
        criteria: what is counted.
        share: float32[criteria], π: the share of people having it among those with a value; 0.3 where nobody has.
        alike: float32[criteria, criteria], s: people having both over the root of the product of those having each.
        lift: float32[criteria c, criteria d], ln P(d|c) / P(d|not c), unsmoothed; 0 where the code skips the term.
    """

    criteria: Criteria
    share: Floats
    alike: Floats
    lift: Floats


def count_criteria(codes: Codes, option_counts: NDArray[np.int64]) -> Statistics:
    """Count the training people, int8[people, facets]; cells below 0 take no part in a pair's table."""
    criteria = Criteria.of(option_counts)
    known = (codes >= 0)[:, criteria.facet].astype(np.float32)
    with one_thread():
        has = criteria.has(codes)
        both, one, counted = (x.astype(np.float64) for x in (has.T @ has, has.T @ known, known.T @ known))
    holders, exposed = has.sum(axis=0, dtype=np.float64), known.sum(axis=0, dtype=np.float64)
    share = np.where(holders > 0, np.minimum(holders / np.maximum(exposed, 1), _CERTAIN), _UNSEEN)
    root = np.sqrt(np.outer(holders, holders))
    alike = np.where(both >= _FEWEST_BOTH, both / np.where(root > 0, root, 1), 0)
    lift = _lift(both, one, counted)
    for table in (alike, lift):
        np.fill_diagonal(table, 0)
    return Statistics(criteria, *(x.astype(np.float32) for x in (share, alike, lift)))


def _lift(both: NDArray[np.float64], one: NDArray[np.float64], counted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ln P(d|c) / P(d|not c) from people having c and d, having c with d known, and with both known."""
    hit = np.where(one > 0, both / np.where(one > 0, one, 1), 0.5)
    without = counted - one
    miss = np.where(without > 0, (one.T - both) / np.where(without > 0, without, 1), 0.5)
    kept = (counted >= _FEWEST_COUNTED) & (hit > 0) & (miss > 0)
    return np.where(kept, np.log(np.where(kept, hit, 1) / np.where(kept, miss, 1)), 0)


@dataclass(frozen=True)
class Outlook:
    """What a model holds of a batch of people.

    Attributes:
        now: float32[B, criteria], P(has) after the answers, as if none of these criteria had been answered.
        suppose: the same if the person were known to have (or not to have) one more criterion. As in the released code
            this is about that criterion alone, although the real answer will tell of all options of the facet.
    """

    now: Floats
    suppose: Callable[[int, bool], Floats]


@dataclass(frozen=True)
class ReleasedBelief:
    """A released belief model; its criteria are independent, only ``marginals`` makes them sum to one.

    Attributes:
        statistics: what was counted.
        model: one of :data:`MODELS`.
    """

    statistics: Statistics
    model: str

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.statistics.criteria.counts

    def outlook(self, states: Codes) -> Outlook:
        """Return what the model holds of people after their answers."""
        has, answered = self._told(states)
        return _MODELS[self.model](self.statistics, has, answered - has)

    def chances(self, states: Codes) -> Floats:
        """Return P(has) of every criterion, float32[B, criteria]; what was answered is certain."""
        has, answered = self._told(states)
        return np.where(answered > 0, has, self.outlook(states).now)

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]: the chances, made to sum to one within each facet."""
        criteria = self.statistics.criteria
        table = np.zeros((*states.shape, int(criteria.counts.max())), dtype=np.float32)
        table[:, criteria.facet, criteria.option] = self.chances(states)
        return np.asarray(table / table.sum(axis=2, keepdims=True))

    def _told(self, states: Codes) -> tuple[Floats, Floats]:
        """Return which criteria people have said to have, and which were answered, 0/1 float32[B, criteria]."""
        criteria = self.statistics.criteria
        return criteria.has(states), (states >= 0)[:, criteria.facet].astype(np.float32)


def _prior(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    now = np.tile(statistics.share, (len(has), 1))
    return Outlook(now, lambda criterion, hit: now)


def _naive_bayes(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    return _log_odds(statistics.share, statistics.lift, has - lacks, _NAIVE_LIMIT)


def _logistic_cf(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    return _log_odds(statistics.share, 2 * statistics.alike, has - lacks, _LOGISTIC_LIMIT)


def _log_odds(share: Floats, table: Floats, told: Floats, limit: np.float32) -> Outlook:
    """Add rows of a table to the log-odds for what a person has and take them away for what they have not."""
    odds = np.log(share / (1 - share)) + told @ table

    def suppose(criterion: int, hit: bool) -> Floats:
        row = table[criterion]
        return _chance(odds + row if hit else odds - row, limit)

    return Outlook(_chance(odds.copy(), limit), suppose)


def _chance(log_odds: Floats, limit: np.float32) -> Floats:
    """Return the chances of log-odds within ± limit; overwrites the log-odds."""
    odds = np.maximum(log_odds, -limit, out=log_odds)
    np.minimum(odds, limit, out=odds)
    np.exp(odds, out=odds)
    odds /= 1 + odds
    return odds


def _item_cf(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    share, alike = statistics.share, statistics.alike
    near, hits = (has - lacks) @ alike, has.sum(axis=1, keepdims=True)
    asked = hits + lacks.sum(axis=1, keepdims=True)
    unmoved, weight = hits == 0, 1 / (asked + 2)
    base = share + near * weight

    def suppose(criterion: int, hit: bool) -> Floats:
        row = alike[criterion] * weight
        return _within(base + row) if hit else np.where(unmoved, share, _within(base - row))

    return Outlook(np.where(unmoved, share, _within(share + near / (asked + 1))), suppose)


def _within(chances: Floats) -> Floats:
    np.maximum(chances, _LEAST, out=chances)
    return np.minimum(chances, _MOST, out=chances)


def _hybrid(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    naive, item = (model(statistics, has, lacks) for model in (_naive_bayes, _item_cf))
    half = np.float32(0.5)
    return Outlook(
        half * (naive.now + item.now),
        lambda criterion, hit: half * (naive.suppose(criterion, hit) + item.suppose(criterion, hit)),
    )


def _bayesian_cf(statistics: Statistics, has: Floats, lacks: Floats) -> Outlook:
    alike = statistics.alike
    yes = 2 * statistics.share + has @ alike
    total = 2 + (has + lacks) @ alike

    def suppose(criterion: int, hit: bool) -> Floats:
        row = alike[criterion]
        return np.asarray((yes + row if hit else yes) / (total + row))

    return Outlook(np.asarray(yes / total), suppose)


_MODELS: Mapping[str, Callable[[Statistics, Floats, Floats], Outlook]] = {
    "prior": _prior,
    "naive-bayes": _naive_bayes,
    "item-cf": _item_cf,
    "hybrid": _hybrid,
    "logistic-cf": _logistic_cf,
    "bayesian-cf": _bayesian_cf,
}
MODELS = tuple(_MODELS)
"""The names of the released belief models."""
