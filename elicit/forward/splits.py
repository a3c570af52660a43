"""Who trains and who tests: by person, so that nobody is in two parts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np

from elicit.basis import Luck


class Split(StrEnum):
    """The parts of a data set."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


_BORDERS: Final = (0.8, 0.9)
"""Expected shares: 80 % train, 10 % validation, 10 % test."""


def split_people(ids: Sequence[str], seed: int) -> tuple[Split, ...]:
    """Return the part of each person; it depends on the id and the seed alone, never on who else is there."""
    draws = Luck.of(seed, ids).uniform("split")
    parts = tuple(Split)
    return tuple(parts[i] for i in np.searchsorted(_BORDERS, draws, side="right"))
