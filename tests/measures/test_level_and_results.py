"""Questions to a level, the area under a curve, and what rows and differences say of themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from elicit.measures import CURVES, WHOLE, Difference, Results, Row, area_under, questions_to_level, share_of_gain

DIFFERENCE = Difference("funnel", "static", "noisy", 5, "ndcg", 0.02, 0.01, 0.03, 0.04)


@pytest.mark.parametrize(
    ("curve", "level", "questions"),
    [
        ([0.5, 0.6], 0.5, 0.0),
        ([0.7, 0.2], 0.5, 0.0),
        ([0.0, 0.5, 1.0], 0.5, 1.0),
        ([0.0, 0.4, 0.8], 0.5, 1.25),
        ([0.2, 0.2, 0.2, 0.6], 0.4, 2.5),
        ([0.0, 0.3, 0.1, 0.5], 0.2, 2 / 3),
        ([0.0, 0.3, 0.1, 0.5], 0.4, 2.75),
        ([0.0, 0.4, 0.4], 0.5, np.inf),
        ([np.nan, np.nan], 0.5, np.inf),
    ],
)
def test_questions_to_a_level_by_hand(curve: list[float], level: float, questions: float) -> None:
    assert questions_to_level(np.array(curve), level) == pytest.approx(questions)


def test_many_curves_at_once_are_each_on_its_own() -> None:
    curves = np.array([[[0.0, 1.0], [1.0, 1.0]], [[0.0, 0.2], [0.0, 0.5]]])
    assert questions_to_level(curves, 0.5).tolist() == [[0.5, 0.0], [np.inf, 1.0]]
    assert area_under(curves).tolist() == [[0.5, 1.0], [pytest.approx(0.1), 0.25]]


@given(arrays(float, st.integers(2, 8), elements=st.integers(0, 100).map(float)), st.floats(0, 100))
def test_the_curve_has_the_level_there_and_was_below_it_before(curve: np.ndarray, level: float) -> None:
    found = float(questions_to_level(curve, level))
    assume(np.isfinite(found))
    assert np.interp(found, np.arange(len(curve)), curve) == pytest.approx(max(level, curve[0] if found == 0 else 0))
    assert (curve[: int(np.ceil(found))] < level).all()


@given(arrays(float, st.integers(2, 8), elements=st.integers(0, 100).map(float)), st.integers(0, 50))
def test_the_area_is_a_mean_height(curve: np.ndarray, rise: int) -> None:
    area = float(area_under(curve))
    assert curve.min() - 1e-9 <= area <= curve.max() + 1e-9
    assert area_under(curve + rise) == pytest.approx(area + rise)
    assert area_under(curve[::-1]) == pytest.approx(area)


@pytest.mark.parametrize(
    ("low", "high", "p", "beyond"),
    [
        (0.01, 0.03, 0.04, True),
        (-0.03, -0.01, 0.04, True),
        (0.01, 0.03, 0.05, False),
        (-0.01, 0.03, 0.001, False),
        (0.0, 0.03, 0.001, False),
        (float("nan"), float("nan"), 0.001, False),
    ],
)
def test_beyond_noise_takes_both_interval_and_p(low: float, high: float, p: float, beyond: bool) -> None:
    difference = replace(DIFFERENCE, low=low, high=high, p=p)
    assert difference.beyond_noise is beyond
    assert difference.flat()["beyond_noise"] is beyond


def test_results_come_back_from_json() -> None:
    row = Row("funnel", "noisy", 5, {"ndcg": (0.5, 0.4, 0.6), "accuracy": (0.1, 0.0, 0.2)})
    summary = Row("funnel", "noisy", 5, {"to_level": (float("inf"), 3.0, float("inf"))})
    example = {"title": "funnel", "profile": ["a"], "exchanges": [["q", "a", "n"]]}
    results = Results("t", "Films", True, 9, CURVES, (row,), (DIFFERENCE,), (summary,), WHOLE, {"Seed": "1"}, ("n",))
    results = replace(results, examples=(example,))
    assert Results.from_json(results.to_json()) == results
    assert json.loads(results.to_json())["invented"] is True
    with pytest.raises(ValueError, match="title"):
        Results.from_json("{}")


def test_a_flat_row_names_each_end() -> None:
    flat = Row("funnel", "noisy", 5, {"ndcg": (0.5, 0.4, 0.6)}).flat()
    assert flat == {
        "questioner": "funnel",
        "condition": "noisy",
        "questions": 5,
        "ndcg": 0.5,
        "ndcg_low": 0.4,
        "ndcg_high": 0.6,
    }


def test_every_measure_is_explained_once() -> None:
    measures = (*CURVES, *WHOLE)
    assert len({m.name for m in measures}) == len(measures)
    assert all(m.title and m.meaning.endswith(".") for m in measures)


def test_shares_of_a_gain_by_hand() -> None:
    curves = np.array([[0.4, 0.5, 0.6], [0.4, 0.5, 0.5], [0.4, 0.3, 0.3], [0.4, 0.4, 0.4]])
    assert share_of_gain(curves, np.zeros(4, dtype=np.intp), 1) == pytest.approx([1, 0.5, -0.5, 0])
    # Less is better: the third gains, the first loses; compared with one that does not gain nobody has a share.
    baseline = np.array([2, 2, 0, 3])
    np.testing.assert_allclose(share_of_gain(curves, baseline, -1), [-2, -1, np.nan, np.nan])
