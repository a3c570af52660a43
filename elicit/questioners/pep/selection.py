"""The selection rules of PEP's released code, over the criteria of facets that may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.questioners.pep.released import ReleasedBelief, Statistics
from elicit.questioners.pep.rules import once_each
from elicit.questioners.protocol import NO_GAIN, STOP, Choices, best

_LEAST, _MOST = np.float32(0.01), np.float32(0.99)
_VALUE = 3.0
"""The value of a criterion whose value nobody knows."""
_BLOCK = 128
"""People whose gains are worked out at once: their arrays stay in the cache."""

Pick = Callable[[ReleasedBelief, Codes, NDArray[np.bool_]], Choices]


@dataclass(frozen=True)
class ReleasedQuestioner:
    """Asks the facet of the criterion that a released rule picks; of equals the first in facet order.

    Attributes:
        belief: a released model.
        pick: a rule of :data:`RULES`: belief, states and allowed criteria to the criterion, −1 where none is allowed.
    """

    belief: ReleasedBelief
    pick: Pick

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the facet of the picked criterion; stops after the last facet, where the code asks the first again."""
        facet = self.belief.statistics.criteria.facet
        criterion = self.pick(self.belief, states, allowed[:, facet])
        return np.where(criterion == STOP, STOP, facet[criterion])


def binary_gain(belief: ReleasedBelief, states: Codes) -> Floats:
    """Return the released gain of each criterion in bits, float32[B, criteria].

    The entropy of every other criterion not answered, less what is expected to be left of it: H(now) − E[H(after)],
    which for incoherent beliefs may be negative. −1 for a criterion that is all but certain; meaningless for answered
    ones.
    """
    return np.concatenate([_gains(belief, states[i : i + _BLOCK]) for i in range(0, max(len(states), 1), _BLOCK)])


def _gains(belief: ReleasedBelief, states: Codes) -> Floats:
    outlook = belief.outlook(states)
    now, unknown = outlook.now, (states < 0)[:, belief.statistics.criteria.facet]
    bits = _entropy(now) * unknown
    worth = unknown & (now > _LEAST) & (now < _MOST)
    weight = unknown.astype(np.float32)
    gains = np.full_like(now, -1)
    for criterion in np.flatnonzero(worth.any(axis=0)).tolist():
        has, lacks = (_bits_left(outlook.suppose(criterion, hit), weight, criterion) for hit in (True, False))
        chance = now[:, criterion]
        fall = bits.sum(axis=1) - bits[:, criterion] - chance * has - (1 - chance) * lacks
        gains[:, criterion] = np.where(worth[:, criterion], fall, np.float32(-1))
    return gains


def _bits_left(chances: Floats, weight: Floats, criterion: int) -> Floats:
    """Return the entropy of all criteria not answered but one, float32[B]."""
    bits = _entropy(chances)
    bits[:, criterion] = 0
    return np.asarray(np.einsum("bc,bc->b", bits, weight))


def _entropy(chances: Floats) -> Floats:
    """Return the entropy of yes and no in bits; chances lie between 0 and 1, both excluded."""
    no = 1 - chances
    left = np.log2(chances)
    left *= chances
    right = np.log2(no)
    right *= no
    left += right
    return np.asarray(np.negative(left, out=left))


def _binary_ig(belief: ReleasedBelief, states: Codes, allowed: NDArray[np.bool_]) -> Choices:
    gain = once_each(lambda some: binary_gain(belief, some))(states)
    # Gains of zero come out a rounding below it.
    gaining = best(gain, allowed & (gain >= -NO_GAIN))
    return np.where(gaining == STOP, _uncertainty(belief, states, allowed), gaining)


def _uncertainty(belief: ReleasedBelief, states: Codes, allowed: NDArray[np.bool_]) -> Choices:
    return best(-np.abs(belief.chances(states) - np.float32(0.5)), allowed)


def _greedy_ev(belief: ReleasedBelief, states: Codes, allowed: NDArray[np.bool_]) -> Choices:
    return best(belief.chances(states) * np.float32(_VALUE), allowed)


RULES: Mapping[str, Pick] = {"binary-ig": _binary_ig, "uncertainty": _uncertainty, "greedy-ev": _greedy_ev}
"""The released rules that look at a belief: most binary gain, chance nearest ½, largest chance · value."""


def fixed_order(statistics: Statistics) -> NDArray[np.intp]:
    """Return the released fixed order, int[facets]: criteria by π · value + h(π), each facet at its first criterion."""
    score = statistics.share * _VALUE + _entropy(statistics.share)
    facets = statistics.criteria.facet[np.argsort(-score, kind="stable")]
    return facets[np.sort(np.unique(facets, return_index=True)[1])]
