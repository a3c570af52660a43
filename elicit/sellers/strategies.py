"""Strategies: what a seller turns to first, by what it knows of the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes

Floats = NDArray[np.float64]
_ROUNDING: Final = 1e-9
"""Lifts above 1 by no more than this are none."""


@dataclass(frozen=True)
class FixedStrategy:
    """What is known before a word is said decides.

    Attributes:
        table: float[people, intents], how much is to be expected of each intent.
    """

    table: Floats

    @property
    def questions(self) -> int:
        """None are needed."""
        return 0

    def scores(self, rows: NDArray[np.intp], states: Codes) -> Floats:
        """Return the rows of the table; see ``Strategy``."""
        return self.table[rows]


@dataclass(frozen=True)
class AskedStrategy:
    """What the buyer has told decides.

    Attributes:
        questions: asked before it is consulted.
        expected: states to how much is to be expected of each intent, float[B, intents].
    """

    questions: int
    expected: Callable[[Codes], Floats]

    def scores(self, rows: NDArray[np.intp], states: Codes) -> Floats:
        """Return what is expected after the answers; see ``Strategy``."""
        return self.expected(states)


def preferred_first(lift: Floats, overall: Floats, number: int) -> Floats:
    """Return scores under which the intents of the highest lift above 1 come first, all others as for everybody.

    Args:
        lift: float[people, intents], what is expected of a person over what is expected of everybody.
        overall: float[intents], what is expected of everybody.
        number: how many come first.
    """
    scores = np.broadcast_to(overall / (1 + overall.sum()), lift.shape).copy()
    # Of equal lifts that comes first which comes first for everybody.
    by_rate = np.argsort(-overall, kind="stable")
    first = by_rate[np.argsort(-lift[:, by_rate], axis=1, kind="stable")[:, :number]]
    best = np.take_along_axis(lift, first, axis=1)
    own = np.take_along_axis(scores, first, axis=1)
    np.put_along_axis(scores, first, np.where(best > 1 + _ROUNDING, 1 + best, own), axis=1)
    return scores
