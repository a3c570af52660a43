"""Questioners that ask for the most expected information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.questioners.protocol import Choices, best

Score = Callable[[Codes], Floats]


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

    def expected(self, states: Codes) -> NDArray[np.floating]:
        """Return the expected bits of each question, float[B, facets]."""
        gain = self.score(states)
        return gain if self.answerable is None else gain * self.answerable
