from __future__ import annotations

import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_results import full, made

from elicit.reports import association_figure, curves_figure
from elicit.reports.figures import spread

LINES = {"base": {0: 0.4, 5: 0.5, 15: 0.56}, "sharp": {0: 0.4, 5: 0.52, 15: 0.58}}
ROW = {
    "variable": "occupation",
    "given": "",
    "categories": 21,
    "raw": 2.43,
    "null": 0.72,
    "excess": 1.71,
    "share_of_entropy": 0.0105,
    "p": 0.002,
    "significant_facets": 172,
    "facets": 180,
}


def texts(svg: str) -> list[str]:
    """Return the words of a figure, in the order of drawing."""
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def places(svg: str, names: tuple[str, ...]) -> list[float]:
    """Return how far down each name stands, in points."""
    nodes = {node.text: node for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    return [float(nodes[name].get("y", "nan")) for name in names]


def test_a_figure_is_the_same_to_the_byte() -> None:
    results = full()
    assert curves_figure(results, results.headline) == curves_figure(results, results.headline)


def test_a_figure_names_conditions_axes_and_lines() -> None:
    results = full()
    words = texts(curves_figure(results, results.headline))
    assert [word for word in words if word in results.conditions] == ["truthful", "noisy", "silent"]
    assert words.count("NDCG · more is better") == 1
    assert words.count("questions asked") == 3
    assert all(words.count(questioner) == 3 for questioner in results.questioners)
    assert [w for w in words if w in {"0", "3", "5", "10", "15"}][:5] == ["0", "3", "5", "10", "15"]


def test_one_condition_can_be_drawn_alone_on_the_range_of_all() -> None:
    results = made({"truthful": LINES, "noisy": {"base": {0: 0.1, 15: 0.2}}})
    both, one = (texts(curves_figure(results, results.headline, c)) for c in ((), ("noisy",)))
    assert "truthful" in both
    assert "truthful" not in one
    assert {w for w in both if w.startswith(".")} == {w for w in one if w.startswith(".")}


def test_names_at_equal_ends_do_not_overlap() -> None:
    names = tuple(f"questioner {i}" for i in range(14))
    results = made({"truthful": {name: {0: 0.4, 15: 0.5} for name in names}})
    down = sorted(places(curves_figure(results, results.headline), names))
    assert min(b - a for a, b in pairwise(down)) > 10.5


def test_the_baseline_alone_is_dashed() -> None:
    differences = [("sharp", "truthful", 15, 0.02, -0.01, 0.05, 0.2)]
    for tested, count in ((differences, 1), ([], 0)):
        results = made({"truthful": LINES}, tested)
        assert curves_figure(results, results.headline).count("stroke-dasharray") == count


def test_names_are_neither_markup_nor_formulas() -> None:
    results = made({"truthful": {"<b>&$x_1$": {0: 0.4, 15: 0.5}}})
    svg = curves_figure(results, results.headline)
    assert "<b>&$x_1$" in texts(svg)
    assert "<b>" not in svg


def test_lines_may_end_early_or_hold_no_number_at_all() -> None:
    lines = {"base": {0: 0.4, 15: 0.5}, "early": {0: 0.4, 5: 0.45}, "empty": {15: math.nan}, "point": {15: 0.5}}
    results = made({"truthful": lines})
    words = texts(curves_figure(results, results.headline))
    assert {"base", "early", "point"} <= set(words)
    assert "empty" not in words


def test_pages_may_be_light_or_dark_and_text_stays_text() -> None:
    results = made({"truthful": LINES})
    svg = curves_figure(results, results.headline)
    assert "prefers-color-scheme:dark" in svg
    assert "font-family: system-ui" in svg
    assert "dc:date" not in svg
    assert 'id="figure_1"' not in svg


def test_bars_name_the_variable_its_bits_and_its_test() -> None:
    within = ROW | {"given": "age × gender", "excess": -0.1, "p": 0.0004, "share_of_entropy": -0.0006}
    words = texts(association_figure([ROW, within]))
    assert {"occupation (21)", "occupation (21) within age × gender", "2.43 raw", "0.72 by chance"} <= set(words)
    assert {"1.71 excess", "1.05 % of all bits, p = .002", "172 of 180 facets significant"} <= set(words)
    assert {"−0.10 excess", "−0.06 % of all bits, p < .001"} <= set(words)


def test_bars_are_the_same_to_the_byte() -> None:
    assert association_figure([ROW]) == association_figure([ROW])


def test_places_that_fit_stay_and_others_move_as_little_as_possible() -> None:
    assert spread([30, 10, 50], 10, 0, 100) == [30, 10, 50]
    assert spread([20, 20, 20], 10, 0, 100) == [10, 20, 30]
    assert spread([0, 1, 90], 10, 0, 100) == [0, 10, 90]
    assert spread([99, 100], 10, 0, 100) == [90, 100]
    assert spread([], 10, 0, 100) == []


@given(st.lists(st.floats(-50, 150), max_size=11), st.floats(0, 10))
def test_places_keep_order_distance_and_bounds(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, 0, 100)
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in placed)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(sorted(placed)))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert [placed[i] for i in order] == sorted(placed)


@pytest.mark.parametrize("module", ["matplotlib", "jinja2"])
def test_heavy_imports_wait_until_something_is_drawn(module: str) -> None:
    code = f"import sys, elicit.reports; sys.exit('{module}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
