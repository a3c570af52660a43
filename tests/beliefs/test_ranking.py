"""NDCG: by hand, against its definition, and as it is expected."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from elicit.beliefs import Goal, MixtureBelief, expected_ndcg, ndcg, ranking_lacks, supposed_gain
from elicit.profiles import Mixture


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


def test_what_is_expected_of_a_recommendation_is_what_comes_on_average() -> None:
    random = np.random.default_rng(0)
    chance = random.random((1, 14)).astype(np.float32)
    best = sorted(chance[0].tolist(), reverse=True)[:10]
    ideal = sum(1 / log2(place + 2) for place in range(10))
    by_hand = sum(p / log2(place + 2) for place, p in enumerate(best)) / ideal
    assert expected_ndcg(chance).tolist() == pytest.approx([by_hand])
    # Drawn many times, what is liked among the best ten has that mean, in units of ten liked ones.
    liked = random.random((20_000, 14)) < chance
    order = np.argsort(-chance[0], kind="stable")[:10]
    gained = liked[:, order] @ (1 / np.log2(np.arange(2, 12))) / ideal
    assert gained.mean() == pytest.approx(by_hand, abs=0.005)


def test_few_targets_or_none() -> None:
    assert expected_ndcg(np.ones((2, 3, 4), dtype=np.float32)).tolist() == pytest.approx(np.ones((2, 3)))
    assert expected_ndcg(np.zeros((2, 0), dtype=np.float32)).tolist() == [0, 0]


def test_what_a_recommendation_lacks_is_in_hundredths() -> None:
    chance = np.array([[0.9, 0.2], [0.9, 0.2], [0.9, 0.2]], dtype=np.float32)
    liked = np.array([[True, False], [False, True], [False, False]])
    np.testing.assert_allclose(ranking_lacks(chance, liked), [0, 100 * (1 - 1 / log2(3)), 0], rtol=1e-6)


def test_the_goal_of_recommending_stands_alone() -> None:
    nothing, everything = np.zeros(2, dtype=bool), np.ones(2, dtype=bool)
    assert Goal(nothing, ranking=True).ranking
    for facets, targets in ((everything, False), (nothing, True)):
        with pytest.raises(ValueError, match="cannot be added"):
            Goal(facets, targets, ranking=True)


def two_tastes() -> MixtureBelief:
    """Facet 0 tells which of two targets is liked, facet 1 tells how much everybody likes both alike."""
    answers = np.zeros((2, 2, 4), dtype=np.float32)
    answers[0, 1], answers[1, 1] = [0, 0, 1, 1], [0, 1, 0, 1]
    answers[:, 0] = 1 - answers[:, 1]
    likes = np.array([[0.2, 0.4, 0.1, 0.2], [0.1, 0.2, 0.2, 0.4]], dtype=np.float32)
    return MixtureBelief(Mixture(np.full(4, 0.25, dtype=np.float32), answers, likes), np.array([2, 2]))


def test_an_answer_is_worth_what_a_better_recommendation_gains() -> None:
    belief, nothing = two_tastes(), np.full((1, 2), -1, dtype=np.int8)
    goal = Goal(np.zeros(2, dtype=bool), ranking=True)
    gain = supposed_gain(belief, nothing, goal, np.array([[0, 1]]))
    # Before: both are liked with .225. After facet 0: .3 and .15, the liked one first. Facet 1 moves both alike.
    first, second = 1, 1 / log2(3)
    before = 0.225 * (first + second)
    after = 0.3 * first + 0.15 * second
    np.testing.assert_allclose(gain, [[100 * (after - before) / (first + second), 0]], atol=1e-4)
    # In bits both tell something.
    bits = supposed_gain(belief, nothing, Goal(np.zeros(2, dtype=bool), targets=True), np.array([[0, 1]]))
    assert (bits > 0.01).all()
    answered = np.array([[0, -1]], dtype=np.int8)
    assert supposed_gain(belief, answered, goal, np.array([[0, 1]]))[0, 0] == 0


def test_lacking_and_gain_have_one_unit() -> None:
    # Who believes the truth gains on average what the recommendation lacks less.
    belief, goal = two_tastes(), Goal(np.zeros(2, dtype=bool), ranking=True)
    random = np.random.default_rng(1)
    classes = random.integers(4, size=40_000)
    liked = random.random((40_000, 2)) < belief.mixture.likes[:, classes].T
    truth = (belief.mixture.answers[:, 1, :][:, classes].T > 0.5).astype(np.int8)
    both = liked.all(axis=1)
    states = np.full_like(truth, -1)
    asked = states.copy()
    asked[:, 0] = truth[:, 0]
    before, after = (goal.lacking(belief, known, truth, liked) for known in (states, asked))
    expected = supposed_gain(belief, states[:1], goal, np.array([[0]]))[0, 0]
    realised = (before - after).mean()
    # The ideal of those who like one target only is smaller, so that they gain more than is expected.
    assert realised > expected
    assert (before - after)[both].mean() == pytest.approx(0, abs=1e-5)
