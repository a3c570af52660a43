"""What came back: by hand, and against the definitions written out."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tables_of_belief import Given, people

from elicit.domains import Population
from elicit.measures import Reader, calibration_error, ndcg
from elicit.runs import Transcript

BROAD_AND_DEEP = np.array([0, 1, 2])
GUESSES = np.array([[0.5, 0.25, 0.25], [0.1, 0.9, 0.0], [0.75, 0.25, 0.0]])


def defined_ndcg(scores: list[float], liked: list[bool], top: int) -> float:
    """NDCG as it is defined: gains in the order of scores over gains in the best order."""
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    gained = sum(liked[i] / log2(place + 2) for place, i in enumerate(order[:top]))
    ideal = sum(like / log2(place + 2) for place, like in enumerate(sorted(liked, reverse=True)[:top]))
    return gained / ideal if ideal else float("nan")


def test_ndcg_by_hand() -> None:
    scores = np.array([[0.9, 0.2, 0.4], [0.9, 0.2, 0.4], [0.1, 0.2, 0.4]])
    liked = np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0]], dtype=bool)
    third = 1 / log2(4)
    found = ndcg(scores, liked)
    assert found == pytest.approx([(1 + third) / (1 + 1 / log2(3)), 1.0, third])
    assert ndcg(scores, liked, top=1).tolist() == [1.0, 1.0, 0.0]
    assert ndcg(scores, liked, top=2) == pytest.approx([1 / (1 + 1 / log2(3)), 1.0, 0.0])


def test_equal_scores_stand_in_the_order_of_columns() -> None:
    equal = np.full((3, 3), 0.5, dtype=np.float32)
    assert ndcg(equal, np.eye(3, dtype=bool)) == pytest.approx([1.0, 1 / log2(3), 1 / log2(4)])


def test_only_the_first_ten_count() -> None:
    scores = -np.arange(12.0)[None]
    late = np.arange(12)[None] >= 10
    assert ndcg(scores, late).tolist() == [0.0]
    # Somebody who likes all twelve cannot get more than ten.
    assert ndcg(scores, np.ones((1, 12), dtype=bool)).tolist() == pytest.approx([1.0])


def test_who_likes_nothing_has_no_ndcg() -> None:
    found = ndcg(np.ones((2, 4)), np.array([[0, 0, 0, 0], [0, 0, 0, 1]], dtype=bool))
    assert np.isnan(found).tolist() == [True, False]
    assert np.isnan(ndcg(np.ones((2, 0)), np.zeros((2, 0), dtype=bool))).all()


@given(
    st.tuples(st.integers(1, 4), st.integers(1, 14)).flatmap(
        lambda shape: st.tuples(arrays(float, shape, elements=st.integers(0, 5).map(float)), arrays(bool, shape))
    ),
    st.integers(1, 12),
)
def test_ndcg_is_what_it_is_defined_to_be(table: tuple[np.ndarray, np.ndarray], top: int) -> None:
    scores, liked = table
    defined = [defined_ndcg(s, k, top) for s, k in zip(scores.tolist(), liked.tolist(), strict=True)]
    np.testing.assert_allclose(ndcg(scores, liked, top), defined)


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
