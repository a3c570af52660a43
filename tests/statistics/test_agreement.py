"""Agreement of two judgements, against what others compute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau
from sklearn.metrics import cohen_kappa_score

from elicit.statistics import cohen_kappa, kendall_tau_b

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30)


@given(PAIRS)
def test_kappa_is_that_of_others(pairs: list[tuple[bool, bool]]) -> None:
    first, second = zip(*pairs, strict=True)
    value, low, high = cohen_kappa(first, second, seed=1, draws=20)
    if len({*first, *second}) == 1:
        assert np.isnan([value, low, high]).all()
        return
    assert value == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)
    assert -1 <= low <= high <= 1


def test_an_interval_holds_what_is_true_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    held = 0
    for seed in range(100):
        first = random.random(60) < 0.5
        second = np.where(random.random(60) < 0.6, first, random.random(60) < 0.5)
        _, low, high = cohen_kappa(first, second, seed=seed, draws=400)
        held += low <= 0.6 <= high
    assert 88 <= held <= 100


def test_tau_b_and_its_interval() -> None:
    random = np.random.default_rng(2)
    first = random.integers(5, size=80)
    second = first + random.integers(4, size=80)
    value, low, high = kendall_tau_b(first, second, seed=1, draws=300)
    assert value == pytest.approx(kendalltau(first, second).statistic)
    assert low < value < high
    assert high - low < 0.4
    assert kendall_tau_b(first, -first, seed=1, draws=50) == pytest.approx((-1, -1, -1))


def test_nothing_to_agree_about() -> None:
    for found in (
        cohen_kappa([], [], seed=1),
        cohen_kappa([True] * 5, [True] * 5, seed=1),
        kendall_tau_b([], [], seed=1),
        kendall_tau_b([3] * 5, [1, 2, 3, 4, 5], seed=1),
    ):
        assert np.isnan(found).all()
    assert cohen_kappa([True] * 5, [False] * 5, seed=1) == (0, 0, 0)
    single = cohen_kappa([True], [False], seed=1)
    assert single[0] == 0
    assert np.isnan(single[1:]).all()


@pytest.mark.parametrize("measure", [cohen_kappa, kendall_tau_b])
def test_what_cannot_be_compared(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="one shape"):
        measure([True, False], [True], seed=1)
    with pytest.raises(ValueError, match=r"0 draws"):
        measure([True, False], [True, True], seed=1, draws=0)
