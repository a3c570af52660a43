"""The belief of a class mixture: exact Bayes over hidden classes, with room for wrong answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles.mixture import Mixture, one_hot


@dataclass(frozen=True)
class MixtureBelief:
    """Belief over the classes of a :class:`~elicit.profiles.Mixture`.

    Attributes:
        mixture: the population model.
        counts: int[facets], number of options a facet.
        error: share of given answers taken to be wrong, each other option equally likely.
        prior: float32[B, classes], each person's own class shares; None = the mixture's. Batches must then hold the
            same people in the same order.
    """

    mixture: Mixture
    counts: NDArray[np.int64]
    error: float = 0.0
    prior: Floats | None = None

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.counts

    @property
    def options(self) -> int:
        """K, the largest number of options."""
        return int(self.mixture.answers.shape[1])

    def condition(self, prior: Floats) -> MixtureBelief:
        """Return the belief for people whose class shares are known, for instance from personas."""
        return replace(self, prior=prior)

    def posterior(self, states: Codes) -> Floats:
        """Return P(class | answers), float32[B, classes]."""
        logits = one_hot(states, self.options) @ self.log_heard.reshape(-1, self.mixture.classes)
        logits += np.log(self.mixture.shares if self.prior is None else self.prior)
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        return logits

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        return self.marginals_of(self.posterior(states))

    def marginals_of(self, posterior: Floats) -> Floats:
        """Return P(true option) under class probabilities float32[..., classes], float32[..., facets, K]."""
        flat = posterior @ self._by_class
        return np.asarray(flat.reshape(*posterior.shape[:-1], len(self.counts), self.options))

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]."""
        return self.targets_of(self.posterior(states))

    def targets_of(self, posterior: Floats) -> Floats:
        """Return P(liked) under class probabilities float32[..., classes], float32[..., targets]."""
        return np.asarray(posterior @ self.mixture.likes.T)

    def information(self, states: Codes) -> Floats:
        """Return the mutual information of each answer and the class in bits, float32[B, facets]."""
        posterior = self.posterior(states)
        heard = posterior @ self._heard_by_class
        inner = posterior @ self._heard_entropy
        outer = entropy(heard.reshape(len(states), len(self.counts), self.options))
        return np.maximum(outer - inner, np.float32(0))

    def branches(self, states: Codes, facet: int) -> tuple[Floats, Floats]:
        """Return what every answer to one facet would lead to.

        Returns:
            P(answer), float32[B, K], and P(class | answers, answer), float32[B, K, classes].
        """
        posterior = self.posterior(states)
        joint = posterior[:, None, :] * self._heard[facet][None]
        chance = joint.sum(axis=2)
        return chance, joint / np.maximum(chance[:, :, None], np.float32(1e-12))

    @cached_property
    def _heard(self) -> Floats:
        """P(answer | class) after errors, float32[facets, K, classes]."""
        valid = (np.arange(self.options) < self.counts[:, None])[:, :, None]
        slip = np.float32(self.error) / np.maximum(self.counts - 1, 1).astype(np.float32)[:, None, None]
        true = self.mixture.answers
        keep = np.where(self.counts > 1, np.float32(1 - self.error), np.float32(1))[:, None, None]
        return np.asarray(np.where(valid, keep * true + slip * (1 - true), 0), dtype=np.float32)

    @cached_property
    def log_heard(self) -> Floats:
        """Log P(answer | class) after errors, float32[facets, K, classes]; 0 where there is no such option."""
        return np.log(np.where(self._heard > 0, self._heard, np.float32(1)))

    @cached_property
    def _by_class(self) -> Floats:
        return np.ascontiguousarray(self.mixture.answers.reshape(-1, self.mixture.classes).T)

    @cached_property
    def _heard_by_class(self) -> Floats:
        return np.ascontiguousarray(self._heard.reshape(-1, self.mixture.classes).T)

    @cached_property
    def _heard_entropy(self) -> Floats:
        """H(answer | class) in bits, float32[classes, facets]."""
        return np.ascontiguousarray(entropy(self._heard.transpose(2, 0, 1)))


def entropy(probabilities: Floats) -> Floats:
    """Return the entropy in bits along the last axis."""
    logs = np.log2(np.maximum(probabilities, np.float32(1e-30)))
    return np.asarray(-np.einsum("...k,...k->...", probabilities, logs))
