"""Questioners that ask for the most expected information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.questioners.protocol import STOP, Choices, best

Score = Callable[[Codes], Floats]
Judge = Callable[[Codes, NDArray[np.intp]], NDArray[np.floating]]
"""States and some questions, int[B, questions], to what each is worth, float[B, questions]."""


@dataclass(frozen=True)
class GainQuestioner:
    """Asks the facet whose answer is expected to tell the most.

    Attributes:
        score: states to expected bits, float32[B, facets]: ``belief.information`` (about the hidden class or item), or
            a goal of ``beliefs.gain`` (profile, chosen facets, targets).
        answerable: float[facets], chance that a person can answer at all, learned from people; None = always.
    """

    score: Score
    answerable: NDArray[np.floating] | None = None

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the allowed facet with the highest expected gain."""
        return best(self.expected(states), allowed)

    def worth(self, states: Codes, allowed: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Return the expected bits of what may be asked; see ``WeighingQuestioner``."""
        return np.where(allowed, self.expected(states), -np.inf)

    def expected(self, states: Codes) -> NDArray[np.floating]:
        """Return the expected bits of each question, float[B, facets]."""
        gain = self.score(states)
        return gain if self.answerable is None else gain * self.answerable


@dataclass(frozen=True)
class RerankingQuestioner:
    """Lets a fast score propose questions, and asks the one that a slow judge finds best.

    Attributes:
        propose: states to scores of all questions, float32[B, facets].
        judge: what the proposed questions are worth.
        number: how many are proposed.
    """

    propose: Score
    judge: Judge
    number: int

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the best of the proposed facets."""
        proposed, judged = self._judged(states, allowed)
        place = best(judged, np.take_along_axis(allowed, proposed, axis=1))
        return np.where(place == STOP, STOP, proposed[np.arange(len(states)), place])

    def worth(self, states: Codes, allowed: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Return what the judge finds of the proposed questions; see ``WeighingQuestioner``."""
        proposed, judged = self._judged(states, allowed)
        worth = np.full(allowed.shape, -np.inf, dtype=judged.dtype)
        np.put_along_axis(worth, proposed, judged, axis=1)
        return np.where(allowed, worth, -np.inf)

    def _judged(self, states: Codes, allowed: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
        """Return the proposed questions, int[B, number], and what each is worth."""
        appeal = np.where(allowed, self.propose(states), -np.inf)
        proposed = np.argsort(-appeal, axis=1, kind="stable")[:, : self.number]
        return proposed, self.judge(states, proposed)
