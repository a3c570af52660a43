from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from tiny_results import full, made

from elicit.reports import print_results, results_table, results_text

LINES = {"base": {0: 0.4, 15: 0.56}, "sharp": {0: 0.4, 15: 0.58}, "slow": {0: 0.4, 15: 0.5}}
DIFFERENCES = [
    ("sharp", "truthful", 15, 0.02, -0.01, 0.05, 0.2),
    ("slow", "truthful", 15, -0.06, -0.08, -0.04, 0.002),
]


def test_a_small_table_shows_everything() -> None:
    lines = results_text(made({"truthful": LINES}, DIFFERENCES)).splitlines()
    start = lines.index("truthful · NDCG@10, more is better")
    assert lines[start + 1] == "questions asked  0                15               vs base at 15"
    assert lines[start + 3 : start + 6] == [
        "base             .400 [.38, .42]  .560 [.54, .58]  baseline",
        "sharp            .400 [.38, .42]  .580 [.56, .60]  +.020 [-.010, +.050]",
        "slow             .400 [.38, .42]  .500 [.48, .52]  -.060 [-.080, -.040] *",
    ]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_usual_results_fit_without_wrapping(width: int) -> None:
    lines = results_text(full(), width).splitlines()
    assert max(map(len, lines)) <= width
    for questioner in full().questioners:
        rows = [line for line in lines if line.startswith(f"{questioner} ")]
        assert len(rows) == 3
        assert all("baseline" in row or "]" in row for row in rows)
    assert "…" not in "".join(lines)


def test_eighty_columns_hold_all_numbers_and_wider_ones_the_intervals() -> None:
    narrow, wide = (results_text(full(), width) for width in (80, 120))
    assert "questions asked   0     3     5     10    15    vs base at 15" in narrow
    assert "[.50, .54]" not in narrow
    assert "[.50, .54]" in wide


@settings(max_examples=30, deadline=None)
@given(
    st.text(st.characters(codec="latin-1", categories=("L", "N", "P")), min_size=1, max_size=20), st.integers(64, 120)
)
def test_any_name_fits_in_one_line(name: str, width: int) -> None:
    text = results_text(made({"truthful": {name: {0: 0.4, 15: 0.5}, "base": LINES["base"]}}, DIFFERENCES), width)
    rows = [line for line in text.splitlines() if line.startswith(f"{name} ") and ".400" in line]
    assert len(rows) == 1
    assert len(rows[0]) <= width


def test_brackets_in_names_are_no_markup() -> None:
    assert "[bold]x[/bold]  " in results_text(made({"truthful": {"[bold]x[/bold]": {0: 0.4}}}))


def test_what_was_not_measured_is_a_dash_and_a_questioner_without_numbers_is_left_out() -> None:
    curves = {"truthful": LINES | {"late": {15: 0.5}}, "noisy": {"base": {0: 0.4}}}
    first, second = results_text(made(curves)).split("noisy ·")
    assert "late             –                .500 [.48, .52]" in first
    assert "late" not in second


def test_another_measure_can_be_shown() -> None:
    results = full()
    table = results_table(results, "noisy", measure=results.measures[1], width=80)
    assert str(table.title) == "noisy · PROFILE, more is better"
    assert table.row_count == 8


def shown(console: Console, buffer: io.StringIO) -> str:
    print_results(made({"truthful": LINES}, DIFFERENCES), console)
    return buffer.getvalue()


def test_colour_only_where_somebody_watches_and_wants_it() -> None:
    for settings_, coloured in (
        ({"force_terminal": True, "no_color": False, "color_system": "standard"}, True),
        ({"force_terminal": True, "no_color": True, "color_system": "standard"}, False),
        ({"force_terminal": False, "no_color": False}, False),
    ):
        buffer = io.StringIO()
        text = shown(Console(file=buffer, width=80, **settings_), buffer)
        assert ("\x1b[" in text) is coloured
        assert "-.060 [-.080, -.040] *" in text
