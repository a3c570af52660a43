"""Distributions: their entropy, the chance they give to the truth, and what wrong answers do to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats
from elicit.domains import Codes

SMALLEST = np.float32(1e-30)
"""Stands for a probability of zero where a logarithm is taken."""
LEAST_CHANCE = np.float32(1e-9)
"""What a guess is given at least where it is scored: 30 bits are the worst surprise."""


def entropy(probabilities: Floats, axis: int = -1) -> Floats:
    """Return the entropy in bits along an axis.

    Sums over a short last axis are slow, so the beliefs keep the options in front of the facets.
    """
    parts = np.maximum(probabilities, SMALLEST)
    np.log2(parts, out=parts)
    parts *= probabilities
    return np.asarray(-parts.sum(axis=axis))


def heard(true: Floats, counts: NDArray[np.int64], error: float) -> Floats:
    """Return P(answer) where the true options have these probabilities.

    A wrong answer is any other option, each equally likely; a facet with one option is never answered wrongly.

    Args:
        true: float32[..., K, facets], sums to one over the options.
        counts: int[facets], number of options a facet.
        error: share of given answers that are wrong.

    Returns:
        float32 of the shape of ``true``; zero where a facet has fewer options.
    """
    valid = np.arange(true.shape[-2])[:, None] < counts
    slip = np.where(counts > 1, error / np.maximum(counts - 1, 1), 0)
    keep = 1 - slip * (counts - 1)
    return np.where(valid, slip + (keep - slip) * true, 0).astype(np.float32)


def fit(options: int, counts: NDArray[np.int64], error: float) -> Floats:
    """Return P(answer | true option), float32[K true, K answers, facets]; zero where there is no such option."""
    sure = np.eye(options, dtype=np.float32)[:, :, None]
    table = heard(np.broadcast_to(sure, (options, options, len(counts))), counts, error)
    valid = np.arange(options)[:, None] < counts
    return np.where(valid[:, None], table, np.float32(0))


def answer_information(chance: Floats, counts: NDArray[np.int64], error: float) -> Floats:
    """Return what each answer tells about its own facet: H(answer) − H(answer given the truth), float32[B, facets].

    Args:
        chance: float32[B, K, facets], P(answer) after errors; see :func:`heard`.
        counts: int[facets], number of options a facet.
        error: share of given answers that are wrong.
    """
    noise = entropy(fit(chance.shape[1], counts, error)[0], axis=0)
    return np.asarray(np.maximum(entropy(chance, axis=1) - noise, 0), dtype=np.float32)


def pinned(marginals: Floats, states: Codes) -> Floats:
    """Make what was answered certain, in place, and return the marginals; for answers without errors."""
    rows, facets = np.nonzero(states >= 0)
    marginals[rows, facets] = np.eye(marginals.shape[2], dtype=np.float32)[states[rows, facets]]
    return marginals


def normalised(logits: Floats) -> Floats:
    """Turn logs of weights float32[B, n] into probabilities along the last axis, in place, and return them."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits


def chance_of(marginals: Floats, truth: Codes) -> Floats:
    """Return the probability that marginals float32[B, facets, K] give to the true options, float32[B, facets].

    At least 1e-9, so that bits stay finite. Meaningless where there is no truth (below 0).
    """
    hit = np.take_along_axis(marginals, np.maximum(truth, 0)[:, :, None].astype(np.intp), axis=2)[:, :, 0]
    return np.maximum(hit, LEAST_CHANCE)
