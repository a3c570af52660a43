from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from exact_beliefs import random_mixture, random_states
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from elicit.beliefs import Goal, MixtureBelief, consistency_gap, facet_gain, suppose, supposed_gain, target_gain
from elicit.beliefs.protocol import Floats
from elicit.domains import Code, Codes

COUNTS = np.array([2, 3, 1, 2])
ALL = np.arange(len(COUNTS))
FALLS = 1 - 0.4689956
"""H(.5) − H(.1)."""
TELLS = 1 - 0.7219281
"""1 − H(.2)."""
cases = st.tuples(st.integers(0, 2**31), st.integers(1, 3), st.sampled_from([0.0, 0.05]))


@dataclass
class Moody:
    """Two facets, two options: any answer to facet 0 only makes it surer of facet 1; facet 1 really tells facet 0."""

    error: float = 0.0
    option_counts: NDArray[np.int64] = field(default_factory=lambda: np.array([2, 2]))
    most: int = 0
    """The largest batch it met."""

    def marginals(self, states: Codes) -> Floats:
        self.most = max(self.most, len(states))
        chance = np.full((len(states), 2), 0.5)
        chance[states[:, 0] >= 0, 1] = 0.9
        chance[states[:, 1] == 0, 0] = 0.2
        chance[states[:, 1] == 1, 0] = 0.8
        known = states >= 0
        chance[known] = states[known]
        return np.stack([1 - chance, chance], axis=2).astype(np.float32)

    def targets(self, states: Codes) -> Floats:
        liked = np.select([states[:, 0] == 0, states[:, 0] == 1], [0.9, 0.9], 0.5)
        return liked[:, None].astype(np.float32)

    def information(self, states: Codes) -> Floats:
        raise AssertionError("not needed here")


def of(*rows: tuple[int, ...]) -> Codes:
    return np.array(rows, dtype=np.int8)


def whole(targets: bool = False) -> Goal:
    return Goal(np.ones(len(COUNTS), dtype=bool), targets)


def everything(states: Codes) -> NDArray[np.intp]:
    return np.tile(np.arange(states.shape[1]), (len(states), 1))


def test_supposed_answers_by_hand() -> None:
    belief = MixtureBelief(random_mixture(0, COUNTS, 2), COUNTS)
    states = of((-1, 2, -3, -1), (1, -1, -1, -1))
    after = suppose(belief, states, np.array([[0, 3], [1, 2]]))
    assert after.shape == (2, 2, 3, 4)
    assert after.dtype == np.int8
    assert after[0, 0].tolist() == [[0, 2, -3, -1], [1, 2, -3, -1], [1, 2, -3, -1]]
    assert after[0, 1].tolist() == [[-1, 2, -3, 0], [-1, 2, -3, 1], [-1, 2, -3, 1]]
    assert after[1, 0].tolist() == [[1, 0, -1, -1], [1, 1, -1, -1], [1, 2, -1, -1]]
    assert after[1, 1].tolist() == [[1, -1, 0, -1]] * 3
    assert states.tolist() == [[-1, 2, -3, -1], [1, -1, -1, -1]]


@settings(deadline=None, max_examples=25)
@given(cases)
def test_of_a_mixture_what_is_supposed_is_exact(case: tuple[int, int, float]) -> None:
    seed, classes, error = case
    belief = MixtureBelief(random_mixture(seed, COUNTS, classes), COUNTS, error)
    states = random_states(seed, COUNTS, people=6)
    some = np.array([1, 3])
    goals = {
        "profile": (whole(), facet_gain(belief, states, ALL)),
        "some": (Goal(np.isin(ALL, some)), facet_gain(belief, states, some)),
        "targets": (Goal(np.zeros(len(COUNTS), dtype=bool), True), target_gain(belief, states)),
        "all": (whole(True), facet_gain(belief, states, ALL) + target_gain(belief, states)),
    }
    for name, (goal, exact) in goals.items():
        supposed = supposed_gain(belief, states, goal, everything(states))
        np.testing.assert_allclose(supposed, np.where(states < 0, exact, 0), atol=1e-4, err_msg=name)
        assert not supposed[states >= 0].any()


def test_only_some_questions_and_in_any_order() -> None:
    belief = MixtureBelief(random_mixture(3, COUNTS, 3), COUNTS, 0.05)
    states = random_states(3, COUNTS, people=5)
    full = supposed_gain(belief, states, whole(True), everything(states))
    asked = np.array([[3, 0], [1, 2], [0, 1], [2, 3], [1, 0]])
    some = supposed_gain(belief, states, whole(True), asked)
    np.testing.assert_allclose(some, np.take_along_axis(full, asked, axis=1), atol=1e-6)


def test_gain_of_an_inconsistent_belief_by_hand() -> None:
    # A question tells its own answer, one bit here; of the other facet only what tells the answers apart.
    states, goal = of((-1, -1), (-1, 1), (-2, -1)), Goal(np.ones(2, dtype=bool))
    gain = supposed_gain(Moody(), states, goal, everything(states))
    sure = 0.7219281
    np.testing.assert_allclose(gain, [[1, 1 + TELLS], [sure, 0], [1, 1 + TELLS]], atol=1e-5)
    only_first = supposed_gain(Moody(), states, Goal(np.array([True, False])), everything(states))
    np.testing.assert_allclose(only_first, [[1, TELLS], [sure, 0], [1, TELLS]], atol=1e-5)
    # Either answer to facet 0 makes the target likelier, by as much: it tells nothing.
    targets = supposed_gain(Moody(), states, Goal(np.zeros(2, dtype=bool), True), everything(states))
    np.testing.assert_allclose(targets, 0, atol=1e-6)


def test_wrong_answers_tell_less() -> None:
    goal = Goal(np.array([False, True]))
    gain = supposed_gain(Moody(error=0.1), of((-1, -1)), goal, np.array([[1]]))
    np.testing.assert_allclose(gain, [[1 - 0.4689956]], atol=1e-5)


def test_blocks_change_nothing() -> None:
    belief = MixtureBelief(random_mixture(7, COUNTS, 3), COUNTS, 0.05)
    states = random_states(7, COUNTS, people=1500)
    gain = supposed_gain(belief, states, whole(True), everything(states))
    exact = facet_gain(belief, states, ALL) + target_gain(belief, states)
    np.testing.assert_allclose(gain, np.where(states < 0, exact, 0), atol=1e-4)
    moody, crowd = Moody(), np.repeat(of((-1, -1), (-1, 1)), 3000, axis=0)
    gain = supposed_gain(moody, crowd, Goal(np.ones(2, dtype=bool)), everything(crowd))
    np.testing.assert_allclose(gain, np.repeat([[1, 1 + TELLS], [0.7219281, 0]], 3000, axis=0), atol=1e-5)
    assert 4 <= moody.most <= 8192


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.integers(1, 3))
def test_exact_bayes_is_consistent(seed: int, classes: int) -> None:
    belief = MixtureBelief(random_mixture(seed, COUNTS, classes), COUNTS)
    states = random_states(seed, COUNTS, people=20)
    states[:, 0] = Code.NOT_ASKED
    assert consistency_gap(belief, states).gap == pytest.approx(0, abs=1e-4)


def test_gain_beside_the_gap_is_the_mixtures_own() -> None:
    belief = MixtureBelief(random_mixture(11, COUNTS, 3), COUNTS)
    states = np.full((3, len(COUNTS)), Code.NOT_ASKED, dtype=np.int8)
    states[1:, 1] = [0, 2]
    told = []
    for state in states:
        for question in np.flatnonzero(state == Code.NOT_ASKED):
            others = np.flatnonzero((state < 0) & (question != ALL))
            told.append(facet_gain(belief, state[None], others)[0, question])
    assert consistency_gap(belief, states).gain == pytest.approx(np.mean(told), abs=1e-5)
    assert np.mean(told) > 0.01


def test_the_gap_of_an_inconsistent_belief_by_hand() -> None:
    gap = consistency_gap(Moody(), of((-1, -1)))
    assert gap.gap == pytest.approx(FALLS / 2, abs=1e-5)
    assert gap.gain == pytest.approx(TELLS / 2, abs=1e-5)
    assert gap.ratio == pytest.approx(FALLS / TELLS, abs=1e-3)


def test_the_gap_counts_what_may_be_asked_about_what_is_not_known() -> None:
    # Facet 0 may be asked, facet 1 is known: nothing is left to be inconsistent about.
    known = consistency_gap(Moody(), of((-1, 1)))
    assert (known.gap, known.gain) == (0, 0)
    assert np.isnan(known.ratio)
    # A non-answer is no longer asked, but still to be guessed: only facet 0 is asked, about facet 1.
    assert consistency_gap(Moody(), of((-1, -2))).gap == pytest.approx(FALLS, abs=1e-5)
    # Three questions of two people: facet 0 and 1 of the first, facet 0 of the second.
    both = consistency_gap(Moody(), of((-1, -1), (-1, 1)))
    assert both.gap == pytest.approx(FALLS / 3, abs=1e-5)
    assert both.gain == pytest.approx(TELLS / 3, abs=1e-5)


def test_the_gap_of_many_people_is_that_of_a_few_many_times() -> None:
    few = of((-1, -1), (-1, 1), (-1, -2), (0, -1))
    one, many = consistency_gap(Moody(), few), consistency_gap(Moody(), np.repeat(few, 400, axis=0))
    assert many.gap == pytest.approx(one.gap, abs=1e-5)
    assert many.gain == pytest.approx(one.gain, abs=1e-5)
