"""Entropy, and what wrong answers do to a distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats

SMALLEST = np.float32(1e-30)
"""Stands for a probability of zero where a logarithm is taken."""


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
