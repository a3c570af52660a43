"""When to stop asking, and what may still be asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.domains import Code, Codes, Domain
from elicit.questioners.gain import GainQuestioner
from elicit.questioners.protocol import NO_GAIN, STOP, Choices, best


@dataclass(frozen=True)
class Rules:
    """What may be asked of a person: nothing twice, and nothing more in a branch they know nothing about.

    Attributes:
        branch: int[facets], the column of each facet's broadest ancestor (itself if it has no parent).
        most_unknown: after so many ``unknown`` answers in a branch, the branch is closed; None = never.
    """

    branch: NDArray[np.intp]
    most_unknown: int | None = None

    @classmethod
    def of(cls, domain: Domain, most_unknown: int | None = None) -> Rules:
        """Make the rules of a domain."""
        return cls(np.array([_root(domain, i) for i in range(len(domain.facets))], dtype=np.intp), most_unknown)

    def allowed(self, states: Codes) -> NDArray[np.bool_]:
        """Return bool[B, facets]."""
        allowed: NDArray[np.bool_] = states == Code.NOT_ASKED
        if self.most_unknown is None:
            return allowed
        unknown = np.zeros(states.shape, dtype=np.int64)
        rows, columns = np.nonzero(states == Code.UNKNOWN)
        np.add.at(unknown, (rows, self.branch[columns]), 1)
        return allowed & (unknown[:, self.branch] < self.most_unknown)


@dataclass(frozen=True)
class StoppingQuestioner:
    """Asks by gain and stops when the best question is not worth its cost.

    Attributes:
        inner: who asks.
        cost: bits that a question must be expected to bring; 0 = stop only when nothing is left to learn.
    """

    inner: GainQuestioner
    cost: float = 0.0

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the inner questioner's choice, or −1 where its expected gain is below the cost."""
        gain = self.inner.expected(states)
        choice = best(gain, allowed)
        worth = gain[np.arange(len(choice)), choice]
        return np.where(worth >= max(self.cost, NO_GAIN), choice, STOP)


def _root(domain: Domain, column: int) -> int:
    while domain.facets[column].parents:
        column = domain.columns[domain.facets[column].parents[0]]
    return column
