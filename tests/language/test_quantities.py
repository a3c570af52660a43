"""Numbers and ranges in words and figures, and the bins and years they mean."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.language.periods import label_span, nearest, span_of, without_span
from elicit.language.quantities import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between 600 and 750 or so", [(600, 750)]),
        ("700-900", [(700, 900)]),
        ("14 or 15 inch", [(14, 15)]),
        ("three, four hours max", [(3, 4)]),
        ("max 800", [(-inf, 800)]),
        ("800 tops", [(-inf, 800)]),
        ("no more than 1,500 euros", [(-inf, 1500)]),
        ("at least ten hours", [(10, inf)]),
        ("fifteen hours or more", [(15, inf)]),
        ("2015 onwards", [(2015, inf)]),
        ("roughly a grand", [(1000, 1000)]),
        ("under 1.5k", [(-inf, 1500)]),
        ("two and a half thousand", [(2500, 2500)]),
        ("twelve hundred", [(1200, 1200)]),
        ("a thousand two hundred", [(1200, 1200)]),
        ("twenty-five", [(25, 25)]),
        ("half a terabyte", [(500, 500)]),
        ("a 17 inch screen and 2 terabytes", [(17, 17), (2000, 2000)]),
        ("a dozen", [(12, 12)]),
        ("nothing at all", []),
        ("", []),
    ],
)
def test_numbers_are_read(text: str, expected: list[tuple[float, float]]) -> None:
    assert [(q.low, q.high) for q in quantities(text)] == expected


@pytest.mark.parametrize(
    ("text", "bin"),
    [
        ("500", 0),
        ("501", 1),
        ("under 500", 0),
        ("more than 500", 1),
        ("at least 500", 0),
        ("450 to 700", 1),
        ("2000", 3),
    ],
)
def test_a_border_belongs_to_the_bin_below(text: str, bin: int) -> None:
    (quantity,) = quantities(text)
    assert quantity.bin((500, 900, 1500)) == bin


@given(st.integers(0, 10**6))
def test_every_figure_is_read_with_and_without_commas(number: int) -> None:
    assert [q.low for q in quantities(f"about {number} or so")] == [number]
    assert [q.low for q in quantities(f"about {number:,} or so")] == [number]


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for quantity in quantities(text.casefold()):
        assert quantity.low <= quantity.high
        assert 0 <= quantity.start < quantity.stop <= len(text.casefold())


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("the 80s", (1980, 1989)),
        ("1930s", (1930, 1939)),
        ("the nineties", (1990, 1999)),
        ("the 00s", (2000, 2009)),
        ("before 1980", (-inf, 1980)),
        ("after 1995", (1995, inf)),
        ("old ones", (-inf, -inf)),
        ("something recent", (inf, inf)),
        ("20 of them", None),
    ],
)
def test_years_are_read(text: str, span: tuple[float, float] | None) -> None:
    assert span_of(text) == span


def test_a_label_is_parted_from_its_years() -> None:
    assert without_span("comedies made in the 1980s") == "comedies"
    assert label_span("comedies made in 1990 or later") == (1990, inf)
    assert label_span("Gladiator (2000)") is None
    assert label_span("old films") is None


def test_the_nearest_years_share_most() -> None:
    spans = {"old": (-inf, 1980.0), "eighties": (1980.0, 1989.0), "new": (1990.0, inf)}
    for text, expected in (
        ("the 50s", "old"),
        ("1985", "eighties"),
        ("since 2010", "new"),
        ("classic", "old"),
        ("modern", "new"),
    ):
        span = span_of(text)
        assert span is not None
        assert nearest(span, spans) == expected
