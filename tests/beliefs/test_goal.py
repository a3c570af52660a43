from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from elicit.beliefs import Goal, facet_bits, target_bits
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes

MARGINALS = np.array([[[0.5, 0.5, 0], [0.25, 0.25, 0.5], [1, 0, 0]]], dtype=np.float32)
LIKED = np.array([[0.25, 0.5]], dtype=np.float32)
NOTHING = np.full((1, 3), -1, dtype=np.int8)
TRUTH = np.array([[1, 0, 0]], dtype=np.int8)
LIKES = np.array([[True, False]])


@dataclass(frozen=True)
class Fixed:
    """Believes the same of everybody, whatever they answer."""

    option_counts: NDArray[np.int64] = field(default_factory=lambda: np.array([2, 3, 1]))
    error: float = 0.0

    def marginals(self, states: Codes) -> Floats:
        return np.repeat(MARGINALS, len(states), axis=0)

    def targets(self, states: Codes) -> Floats:
        return np.repeat(LIKED, len(states), axis=0)

    def information(self, states: Codes) -> Floats:
        raise AssertionError("nobody is to be asked")


def goal(*facets: int, targets: bool = False) -> Goal:
    return Goal(np.isin(np.arange(3), facets), targets)


def left(aim: Goal, *state: int, truth: Codes = TRUTH) -> float:
    bits = aim.lacking(Fixed(), np.array([state], dtype=np.int8), truth, LIKES)
    assert bits.shape == (1,)
    assert bits.dtype == np.float32
    return float(bits[0])


def test_bits_of_options_and_targets_by_hand() -> None:
    counted = np.array([[True, True, True]])
    assert facet_bits(MARGINALS, TRUTH, counted).tolist() == [1 + 2 + 0]
    assert facet_bits(MARGINALS, TRUTH, np.array([[False, True, True]])).tolist() == [2]
    assert target_bits(LIKED, LIKES).tolist() == [2 + 1]
    np.testing.assert_allclose(target_bits(LIKED, ~LIKES), [-np.log2(0.75) + 1], rtol=1e-6)


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_the_worst_surprise_is_thirty_bits(sure: float) -> None:
    marginals = np.array([[[1 - sure, sure]]], dtype=np.float32)
    worst = np.array([[1 - int(sure)]], dtype=np.int8)
    assert facet_bits(marginals, worst, np.array([[True]]))[0] == pytest.approx(29.897, abs=1e-3)
    assert target_bits(np.array([[sure]], dtype=np.float32), worst == 1)[0] == pytest.approx(29.897, abs=1e-3)


def test_only_the_goal_counts() -> None:
    assert left(goal(0, 1, 2), -1, -1, -1) == 3
    assert left(goal(1), -1, -1, -1) == 2
    assert left(goal(), -1, -1, -1) == 0
    assert left(goal(targets=True), -1, -1, -1) == 3
    assert left(goal(0, targets=True), -1, -1, -1) == 4


def test_what_was_answered_no_longer_counts_but_a_non_answer_does() -> None:
    assert left(goal(0, 1), 0, -1, -1) == 2
    assert left(goal(0, 1), -1, 1, -1) == 1
    assert left(goal(0, 1), -2, -5, -1) == 3
    # Targets are never answered.
    assert left(goal(targets=True), 1, 0, 0) == 3


def test_a_profile_silent_about_a_facet_has_no_bits_there() -> None:
    assert left(goal(0, 1), -1, -1, -1, truth=np.array([[-2, 0, 0]], dtype=np.int8)) == 2
    assert left(goal(0, 1), -1, -1, -1, truth=np.array([[-2, -2, 0]], dtype=np.int8)) == 0


def test_people_are_counted_one_by_one() -> None:
    states = np.array([[-1, -1, -1], [1, -1, -1], [1, 0, 0]], dtype=np.int8)
    bits = goal(0, 1, targets=True).lacking(Fixed(), states, np.repeat(TRUTH, 3, axis=0), np.repeat(LIKES, 3, axis=0))
    assert bits.tolist() == [6, 5, 3]
