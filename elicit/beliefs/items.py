"""The belief over items or people: each hypothesis is one row of a table, matched softly.

Twenty questions over a catalog: an answer that fits keeps a hypothesis, one that does not makes it ``error`` times less
likely rather than impossible, so that one wrong answer does not lose the item. A cell without a value fits any answer
as often as the other hypotheses give it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.mixture import entropy
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes


@dataclass(frozen=True)
class ItemBelief:
    """Belief over the rows of a table.

    Attributes:
        values: int8[hypotheses, facets]; below 0 = no value.
        counts: int[facets], number of options a facet.
        error: share of given answers taken to be wrong; 0 = exact matching.
        prior: float32[hypotheses], sums to one; None = all alike.
        likes: bool[hypotheses, targets] where hypotheses are people; None where the hypotheses are the targets.
    """

    values: Codes
    counts: NDArray[np.int64]
    error: float = 0.02
    prior: Floats | None = None
    likes: NDArray[np.bool_] | None = None

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.counts

    @property
    def options(self) -> int:
        """K, the largest number of options."""
        return int(self.counts.max())

    def posterior(self, states: Codes) -> Floats:
        """Return P(hypothesis | answers), float32[B, hypotheses].

        Answers that no hypothesis fits leave the prior (possible only with ``error`` 0).
        """
        weight = np.tile(self._start, (len(states), 1))
        for facet in np.flatnonzero((states >= 0).any(axis=0)):
            said = np.flatnonzero(states[:, facet] >= 0)
            weight[said] *= self._fit[facet][states[said, facet]][:, self.values[:, facet]]
        total = weight.sum(axis=1, keepdims=True)
        return np.asarray(np.where(total > 0, weight / np.where(total > 0, total, 1), self._start))

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        shares, nothing = self._shares(self.posterior(states))
        return np.asarray(shares + nothing[:, :, None] * self._base)

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]: of the hypotheses themselves where they are items."""
        posterior = self.posterior(states)
        if self.likes is None:
            return posterior
        return np.asarray(posterior @ self.likes.astype(np.float32), dtype=np.float32)

    def information(self, states: Codes) -> Floats:
        """Return the mutual information of each answer and the hypothesis in bits, float32[B, facets]."""
        shares, nothing = self._shares(self.posterior(states))
        known = shares.sum(axis=2)
        heard = self._slipped(shares, known) + nothing[:, :, None] * self._base
        inner = known * self._value_entropy + nothing * entropy(self._base)
        return np.asarray(np.maximum(entropy(heard) - inner, np.float32(0)))

    def _shares(self, posterior: Floats) -> tuple[Floats, Floats]:
        """Return the weight of hypotheses with each value, float32[B, facets, K], and without one, [B, facets]."""
        planes = [posterior @ plane for plane in self._planes]
        full = np.stack(planes[: self.options - 1], axis=2)
        nothing = planes[-1] if self._gaps else np.zeros(full.shape[:2], dtype=np.float32)
        # The last option's plane is never multiplied: its weight is what the others leave.
        rest = np.maximum(1 - nothing - full.sum(axis=2), np.float32(0))
        shares = np.concatenate([full, np.zeros_like(full[:, :, :1])], axis=2)
        np.put_along_axis(shares, (self.counts - 1)[None, :, None], rest[:, :, None], axis=2)
        return shares, nothing

    def _slipped(self, shares: Floats, known: Floats) -> Floats:
        """Return the distribution of answers when true values are distributed as ``shares``."""
        if not self.error:
            return shares
        slip = np.where(self.counts > 1, self.error / np.maximum(self.counts - 1, 1), 0).astype(np.float32)[:, None]
        keep = np.where(self.counts > 1, 1 - self.error, 1).astype(np.float32)[:, None]
        return np.where(self._valid, keep * shares + slip * (known[:, :, None] - shares), np.float32(0))

    @cached_property
    def _start(self) -> Floats:
        alike = np.full(len(self.values), 1 / len(self.values), dtype=np.float32)
        return alike if self.prior is None else self.prior.astype(np.float32)

    @cached_property
    def _valid(self) -> NDArray[np.bool_]:
        return np.arange(self.options) < self.counts[:, None]

    @cached_property
    def _gaps(self) -> bool:
        return bool((self.values < 0).any())

    @cached_property
    def _planes(self) -> list[Floats]:
        """0/1 float32[hypotheses, facets] for each option but the last, and one for gaps if there are any."""
        last = self.options - 1
        planes = [((self.values == k) & (self.counts - 1 != k)).astype(np.float32) for k in range(last)]
        return [*planes, (self.values < 0).astype(np.float32)] if self._gaps else planes

    @cached_property
    def _base(self) -> Floats:
        """How hypotheses with a value answer, float32[facets, K]."""
        counts = np.stack([(self.values == k).sum(axis=0) for k in range(self.options)], axis=1) + 0.5 * self._valid
        return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def _value_entropy(self) -> Floats:
        """Entropy in bits of the answer of a hypothesis that has a value, float32[facets]."""
        others = np.maximum(self.counts - 1, 1)
        error = np.where(self.counts > 1, self.error, 0.0)
        logs = np.where(error > 0, error * np.log2(np.maximum(error, 1e-30) / others), 0)
        return np.asarray(-(logs + (1 - error) * np.log2(1 - error)), dtype=np.float32)

    @cached_property
    def _fit(self) -> Floats:
        """P(answer | value), float32[facets, answers K, values K + 1]; the last value place stands for gaps."""
        fit = np.empty((len(self.counts), self.options, self.options + 1), dtype=np.float32)
        slip = self.error / np.maximum(self.counts - 1, 1)
        same = np.eye(self.options, dtype=np.bool_)
        fit[:, :, :-1] = np.where(same, 1 - self.error, slip[:, None, None])
        fit[:, :, -1] = self._base
        return fit
