from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from elicit.statistics import bootstrap_mean, cluster_bootstrap, crossed_bootstrap, paired_bootstrap

NUMBERS = st.floats(-1e3, 1e3)


def normals(people: int, columns: int, mean: float = 0.0, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1.0, (people, columns))


def test_two_people_have_four_equally_likely_resamples() -> None:
    # Means 0, 1/2, 1/2, 1: a quarter of the resamples lies at either end.
    wide = bootstrap_mean([0.0, 1.0], seed=1)
    narrow = bootstrap_mean([0.0, 1.0], seed=1, level=0.4)
    assert (wide.mean, wide.low, wide.high) == (0.5, 0.0, 1.0)
    assert (narrow.mean, narrow.low, narrow.high) == (0.5, 0.5, 0.5)


def test_width_is_that_of_the_normal_interval() -> None:
    values = normals(2000, 1)[:, 0]
    mean, low, high = bootstrap_mean(values, seed=3, draws=4000)
    assert mean == pytest.approx(values.mean())
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(2000), rel=0.05)


def test_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    _, low, high = bootstrap_mean(normals(40, 1000, mean=2.0), seed=7, draws=1000)
    assert 0.91 < np.mean((low <= 2.0) & (high >= 2.0)) < 0.97


def test_cluster_interval_covers_and_pooling_the_seeds_would_not() -> None:
    random = np.random.default_rng(11)
    people, seeds, columns = 40, 8, 600
    values = random.normal(size=(people, 1, columns)) + 0.3 * random.normal(size=(people, seeds, columns))
    _, low, high = cluster_bootstrap(values, seed=2, draws=800)
    assert 0.91 < np.mean((low <= 0) & (high >= 0)) < 0.97
    _, low, high = bootstrap_mean(values.reshape(people * seeds, columns), seed=2, draws=800)
    assert np.mean((low <= 0) & (high >= 0)) < 0.7


def test_cluster_counts_each_person_once() -> None:
    values = [[1.0, 1.0, 1.0], [4.0, np.nan, np.nan], [np.nan, np.nan, np.nan]]
    assert cluster_bootstrap(values, seed=0).mean == 2.5


def test_trailing_axes_are_kept() -> None:
    values = normals(9, 12)
    flat, shaped = bootstrap_mean(values, seed=4), bootstrap_mean(values.reshape(9, 3, 4), seed=4)
    for one, other in zip(flat, shaped, strict=True):
        assert other.shape == (3, 4)
        np.testing.assert_array_equal(one, other.ravel())
    assert cluster_bootstrap(values.reshape(9, 3, 4), seed=4).low.shape == (4,)
    assert bootstrap_mean(np.zeros((3, 0)), seed=4).low.shape == (0,)


def test_columns_share_their_resamples() -> None:
    values = normals(20, 1)
    mean, low, high = bootstrap_mean(np.hstack([values, 2 * values + 1]), seed=8)
    for ends in (mean, low, high):
        assert ends[1] == pytest.approx(2 * ends[0] + 1)


def test_missing_people_are_left_out_of_their_column_only() -> None:
    values = np.array([[1.0, 1.0], [2.0, np.nan], [3.0, 3.0], [4.0, np.nan]])
    mean, low, high = bootstrap_mean(values, seed=6)
    np.testing.assert_array_equal(mean, [2.5, 2.0])
    assert low[1] == 1.0
    assert high[1] == 3.0
    assert low[0] == bootstrap_mean(values[:, 0], seed=6).low


def test_fewer_than_two_people_have_no_interval() -> None:
    values = np.array([[5.0, np.nan, 1.0], [np.nan, np.nan, 2.0]])
    mean, low, high = bootstrap_mean(values, seed=0)
    np.testing.assert_array_equal(mean, [5.0, np.nan, 1.5])
    np.testing.assert_array_equal(np.isnan(low), [True, True, False])
    np.testing.assert_array_equal(np.isnan(high), [True, True, False])


def test_more_people_than_one_block_of_weights_holds() -> None:
    values = np.arange(100_000.0)
    mean, low, high = bootstrap_mean(values, seed=1, draws=50)
    assert mean == 49_999.5
    assert 49_700 < low < mean < high < 50_300


def test_pairs_are_differences() -> None:
    a, b = normals(30, 3, seed=1), normals(30, 3, seed=2)
    a[0, 0] = b[1, 1] = np.nan
    for one, other in zip(paired_bootstrap(a, b, seed=3), bootstrap_mean(a - b, seed=3), strict=True):
        np.testing.assert_array_equal(one, other)


@given(arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=NUMBERS), st.integers(-9, 9))
def test_interval_lies_within_the_values_and_holds_the_median_resample(values: np.ndarray, seed: int) -> None:
    mean, low, high = bootstrap_mean(values, seed=seed, draws=100)
    slack = 1e-9 * (1 + np.abs(values).max())
    assert (values.min(axis=0) - slack <= low).all()
    assert (low <= high).all()
    assert (high <= values.max(axis=0) + slack).all()
    np.testing.assert_allclose(mean, values.mean(axis=0), atol=slack)


@given(arrays(float, st.integers(5, 40), elements=NUMBERS))
def test_interval_holds_the_mean_unless_the_values_hardly_differ(values: np.ndarray) -> None:
    # One outlier among n people is in 1 − 1/e of the resamples: never so rare that the mean falls outside.
    mean, low, high = bootstrap_mean(values, seed=0, draws=400)
    slack = 1e-9 * (1 + np.abs(values).max())
    assert low - slack <= mean <= high + slack


def test_one_seed_one_result() -> None:
    values = normals(15, 2)
    first, again, other = (bootstrap_mean(values, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.low, again.low)
    assert (first.low != other.low).any()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: bootstrap_mean([], seed=0), "no people"),
        (lambda: bootstrap_mean(3.0, seed=0), "no people"),
        (lambda: bootstrap_mean([1.0, np.inf], seed=0), "infinite"),
        (lambda: bootstrap_mean([1.0, 2.0], seed=0, draws=0), "0 draws"),
        (lambda: bootstrap_mean([1.0, 2.0], seed=0, level=95), "level is 95; it must lie between 0 and 1"),
        (lambda: paired_bootstrap([1.0, 2.0], [1.0], seed=0), r"these have \(2,\) and \(1,\)"),
        (lambda: paired_bootstrap([np.inf, 2.0], [np.inf, 1.0], seed=0), "infinite"),
        (lambda: cluster_bootstrap([1.0, 2.0], seed=0), "no seeds"),
        (lambda: cluster_bootstrap([[np.inf, -np.inf]], seed=0), "infinite"),
    ],
)
def test_wrong_input_is_refused(call: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()  # type: ignore[operator]


def test_crossed_bootstrap_with_one_training_is_the_bootstrap_over_people() -> None:
    values = np.random.default_rng(0).normal(size=(30, 2))
    plain, crossed = bootstrap_mean(values, seed=5), crossed_bootstrap(values[:, None], seed=5)
    for ours, theirs in zip(crossed, plain, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_crossed_bootstrap_counts_what_differs_between_trainings() -> None:
    # Nobody differs from anybody else; three trainings do. Over people alone the interval would have no width.
    values = np.tile([[0.0, 1.0, 2.0]], (50, 1))
    mean, low, high = crossed_bootstrap(values, seed=1)
    assert (mean, low, high) == (1.0, 0.0, 2.0)


def test_crossed_bootstrap_covers_the_truth_where_both_people_and_trainings_vary() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for trial in range(60):
        people, trainings = random.normal(size=(40, 1)), random.normal(size=(1, 6)) * 0.5
        _, low, high = crossed_bootstrap(people + trainings, seed=trial, draws=300)
        covered += low <= 0 <= high
    assert 50 <= covered <= 60


def test_crossed_bootstrap_of_a_statistic_and_missing_values() -> None:
    values = np.array([[[1.0], [3.0]], [[5.0], [np.nan]], [[np.nan], [np.nan]]])
    mean, _, _ = crossed_bootstrap(values, seed=0)
    assert mean.tolist() == [3.5]
    doubled = crossed_bootstrap(values[:2], lambda means: means * 2, seed=0)
    assert doubled.mean.tolist() == [7.0]
    assert doubled.low[0] >= 2 * 1.0
    assert doubled.high[0] <= 2 * 5.0
