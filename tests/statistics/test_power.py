from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.statistics import people_needed, smallest_detectable_effect


def test_textbook_figures() -> None:
    # z(.975) + z(.8) = 1.95996 + 0.84162 = 2.80159; squared 7.8489.
    assert smallest_detectable_effect(1.0, 100) == pytest.approx(0.280159, abs=1e-6)
    assert people_needed(0.5, 1.0) == 32  # 31.4
    assert people_needed(-0.5, 1.0) == 32
    assert people_needed(0.5, 1.0, power=0.9) == 43  # (1.95996 + 1.28155)² · 4 = 42.03
    assert people_needed(0.5, 1.0, level=0.01) == 47  # (2.57583 + 0.84162)² · 4 = 46.72


def test_two_people_are_the_fewest() -> None:
    assert people_needed(100.0, 1.0) == 2
    assert people_needed(1.0, 0.0) == 2
    assert smallest_detectable_effect(0.0, 5) == 0.0


def test_power_is_what_is_promised() -> None:
    # The test of known deviation: |mean| · √n > 1.96.
    people = people_needed(0.3, 1.0)
    means = np.random.default_rng(1).normal(0.3, 1 / np.sqrt(people), 20_000)
    assert np.mean(np.abs(means) * np.sqrt(people) > 1.95996) == pytest.approx(0.8, abs=0.015)


@given(st.integers(2, 10**6), st.floats(1e-3, 1e3), st.floats(0.1, 0.99), st.floats(0.001, 0.09))
def test_each_is_the_inverse_of_the_other(people: int, deviation: float, power: float, level: float) -> None:
    effect = smallest_detectable_effect(deviation, people, power, level)
    assert people_needed(effect, deviation, power, level) == people
    assert people_needed(effect * 0.999, deviation, power, level) > people


@given(st.floats(1e-2, 10), st.floats(1e-2, 10))
def test_the_people_needed_do_detect_the_effect_and_one_fewer_do_not(effect: float, deviation: float) -> None:
    people = people_needed(effect, deviation)
    assert smallest_detectable_effect(deviation, people) <= effect * (1 + 1e-8)
    if people > 2:
        assert smallest_detectable_effect(deviation, people - 1) > effect


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: people_needed(0.0, 1.0), "effect of 0.0"),
        (lambda: people_needed(float("nan"), 1.0), "effect of nan"),
        (lambda: people_needed(1.0, -1.0), "standard deviation of -1.0"),
        (lambda: people_needed(1.0, 1.0, power=1.0), "power is 1.0"),
        (lambda: people_needed(1.0, 1.0, level=0.0), "level is 0.0"),
        (lambda: people_needed(1.0, 1.0, level=0.95), "above the level of significance"),
        (lambda: smallest_detectable_effect(float("nan"), 5), "standard deviation of nan"),
        (lambda: smallest_detectable_effect(1.0, 1), "1 people"),
    ],
)
def test_wrong_input_is_refused(call: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()  # type: ignore[operator]
