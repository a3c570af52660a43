"""The belief of a class mixture: exact Bayes over hidden classes, with room for wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import SMALLEST, entropy, fit, heard, normalised, pinned
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

    def posterior(self, states: Codes) -> Floats:
        """Return P(class | answers), float32[B, classes].

        An answer that a class can never give counts as 1e-30 there, so a person whom no class fits is taken for one of
        the class that fits most answers.
        """
        asked = np.flatnonzero((states >= 0).any(axis=0))
        logits = one_hot(states[:, asked], self.options) @ self.log_heard[asked].reshape(-1, self.mixture.classes)
        logits += self.log_prior
        return normalised(logits)

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        posterior = self.posterior(states)
        marginals = self.marginals_of(posterior)
        if not self.error:  # Then the truth is what was said, and the general way below is many times slower.
            return pinned(marginals, states)
        for facet in np.flatnonzero((states >= 0).any(axis=0)).tolist():
            rows = np.flatnonzero(states[:, facet] >= 0)
            marginals[rows, facet] = self._after_own_answer(posterior[rows], facet, states[rows, facet])
        return marginals

    def marginals_of(self, posterior: Floats, facets: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """Return what people of these classes answer, before they are asked.

        Args:
            posterior: float32[..., classes], class probabilities.
            facets: which; all by default.

        Returns:
            float32[..., facets, K].
        """
        table = self._answers[:, :, facets]
        flat = posterior @ table.reshape(len(table), -1)
        return np.swapaxes(flat.reshape(*posterior.shape[:-1], *table.shape[1:]), -1, -2)

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]."""
        return self.targets_of(self.posterior(states))

    def targets_of(self, posterior: Floats) -> Floats:
        """Return P(liked) under class probabilities float32[..., classes], float32[..., targets]."""
        return np.asarray(posterior @ self.mixture.likes.T)

    def information(self, states: Codes) -> Floats:
        """Return the mutual information of each answer and the class in bits, float32[B, facets]."""
        posterior = self.posterior(states)
        outer = entropy(self.heard_of(posterior), axis=1)
        return np.maximum(outer - posterior @ self._heard_entropy, np.float32(0))

    def heard_of(self, posterior: Floats) -> Floats:
        """Return P(answer) to each facet under class probabilities float32[B, classes], float32[B, K, facets]."""
        flat = posterior @ self._heard.reshape(self.mixture.classes, -1)
        return flat.reshape(len(posterior), *self._heard.shape[1:])

    def branches(self, posterior: Floats, facet: int) -> tuple[Floats, Floats]:
        """Return what every answer to one facet would lead to.

        Args:
            posterior: float32[B, classes], what is known now.
            facet: which is asked.

        Returns:
            P(answer), float32[B, K], and P(class | answers so far and this one), float32[B, K, classes].
        """
        joint = posterior[:, None, :] * self._heard[:, :, facet].T
        chance = joint.sum(axis=2)
        return chance, joint / np.maximum(chance[:, :, None], SMALLEST)

    @cached_property
    def log_prior(self) -> Floats:
        """Log of the class shares before the first answer, float32[classes] or [B, classes]."""
        return np.log(np.maximum(self.mixture.shares if self.prior is None else self.prior, SMALLEST))

    @cached_property
    def log_heard(self) -> Floats:
        """Log P(answer | class) after errors, float32[facets, K, classes]."""
        return np.ascontiguousarray(np.log(np.maximum(self._heard, SMALLEST)).transpose(2, 1, 0))

    @cached_property
    def _answers(self) -> Floats:
        """P(true option | class), float32[classes, K, facets]."""
        return np.ascontiguousarray(self.mixture.answers.transpose(2, 1, 0))

    @cached_property
    def _heard(self) -> Floats:
        """P(answer | class) after errors, float32[classes, K, facets]."""
        return heard(self._answers, self.counts, self.error)

    @cached_property
    def _heard_entropy(self) -> Floats:
        """H(answer | class) in bits, float32[classes, facets]."""
        return entropy(self._heard, axis=1)

    @cached_property
    def _fit(self) -> Floats:
        return fit(self.options, self.counts, self.error)

    def _after_own_answer(self, posterior: Floats, facet: int, said: NDArray[np.int8]) -> Floats:
        """Return P(true option | answers) of a facet that these people answered, float32[n, K].

        Within a class the truth given the answer a is P(true) · P(a | true) / P(a).
        """
        weight = posterior / np.maximum(self._heard[:, said, facet].T, SMALLEST)
        true = np.maximum(weight @ self._answers[:, :, facet], SMALLEST) * self._fit[:, said, facet].T
        return np.asarray(true / true.sum(axis=1, keepdims=True))
