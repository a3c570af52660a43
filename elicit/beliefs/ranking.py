"""How good a recommendation is, and how good one may hope it to be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats

_TOP = 10


def ndcg(scores: NDArray[np.floating], liked: NDArray[np.bool_], top: int = _TOP) -> NDArray[np.float64]:
    """Return NDCG at ``top`` with liked / not liked as gain (Järvelin and Kekäläinen 2002), float64[people].

    Equal scores are ordered by column. A person who likes no target has no NDCG (NaN).
    """
    top = min(top, scores.shape[1])
    best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    weights = _discounts(top)
    gained = np.take_along_axis(liked, best, axis=1) @ weights
    ideal = np.concatenate([[np.nan], np.cumsum(weights)])[np.minimum(liked.sum(axis=1), top)]
    return np.asarray(gained / ideal, dtype=np.float64)


def expected_ndcg(chance: Floats) -> Floats:
    """Return the NDCG@10 that the best recommendation is expected to have, float32[...].

    Of people who like ten targets or more; whoever likes fewer has a smaller ideal.

    Args:
        chance: float32[..., targets], P(liked).
    """
    top = min(_TOP, chance.shape[-1])
    best = -np.partition(-chance, top - 1, axis=-1)[..., :top] if top else chance
    weights = _discounts(top).astype(np.float32)
    return np.asarray(-np.sort(-best, axis=-1) @ (weights / max(weights.sum(), 1)), dtype=np.float32)


def _discounts(top: int) -> NDArray[np.float64]:
    return np.asarray(1 / np.log2(np.arange(2, top + 2)))
