"""``pep-linear``: probabilistic principal components of the centred one-hot options, kept to show what it cannot do.

How sure a linear-Gaussian belief is of its latent position depends on what was asked, not on what was answered, so the
mutual information of answer and position (``information``, the rule ``type``) gives one order for everybody. The rules
``whole`` and ``others`` look at the predicted probabilities instead and can adapt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread
from elicit.beliefs import chance_of, divergence
from elicit.beliefs.entropy import heard, pinned
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes, Population
from elicit.profiles import one_hot
from elicit.questioners.pep.rules import own_gain

COMPONENTS = (1, 2, 5, 10, 20, 40)
"""Candidates for the number of components; held-out people choose."""
_LEAST = np.float32(1e-3)
"""Predicted probabilities are clipped here before they are renormalised; also the least noise variance."""


@dataclass(frozen=True)
class LinearModel:
    """One-hot options = mean + loadings · position + noise, the position standard normal.

    Attributes:
        counts: int[facets], number of options a facet.
        mean: float32[facets, K], P(option).
        loadings: float32[facets, K, components].
        variance: of the noise of each option.
    """

    counts: NDArray[np.int64]
    mean: Floats
    loadings: Floats
    variance: float


def fit_linear(train: Population, validation: Population, option_counts: NDArray[np.int64]) -> LinearModel:
    """Fit by eigenvectors (Tipping and Bishop 1999), with the number of components that predicts held-out people best.

    Silent cells count as average. Without held-out people there is one component.
    """
    options, facets = int(option_counts.max()), len(option_counts)
    valid = np.arange(options) < option_counts[:, None]
    hot = one_hot(train.codes, options).reshape(-1, facets, options)
    answers = hot.sum(axis=0, dtype=np.float64)
    mean = (answers + 0.5 * valid) / (answers + 0.5 * valid).sum(axis=1, keepdims=True)
    seen = answers / np.maximum(answers.sum(axis=1, keepdims=True), 1)
    centred = np.where((train.codes >= 0)[:, :, None], hot - seen, 0).reshape(-1, facets * options)
    with one_thread():
        covariance = centred.T @ centred / max(len(train), 1)
        values, vectors = (part[..., ::-1] for part in np.linalg.eigh(covariance))
        candidates = [c for c in COMPONENTS if c <= len(values)]
        models = [
            _cut(option_counts, mean.astype(np.float32), values, vectors, components) for components in candidates
        ]
        bits = [_held_out_bits(LinearBelief(model), validation.codes) for model in models]
    return models[int(np.argmin(bits))]


def _cut(
    counts: NDArray[np.int64],
    mean: Floats,
    values: NDArray[np.float64],
    vectors: NDArray[np.float64],
    components: int,
) -> LinearModel:
    # The options of a facet sum to one, so that each facet has one direction less than options.
    left = max(int((counts - 1).sum()) - components, 1)
    variance = max(float(values[components:].sum()) / left, float(_LEAST))
    loadings = vectors[:, :components] * np.sqrt(np.maximum(values[:components] - variance, 0))
    return LinearModel(counts, mean, loadings.reshape(*mean.shape, components).astype(np.float32), variance)


def _held_out_bits(belief: LinearBelief, codes: Codes) -> float:
    """Return the bits needed for every second facet after the answers to the others, and the other way round."""
    total = 0.0
    for shown in (0, 1):
        states = np.full_like(codes, -1)
        states[:, shown::2] = codes[:, shown::2]
        hidden = (states < 0) & (codes >= 0)
        total -= float(np.log2(chance_of(belief.marginals(states), codes))[hidden].sum(dtype=np.float64))
    return total


@dataclass(frozen=True)
class LinearBelief:
    """Belief over the position of a :class:`LinearModel`.

    A wrong answer is another option, each equally likely: answers are the options shrunk towards each other, with the
    noise that this adds on average.

    Attributes:
        model: what was fitted.
        error: share of given answers taken to be wrong.
    """

    model: LinearModel
    error: float = 0.0

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.model.counts

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]: the linear prediction, clipped and renormalised."""
        likely = self._clipped(self.linear(states).swapaxes(1, 2)).swapaxes(1, 2)
        return likely if self.error else pinned(likely, states)

    def linear(self, states: Codes) -> Floats:
        """Return the expected one-hot options, float32[B, facets, K]: they sum to one but may leave [0, 1]."""
        shape = self.model.mean.shape
        told = one_hot(states, shape[1]).reshape(-1, *shape) - self._answer_mean
        told *= (states >= 0)[:, :, None]
        weights = (self._loadings * self._trust[:, None, None]).reshape(self._flat.shape)
        position = self._spread(states >= 0) @ (told.reshape(-1, len(weights)) @ weights)[:, :, None]
        shift = (position[:, :, 0] @ self._flat.T).reshape(told.shape)
        told -= self._kept[:, None] * shift
        # What the position does not explain of an answer is partly the person and partly the error.
        told *= ((states >= 0) * (self.model.variance * self._trust * self._kept))[:, :, None]
        return np.asarray(self.model.mean + shift + told, dtype=np.float32)

    def information(self, states: Codes) -> Floats:
        """Return the mutual information of each answer and the position in bits, float32[B, facets].

        The same for all people who were asked the same, whatever they answered.
        """
        masks, place = np.unique(states >= 0, axis=0, return_inverse=True)
        loadings = self._loadings
        reach = loadings @ self._spread(masks)[:, None] @ loadings.swapaxes(1, 2) * self._trust[:, None, None]
        bits = np.linalg.slogdet(np.eye(loadings.shape[1]) + reach)[1] / (2 * np.log(2))
        return np.asarray(np.maximum(bits, 0)[place.reshape(-1)], dtype=np.float32)

    def whole(self, states: Codes) -> Floats:
        """Return the bits that each question tells about all facets not answered, its own too, float32[B, facets]."""
        return self.others(states) + own_gain(self.marginals(states), self.option_counts, self.error) * (states < 0)

    def others(self, states: Codes) -> Floats:
        """Return the bits that each question tells about the predicted probabilities of the other facets not answered.

        The sum over goals of the Jensen–Shannon divergence of what the answers lead to, float32[B, facets].
        """
        now = self.linear(states).swapaxes(1, 2)
        chance = heard(self.marginals(states).swapaxes(1, 2), self.option_counts, self.error)
        gains = np.empty(states.shape, dtype=np.float32)
        masks, place = np.unique(states >= 0, axis=0, return_inverse=True)
        for group, spread in enumerate(self._spread(masks)):
            pull = self._pull(spread)
            for row in np.flatnonzero(place.reshape(-1) == group):
                told = divergence(chance[row].T, self._after(now[row], chance[row].T, pull).swapaxes(2, 3))
                np.fill_diagonal(told, 0)
                gains[row] = told @ (states[row] < 0)
        return gains

    def _after(self, now: Floats, chance: Floats, pull: Floats) -> Floats:
        """Return P(option) after each answer to each question, float32[questions, K answers, K, facets].

        Args:
            now: float32[K, facets], the linear prediction.
            chance: float32[questions, K], P(answer).
            pull: float32[questions, K answers, K, facets], what a whole answer would add.
        """
        average = (chance[:, :, None, None] * pull).sum(axis=1, keepdims=True)
        return self._clipped(now + pull - average)

    def _pull(self, spread: Floats) -> Floats:
        """Return the regression of all options on each answer, float32[questions, K answers, K, facets]."""
        loadings, (facets, options) = self._loadings, self.model.mean.shape
        noise = (1 / self._trust)[:, None, None] * np.eye(options, dtype=np.float32)
        answers = loadings @ spread @ loadings.swapaxes(1, 2) + noise
        by_position = np.linalg.solve(answers, loadings @ spread)
        pull = by_position.reshape(-1, by_position.shape[2]) @ self._flat.T
        return np.ascontiguousarray(pull.reshape(facets, options, facets, options).swapaxes(2, 3), dtype=np.float32)

    def _clipped(self, options: Floats) -> Floats:
        """Clip and renormalise float32[..., K, facets] over the options."""
        likely = np.where(self._valid, np.maximum(options, _LEAST), np.float32(0))
        return np.asarray(likely / likely.sum(axis=-2, keepdims=True), dtype=np.float32)

    def _spread(self, masks: NDArray[np.bool_]) -> Floats:
        """Return the covariance of the position once these facets are answered, float32[B, components, components]."""
        size = self._flat.shape[1]
        loadings = self._loadings
        told = (loadings.swapaxes(1, 2) @ loadings * self._trust[:, None, None]).reshape(-1, size * size)
        precision = np.eye(size) + (masks @ told).reshape(-1, size, size)
        return np.asarray(np.linalg.inv(precision), dtype=np.float32)

    @cached_property
    def _valid(self) -> NDArray[np.bool_]:
        return np.arange(self.model.mean.shape[1])[:, None] < self.option_counts

    @cached_property
    def _flat(self) -> Floats:
        """Loadings of the true options, float32[facets · K, components]."""
        return self.model.loadings.reshape(-1, self.model.loadings.shape[2])

    @cached_property
    def _kept(self) -> Floats:
        """How much of a difference between options is left in the answers, float32[facets]."""
        return np.where(self.option_counts > 1, 1 - self.error * self._ratio, 1).astype(np.float32)

    @cached_property
    def _ratio(self) -> NDArray[np.float64]:
        return self.option_counts / np.maximum(self.option_counts - 1, 1)

    @cached_property
    def _loadings(self) -> Floats:
        """Loadings of the answers, float32[facets, K, components]."""
        return self.model.loadings * self._kept[:, None, None]

    @cached_property
    def _answer_mean(self) -> Floats:
        """P(answer), float32[facets, K]."""
        return heard(self.model.mean.T, self.option_counts, self.error).T

    @cached_property
    def _trust(self) -> Floats:
        """One over the variance of the noise of an answer, float32[facets]."""
        answer, true = self._answer_mean, self.model.mean
        slips = (answer * (1 - answer)).sum(axis=1) - self._kept**2 * (true * (1 - true)).sum(axis=1)
        added = np.maximum(slips, 0) / np.maximum(self.option_counts - 1, 1)
        return np.asarray(1 / (self._kept**2 * self.model.variance + added), dtype=np.float32)
