"""The belief models of PEP's released code on one-hot options, with their faults: nothing here is repaired.

A criterion is one option of one facet, which a person has or has not. Asking a criterion asks its facet; the answer
tells "has" of one criterion and "has not" of the facet's others, a non-answer tells nothing. The table of people is one
problem, so that all its criteria are candidates and the released filter of rare criteria has no counterpart. There are
no values from 1 to 5: every criterion keeps the 3.0 that the released code gives where it knows none, and its model
``item-cf+value`` falls together with ``item-cf``. No errors of answers are allowed for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

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
_FINITE = np.float32(30)
"""Log-odds of the logistic model end here, far beyond any effect, so that float32 stays below one."""


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
    share = np.where(holders > 0, holders / np.maximum(exposed, 1), _UNSEEN)
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
class Tally:
    """What the answers of a batch add up to in one table (``alike`` or ``lift``).

    Attributes:
        hits: float32[B, 1], criteria that the person has.
        misses: float32[B, 1], criteria that the person has not.
        near: float32[B, criteria], the sum of the table over hits.
        far: float32[B, criteria], the sum over misses.
    """

    hits: Floats
    misses: Floats
    near: Floats
    far: Floats

    @classmethod
    def of(cls, has: Floats, lacks: Floats, table: Floats) -> Tally:
        """Add up answers, 0/1 float32[B, criteria] each."""
        return cls(has.sum(axis=1, keepdims=True), lacks.sum(axis=1, keepdims=True), has @ table, lacks @ table)

    def suppose(self, row: Floats, has: bool) -> Tally:
        """Add one more criterion, whose row of the table is float32[criteria]."""
        if has:
            return replace(self, hits=self.hits + 1, near=self.near + row)
        return replace(self, misses=self.misses + 1, far=self.far + row)


@dataclass(frozen=True)
class Part:
    """A table and how its sums become chances, float32[B, criteria]."""

    table: Floats
    chances: Callable[[Tally], Floats]


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

    def tallies(self, states: Codes) -> list[Tally]:
        """Return what the answers add up to in each part of the model."""
        criteria = self.statistics.criteria
        has = criteria.has(states)
        lacks = (states >= 0)[:, criteria.facet] - has
        return [Tally.of(has, lacks, part.table) for part in self._parts]

    def chances(self, states: Codes) -> Floats:
        """Return P(has) of every criterion, float32[B, criteria]; what was answered is certain."""
        criteria = self.statistics.criteria
        return np.where(
            (states >= 0)[:, criteria.facet], criteria.has(states), self._mean(self._parts, self.tallies(states))
        )

    def supposed(self, tallies: list[Tally], criterion: int, has: bool) -> Floats:
        """Return P(has) of every other criterion not answered, if one more were known, float32[B, criteria].

        As in the released code a supposed answer is about this criterion alone, although the real answer will tell of
        all options of the facet.
        """
        parts = self._parts
        after = [tally.suppose(part.table[criterion], has) for part, tally in zip(parts, tallies, strict=True)]
        return self._mean(parts, after)

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]: the chances, made to sum to one within each facet."""
        criteria = self.statistics.criteria
        table = np.zeros((*states.shape, int(criteria.counts.max())), dtype=np.float32)
        table[:, criteria.facet, criteria.option] = self.chances(states)
        return np.asarray(table / table.sum(axis=2, keepdims=True))

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        return _PARTS[self.model](self.statistics)

    @staticmethod
    def _mean(parts: tuple[Part, ...], tallies: list[Tally]) -> Floats:
        chances = [part.chances(tally) for part, tally in zip(parts, tallies, strict=True)]
        return chances[0] if len(chances) == 1 else np.asarray(np.mean(chances, axis=0))


def _prior(statistics: Statistics) -> Part:
    return Part(np.zeros_like(statistics.alike), lambda tally: np.broadcast_to(statistics.share, tally.near.shape))


def _naive_bayes(statistics: Statistics) -> Part:
    start = _log_odds(statistics.share)
    return Part(statistics.lift, lambda tally: _chance(start + (tally.near - tally.far), _NAIVE_LIMIT))


def _item_cf(statistics: Statistics) -> Part:
    share = statistics.share

    def chances(tally: Tally) -> Floats:
        moved = share + (tally.near - tally.far) / (tally.hits + tally.misses + 1)
        return np.where(tally.hits > 0, np.minimum(np.maximum(moved, _LEAST), _MOST), share)

    return Part(statistics.alike, chances)


def _logistic_cf(statistics: Statistics) -> Part:
    start = _log_odds(statistics.share)
    return Part(2 * statistics.alike, lambda tally: _chance(start + (tally.near - tally.far), _FINITE))


def _bayesian_cf(statistics: Statistics) -> Part:
    start = 2 * statistics.share
    return Part(statistics.alike, lambda tally: (start + tally.near) / (2 + tally.near + tally.far))


_PARTS: Mapping[str, Callable[[Statistics], tuple[Part, ...]]] = {
    "prior": lambda s: (_prior(s),),
    "naive-bayes": lambda s: (_naive_bayes(s),),
    "item-cf": lambda s: (_item_cf(s),),
    "hybrid": lambda s: (_naive_bayes(s), _item_cf(s)),
    "logistic-cf": lambda s: (_logistic_cf(s),),
    "bayesian-cf": lambda s: (_bayesian_cf(s),),
}
MODELS = tuple(_PARTS)
"""The names of the released belief models."""


def _log_odds(share: Floats) -> Floats:
    """Return ln share / (1 − share), finite where everybody has a criterion."""
    return np.log(share) - np.log(np.maximum(1 - share, np.float32(1e-30)))


def _chance(log_odds: Floats, limit: np.float32) -> Floats:
    odds: Floats = np.exp(np.minimum(np.maximum(log_odds, -limit), limit))
    return odds / (1 + odds)
