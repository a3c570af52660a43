"""Exact expected information gain towards a goal, always as a Jensen–Shannon divergence.

For a question i and a goal facet j, the mutual information is H(mean over answers of p_j) − mean over answers of
H(p_j), where the mean is taken over the very distributions that the answers lead to. The textbook form, H(now) minus
expected H(after), is the same only for a perfectly consistent belief and badly biased for others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import answer_information, entropy
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes


def facet_gain(belief: MixtureBelief, states: Codes, goal: NDArray[np.intp]) -> Floats:
    """Return the bits that each question is expected to tell about the facets of ``goal``, summed.

    A question that is itself in the goal tells about its own facet all that its answer says. Facets that a person has
    answered are no longer part of the goal. With all facets as goal this is the gain in the bits of the profile.

    Returns:
        float32[B, facets].
    """
    posterior = belief.posterior(states)
    parts = _parts(belief, posterior, lambda after: belief.marginals_of(after, goal))
    own = _own(belief, posterior)
    for place, facet in enumerate(goal):
        parts[:, facet, place] = own[:, facet]
    return np.asarray((parts * (states[:, None, goal] < 0)).sum(axis=2))


def target_gain(belief: MixtureBelief, states: Codes) -> Floats:
    """Return the bits that each question is expected to tell about the targets, summed, float32[B, facets]."""

    def outcomes(posterior: Floats) -> Floats:
        liked = belief.targets_of(posterior)
        return np.stack([1 - liked, liked], axis=-1)

    return np.asarray(_parts(belief, belief.posterior(states), outcomes).sum(axis=2))


def _parts(belief: MixtureBelief, posterior: Floats, outcomes: Callable[[Floats], Floats]) -> Floats:
    """Return the gain of each question by goal variable, float32[B, facets, goal]."""
    parts = []
    for facet in range(len(belief.counts)):
        chance, after = belief.branches(posterior, facet)
        parts.append(divergence(chance, outcomes(after)))
    return np.stack(parts, axis=1)


def divergence(chance: Floats, outcomes: Floats) -> Floats:
    """Return the Jensen–Shannon divergence of the outcomes that the answers to one question lead to.

    Args:
        chance: float32[B, K], P(answer).
        outcomes: float32[B, K, goal, values], what is believed of each goal variable after each answer.

    Returns:
        Bits, float32[B, goal]; never negative, whether or not the outcomes are consistent with what is believed now.
    """
    weight = chance[:, :, None]
    mean = (weight[..., None] * outcomes).sum(axis=1)
    return np.asarray(np.maximum(entropy(mean) - (weight * entropy(outcomes)).sum(axis=1), 0), dtype=np.float32)


def _own(belief: MixtureBelief, posterior: Floats) -> Floats:
    """Return what each answer tells about its own facet: H(answer) − H(answer given the truth), float32[B, facets]."""
    return answer_information(belief.heard_of(posterior), belief.counts, belief.error)
