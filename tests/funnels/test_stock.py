from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_shops import answers, facet, plain, random_shop, shop

from elicit.basis import InputError
from elicit.funnels import smallest_relaxation

PRICE = facet(0, 4, bins=True)


def test_a_ceiling_keeps_all_that_is_cheaper_and_all_without_a_price() -> None:
    stock = shop([PRICE], [[0], [1], [2], [3], [-1]], ceilings=["f0"])
    assert [stock.left(answers(stock, {0: k})).tolist() for k in range(4)] == [
        [0, 4], [0, 1, 4], [0, 1, 2, 4], [0, 1, 2, 3, 4],
    ]  # fmt: skip


def test_without_a_ceiling_only_the_bin_itself_fits() -> None:
    stock = shop([PRICE], [[0], [1], [2], [3], [-1]])
    assert stock.left(answers(stock, {0: 1})).tolist() == [1, 4]


@pytest.mark.parametrize("code", [-1, -2, -3, -4, -5])
def test_non_answers_keep_everything(code: int) -> None:
    stock = plain([[0], [1]])
    assert stock.left(answers(stock, {0: code})).tolist() == [0, 1]
    np.testing.assert_allclose(stock.belief(0.1).posterior(answers(stock, {0: code})[None])[0], [0.5, 0.5])


def test_a_near_bin_weighs_more_than_a_far_one() -> None:
    stock = shop([PRICE], [[0], [1], [2], [3]])
    # An item of bin v is told as bin 0 by mistake with .1 times its share of halving distances.
    said = np.array([0.9, 0.1 * 0.5 / (0.5 + 0.5 + 0.25), 0.1 * 0.25 / (0.25 + 0.5 + 0.5), 0.1 * 0.125 / 0.875])
    posterior = stock.belief(0.1).posterior(answers(stock, {0: 0})[None])[0]
    np.testing.assert_allclose(posterior, said / said.sum(), rtol=1e-5)
    assert (np.diff(posterior) < 0).all()


def test_under_a_ceiling_what_is_just_too_dear_weighs_more_than_what_is_far_too_dear() -> None:
    stock = shop([PRICE], [[0], [1], [2], [3]], ceilings=["f0"])
    posterior = stock.belief(0.1).posterior(answers(stock, {0: 1})[None])[0]
    # Of the four answers that bin 0 fits, each half as likely as the one below, bin 1 is the second (4 of 15), of the
    # three that bin 1 fits the first (4 of 7). Who wants bin 2 or 3 names it by mistake, of two or three wrong ones.
    said = np.array([4 / 15, 0.9 * 4 / 7, 0.1 * 0.5 / 0.75, 0.1 * 0.25 / 0.875])
    np.testing.assert_allclose(posterior, said / said.sum(), rtol=1e-5)


def test_wrong_answers_of_other_facets_are_alike() -> None:
    stock = plain([[0], [1], [2]])
    posterior = stock.belief(0.1).posterior(answers(stock, {0: 0})[None])[0]
    np.testing.assert_allclose(posterior, [0.9, 0.05, 0.05], rtol=1e-5)


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.05, 0.4]))
def test_all_answers_to_a_question_together_are_certain(seed: int, error: float) -> None:
    stock = random_shop(seed)
    chances = stock.belief(error).answer_chances
    for column, count in enumerate(stock.domain.option_counts):
        np.testing.assert_allclose(chances[:count, :, column].sum(axis=1), 1, rtol=1e-5)
        assert chances[-1, :, column].sum() == pytest.approx(1, rel=1e-5)


@given(st.integers(0, 2**31))
def test_without_errors_the_belief_and_the_rules_agree_on_what_is_left(seed: int) -> None:
    stock = random_shop(seed)
    random = np.random.default_rng(seed)
    state = np.where(random.random(8) < 0.5, random.integers(stock.domain.option_counts), -3).astype(np.int8)
    left = stock.left(state)
    if len(left):
        assert np.flatnonzero(stock.belief().posterior(state[None])[0]).tolist() == left.tolist()


def test_an_item_that_nobody_wants_is_never_left() -> None:
    stock = plain([[0], [0], [1]], prior=[0.5, 0, 0.5])
    assert stock.left(answers(stock, {0: 0})).tolist() == [0]


def test_the_best_of_some_are_the_likeliest_and_among_equals_the_first() -> None:
    stock = plain([[0], [0], [1], [1], [0]], prior=[0.1, 0.3, 0.1, 0.3, 0.2])
    assert stock.best_of(np.arange(5), 4).tolist() == [1, 3, 4, 0]
    assert stock.best_of(np.array([0, 2, 4]), 9).tolist() == [4, 0, 2]


def test_the_fewest_answers_are_dropped() -> None:
    stock = plain([[0, 0, 0], [1, 1, 0], [1, 0, 1]])
    relaxation = smallest_relaxation(stock, answers(stock, {0: 1, 1: 1, 2: 1}))
    # Without the answer on facet 1 item 2 fits, without that on facet 2 item 1: later columns go first.
    assert relaxation.dropped == (2,)
    assert relaxation.left.tolist() == [1]


def test_the_most_specific_answer_is_dropped_first() -> None:
    stock = shop([facet(0, 2, depth=2), facet(1, 2), facet(2, 2, depth=1)], [[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    assert smallest_relaxation(stock, answers(stock, {0: 1, 1: 1, 2: 1})).dropped == (0,)


def test_of_equally_specific_answers_that_is_dropped_which_leaves_more() -> None:
    stock = plain([[0, 1], [0, 1], [1, 0]])
    relaxation = smallest_relaxation(stock, answers(stock, {0: 1, 1: 1}))
    assert (relaxation.dropped, relaxation.left.tolist()) == ((0,), [0, 1])


@given(st.integers(0, 2**31))
def test_no_smaller_relaxation_works(seed: int) -> None:
    stock = random_shop(seed)
    random = np.random.default_rng(seed)
    state = np.where(random.random(8) < 0.7, random.integers(stock.domain.option_counts), -1).astype(np.int8)
    relaxation = smallest_relaxation(stock, state)
    kept = state.copy()
    kept[list(relaxation.dropped)] = -3
    assert relaxation.left.tolist() == stock.left(kept).tolist()
    assert len(relaxation.left)
    answered = np.flatnonzero(state >= 0)
    fewest = min(int((stock.misses(state)[row]).sum()) for row in range(len(stock))) if len(answered) else 0
    assert len(relaxation.dropped) == fewest


@pytest.mark.parametrize(
    ("prior", "words"),
    [([0.5], "weights of shape"), ([0, 0], "all weights are zero"), ([0.5, -0.5], "row 1 is below zero"),
     ([float("nan"), 1], "row 0 is not a number"), ([1, float("inf")], "row 1 is not a number")],
)  # fmt: skip
def test_a_wrong_prior_is_refused(prior: list[float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        plain([[0], [1]], prior=prior)


def test_wrong_codes_are_refused() -> None:
    stock = plain([[0], [1]])
    with pytest.raises(InputError, match=r"not int8\[2, 1\]"):
        replace(stock, codes=np.zeros((3, 1), dtype=np.int8))
    with pytest.raises(InputError, match=r"not int8\[2, 1\]"):
        replace(stock, codes=np.zeros((2, 1)))
    with pytest.raises(InputError, match="item 'i1', facet 'f0': code 2, but there are 2 options"):
        replace(stock, codes=np.array([[0], [2]], dtype=np.int8))
    with pytest.raises(InputError, match="there is no item"):
        shop([facet(0, 2)], np.zeros((0, 1)))


def test_only_numbers_have_ceilings() -> None:
    with pytest.raises(InputError, match="'f1' is no number"):
        shop([facet(0, 2, bins=True), facet(1, 2)], [[0, 0]], ceilings=["f1"])
    with pytest.raises(InputError, match="no facet 'prize'"):
        shop([facet(0, 2, bins=True)], [[0]], ceilings=["prize"])
