"""Options that are picked by their place, and texts that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.language.places import place_of
from elicit.language.spelling import plain


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the second one", 1),
        ("2nd", 1),
        ("number 2", 1),
        ("I'd go with 2, please", 1),
        ("Option B!", 1),
        ("b", 1),
        ("answer three please", 2),
        ("the last of those", 2),
        ("bottom one I guess", 2),
        ("the middle one", 1),
        ("let's say the first", 0),
        ("top of your list", 0),
        ("one", 0),
        ("number one", 0),
    ],
)
def test_places_are_found(text: str, place: int) -> None:
    assert place_of(plain(text), 3, counts=False) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the one",
        "the first two",
        "first or second",
        "the second somebody sings I leave",
        "number 9",
        "4",
        "-1",
        "1.0",
        "former",
    ],
)
def test_other_texts_pick_nothing(text: str) -> None:
    assert place_of(plain(text), 3, counts=False) is None


def test_where_numbers_are_answers_only_a_counted_one_is_a_place() -> None:
    assert place_of("2", 3, counts=True) is None
    assert place_of("two", 3, counts=True) is None
    assert place_of("number 2", 3, counts=True) == 1
    assert place_of("the second", 3, counts=True) == 1


def test_of_two_there_is_a_former_and_a_latter_and_no_middle() -> None:
    assert place_of("the latter", 2, counts=False) == 1
    assert place_of("the former, thanks", 2, counts=False) == 0
    assert place_of("the middle one", 2, counts=False) is None


@given(st.text(max_size=30), st.integers(1, 8))
def test_a_place_is_one_of_the_options(text: str, options: int) -> None:
    place = place_of(plain(text), options, counts=False)
    assert place is None or 0 <= place < options
