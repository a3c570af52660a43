from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import listed
from elicit.reports.numbers import MISSING, Scale, shown_numbers


def test_shares_have_three_decimals_and_no_leading_zero() -> None:
    scale = Scale.of([(0.5312, 0.5149, 0.5478)])
    assert scale.number(0.5312) == ".531"
    assert scale.ends((0.5312, 0.5149, 0.5478)) == "[.51, .55]"
    assert scale.signed(-0.0112) == "-.011"
    assert scale.signed_ends(0.0031, 0.0194) == "[+.003, +.019]"


def test_bits_have_fewer_decimals_the_larger_they_are() -> None:
    assert Scale.of([(31.949, 31.0, 33.0)]).number(31.949) == "31.95"
    assert Scale.of([(163.21, 161.0, 165.0)]).number(163.21) == "163.2"
    assert Scale.of([(163.21, 161.0, 165.0)]).ends((163.21, 161.0, 165.4)) == "[161, 165]"
    assert Scale.of([(163.2, 161.0, 165.0)]).number(-0.46) == "-0.5"


def test_ends_keep_all_decimals_where_the_interval_is_narrow() -> None:
    assert Scale.of([(0.5, 0.495, 0.505)]).ends((0.5, 0.495, 0.505)) == "[.495, .505]"


def test_nothing_is_minus_zero() -> None:
    scale = Scale(3, 2)
    assert scale.signed(-0.0001) == "+.000"
    assert scale.number(-0.0) == ".000"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_missing(value: float) -> None:
    assert Scale(3, 2).number(value) == MISSING
    assert Scale(3, 2).signed(value) == MISSING


@given(st.lists(st.floats(-1e4, 1e4), min_size=1))
def test_numbers_are_right_to_half_a_last_digit(values: list[float]) -> None:
    scale = Scale.of([(v, v - 1, v + 1) for v in values])
    assert all(abs(float(scale.number(v)) - v) <= 0.5 * 10**-scale.decimals * 1.000001 for v in values)


def test_round_numbers_of_questions_are_shown() -> None:
    assert shown_numbers(range(16)) == (0, 3, 5, 10, 15)
    assert shown_numbers(range(31)) == (0, 3, 10, 20, 30)
    assert shown_numbers([0, 4, 9]) == (0, 4, 9)
    assert shown_numbers([0, 1, 2, 4, 6, 7, 8], most=2) == (0, 8)


@given(st.lists(st.integers(0, 200), min_size=1, unique=True).map(sorted), st.integers(2, 8))
def test_shown_numbers_are_few_ascending_and_keep_the_ends(numbers: list[int], most: int) -> None:
    shown = shown_numbers(numbers, most)
    assert len(shown) <= most
    assert list(shown) == sorted(set(shown) & set(numbers))
    assert (shown[0], shown[-1]) == (numbers[0], numbers[-1])


def test_lists_read_as_sentences_do() -> None:
    assert [listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
