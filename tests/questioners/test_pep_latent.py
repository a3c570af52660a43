from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_pep import of, state

from elicit.beliefs import MixtureBelief
from elicit.profiles import Mixture
from elicit.questioners.pep import fit_latent
from elicit.questioners.pep.latent import LatentBelief

COUNTS = np.array([2, 3, 1, 2])
cases = st.tuples(st.integers(0, 2**31), st.sampled_from([0.0, 0.05, 0.3]))


def random_belief(seed: int, error: float) -> LatentBelief:
    random = np.random.default_rng(seed)
    answers = np.zeros((4, 3, 3), dtype=np.float32)
    for f, count in enumerate(COUNTS):
        answers[f, :count] = random.dirichlet(np.full(count, 0.5), size=3).T
    shares = random.dirichlet(np.ones(3)).astype(np.float32)
    return LatentBelief(Mixture(shares, answers, np.zeros((0, 3), dtype=np.float32)), COUNTS, error)


def slips(count: int, error: float) -> np.ndarray:
    """P(said | true), [true, said]."""
    if count == 1:
        return np.ones((1, 1))
    return np.full((count, count), error / (count - 1)) + np.eye(count) * (1 - error - error / (count - 1))


def mutual_information(joint: np.ndarray) -> float:
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    seen = joint > 0
    return float((joint[seen] * np.log2(joint[seen] / independent[seen])).sum())


@settings(deadline=None, max_examples=40)
@given(cases)
def test_expected_gain_is_mutual_information(case: tuple[int, float]) -> None:
    seed, error = case
    belief = random_belief(seed, error)
    told = np.where(np.arange(4) == seed % 4, np.random.default_rng(seed).integers(COUNTS), -1).astype(np.int8)
    types = belief.posterior(told[None])[0].astype(float)
    given = [belief.mixture.answers[f, :count].astype(float) for f, count in enumerate(COUNTS)]
    heard = [slips(count, error).T @ given[f] for f, count in enumerate(COUNTS)]
    whole, others, kind = (s(told[None])[0] for s in (belief.whole, belief.others, belief.information))
    for q in np.flatnonzero(told < 0):
        between = {f: mutual_information((heard[q] * types) @ given[f].T) for f in np.flatnonzero(told < 0) if f != q}
        own = mutual_information((given[q] @ types)[:, None] * slips(COUNTS[q], error))
        assert others[q] == pytest.approx(sum(between.values()), abs=5e-5)
        assert whole[q] == pytest.approx(sum(between.values()) + own, abs=5e-5)
        assert kind[q] == pytest.approx(mutual_information(heard[q] * types), abs=5e-5)


@settings(deadline=None, max_examples=30)
@given(cases)
def test_beliefs_average_to_the_prior(case: tuple[int, float]) -> None:
    belief = random_belief(*case)
    prior = belief.posterior(state(-1, -1, -1, -1))
    for facet, count in enumerate(COUNTS):
        after = np.full((count, 4), -1, dtype=np.int8)
        after[:, facet] = np.arange(count)
        chance = belief.heard_of(prior)[0, :count, facet]
        np.testing.assert_allclose(chance @ belief.posterior(after), prior[0], atol=1e-5)


def test_the_number_of_types_is_chosen_on_held_out_people() -> None:
    counts = np.full(12, 2)
    typed = np.repeat(np.array([[0] * 12, [1] * 12], dtype=np.int8), 100, axis=0)
    noise = np.random.default_rng(0).integers(2, size=(300, 12)).astype(np.int8)
    none = fit_latent(of(noise), of(noise[:0]), counts, seed=0)
    some = fit_latent(of(typed), of(typed[::10]), counts, seed=0)
    independent = fit_latent(of(noise[:200]), of(noise[200:]), counts, seed=0)
    starts = 3
    assert none.classes == independent.classes == 1 * starts
    assert some.classes > 1 * starts
    belief = MixtureBelief(some, counts)
    assert (belief.marginals(np.array([[1] + [-1] * 11], dtype=np.int8))[0, :, 1] > 0.95).all()
