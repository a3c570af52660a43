"""``pep-pairs``: each facet is predicted from each answer alone, and what the answers say is multiplied.

The pairwise step of the released code, repaired: the likelihood of an answer is P(answer | option), and every option
has one, so that after one answer the beliefs average to the prior. After several answers they no longer do exactly,
since answers are taken to be independent given the option.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread
from elicit.beliefs import divergence
from elicit.beliefs.entropy import SMALLEST, fit, heard, pinned
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles import one_hot
from elicit.questioners.pep.rules import own_gain

_RAKINGS = 10
"""Rounds of fitting the pair tables to the shares; two are enough where few cells are silent."""
_BLOCK = 64
"""People whose gains are worked out at once: their arrays stay in the cache."""


@dataclass(frozen=True)
class PairTables:
    """How options go together in the training people.

    Attributes:
        counts: int[facets], number of options a facet.
        shares: float32[facets, K], P(option); zero where a facet has fewer options.
        joint: float32[facets, K, facets, K], P(both options); its margins are the shares.
    """

    counts: NDArray[np.int64]
    shares: Floats
    joint: Floats


def count_pairs(codes: Codes, option_counts: NDArray[np.int64], smoothing: float = 0.5) -> PairTables:
    """Count how options go together.

    Args:
        codes: int8[people, facets]; cells below 0 are passed over.
        option_counts: int[facets].
        smoothing: pseudo-people added to each option, and on average to each cell of a pair's table, where they are
            spread as if the two facets were independent.
    """
    options, facets = int(option_counts.max()), len(option_counts)
    valid = np.arange(options) < option_counts[:, None]
    with one_thread():
        hot = one_hot(codes, options)
        both = (hot.T @ hot).reshape(facets, options, facets, options).astype(np.float64)
    shares = hot.sum(axis=0, dtype=np.float64).reshape(facets, options) + smoothing * valid
    shares /= shares.sum(axis=1, keepdims=True)
    cells = option_counts[:, None, None, None] * option_counts[:, None]
    both += smoothing * cells * shares[:, :, None, None] * shares
    return PairTables(option_counts, shares.astype(np.float32), _raked(both, shares).astype(np.float32))


def _raked(both: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale the tables of all pairs until their margins are the shares.

    Iterative proportional fitting (Deming and Stephan 1940). Where cells are silent, a pair is counted on other people
    than its facets are, and beliefs would not average to the prior.
    """
    for _ in range(_RAKINGS):
        rows = both.sum(axis=3)
        both *= (shares[:, :, None] / np.where(rows > 0, rows, 1))[..., None]
        columns = both.sum(axis=1)
        both *= (shares / np.where(columns > 0, columns, 1))[:, None]
    return both


@dataclass(frozen=True)
class PairsBelief:
    """Belief of the pairwise model: score(f = a) = ln π_fa + Σ over answers of ln P(answer | f = a), softmax over a.

    Attributes:
        tables: what was counted.
        error: share of given answers taken to be wrong, each other option equally likely.
    """

    tables: PairTables
    error: float = 0.0

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.tables.counts

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        facets, options = self.tables.shares.shape
        asked = np.flatnonzero((states >= 0).any(axis=0))
        evidence = one_hot(states[:, asked], options) @ self._evidence[asked].reshape(-1, facets * options)
        scores = evidence.reshape(-1, facets, options) + self._start
        scores -= scores.max(axis=2, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        return scores if self.error else pinned(scores, states)

    def whole(self, states: Codes) -> Floats:
        """Return the bits that each question tells about all facets not answered, its own too, float32[B, facets]."""
        return self.others(states) + own_gain(self.marginals(states), self.option_counts, self.error) * (states < 0)

    def others(self, states: Codes) -> Floats:
        """Return the bits that each question is expected to tell about the other facets not answered.

        The sum over goals of the Jensen–Shannon divergence of what the answers lead to, float32[B, facets].
        """
        now = np.ascontiguousarray(self.marginals(states).swapaxes(1, 2))
        chance = heard(now, self.option_counts, self.error)
        gains = np.empty(states.shape, dtype=np.float32)
        for start in range(0, len(states), _BLOCK):
            rows = slice(start, start + _BLOCK)
            for question, count in enumerate(self.option_counts):
                after = now[rows, None] * self._by_question[question, :count]
                after /= np.maximum(after.sum(axis=2, keepdims=True), SMALLEST)
                told = divergence(chance[rows, :count, question], after.swapaxes(2, 3)) * (states[rows] < 0)
                told[:, question] = 0
                gains[rows, question] = told.sum(axis=1)
        return gains

    @cached_property
    def _by_question(self) -> Floats:
        """P(answer | true option of another facet), float32[questions, K answers, K options, facets]."""
        shares = self.tables.shares
        # Margins of joint tables are the shares only as nearly as they were fitted; what is given must sum to one.
        joint = self.tables.joint
        given = np.asarray(joint / np.maximum(joint.sum(axis=3, keepdims=True), SMALLEST), dtype=np.float32)
        table = heard(given.swapaxes(2, 3), self.option_counts, self.error)
        facets = np.arange(len(shares))
        table[facets, :, :, facets] = fit(shares.shape[1], self.option_counts, self.error).transpose(2, 0, 1)
        return np.ascontiguousarray(table.transpose(3, 2, 1, 0))

    @cached_property
    def _evidence(self) -> Floats:
        """Log P(answer | true option), float32[questions, K answers, facets, K options]; 0 where there is none."""
        logs = np.log(np.maximum(self._by_question.swapaxes(2, 3), SMALLEST))
        return np.ascontiguousarray(np.where(self._valid, logs, np.float32(0)))

    @cached_property
    def _start(self) -> Floats:
        """Log of the shares, −inf for options there are not, float32[facets, K]."""
        return np.where(self._valid, np.log(np.maximum(self.tables.shares, SMALLEST)), -np.float32(np.inf))

    @property
    def _valid(self) -> NDArray[np.bool_]:
        return np.arange(self.tables.shares.shape[1]) < self.option_counts[:, None]
