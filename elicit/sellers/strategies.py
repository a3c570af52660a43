"""Strategies: what a seller turns to first, by what it knows of the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes

Floats = NDArray[np.float64]


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
    """Return scores under which the intents of the highest lift come first, all others in the order of everybody.

    Args:
        lift: float[people, intents], what is expected of a person over what is expected of everybody.
        overall: float[intents], what is expected of everybody.
        number: how many come first.
    """
    first = np.argsort(-lift, axis=1, kind="stable")[:, :number]
    scores = np.broadcast_to(overall / (1 + overall.sum()), lift.shape).copy()
    np.put_along_axis(scores, first, 1 + np.take_along_axis(lift, first, axis=1), axis=1)
    return scores
