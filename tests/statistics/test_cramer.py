"""Cramér's V, corrected for chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats.contingency import association

from elicit.statistics import cramers_v


def test_one_grouping_decides_the_other() -> None:
    first = np.repeat(["a", "b", "c"], 200)
    assert cramers_v(first, first) == pytest.approx(1, abs=1e-6)


def test_nothing_in_common_is_near_zero_however_many_groups_there_are() -> None:
    random = np.random.default_rng(1)
    first, second = random.integers(24, size=7200), random.integers(3, size=7200)
    table = np.zeros((24, 3), dtype=int)
    np.add.at(table, (first, second), 1)
    assert association(table, method="cramer") > 0.04
    assert cramers_v(first, second) < 0.03


def test_many_people_make_the_correction_small() -> None:
    random = np.random.default_rng(2)
    first = random.integers(3, size=20000)
    second = np.where(random.random(20000) < 0.4, first, random.integers(3, size=20000))
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (first, second), 1)
    assert cramers_v(first, second) == pytest.approx(association(table, method="cramer"), abs=1e-3)


@pytest.mark.parametrize(("first", "second"), [([], []), (["a"], ["b"]), (["a", "a"], ["b", "c"])])
def test_where_there_is_nothing_to_see(first: list[str], second: list[str]) -> None:
    assert np.isnan(cramers_v(first, second))


def test_values_without_a_partner() -> None:
    with pytest.raises(ValueError, match="3 values beside 2"):
        cramers_v([1, 2, 3], [1, 2])
