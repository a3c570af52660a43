"""Who trains and who tests: by person, so that nobody is in two parts."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from elicit.domains import Population


class Split(StrEnum):
    """The parts of a data set."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


_BORDERS: Final = (0.2, 0.3)
"""Places below the first are tested, which is fold 0 of an evaluation in five folds; then 10 % choose, 70 % train."""
_PARTS: Final = (Split.TEST, Split.VALIDATION, Split.TRAIN)


def split_people(population: Population) -> tuple[Split, ...]:
    """Return the part of each person, cut at the places that evaluations cut at (see ``Population.places``)."""
    return tuple(_PARTS[i] for i in np.searchsorted(_BORDERS, population.places(), side="right"))
