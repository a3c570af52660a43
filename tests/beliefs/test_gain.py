from __future__ import annotations

import numpy as np
import pytest
from exact_beliefs import Enumeration, random_mixture, random_states
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.beliefs import MixtureBelief, divergence, entropy, facet_gain, target_gain
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles import Mixture

COUNTS = np.array([2, 3, 1, 2])
ALL = np.arange(len(COUNTS))
cases = st.tuples(st.integers(0, 2**31), st.integers(1, 3), st.sampled_from([0.0, 0.05, 0.3]))


@settings(deadline=None, max_examples=40)
@given(cases)
def test_gain_in_facets_and_targets_by_enumeration(case: tuple[int, int, float]) -> None:
    seed, classes, error = case
    mixture = random_mixture(seed, COUNTS, classes)
    belief = MixtureBelief(mixture, COUNTS, error)
    states = random_states(seed, COUNTS, people=2)
    goal = np.array([1, 3])
    some, whole, targets = (
        facet_gain(belief, states, goal),
        facet_gain(belief, states, ALL),
        target_gain(belief, states),
    )
    for row, state in enumerate(states):
        exact = Enumeration(mixture, COUNTS, error, state)
        open_facets = np.flatnonzero(state < 0)
        for question in open_facets:
            about = {f: exact.about_facet(question, f) for f in open_facets}
            assert some[row, question] == pytest.approx(sum(about.get(f, 0) for f in goal), abs=5e-5)
            assert whole[row, question] == pytest.approx(sum(about.values()), abs=5e-5)
            liked = sum(exact.about_target(question, t) for t in range(len(mixture.likes)))
            assert targets[row, question] == pytest.approx(liked, abs=5e-5)


def expected_fall(belief: MixtureBelief, state: Codes, question: int, goal: int) -> float:
    """H(now) − E[H(after)] of one goal facet, with nothing but marginals."""
    before = belief.marginals(state[None])[0]
    after = np.repeat(state[None], COUNTS[question], axis=0)
    after[:, question] = np.arange(COUNTS[question])
    left = entropy(belief.marginals(after)[:, goal])
    return float(entropy(before[goal]) - (before[question, : COUNTS[question]] * left).sum())


@settings(deadline=None, max_examples=40)
@given(cases)
def test_for_a_consistent_belief_gain_is_the_expected_fall_of_entropy(case: tuple[int, int, float]) -> None:
    seed, classes, _ = case
    belief = MixtureBelief(random_mixture(seed, COUNTS, classes), COUNTS)
    state = random_states(seed, COUNTS, people=1)[0]
    for question in np.flatnonzero(state < 0):
        for goal in ALL:
            gain = facet_gain(belief, state[None], np.array([goal]))[0, question]
            assert gain == pytest.approx(expected_fall(belief, state, question, goal), abs=5e-5)


def naive(now: Floats, chance: Floats, outcomes: Floats) -> Floats:
    """The textbook form, H(now) − E[H(after)]: here only, to show what it does."""
    return entropy(now) - (chance[..., None] * entropy(outcomes)).sum(axis=1)


def test_the_textbook_form_is_wrong_for_an_inconsistent_belief() -> None:
    # A network may believe 50 : 50 now and 90 : 10 after either answer: it only feels surer, the answer told nothing.
    # Of another question it may believe 90 : 10 now and the opposite after each answer, which tells a lot.
    chance = np.full((2, 2), 0.5, dtype=np.float32)
    now = np.array([[[0.5, 0.5]], [[0.1, 0.9]]], dtype=np.float32)
    empty, telling = [[[0.1, 0.9]], [[0.1, 0.9]]], [[[0.2, 0.8]], [[0.8, 0.2]]]
    outcomes = np.array([empty, telling], dtype=np.float32)
    gain, biased = divergence(chance, outcomes)[:, 0], naive(now, chance, outcomes)[:, 0]
    np.testing.assert_allclose(gain, [0, 1 - 0.7219281], atol=1e-6)
    np.testing.assert_allclose(biased, [1 - 0.4689956, 0.4689956 - 0.7219281], atol=1e-6)
    assert gain.argmax() == 1
    assert biased.argmax() == 0


@given(st.integers(0, 2**31))
def test_divergence_is_never_negative(seed: int) -> None:
    random = np.random.default_rng(seed)
    chance = random.dirichlet(np.ones(3), size=4).astype(np.float32)
    outcomes = random.dirichlet(np.full(4, 0.3), size=(4, 3, 5)).astype(np.float32)
    gain = divergence(chance, outcomes)
    assert gain.shape == (4, 5)
    assert (gain >= 0).all()
    assert (gain <= entropy(chance)[:, None] + 1e-5).all()


def test_a_question_tells_its_own_answer_less_the_noise() -> None:
    # One class: facets are independent, so a question tells about itself only: H(.5) less H(.1) bits.
    half = np.full((2, 2, 1), 0.5, dtype=np.float32)
    belief = MixtureBelief(
        Mixture(np.ones(1, dtype=np.float32), half, np.ones((0, 1), dtype=np.float32)), COUNTS[[0, 3]], 0.1
    )
    nothing = np.full((1, 2), -1, dtype=np.int8)
    np.testing.assert_allclose(facet_gain(belief, nothing, np.array([0, 1])), [[0.5310044, 0.5310044]], atol=1e-6)
    np.testing.assert_allclose(facet_gain(belief, nothing, np.array([1])), [[0, 0.5310044]], atol=1e-6)
    answered = np.array([[-1, 1]], dtype=np.int8)
    np.testing.assert_allclose(facet_gain(belief, answered, np.array([0, 1])), [[0.5310044, 0]], atol=1e-6)
    assert target_gain(belief, nothing).tolist() == [[0, 0]]
