from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from elicit.statistics import permutation_p, permutation_share


def test_share_counts_the_observed_one_too() -> None:
    np.testing.assert_array_equal(permutation_share([0, 4, 99], 99), [0.01, 0.05, 1.0])


def test_one_person_can_show_nothing() -> None:
    assert permutation_p([0.7], seed=0) == 1.0


def test_all_of_one_sign_approaches_the_exact_value() -> None:
    # Of the 2^5 sign patterns only all-plus and all-minus are as far out.
    assert permutation_p([1.0] * 5, seed=1, draws=20_000) == pytest.approx(2 / 32, abs=0.006)


def test_smaller_differences_of_the_other_sign_are_counted() -> None:
    # |Σ ±| for (3, 2, −1): 4 observed; 6, 4, 2, 0 each twice among 8 patterns: 4 of 8 reach it.
    assert permutation_p([3.0, 2.0, -1.0], seed=1, draws=20_000) == pytest.approx(0.5, abs=0.012)


def test_missing_people_do_not_count() -> None:
    assert permutation_p([np.nan, 0.7, np.nan], seed=0) == 1.0
    p = permutation_p(np.array([[1.0, np.nan]] * 5 + [[np.nan, np.nan]]), seed=1, draws=20_000)
    assert p[0] == pytest.approx(2 / 32, abs=0.006)
    assert p[1] == 1.0


def test_p_is_uniform_without_a_difference_and_small_with_one() -> None:
    random = np.random.default_rng(3)
    nothing = permutation_p(random.normal(size=(30, 2000)), seed=4, draws=999)
    quantiles = np.quantile(nothing, [0.05, 0.25, 0.5, 0.75, 0.95])
    np.testing.assert_allclose(quantiles, [0.05, 0.25, 0.5, 0.75, 0.95], atol=0.05)
    something = permutation_p(random.normal(1.5, 1.0, size=(30, 50)), seed=4, draws=999)
    assert something.max() < 0.005


def test_more_signs_than_one_block_holds() -> None:
    people = 300_000
    assert permutation_p(np.ones(people), seed=0, draws=20) == pytest.approx(1 / 21)


@given(
    arrays(float, st.tuples(st.integers(1, 10), st.integers(1, 3)), elements=st.integers(-800, 800).map(float)),
    st.floats(0.01, 100),
)
def test_p_lies_in_range_and_ignores_sign_scale_and_shape(differences: np.ndarray, scale: float) -> None:
    p = permutation_p(differences, seed=9, draws=99)
    assert (p >= 0.01).all()
    assert (p <= 1).all()
    np.testing.assert_array_equal(p, permutation_p(-differences, seed=9, draws=99))
    np.testing.assert_array_equal(p[None], permutation_p(differences[:, None], seed=9, draws=99))
    np.testing.assert_array_equal(p, permutation_p(scale * differences, seed=9, draws=99))


@pytest.mark.parametrize(("differences", "draws"), [([], 99), ([1.0, np.inf], 99), ([1.0], 0)])
def test_wrong_input_is_refused(differences: list[float], draws: int) -> None:
    with pytest.raises(ValueError, match=r"no people|infinite|0 draws"):
        permutation_p(differences, seed=0, draws=draws)
