"""What one wants to know of a person, and how much of it is still unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import LEAST_CHANCE, chance_of
from elicit.beliefs.protocol import Belief, Floats, Guesses
from elicit.beliefs.ranking import ndcg
from elicit.domains import Codes

HUNDREDTHS = 100
"""Of NDCG@10, the unit in which recommendations are counted."""


@dataclass(frozen=True)
class Goal:
    """What questions are asked for.

    Attributes:
        facets: bool[facets], those to be recovered.
        targets: whether to tell liked from other targets.
        ranking: whether to recommend ten targets that are liked, and nothing else. This is counted in hundredths of
            NDCG@10, which are about as large as the bits of the other goals.
    """

    facets: NDArray[np.bool_]
    targets: bool = False
    ranking: bool = False

    def __post_init__(self) -> None:
        if self.ranking and (self.targets or self.facets.any()):
            raise ValueError("hundredths of NDCG cannot be added to bits")

    def lacking(self, belief: Belief, states: Codes, truth: Codes, liked: NDArray[np.bool_]) -> Floats:
        """Return what a belief lacks of the truth, float32[B]: bits, or hundredths of NDCG@10.

        Args:
            belief: what reads the answers.
            states: int8[B, facets], the answers.
            truth: int8[B, facets], the profiles; silent cells do not count, nor do facets that were answered.
            liked: bool[B, targets].
        """
        if self.ranking:
            return ranking_lacks(belief.targets(states), liked)
        bits = self.facet_bits_left(belief, states, truth) if self.facets.any() else np.zeros(len(states), np.float32)
        if self.targets:
            bits += target_bits(belief.targets(states), liked)
        return bits

    def facet_bits_left(self, guesses: Guesses, states: Codes, truth: Codes) -> Floats:
        """Return the bits of the facets alone, float32[B]; see :meth:`lacking`."""
        return facet_bits(guesses.marginals(states), truth, (states < 0) & (truth >= 0) & self.facets)


def ranking_lacks(chance: Floats, liked: NDArray[np.bool_]) -> Floats:
    """Return the hundredths that NDCG@10 is below 1, float32[B]; 0 for people who like no target."""
    return np.asarray(np.nan_to_num(HUNDREDTHS * (1 - ndcg(chance, liked))), dtype=np.float32)


def facet_bits(marginals: Floats, truth: Codes, counted: NDArray[np.bool_]) -> Floats:
    """Return the bits of the true options of the counted facets, float32[B]."""
    return np.asarray((-np.log2(chance_of(marginals, truth)) * counted).sum(axis=1), dtype=np.float32)


def target_bits(chance: Floats, liked: NDArray[np.bool_]) -> Floats:
    """Return the bits of what is liked and what is not, float32[B]."""
    hit = np.where(liked, chance, 1 - chance)
    return np.asarray(-np.log2(np.maximum(hit, LEAST_CHANCE)).sum(axis=1), dtype=np.float32)
