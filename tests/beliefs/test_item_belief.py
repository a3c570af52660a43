from __future__ import annotations

from math import log, log2

import numpy as np
import pytest
from exact_beliefs import mutual_information, random_states, slip
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from elicit.beliefs import ItemBelief, MixtureBelief
from elicit.domains import Codes
from elicit.profiles import Mixture

COUNTS = np.array([2, 3, 1, 2, 3])
NOTHING = np.full((1, len(COUNTS)), -1, dtype=np.int8)


def table(seed: int, rows: int, gaps: float) -> Codes:
    random = np.random.default_rng(seed)
    values = random.integers(COUNTS, size=(rows, len(COUNTS)))
    return np.where(random.random(values.shape) < gaps, random.choice([-1, -2, -3], size=values.shape), values).astype(
        np.int8
    )


class ByDefinition:
    """Each hypothesis one after another, in double precision."""

    def __init__(self, belief: ItemBelief, state: Codes) -> None:
        self.belief, self.state = belief, state
        prior = np.full(len(belief.values), 1.0) if belief.prior is None else belief.prior.astype(float)
        for facet in np.flatnonzero(state >= 0):
            prior = prior * [self.says(h, facet, int(state[facet])) for h in range(len(prior))]
        self.posterior = prior / prior.sum()

    def truth(self, hypothesis: int, facet: int) -> NDArray[np.float64]:
        """What the hypothesis is on a facet: its value, or what the column's values would lead one to expect."""
        count, column = int(COUNTS[facet]), self.belief.values[:, facet]
        if column[hypothesis] >= 0:
            return np.eye(count)[column[hypothesis]]
        seen = np.array([(column == k).sum() + 0.5 for k in range(count)])
        return seen / seen.sum()

    def says(self, hypothesis: int, facet: int, answer: int) -> float:
        noise = [slip(k, answer, int(COUNTS[facet]), self.belief.error) for k in range(COUNTS[facet])]
        return float(self.truth(hypothesis, facet) @ noise)

    def marginals(self, facet: int) -> NDArray[np.float64]:
        total = np.zeros(COUNTS[facet])
        for h, weight in enumerate(self.posterior):
            after = self.truth(h, facet)
            if self.state[facet] >= 0:
                said = int(self.state[facet])
                after = after * [slip(k, said, int(COUNTS[facet]), self.belief.error) for k in range(COUNTS[facet])]
            total += weight * after / max(after.sum(), 1e-300)
        return total

    def information(self, facet: int) -> float:
        answers = range(int(COUNTS[facet]))
        return mutual_information(
            {(h, a): w * self.says(h, facet, a) for h, w in enumerate(self.posterior) for a in answers}
        )


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**31),
    rows=st.integers(1, 12),
    gaps=st.sampled_from([0.0, 0.2, 0.6]),
    error=st.sampled_from([0.02, 0.2]),
    prior=st.booleans(),
)
def test_everything_by_enumeration(seed: int, rows: int, gaps: float, error: float, prior: bool) -> None:
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(rows)).astype(np.float32) if prior else None
    likes = random.random((rows, 3)) < 0.5
    belief = ItemBelief(table(seed, rows, gaps), COUNTS, error, weights, likes)
    states = random_states(seed, COUNTS, people=3)
    posterior, marginals, information = belief.posterior(states), belief.marginals(states), belief.information(states)
    for row, state in enumerate(states):
        exact = ByDefinition(belief, state)
        np.testing.assert_allclose(posterior[row], exact.posterior, atol=1e-5)
        np.testing.assert_allclose(belief.targets(states)[row], exact.posterior @ likes, atol=1e-5)
        for facet, count in enumerate(COUNTS):
            np.testing.assert_allclose(marginals[row, facet, :count], exact.marginals(facet), atol=1e-5)
            assert (marginals[row, facet, count:] == 0).all()
            assert information[row, facet] == pytest.approx(exact.information(facet), abs=3e-5)
            assert information[row, facet] >= 0


def test_three_items_by_hand() -> None:
    values = np.array([[0, 1], [1, 1], [1, -2]], dtype=np.int8)
    belief = ItemBelief(values, np.array([2, 2]), error=0.1)
    # The gap's column holds two yes: it is a yes with (2 + .5) / 3 = 5/6, and says yes with .9 · 5/6 + .1 / 6.
    says_yes = np.array([0.9, 0.9, 0.9 * 5 / 6 + 0.1 / 6])
    answered = np.array([[-1, 1]], dtype=np.int8)
    np.testing.assert_allclose(belief.posterior(answered)[0], says_yes / says_yes.sum(), atol=1e-6)
    both = says_yes * [0.1, 0.9, 0.9]
    np.testing.assert_allclose(belief.posterior(np.array([[1, 1]], dtype=np.int8))[0], both / both.sum(), atol=1e-6)


def test_without_errors_what_does_not_fit_is_gone() -> None:
    values = table(0, 30, gaps=0.0)
    belief = ItemBelief(values, COUNTS, error=0)
    state = NOTHING.copy()
    state[0, 1] = values[4, 1]
    fits = values[:, 1] == values[4, 1]
    np.testing.assert_allclose(belief.posterior(state)[0], fits / fits.sum(), atol=1e-7)
    assert belief.information(NOTHING)[0, 0] == pytest.approx(
        -sum(p * log2(p) for p in np.bincount(values[:, 0]) / 30), abs=1e-5
    )


def test_answers_that_fit_nothing_leave_the_prior() -> None:
    prior = np.array([0.7, 0.3, 0], dtype=np.float32)
    belief = ItemBelief(np.array([[0, 0], [0, 1], [1, 1]], dtype=np.int8), np.array([2, 2]), error=0, prior=prior)
    np.testing.assert_allclose(
        belief.posterior(np.array([[1, 0], [0, 1]], dtype=np.int8)), [prior, [0, 1, 0]], atol=1e-7
    )


@settings(deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.05]))
def test_without_gaps_it_is_a_mixture_whose_classes_are_the_items(seed: int, error: float) -> None:
    values = table(seed, 9, gaps=0.0)
    likes = np.random.default_rng(seed).random((9, 4)) < 0.5
    answers = (values.T[:, None, :] == np.arange(3)[:, None]).astype(np.float32)
    mixture = Mixture(np.full(9, 1 / 9, dtype=np.float32), answers, likes.T.astype(np.float32))
    items, classes = ItemBelief(values, COUNTS, error, likes=likes), MixtureBelief(mixture, COUNTS, error)
    # Each person is one of the items, so that their answers fit at least one.
    states = np.where(random_states(seed, COUNTS, people=9) >= 0, values, np.int8(-1))
    for name in ("posterior", "marginals", "targets", "information"):
        np.testing.assert_allclose(
            getattr(items, name)(states), getattr(classes, name)(states), atol=1e-5, err_msg=name
        )


def test_many_wrong_answers_do_not_leave_the_range_of_numbers() -> None:
    # 300 questions with 60 options: the right item misses 60 of them, each 1 : 2,900, far below the smallest float32.
    random = np.random.default_rng(0)
    values = random.integers(60, size=(50, 300)).astype(np.int8)
    state = values[:1].copy()
    state[0, :60] = (state[0, :60] + 1) % 60
    belief = ItemBelief(values, np.full(300, 60), error=0.02)
    assert belief.posterior(state)[0, 0] == pytest.approx(1, abs=1e-6)
    # An item that differs from the first in one of the answered cells only is (.98 · 59 / .02)^±1 times as likely.
    twins = np.concatenate([values[:1], values[:1]])
    twins[1, 0] = (twins[1, 0] + 1) % 60
    odds = belief.error / 59 / (1 - belief.error)
    posterior = ItemBelief(twins, np.full(300, 60), error=0.02).posterior(state)[0]
    assert log(posterior[0] / posterior[1]) == pytest.approx(log(odds), abs=1e-3)


@pytest.mark.parametrize("error", [0.0, 0.02])
@pytest.mark.parametrize("answered", [0, 4, 8])
def test_leaving_out_negligible_hypotheses_changes_nothing(error: float, answered: int) -> None:
    values = np.random.default_rng(0).integers(2, size=(2000, 20)).astype(np.int8)
    belief = ItemBelief(values, np.full(20, 2), error)
    states = np.where(np.arange(20) < answered, values[:2], np.int8(-1))
    weight = np.array([(1 - error) ** h * error ** (answered - h) for h in range(answered + 1)])
    for state, marginals in zip(states, belief.marginals(states), strict=True):
        exact = weight[(values[:, :answered] == state[:answered]).sum(axis=1)]
        np.testing.assert_allclose(marginals[:, 1], exact @ values / exact.sum(), atol=5e-6)


def test_many_light_hypotheses_are_not_negligible() -> None:
    values = np.repeat(np.array([[1], [0]], dtype=np.int8), [100, 900], axis=0)
    prior = np.repeat([0.01, 1e-8], [100, 900]).astype(np.float32)
    marginals = ItemBelief(values, np.array([2]), prior=prior).marginals(np.array([[-1]], dtype=np.int8))
    assert marginals[0, 0, 0] == pytest.approx(9e-6, abs=1e-6)


def test_items_are_their_own_targets() -> None:
    belief = ItemBelief(table(3, 7, gaps=0.1), COUNTS)
    np.testing.assert_array_equal(belief.targets(NOTHING), belief.posterior(NOTHING))


def test_identical_items_leave_nothing_to_ask() -> None:
    belief = ItemBelief(np.repeat(table(1, 1, gaps=0.0), 37, axis=0), COUNTS)
    assert belief.information(NOTHING).max() < 1e-5


@given(seed=st.integers(0, 2**31), gaps=st.sampled_from([0.0, 0.3]))
def test_a_table_says_how_likely_each_wrong_answer_is(seed: int, gaps: float) -> None:
    random = np.random.default_rng(seed)
    values = table(seed, 6, gaps)
    likelihood = np.zeros((3, 3, len(COUNTS)), dtype=np.float32)
    for facet, count in enumerate(COUNTS):
        likelihood[:count, :count, facet] = random.dirichlet(np.ones(count), size=count)
    belief = ItemBelief(values, COUNTS, likelihood=likelihood)
    states = random_states(seed, COUNTS, people=3)
    marginals, information = belief.marginals(states), belief.information(states)
    exact = ByDefinition(ItemBelief(values, COUNTS), NOTHING[0])
    truth = [[exact.truth(h, f) for f in range(len(COUNTS))] for h in range(6)]
    for row, state in enumerate(states):
        says = [[t @ likelihood[: len(t), : len(t), f].astype(float) for f, t in enumerate(own)] for own in truth]
        weight = np.array([np.prod([own[f][state[f]] for f in np.flatnonzero(state >= 0)]) for own in says])
        posterior = weight / weight.sum()
        np.testing.assert_allclose(belief.posterior(states)[row], posterior, atol=1e-5)
        for facet, count in enumerate(COUNTS):
            joint = {(h, a): posterior[h] * says[h][facet][a] for h in range(6) for a in range(count)}
            assert information[row, facet] == pytest.approx(mutual_information(joint), abs=3e-5)
            after = np.stack([truth[h][facet] for h in range(6)])
            if state[facet] >= 0:
                after = after * likelihood[:count, state[facet], facet]
                after = after / after.sum(axis=1, keepdims=True)
            np.testing.assert_allclose(marginals[row, facet, :count], posterior @ after, atol=1e-5)
