"""What a questioner is: it looks at what is known and names the next facet to ask, or stops."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.domains import Codes

STOP: Final = -1
NO_GAIN: Final = 1e-4
"""Bits; less than this is the rounding of float32 sums over thousands of hypotheses, not information."""
Choices = NDArray[np.intp]


class FacetQuestioner(Protocol):
    """Chooses for a whole batch at once; a plain class with this method is a questioner."""

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the facet to ask next in each row, −1 to stop.

        Args:
            states: int8[B, facets]; −1 not asked, >= 0 answered, below −1 a non-answer.
            allowed: bool[B, facets], what may be asked.
            luck: of the B people.
        """


def best(scores: NDArray[np.floating], allowed: NDArray[np.bool_]) -> Choices:
    """Return the allowed column with the highest score in each row, −1 where none is allowed.

    Scores are bits. Of those within :data:`NO_GAIN` of the highest the first is taken: equal scores differ by their
    rounding, which depends on the size of the batch, and a choice must not.
    """
    masked = np.where(allowed, scores, -np.inf)
    top = masked.max(axis=1)
    return np.where(top > -np.inf, (masked >= top[:, None] - NO_GAIN).argmax(axis=1), STOP)
