"""What a questioner is: it looks at what is known and names the next facet to ask, or stops."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.domains import Codes

STOP: Final = -1
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
    """Return the allowed column with the highest score in each row (the first of equals), −1 where none is allowed."""
    masked = np.where(allowed, scores, -np.inf)
    choice = masked.argmax(axis=1)
    return np.where(masked[np.arange(len(choice)), choice] > -np.inf, choice, STOP)
