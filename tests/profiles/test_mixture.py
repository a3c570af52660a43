from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from planted_people import COUNTS, crowd, planted, small

from elicit.basis import Luck
from elicit.domains import Population
from elicit.profiles import (
    Mixture,
    MixtureSettings,
    choose_classes,
    fit_mixture,
    fit_starts,
    held_out_bits,
    one_hot,
    pool,
    sample_people,
)

SETTINGS = MixtureSettings()


def test_one_class_by_hand() -> None:
    # Facet 0: yes, yes, no, silent; everybody's base is (1.5, 2.5) / 4 and counts as one person more: (1 + .375) / 4.
    # Facet 1 has one option. Likes: two of three plus silent's no; the average (2 + .5) / 5 counts as one person more.
    people = small([[1, 0], [1, 0], [0, 0], [-2, 0]], [[True], [True], [False], [False]])
    mixture = fit_mixture(people, np.array([2, 1]), 1, SETTINGS, seed=0)
    np.testing.assert_allclose(mixture.answers[:, :, 0], [[1.375 / 4, 2.625 / 4], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(mixture.likes, [[(2 + 0.5) / 5]], atol=1e-6)
    assert mixture.shares.tolist() == [1]
    assert held_out_bits(mixture, small([[1, 0], [0, 0]])) == pytest.approx(
        -np.log2([2.625 / 4, 1.375 / 4]).mean(), abs=1e-5
    )


def test_planted_classes_come_back() -> None:
    people, truth = crowd(900), planted()
    found = min(fit_starts(people, COUNTS, 3, SETTINGS, seed=0), key=lambda m: held_out_bits(m, people))
    assert found.classes == 3
    order = list(min(permutations(range(3)), key=lambda p: float(np.abs(found.answers[:, :, p] - truth.answers).sum())))
    assert np.abs(found.answers[:, :, order] - truth.answers).max() < 0.09
    assert np.abs(found.shares[order] - truth.shares).max() < 0.06
    assert np.abs(found.likes[:, order] - truth.likes).max() < 0.09


def test_answers_are_distributions_over_the_options_that_exist() -> None:
    mixture = fit_mixture(crowd(80), COUNTS, 5, SETTINGS, seed=1)
    np.testing.assert_allclose(mixture.answers.sum(axis=1), 1, atol=1e-5)
    assert (mixture.answers[np.arange(COUNTS.max()) >= COUNTS[:, None]] == 0).all()
    assert mixture.shares.sum() == pytest.approx(1, abs=1e-5)
    assert {mixture.shares.dtype, mixture.answers.dtype, mixture.likes.dtype} == {np.dtype(np.float32)}


def test_silent_cells_carry_no_evidence() -> None:
    people = crowd(300)
    plain = fit_mixture(people, COUNTS, 3, SETTINGS, seed=0)
    quiet = np.concatenate([people.codes, np.full((300, 1), -2, dtype=np.int8)], axis=1)
    wider = fit_mixture(Population(people.ids, quiet, people.liked), np.append(COUNTS, 2), 3, SETTINGS, seed=0)
    np.testing.assert_allclose(wider.answers[:-1], plain.answers, atol=1e-5)
    np.testing.assert_allclose(wider.shares, plain.shares, atol=1e-5)
    np.testing.assert_allclose(wider.answers[-1, :2], 0.5, atol=1e-6)
    assert held_out_bits(plain, small(np.full((1, len(COUNTS)), -2))) == pytest.approx(0, abs=1e-5)


def test_one_hot_by_hand() -> None:
    hot = one_hot(np.array([[0, 2], [-1, 1], [-2, -5]], dtype=np.int8), 3)
    assert hot.tolist() == [[1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0], [0] * 6]


def penalised(mixture: Mixture, people: Population, smoothing: float) -> float:
    """What the rounds climb: log-likelihood plus the logarithm of the prior that the smoothing stands for."""
    counts = np.stack([(people.codes == k).sum(axis=0) for k in range(COUNTS.max())], axis=1)
    base = counts + 0.5 * (np.arange(COUNTS.max()) < COUNTS[:, None])
    base = base / base.sum(axis=1, keepdims=True)
    logs = np.log(np.where(mixture.answers > 0, mixture.answers, 1).astype(np.float64))
    prior = np.log(mixture.shares.astype(np.float64)).sum() + smoothing * (base[:, :, None] * logs).sum()
    return float(prior - held_out_bits(mixture, people) * np.log(2) * len(people))


@pytest.mark.parametrize("smoothing", [0.1, 1.0, 5.0])
def test_no_round_makes_the_fit_worse(smoothing: float) -> None:
    people = crowd(150, mixture=fit_mixture(crowd(40), COUNTS, 6, SETTINGS, seed=3))
    climbed = [
        penalised(fit_mixture(people, COUNTS, 4, MixtureSettings((4,), 1, n, smoothing, -np.inf), 0), people, smoothing)
        for n in range(1, 25)
    ]
    assert np.diff(climbed).min() > -1e-2
    assert climbed[-1] > climbed[0] + 10


def test_rounds_end_when_they_gain_little() -> None:
    people = crowd(150)
    late = fit_mixture(people, COUNTS, 3, MixtureSettings(rounds=200, tolerance=1e-2), 0)
    first = fit_mixture(people, COUNTS, 3, MixtureSettings(rounds=200, tolerance=1e9), 0)
    two = fit_mixture(people, COUNTS, 3, MixtureSettings(rounds=2, tolerance=-np.inf), 0)
    np.testing.assert_array_equal(first.answers, two.answers)
    assert held_out_bits(late, people) < held_out_bits(first, people) - 0.1


def test_held_out_people_choose_the_number_of_classes() -> None:
    settings = MixtureSettings(classes=(1, 3))
    assert choose_classes(crowd(300), crowd(200, name="q"), COUNTS, settings, seed=0) == 3
    alone = fit_mixture(crowd(300), COUNTS, 1, settings, seed=0)
    wide = MixtureSettings(classes=(1, 12))
    assert choose_classes(crowd(100, mixture=alone), crowd(100, mixture=alone, name="q"), COUNTS, wide, seed=0) == 1


def test_there_are_no_more_classes_than_people() -> None:
    few = crowd(5)
    assert choose_classes(few, few, COUNTS, MixtureSettings(classes=(3, 20)), seed=0) == 3
    assert choose_classes(few, few, COUNTS, MixtureSettings(classes=(20, 40)), seed=0) == 1
    assert choose_classes(few, few.take([]), COUNTS, MixtureSettings(classes=(2, 4)), seed=0) == 2


def test_one_person_can_be_learned_from() -> None:
    one = crowd(1)
    mixture = fit_mixture(one, COUNTS, 1, SETTINGS, seed=0)
    assert np.isfinite(held_out_bits(mixture, one))
    assert (mixture.answers.argmax(axis=1)[:, 0] == one.codes[0]).all()


def test_a_pool_predicts_the_average() -> None:
    starts = fit_starts(crowd(120), COUNTS, 4, SETTINGS, seed=2)
    assert not np.array_equal(starts[0].answers, starts[1].answers)
    together = pool(starts)
    assert together.classes == 12
    for person in range(5):
        one = crowd(120, seed=9).take([person])
        each = [2 ** -held_out_bits(m, one) for m in starts]
        assert 2 ** -held_out_bits(together, one) == pytest.approx(np.mean(each), rel=1e-4)
    liked = [m.likes @ m.shares for m in starts]
    np.testing.assert_allclose(together.likes @ together.shares, np.mean(liked, axis=0), atol=1e-5)


def test_a_seed_decides_everything() -> None:
    people = crowd(100)
    first, again = (fit_mixture(people, COUNTS, 3, SETTINGS, seed=7) for _ in range(2))
    for name in ("shares", "answers", "likes"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.answers, fit_mixture(people, COUNTS, 3, SETTINGS, seed=8).answers)


def test_drawn_people_are_as_the_mixture_says() -> None:
    people, mixture = crowd(20_000), planted()
    seen = np.stack([(people.codes == k).mean(axis=0) for k in range(COUNTS.max())], axis=1)
    band = 4 * 0.5 / np.sqrt(len(people))
    assert np.abs(seen - mixture.answers @ mixture.shares).max() < band
    assert np.abs(people.liked.mean(axis=0) - mixture.likes @ mixture.shares).max() < band
    assert (people.codes < COUNTS).all()
    # Facets hang together as the classes make them: P(both favourites of class 0).
    both = ((people.codes[:, 1] == 1) & (people.codes[:, 5] == 2)).mean()
    assert abs(both - (mixture.answers[1, 1] * mixture.answers[5, 2]) @ mixture.shares) < band


def test_within_a_class_facets_and_likes_are_independent() -> None:
    half = np.full((2, 2, 1), 0.5, dtype=np.float32)
    mixture = Mixture(np.ones(1, dtype=np.float32), half, np.full((2, 1), 0.5, dtype=np.float32))
    people = crowd(10_000, mixture=mixture)
    correlation = np.corrcoef(np.concatenate([people.codes, people.liked], axis=1).T) - np.eye(4)
    assert np.abs(correlation).max() < 4 / np.sqrt(len(people))


def test_people_with_shares_of_their_own_are_drawn_from_their_class() -> None:
    answers = np.zeros((2, 3, 3), dtype=np.float32)
    answers[:, [0, 1, 2], [0, 1, 2]] = 1
    mixture = Mixture(np.full(3, 1 / 3, dtype=np.float32), answers, np.eye(3, dtype=np.float32)[:1])
    member = np.array([2, 0, 1, 2])
    codes, liked = sample_people(mixture, Luck.of(0, list("abcd")), np.eye(3)[member])
    assert codes.tolist() == [[m, m] for m in member]
    assert liked[:, 0].tolist() == [m == 0 for m in member]


def test_the_same_person_is_drawn_in_every_batch() -> None:
    codes, liked = sample_people(planted(), Luck.of(5, list("abcd")))
    few_codes, few_liked = sample_people(planted(), Luck.of(5, list("db")))
    np.testing.assert_array_equal(few_codes, codes[[3, 1]])
    np.testing.assert_array_equal(few_liked, liked[[3, 1]])
