"""What people would buy: which items fit them, how good items look to them, and what they refuse whatever is said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Domain, Population

_UNDECIDED = 0.5


@dataclass(frozen=True)
class Wishes:
    """The hidden state of buyers, by which sales are judged.

    Attributes:
        fits: bool[people, targets], whether somebody is glad of an item in the end.
        appeal: float32[people, targets] in [0, 1], how good an item looks when it is offered.
        barred: bool[people, targets], deal-breakers: never taken.
    """

    fits: NDArray[np.bool_]
    appeal: NDArray[np.float32]
    barred: NDArray[np.bool_]


def known_wishes(domain: Domain, people: Population) -> Wishes:
    """Return the wishes of people whose likes are known.

    What fits is what the person likes. How good an item looks is what the person thinks of its kinds, on average: 0 =
    the first option of all ("I tend to avoid them"), 1 = the last one ("I love them"), a half where nothing is known.
    What is not liked and could not look worse is barred.
    """
    kinds = domain.kinds
    answers = people.codes / np.maximum(domain.option_counts - 1, 1)
    opinion = np.where(people.codes >= 0, answers, _UNDECIDED)
    number = kinds.sum(axis=1)
    appeal = np.where(number > 0, opinion @ kinds.T / np.maximum(number, 1), _UNDECIDED).astype(np.float32)
    return Wishes(people.liked, appeal, ~people.liked & (appeal == 0))
