from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_pep import crowd, of, state
from tiny_questions import luck

from elicit.beliefs import entropy
from elicit.beliefs.entropy import heard
from elicit.domains import Codes
from elicit.profiles import Truthful
from elicit.questioners import GainQuestioner, Rules
from elicit.questioners.pep import LinearBelief, LinearModel, fit_linear
from elicit.runs import play

COUNTS = np.array([2, 3, 1, 2])
MANY = np.array([2, 3, 2, 3, 2, 2, 3, 2])
cases = st.tuples(st.integers(0, 2**31), st.sampled_from([0.0, 0.05, 0.3]))


def fitted(seed: int, counts: np.ndarray = COUNTS, people: int = 80) -> LinearModel:
    return fit_linear(of(crowd(seed, counts, people)), of(crowd(seed + 1, counts, 20)), counts)


def gentle() -> LinearModel:
    """Loadings so small that no prediction is clipped."""
    mean = np.array([[0.3, 0.7, 0], [0.2, 0.4, 0.4], [1, 0, 0], [0.4, 0.6, 0]], dtype=np.float32)
    loadings = np.array([[0.2, -0.2, 0], [-0.1, 0.1, 0.0], [0, 0, 0], [0.15, -0.15, 0]], dtype=np.float32)
    return LinearModel(COUNTS, mean, loadings[:, :, None], 0.2)


class Gaussian:
    """The same model as one large normal distribution of options and answers, conditioned by its covariance."""

    def __init__(self, belief: LinearBelief, told: Codes) -> None:
        model, self.error = belief.model, belief.error
        self.facets, self.options = model.mean.shape
        loadings = model.loadings.reshape(self.facets * self.options, -1).astype(float)
        self.mean = model.mean.reshape(-1).astype(float)
        self.truth = loadings @ loadings.T + model.variance * np.eye(len(self.mean))
        kept, noise = self.noise(belief)
        self.kept = np.repeat(kept, self.options)
        self.answers = self.truth * np.outer(self.kept, self.kept) + np.diag(np.repeat(noise, self.options))
        self.answer_mean = heard(model.mean.T, COUNTS, self.error).T.reshape(-1)
        self.own_noise = np.repeat(kept**2 * model.variance + noise, self.options)
        asked = np.flatnonzero(told >= 0)
        self.cells = (asked[:, None] * self.options + np.arange(self.options)).reshape(-1)
        self.said = np.eye(self.options)[told[asked]].reshape(-1) - self.answer_mean[self.cells]

    def noise(self, belief: LinearBelief) -> tuple[np.ndarray, np.ndarray]:
        """How much of a difference errors leave, and the variance they add to each option on average."""
        kept, added = np.ones(self.facets), np.zeros(self.facets)
        for f, count in enumerate(COUNTS):
            if count > 1:
                kept[f] = 1 - self.error - self.error / (count - 1)
                true = belief.model.mean[f, :count].astype(float)
                said = self.error / (count - 1) + kept[f] * true
                added[f] = ((said * (1 - said)).sum() - kept[f] ** 2 * (true * (1 - true)).sum()) / (count - 1)
        return kept, added

    def expected(self) -> np.ndarray:
        cross = (self.truth * self.kept)[:, self.cells]
        gain = cross @ np.linalg.inv(self.answers[np.ix_(self.cells, self.cells)])
        return (self.mean + gain @ self.said).reshape(self.facets, self.options)

    def about_position(self, facet: int) -> float:
        """½ log det of the answer's covariance, less that of its noise, given the other answers."""
        own = np.arange(facet * self.options, (facet + 1) * self.options)
        both = self.answers[np.ix_(own, self.cells)]
        left = (
            self.answers[np.ix_(own, own)] - both @ np.linalg.inv(self.answers[np.ix_(self.cells, self.cells)]) @ both.T
        )
        return float((np.linalg.slogdet(left)[1] - np.log(self.own_noise[own]).sum()) / 2 / np.log(2))


@settings(deadline=None, max_examples=30)
@given(cases)
def test_prediction_and_information_by_conditioning_the_whole_distribution(case: tuple[int, float]) -> None:
    seed, error = case
    belief = LinearBelief(fitted(seed % 20), error)
    told = np.where(np.arange(4) == seed % 4, -2, np.random.default_rng(seed).integers(COUNTS)).astype(np.int8)
    told[(seed + 1) % 4] = -1
    exact = Gaussian(belief, told)
    np.testing.assert_allclose(belief.linear(told[None])[0], exact.expected(), atol=2e-4)
    for facet in np.flatnonzero(told < 0):
        assert belief.information(told[None])[0, facet] == pytest.approx(exact.about_position(facet), abs=2e-4)


@pytest.mark.parametrize("error", [0.0, 0.1])
def test_beliefs_average_to_the_prior_and_gain_is_their_divergence(error: float) -> None:
    belief = LinearBelief(gentle(), error)
    start = state(-1, -1, -1, -1)
    prior = belief.marginals(start)[0]
    np.testing.assert_allclose(prior, belief.model.mean, atol=1e-6)
    for question, count in enumerate(COUNTS):
        after = np.full((count, 4), -1, dtype=np.int8)
        after[:, question] = np.arange(count)
        chance, led = heard(prior.T, COUNTS, error)[:count, question], belief.marginals(after)
        np.testing.assert_allclose(np.tensordot(chance, led, axes=1), prior, atol=1e-5)
        others = np.delete(np.arange(4), question)
        fall = entropy(prior)[others].sum() - chance @ entropy(led)[:, others].sum(axis=1)
        assert belief.others(start)[0, question] == pytest.approx(fall, abs=1e-4)


def test_one_order_for_everybody_by_mutual_information() -> None:
    # Trap 2: how sure the belief is does not depend on the answers, so the questions do not either.
    belief = LinearBelief(fitted(3, MANY, 300))
    codes = crowd(9, MANY, 50)
    by_type, whole = (
        play(GainQuestioner(score), Truthful(), codes, MANY, Rules(np.arange(8)), luck(50), 8).asked
        for score in (belief.information, belief.whole)
    )
    assert len(np.unique(by_type, axis=0)) == 1
    # The rules that look at predicted probabilities are another matter.
    assert len(np.unique(whole, axis=0)) > 1


def test_predictions_are_distributions_and_answers_are_certain_without_errors() -> None:
    steep = LinearModel(COUNTS, gentle().mean, gentle().loadings * 4, 0.05)
    rows = np.concatenate([state(0, -1, 0, 1), state(1, 2, -1, -1), state(-1, -2, -1, -1)])
    for error in (0.0, 0.1):
        marginals = LinearBelief(steep, error).marginals(rows)
        np.testing.assert_allclose(marginals.sum(axis=2), 1, atol=1e-6)
        assert (marginals >= 0).all()
        assert (marginals[:, np.arange(3) >= COUNTS[:, None]] == 0).all()
    assert LinearBelief(steep).marginals(rows)[0, 3].tolist() == [0, 1, 0]
    assert 0.5 < LinearBelief(steep, 0.1).marginals(rows)[0, 3, 1] < 1


def test_components_find_the_types_and_predict() -> None:
    # Two types that never agree: one component, and one answer tells the others.
    codes = np.repeat(np.array([[0, 0, 0, 0], [1, 1, 1, 1]], dtype=np.int8), 50, axis=0)
    model = fit_linear(of(codes), of(codes), np.full(4, 2))
    assert model.loadings.shape == (4, 2, 1)
    told = LinearBelief(model).marginals(state(1, -1, -1, -1))[0, :, 1]
    assert (told > 0.98).all()


def test_silent_cells_and_a_single_person_are_no_evidence() -> None:
    alone = fit_linear(of(state(1, 2, 0, -2)), of(crowd(0, COUNTS, 0)), COUNTS)
    assert alone.loadings.shape[2] == 1
    np.testing.assert_allclose(alone.mean, [[0.25, 0.75, 0], [0.2, 0.2, 0.6], [1, 0, 0], [0.5, 0.5, 0]], atol=1e-6)
    belief = LinearBelief(alone)
    np.testing.assert_allclose(belief.marginals(state(0, -1, -1, -1))[0, 1], [0.2, 0.2, 0.6], atol=1e-6)
    assert np.isfinite(belief.whole(state(0, -1, -1, -1))).all()
