"""What the models of PEP have in common: what an answer tells about its own facet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import answer_information, heard
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.questioners.gain import Score


def own_gain(marginals: Floats, counts: NDArray[np.int64], error: float) -> Floats:
    """Return what each answer tells about its own facet: H(answer) − H(answer given the truth), float32[B, facets]."""
    return answer_information(heard(marginals.swapaxes(1, 2), counts, error), counts, error)


def once_each(score: Score) -> Score:
    """Return the same score, worked out once for people who have given the same answers.

    In the first questions of a dialogue most people have.
    """

    def shared(states: Codes) -> Floats:
        distinct, place = np.unique(states, axis=0, return_inverse=True)
        return score(distinct)[place.reshape(-1)]

    return shared
