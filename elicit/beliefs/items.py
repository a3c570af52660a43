"""The belief over items or people: each hypothesis is one row of a table, matched softly.

Twenty questions over a catalog: an answer that fits keeps a hypothesis, one that does not makes it ``error`` times less
likely rather than impossible, so that one wrong answer does not lose the item. Where some wrong answers are nearer than
others, a table says how likely each is. A cell without a value is taken to be filled as the others of its column are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import entropy, fit, heard
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes

_NEGLIGIBLE = 1e-7
"""Hypotheses that together weigh less than this may be left out of sums."""
_BLOCK = 1024
"""Hypotheses summed at once."""


@dataclass(frozen=True)
class ItemBelief:
    """Belief over the rows of a table.

    Attributes:
        values: int8[hypotheses, facets]; below 0 = no value.
        counts: int[facets], number of options a facet.
        error: share of given answers taken to be wrong; 0 = exact matching.
        prior: float32[hypotheses], sums to one; None = all alike.
        likes: bool[hypotheses, targets] where hypotheses are people; None where the hypotheses are the targets.
        likelihood: float32[K values, K answers, facets], P(answer | value), zero where there is no such option; None =
            by ``error``, each wrong answer equally likely.
    """

    values: Codes
    counts: NDArray[np.int64]
    error: float = 0.02
    prior: Floats | None = None
    likes: NDArray[np.bool_] | None = None
    likelihood: Floats | None = None

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
        # Sums of logs, because products of many slips leave the range of float32.
        logs = np.tile(_log(self._start), (len(states), 1))
        for facet in np.flatnonzero((states >= 0).any(axis=0)):
            said = np.flatnonzero(states[:, facet] >= 0)
            logs[said] += self._log_fit[facet][states[said, facet]][:, self._places[facet]]
        top = logs.max(axis=1, keepdims=True)
        fits = np.isfinite(top)
        weight = np.exp(logs - np.where(fits, top, 0))
        total = weight.sum(axis=1, keepdims=True)
        return np.asarray(np.where(fits, weight / np.where(fits, total, 1), self._start))

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        shares, nothing = self._shares(self.posterior(states))
        marginals = (shares + nothing[:, None] * self._base).transpose(0, 2, 1)
        rows, facets = np.nonzero((states >= 0) & self._gaps.any(axis=0))
        told = self._base_after[states[rows, facets], :, facets] - self._base[:, facets].T
        marginals[rows, facets] += nothing[rows, facets, None] * told
        return marginals

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]: of the hypotheses themselves where they are items."""
        posterior = self.posterior(states)
        if self.likes is None:
            return posterior
        return np.asarray(posterior @ self.likes.astype(np.float32), dtype=np.float32)

    def information(self, states: Codes) -> Floats:
        """Return the mutual information of each answer and the hypothesis in bits, float32[B, facets]."""
        return self.information_of(*self._shares(self.posterior(states)))

    def information_of(self, shares: Floats, nothing: Floats) -> Floats:
        """Return what :meth:`information` does, of hypotheses that are counted already.

        Args:
            shares: float32[B, K, facets], what the hypotheses with each value weigh together.
            nothing: float32[B, facets], what those without a value weigh.
        """
        outer = entropy(self.chance_of(shares, nothing), axis=1)
        inner = self._noise(shares, nothing) + nothing * entropy(self._base_heard, axis=0)
        return np.maximum(outer - inner, np.float32(0))

    def chance_of(self, shares: Floats, nothing: Floats) -> Floats:
        """Return P(answer), float32[B, K, facets]; see :meth:`information_of`."""
        return self._heard(shares + nothing[:, None] * self._base)

    def _shares(self, posterior: Floats) -> tuple[Floats, Floats]:
        """Return the weight of hypotheses with each value, float32[B, K, facets], and without one, [B, facets]."""
        heavy = np.flatnonzero(posterior.max(axis=0) > _NEGLIGIBLE / len(self.values))
        few = 4 * len(heavy) < len(self.values)
        weights = [_dot(posterior[:, heavy], p[heavy]) if few else _dot(posterior, p) for p in self._planes]
        size = (len(posterior), len(self.counts))
        nothing = weights.pop() if self._gaps.any() else np.zeros(size, dtype=np.float32)
        # The last option's plane is never multiplied: its weight is what the others leave.
        full = np.stack([*weights, np.zeros(size, dtype=np.float32)], axis=1)
        rest = np.maximum(1 - nothing - full.sum(axis=1), np.float32(0))
        np.put_along_axis(full, (self.counts - 1)[None, None], rest[:, None], axis=1)
        return full, nothing

    @cached_property
    def _start(self) -> Floats:
        alike = np.full(len(self.values), 1 / len(self.values), dtype=np.float32)
        return alike if self.prior is None else self.prior.astype(np.float32)

    @cached_property
    def _gaps(self) -> NDArray[np.bool_]:
        return self.values < 0

    @cached_property
    def _places(self) -> NDArray[np.int8]:
        """Each value's place in the likelihood, K for gaps, int8[facets, hypotheses]."""
        return np.ascontiguousarray(np.where(self._gaps, self.options, self.values).T).astype(np.int8)

    @cached_property
    def _planes(self) -> list[Floats]:
        """0/1 float32[hypotheses, facets] for each option but a facet's last, and one for gaps if there are any."""
        planes = [((self.values == k) & (self.counts - 1 != k)).astype(np.float32) for k in range(self.options - 1)]
        return [*planes, self._gaps.astype(np.float32)] if self._gaps.any() else planes

    @cached_property
    def _base(self) -> Floats:
        """How the values of a column are distributed, float32[K, facets]."""
        valid = np.arange(self.options)[:, None] < self.counts
        counts = np.stack([(self.values == k).sum(axis=0) for k in range(self.options)]) + 0.5 * valid
        return np.asarray(counts / counts.sum(axis=0), dtype=np.float32)

    @cached_property
    def _base_heard(self) -> Floats:
        """P(answer) of a hypothesis without a value, float32[K, facets]."""
        return self._heard(self._base)

    @cached_property
    def _base_after(self) -> Floats:
        """P(true option | answer) of a hypothesis without a value, float32[K answers, K, facets]."""
        joint = (self._base[:, None] * self._fit).transpose(1, 0, 2)
        return np.asarray(joint / np.where(self._base_heard > 0, self._base_heard, 1)[:, None])

    @cached_property
    def _fit(self) -> Floats:
        return fit(self.options, self.counts, self.error) if self.likelihood is None else self.likelihood

    def _heard(self, true: Floats) -> Floats:
        """Return P(answer) where the true options have these probabilities, float32[..., K, facets]."""
        if self.likelihood is None:
            return heard(true, self.counts, self.error)
        return np.asarray(np.einsum("...vf,vaf->...af", true, self.likelihood), dtype=np.float32)

    def _noise(self, shares: Floats, nothing: Floats) -> Floats:
        """Return H(answer | value) in bits, on the mean over the hypotheses with a value, float32[B, facets]."""
        if self.likelihood is None:
            return np.asarray((1 - nothing) * self._fit_entropy[0])
        return np.asarray((shares * self._fit_entropy).sum(axis=1))

    @cached_property
    def _fit_entropy(self) -> Floats:
        """H(answer | value) in bits, float32[K values, facets]; without a table the same for all values."""
        return entropy(self._fit, axis=1)

    @cached_property
    def answer_chances(self) -> Floats:
        """P(answer | value), float32[K values and at the end none, K answers, facets]."""
        return np.concatenate([self._fit, self._base_heard[None]])

    @cached_property
    def _log_fit(self) -> Floats:
        """Log P(answer | value), float32[facets, K answers, K values and gap]."""
        return np.ascontiguousarray(_log(self.answer_chances).transpose(2, 1, 0))


def _dot(weights: Floats, plane: Floats) -> Floats:
    """Return ``weights @ plane``, block by block because long float32 sums lose digits."""
    blocks = [slice(at, at + _BLOCK) for at in range(0, len(plane), _BLOCK)]
    return np.asarray(sum(weights[:, b] @ plane[b] for b in blocks), dtype=np.float32)


def _log(probabilities: Floats) -> Floats:
    """Return the logarithm, −inf at zero."""
    return np.log(probabilities, out=np.full_like(probabilities, -np.inf), where=probabilities > 0)
