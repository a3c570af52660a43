"""What came back: by hand, and against the definitions written out."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables_of_belief import Given, people

from elicit.dialogues import Transcript
from elicit.domains import Population
from elicit.measures import Reader, calibration_error

BROAD_AND_DEEP = np.array([0, 1, 2])
GUESSES = np.array([[0.5, 0.25, 0.25], [0.1, 0.9, 0.0], [0.75, 0.25, 0.0]])


def test_profile_bits_are_those_of_facets_without_an_answer() -> None:
    reader = Reader(Given(GUESSES), BROAD_AND_DEEP)
    truth = people([[1, 1, 0]] * 4)
    states = np.array([[-1, -1, -1], [1, -1, -1], [1, -2, -1], [1, 1, 0]], dtype=np.int8)
    first, second, third = 2.0, -log2(0.9), -log2(0.75)
    bits = reader.score(states, truth)["profile_bits"]
    # Not knowing what to say leaves the bits where they were.
    assert bits == pytest.approx([first + second + third, second + third, second + third, 0.0], abs=1e-6)


def test_silent_cells_have_no_bits_and_no_accuracy() -> None:
    reader = Reader(Given(GUESSES), BROAD_AND_DEEP)
    scores = reader.score(np.full((2, 3), -1, dtype=np.int8), people([[-2, 1, -2], [-2, -2, -2]]))
    assert scores["profile_bits"] == pytest.approx([-log2(0.9), 0.0], abs=1e-6)
    assert scores["accuracy"].tolist()[0] == 1.0
    assert np.isnan(scores["accuracy"][1])


def test_what_was_held_impossible_costs_thirty_bits_and_not_infinitely_many() -> None:
    reader = Reader(Given(GUESSES), BROAD_AND_DEEP)
    bits = reader.score(np.array([[0, -1, 0]], dtype=np.int8), people([[0, 2, 0]]))["profile_bits"]
    assert bits == pytest.approx([-log2(1e-9)])


def test_accuracy_leaves_out_the_deepest_level_and_what_was_answered() -> None:
    reader = Reader(Given(GUESSES), BROAD_AND_DEEP)
    truth = people([[1, 1, 0], [0, 1, 1], [1, 1, 0], [1, 1, 0]])
    states = np.array([[-1, -1, -1], [-1, -1, -1], [1, -1, -1], [1, 1, -1]], dtype=np.int8)
    accuracy = reader.score(states, truth)["accuracy"]
    assert accuracy[:3].tolist() == [0.5, 1.0, 1.0]
    assert np.isnan(accuracy[3])


@pytest.mark.parametrize(
    ("depths", "broad"),
    [([0, 0, 0], [1, 1, 1]), ([3, 3, 3], [1, 1, 1]), ([2, 3, 2], [1, 0, 1]), ([0, 1, 2], [1, 1, 0]), ([5], [1])],
)
def test_all_facets_count_where_there_is_one_level(depths: list[int], broad: list[int]) -> None:
    assert Reader(Given(GUESSES), np.array(depths)).broad.tolist() == [bool(b) for b in broad]


def test_target_bits_by_hand_and_only_where_there_are_targets() -> None:
    states = np.full((2, 3), -1, dtype=np.int8)
    chance = np.array([[0.5, 0.25], [1.0, 0.0]])
    scores = Reader(Given(GUESSES, chance), BROAD_AND_DEEP).score(states, people([[0] * 3] * 2, [[1, 0], [0, 0]]))
    assert scores["target_bits"] == pytest.approx([1 - log2(0.75), -log2(1e-9)])
    assert scores["ndcg"][0] == 1.0
    assert np.isnan(scores["ndcg"][1])
    without = Reader(Given(GUESSES), BROAD_AND_DEEP).score(states, people([[0] * 3] * 2))
    assert set(without) == {"profile_bits", "accuracy"}


def test_following_is_scoring_after_every_question() -> None:
    reader = Reader(Given(GUESSES, np.array([[0.5, 0.25], [1.0, 0.0]])), BROAD_AND_DEEP)
    them = people([[1, 1, 0], [0, 1, 1]], [[1, 0], [0, 1]])
    asked = np.array([[2, 0], [1, -1]], dtype=np.int16)
    transcript = Transcript(asked, np.array([[0, 1], [-2, -1]], dtype=np.int8))
    curves, _ = reader.follow(transcript, them)
    assert set(curves) == {"profile_bits", "accuracy", "target_bits", "ndcg"}
    for turn in range(3):
        alone = reader.score(transcript.states(turn, 3), them)
        for name, values in alone.items():
            np.testing.assert_array_equal(curves[name][:, turn], values)
    # Facet 1 was asked in vain, so its bits are left after the question as before.
    assert len(set(curves["profile_bits"][1].tolist())) == 1
    assert np.diff(curves["profile_bits"][0]) == pytest.approx([log2(0.75), -2.0])


def one_facet(chances: list[float], right: list[bool]) -> tuple[Given, np.ndarray, Population]:
    table = np.array([[[1 - c, c]] for c in chances])
    return Given(table), np.full((len(chances), 1), -1, dtype=np.int8), people([[int(r)] for r in right])


def test_a_belief_as_often_right_as_it_is_sure_is_calibrated() -> None:
    assert calibration_error(*one_facet([0.75] * 8, [True] * 6 + [False] * 2)) == pytest.approx(0, abs=1e-6)


def test_overconfidence_and_underconfidence_are_the_gap() -> None:
    assert calibration_error(*one_facet([1.0] * 5, [True] * 3 + [False] * 2)) == pytest.approx(0.4)
    assert calibration_error(*one_facet([0.625] * 4, [True] * 4)) == pytest.approx(0.375)


def test_gaps_of_bins_do_not_cancel_and_weigh_by_size() -> None:
    # Bin .6–.7: sure by .65, right in 1 of 1. Bin .9–1: sure by .95, right in 1 of 3.
    found = calibration_error(*one_facet([0.65, 0.95, 0.95, 0.95], [True, True, False, False]))
    assert found == pytest.approx((0.35 + 3 * (0.95 - 1 / 3)) / 4)


def test_calibration_counts_neither_answers_nor_silence() -> None:
    belief, states, population = one_facet([0.75, 1.0, 1.0], [True, True, True])
    states[1] = 1
    population.codes[2] = -2
    assert calibration_error(belief, states, population) == pytest.approx(0.25)
    assert np.isnan(calibration_error(belief, np.ones_like(states), population))


@given(st.lists(st.tuples(st.integers(51, 100), st.booleans()), min_size=1, max_size=30))
def test_calibration_error_is_at_least_the_overall_gap_and_at_most_one(guesses: list[tuple[int, bool]]) -> None:
    chances, right = [percent / 100 for percent, _ in guesses], [right for _, right in guesses]
    found = calibration_error(*one_facet(chances, right))
    assert abs(np.mean(right) - np.mean(chances)) - 1e-5 <= found <= 1
