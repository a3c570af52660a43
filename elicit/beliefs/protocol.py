"""What a belief offers. States are int8[B, facets]: −1 not asked, >= 0 answered, below −1 a non-answer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes

Floats = NDArray[np.float32]


class Guesses(Protocol):
    """What is guessed of profiles after some answers. K is the largest number of options of a facet."""

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]; zero where a facet has fewer options."""


class Belief(Guesses, Protocol):
    """What is known of people after some answers, and what further ones are worth."""

    @property
    def error(self) -> float:
        """Share of given answers taken to be wrong."""

    def information(self, states: Codes) -> Floats:
        """Return the bits that the answer to each facet is expected to tell about the person, float32[B, facets].

        Always the Jensen–Shannon form, H(mean answer) − mean H(answer), which is never negative.
        """

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]."""
