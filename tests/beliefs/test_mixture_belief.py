from __future__ import annotations

import numpy as np
import pytest
from exact_beliefs import Enumeration, random_mixture, random_states
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.beliefs import MixtureBelief, entropy
from elicit.domains import Code, Codes
from elicit.profiles import Mixture

COUNTS = np.array([2, 3, 1, 2])
cases = st.tuples(st.integers(0, 2**31), st.integers(1, 3), st.sampled_from([0.0, 0.05, 0.3]))


def two_classes() -> Mixture:
    """Facet 0: yes .8 / .2. Facet 1, three options: (.6, .3, .1) / (.1, .3, .6). Facet 2 has one option."""
    answers = np.zeros((3, 3, 2), dtype=np.float32)
    answers[0, :2] = [[0.2, 0.8], [0.8, 0.2]]
    answers[1] = [[0.6, 0.1], [0.3, 0.3], [0.1, 0.6]]
    answers[2, 0] = 1
    return Mixture(np.array([0.5, 0.5], dtype=np.float32), answers, np.array([[1, 0], [0.9, 0.1]], dtype=np.float32))


def belief_of_two(error: float = 0.0) -> MixtureBelief:
    return MixtureBelief(two_classes(), np.array([2, 3, 1]), error)


def state(*codes: int) -> Codes:
    return np.array([codes], dtype=np.int8)


def test_two_classes_by_hand() -> None:
    belief, yes = belief_of_two(), state(1, -1, -1)
    np.testing.assert_allclose(belief.posterior(yes), [[0.8, 0.2]], atol=1e-6)
    np.testing.assert_allclose(belief.targets(yes), [[0.8, 0.74]], atol=1e-6)
    np.testing.assert_allclose(
        belief.marginals(yes), [[[0, 1, 0], [0.8 * 0.6 + 0.2 * 0.1, 0.3, 0.2], [1, 0, 0]]], atol=1e-6
    )
    np.testing.assert_allclose(belief.posterior(state(1, 0, -1)), [[0.48 / 0.5, 0.02 / 0.5]], atol=1e-6)


def test_two_classes_by_hand_with_errors() -> None:
    belief, yes = belief_of_two(error=0.1), state(1, -1, -1)
    # P(says yes) = .9 · .8 + .1 · .2 = .74 and .26.
    np.testing.assert_allclose(belief.posterior(yes), [[0.74, 0.26]], atol=1e-6)
    # P(is a yes | says yes) = .9 · .5 / .5, since half of all people are a yes.
    np.testing.assert_allclose(belief.marginals(yes)[0, 0], [0.1, 0.9, 0], atol=1e-6)
    # Of three options each wrong one has half of the errors: P(says 0) = .9 · .6 + .05 · .4 and .9 · .1 + .05 · .9.
    np.testing.assert_allclose(belief.posterior(state(-1, 0, -1)), [[0.56 / 0.695, 0.135 / 0.695]], atol=1e-6)


def test_nothing_to_learn_from_one_option() -> None:
    belief = belief_of_two(error=0.3)
    np.testing.assert_allclose(belief.posterior(state(-1, -1, 0)), [[0.5, 0.5]], atol=1e-6)
    assert belief.information(state(-1, -1, -1))[0, 2] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("code", [c for c in Code if c != Code.NOT_ASKED])
def test_non_answers_carry_no_evidence(code: Code) -> None:
    belief = belief_of_two(0.05)
    np.testing.assert_array_equal(belief.posterior(state(1, code, code)), belief.posterior(state(1, -1, -1)))
    np.testing.assert_array_equal(belief.marginals(state(1, code, code)), belief.marginals(state(1, -1, -1)))


def test_an_impossible_answer_rules_a_class_out() -> None:
    answers = np.array([[[1, 0.5], [0, 0.5]], [[0, 1], [1, 0]]], dtype=np.float32)
    mixture = Mixture(np.array([0.9, 0.1], dtype=np.float32), answers, np.zeros((0, 2), dtype=np.float32))
    belief = MixtureBelief(mixture, np.array([2, 2]))
    np.testing.assert_allclose(belief.posterior(state(1, -1)), [[0, 1]], atol=1e-6)
    contradiction = belief.marginals(state(1, 1))
    np.testing.assert_allclose(contradiction, [[[0, 1], [0, 1]]], atol=1e-6)


@settings(deadline=None)
@given(cases)
def test_posterior_marginals_and_information_by_enumeration(case: tuple[int, int, float]) -> None:
    seed, classes, error = case
    mixture = random_mixture(seed, COUNTS, classes)
    belief = MixtureBelief(mixture, COUNTS, error)
    states = random_states(seed, COUNTS, people=3)
    posterior, marginals, information = belief.posterior(states), belief.marginals(states), belief.information(states)
    for row, state in enumerate(states):
        exact = Enumeration(mixture, COUNTS, error, state)
        np.testing.assert_allclose(posterior[row], exact.classes(), atol=2e-5)
        np.testing.assert_allclose(marginals[row], exact.marginals(), atol=2e-5)
        np.testing.assert_allclose(belief.targets(states)[row], mixture.likes @ exact.classes(), atol=2e-5)
        for facet in np.flatnonzero(state < 0):
            assert information[row, facet] == pytest.approx(exact.about_class(facet), abs=2e-5)


@settings(deadline=None)
@given(cases)
def test_marginals_are_distributions_over_the_options_that_exist(case: tuple[int, int, float]) -> None:
    seed, classes, error = case
    belief = MixtureBelief(random_mixture(seed, COUNTS, classes), COUNTS, error)
    states = random_states(seed, COUNTS, people=8)
    marginals = belief.marginals(states)
    valid = np.arange(COUNTS.max()) < COUNTS[:, None]
    np.testing.assert_allclose(marginals.sum(axis=2), 1, atol=1e-5)
    assert (marginals[:, ~valid] == 0).all()
    assert (marginals >= 0).all()
    assert (belief.information(states) >= 0).all()


def test_without_errors_what_was_said_is_known() -> None:
    belief = MixtureBelief(random_mixture(5, COUNTS, 3), COUNTS)
    states = random_states(5, COUNTS, people=50)
    rows, facets = np.nonzero(states >= 0)
    np.testing.assert_allclose(belief.marginals(states)[rows, facets, states[rows, facets]], 1, atol=1e-6)


def test_each_person_may_have_shares_of_their_own() -> None:
    mixture = random_mixture(1, COUNTS, 2)
    prior = np.array([[0.5, 0.5], [1, 0], [0.1, 0.9]], dtype=np.float32)
    belief = MixtureBelief(mixture, COUNTS, 0.05, prior)
    states = random_states(1, COUNTS, people=3)
    for row, state in enumerate(states):
        exact = Enumeration(mixture, COUNTS, 0.05, state, prior[row])
        np.testing.assert_allclose(belief.posterior(states)[row], exact.classes(), atol=1e-5)
        np.testing.assert_allclose(belief.marginals(states)[row], exact.marginals(), atol=1e-5)
    np.testing.assert_allclose(belief.posterior(np.full((3, 4), -1, dtype=np.int8)), prior, atol=1e-6)


def test_a_person_alone_is_believed_to_be_the_same_as_in_a_crowd() -> None:
    belief = MixtureBelief(random_mixture(2, COUNTS, 3), COUNTS, 0.05)
    states = random_states(2, COUNTS, people=40)
    alone = np.concatenate([belief.marginals(s[None]) for s in states])
    np.testing.assert_allclose(belief.marginals(states), alone, atol=1e-6)


def test_entropy_of_known_distributions() -> None:
    rows = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.25, 0.125, 0.125]])
    np.testing.assert_allclose(entropy(rows.astype(np.float32)), [0, 1, 2, 1.75], atol=1e-6)
    np.testing.assert_allclose(entropy(rows.T.astype(np.float32), axis=0), [0, 1, 2, 1.75], atol=1e-6)
