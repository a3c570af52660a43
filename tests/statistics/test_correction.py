from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from elicit.statistics import benjamini_hochberg, holm

P_VALUES = arrays(float, st.tuples(st.integers(0, 4), st.integers(0, 5)), elements=st.floats(0, 1))


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .03 .04 times 4 3 2 1 is .04 .06 .06 .04; the last may not fall below the one before.
    np.testing.assert_allclose(holm([[0.04, 0.01], [0.03, 0.02]]), [[0.06, 0.04], [0.06, 0.06]])


def test_benjamini_hochberg_by_hand() -> None:
    # Sorted .01 .02 .03 .5 times 4/1 4/2 4/3 4/4 is .04 .04 .04 .5.
    np.testing.assert_allclose(benjamini_hochberg([[0.5, 0.01], [0.03, 0.02]]), [[0.5, 0.04], [0.04, 0.04]])


def test_one_test_needs_no_correction() -> None:
    assert holm(0.03) == 0.03
    assert benjamini_hochberg(0.03) == 0.03


@given(P_VALUES)
def test_holm_is_stricter_than_benjamini_hochberg_and_both_than_nothing(p: np.ndarray) -> None:
    strict, mild = holm(p), benjamini_hochberg(p)
    assert strict.shape == mild.shape == p.shape
    assert (strict >= mild - 1e-12).all()
    assert (mild >= p - 1e-12).all()
    assert (strict <= 1).all()


@given(P_VALUES)
def test_corrections_keep_the_order(p: np.ndarray) -> None:
    order = np.argsort(p, axis=None)
    assert (np.diff(holm(p).ravel()[order]) >= 0).all()
    assert (np.diff(benjamini_hochberg(p).ravel()[order]) >= 0).all()


@given(P_VALUES)
def test_holm_never_exceeds_bonferroni(p: np.ndarray) -> None:
    assert (holm(p) <= np.minimum(1.0, p * p.size)).all()


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_what_is_no_p_value_is_refused(correct: object, wrong: float) -> None:
    with pytest.raises(ValueError, match="is not a p-value"):
        correct([0.5, wrong])  # type: ignore[operator]
