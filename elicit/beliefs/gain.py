"""Exact expected information gain towards a goal, always as a Jensen–Shannon divergence.

For a question i and a goal facet j, the mutual information is H(mean over answers of p_j) − mean over answers of
H(p_j), where the mean is taken over the very distributions that the answers lead to. The textbook form H(now) − E H(after) is
the same only for a perfectly consistent belief and badly biased for others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.mixture import MixtureBelief, entropy
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes


def facet_gain(belief: MixtureBelief, states: Codes, goal: NDArray[np.intp]) -> Floats:
    """Return the bits that each question is expected to tell about the facets of ``goal``, summed.

    A question that is itself in the goal tells about its own facet all that its answer says. With all facets as goal
    this is the gain in the bits of the profile.

    Returns:
        float32[B, facets].
    """
    parts = _parts(belief, states, lambda posterior: belief.marginals_of(posterior)[..., goal, :])
    for place, facet in enumerate(goal):
        parts[:, facet, place] = _own(belief, states, int(facet))
    return np.asarray(parts.sum(axis=2))


def target_gain(belief: MixtureBelief, states: Codes) -> Floats:
    """Return the bits that each question is expected to tell about the targets, summed, float32[B, facets]."""

    def outcomes(posterior: Floats) -> Floats:
        liked = belief.targets_of(posterior)
        return np.stack([1 - liked, liked], axis=-1)

    return np.asarray(_parts(belief, states, outcomes).sum(axis=2))


def _parts(belief: MixtureBelief, states: Codes, outcomes: Callable[[Floats], Floats]) -> Floats:
    """Return the gain of each question by goal variable, float32[B, facets, goal]."""
    parts = []
    for facet in range(len(belief.counts)):
        chance, posterior = belief.branches(states, facet)
        after = outcomes(posterior)
        mean = np.einsum("bk,bkgo->bgo", chance, after)
        inner = np.einsum("bk,bkg->bg", chance, entropy(after))
        parts.append(np.maximum(entropy(mean) - inner, np.float32(0)))
    return np.stack(parts, axis=1)


def _own(belief: MixtureBelief, states: Codes, facet: int) -> Floats:
    """Return what the answer to a facet tells about that facet itself: H(answer) − H(answer given the truth)."""
    chance, _ = belief.branches(states, facet)
    others = int(belief.counts[facet]) - 1
    slips = [belief.error / others] * others if others else []
    noise = entropy(np.array([1 - (belief.error if others else 0), *slips], dtype=np.float32))
    return np.asarray(np.maximum(entropy(chance) - noise, np.float32(0)))
