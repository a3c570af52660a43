"""Figures as SVG text: transparent, readable on light and dark pages, byte-identical between runs.

Colours are written in full for light pages; a style inside each figure exchanges them where a dark page is wanted, so
that programs without style sheets still draw the light one. matplotlib is imported only when a figure is drawn.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from elicit.measures.results import Measure, Results
from elicit.reports.numbers import better_words, shown_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT = "#1c2126", "#8a9199"
_ON_DARK = {INK: "#e6e9ec", FAINT: "#89929b"}
_SERIES = {
    "#183eaa": "#85cefe",
    "#b65f58": "#e0bc65",
    "#1d4918": "#5cd198",
    "#861479": "#b15db7",
    "#89730a": "#dfbb1c",
    "#4a11d2": "#7375f2",
    "#bf2772": "#f32323",
    "#4d71ba": "#459b92",
}
"""Each colour with its stand-in on dark pages; found by search so that any two of a page, ink included, stay at least
20 CIELAB units apart in normal vision, protanopia and deuteranopia, with a contrast above 4.3 to the page."""
PALETTE = tuple(_SERIES)
MARKERS = "os^DvPXp"

_FONT = 10.5
_LINE = 13.0
_PLOT = (215.0, 185.0)
_LEFT, _BOTTOM, _TOP, _GAP = 48.0, 38.0, 24.0, 16.0


def curves_figure(results: Results, measure: Measure, conditions: Sequence[str] = ()) -> str:
    """Draw a measure over the number of questions: a panel a condition, a line and 95 % band a questioner.

    Lines carry their names at their ends, the baseline is dashed, and all panels share the measure's range over the
    whole result, so that figures of single conditions can be compared.

    Args:
        results: what was found.
        measure: one of ``results.measures``.
        conditions: the panels from left to right; all if empty.

    Returns:
        an SVG document.
    """
    conditions = conditions or results.conditions
    names = [_ellipsis(q) for q in results.questioners]
    width, height = _PLOT[0], max(_PLOT[1], _LINE * len(names))
    right = _GAP + 0.62 * _FONT * max(map(len, names)) + 4
    panel = _LEFT + width + right
    with _drawing(f"{measure.name} {' '.join(conditions)}", panel * len(conditions), _TOP + height + _BOTTOM) as figure:
        for place, condition in enumerate(conditions):
            axes = _axes(figure, panel * place + _LEFT, _BOTTOM, width, height)
            _panel(axes, results, measure, condition)
            axes.set_ylabel(_axis_title(measure) if place == 0 else "")
        return _svg(figure)


def association_figure(rows: Sequence[Mapping[str, Any]]) -> str:
    """Draw how much each variable tells about all facets: raw, expected by chance, and the excess over chance.

    Args:
        rows: at least one mapping with ``variable``, ``given`` (what the permutation keeps fixed, or empty),
            ``categories``, ``raw``, ``null`` and ``excess`` (bits), ``share_of_entropy`` (0 to 1), ``p``,
            ``significant_facets`` and ``facets``.

    Returns:
        an SVG document.
    """
    height = 68.0 * len(rows)
    with _drawing("association", 560.0, height + 46.0) as figure:
        axes = _axes(figure, 14.0, 42.0, 370.0, height)
        for place, row in enumerate(rows):
            _bars(axes, place, row)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks([])
        ends = [float(row[part]) for row in rows for part in ("raw", "null", "excess")]
        axes.set_xlim(min(0.0, *ends), max(ends) * 1.25 or 1.0)
        axes.set_xlabel("mutual information with all facets, summed (bits)")
        axes.spines["left"].set_visible(False)
        return _svg(figure)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart so that neighbours are at least ``gap`` apart and all lie between ``low`` and ``high``.

    Order is kept and the sum of squared moves is least (isotonic regression of the places less their ranks), before
    the ends are clipped. The room must suffice: ``gap * (n - 1) <= high - low``.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        total, size = wanted[i] - gap * rank, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / size:
            before = blocks.pop()
            total, size = total + before[0], size + before[1]
        blocks.append((total, size))
    level = [total / size for total, size in blocks for _ in range(size)]
    top = high - gap * (len(wanted) - 1)
    placed = [0.0] * len(wanted)
    for rank, i in enumerate(order):
        placed[i] = min(max(level[rank], low), top) + gap * rank
    return placed


@contextmanager
def _drawing(salt: str, width: float, height: float) -> Iterator[Figure]:
    """Give an empty figure, points wide and high, under settings that depend on nothing outside."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rc("svg", fonttype="none", hashsalt=salt)
        matplotlib.rc("font", family=["DejaVu Sans"], size=_FONT)
        matplotlib.rc("text", color=INK)
        matplotlib.rc("axes", labelcolor=INK, edgecolor=FAINT)
        matplotlib.rc("axes.spines", top=False, right=False)
        matplotlib.rc("xtick", color=FAINT, labelcolor=INK)
        matplotlib.rc("ytick", color=FAINT, labelcolor=INK)
        yield Figure(figsize=(width / 72, height / 72))


def _axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Place axes by points from the lower left corner."""
    across, up = figure.get_size_inches() * 72
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.patch.set_visible(False)
    return axes


def _panel(axes: Axes, results: Results, measure: Measure, condition: str) -> None:
    ends = []
    band = min(0.15, 0.5 / len(results.questioners))
    for place, questioner in enumerate(results.questioners):
        line = _line(results, measure, condition, questioner)
        if line.size:
            style = _style(results, place)
            axes.fill_between(line[:, 0], line[:, 2], line[:, 3], color=style["color"], alpha=band, linewidth=0)
            axes.plot(line[:, 0], line[:, 1], markevery=max(1, len(line) // 6), clip_on=False, **style)
            ends.append((questioner, line[-1, 0], line[-1, 1], style["color"]))
    _frame(axes, results, measure, condition)
    _label_ends(axes, ends)


def _line(results: Results, measure: Measure, condition: str, questioner: str) -> np.ndarray:
    """Return float64[points, 4]: number of questions, mean, low, high, where the mean is a number."""
    points = []
    for n in results.numbers(condition):
        value = results.value(questioner, condition, n, measure.name)
        if value and math.isfinite(value[0]):
            points.append((n, *value))
    return np.array(points, dtype=np.float64).reshape(-1, 4)


def _style(results: Results, place: int) -> dict[str, Any]:
    """Return how a questioner's line is drawn, the same in all figures of a result."""
    if results.questioners[place] == results.baseline:
        return {"color": INK, "linestyle": (0, (4, 2)), "linewidth": 1.6, "zorder": 3}
    others = [q for q in results.questioners if q != results.baseline]
    turn = others.index(results.questioners[place])
    marker = MARKERS[(turn + turn // len(PALETTE)) % len(MARKERS)]
    return {"color": PALETTE[turn % len(PALETTE)], "linewidth": 1.5, "marker": marker, "markersize": 3.6}


def _frame(axes: Axes, results: Results, measure: Measure, condition: str) -> None:
    """Set ranges, ticks and titles."""
    values = [v for row in results.rows if (v := row.values.get(measure.name)) and all(map(math.isfinite, v))]
    low, high = min((v[1] for v in values), default=0.0), max((v[2] for v in values), default=1.0)
    room = 0.04 * (high - low) or 0.5
    axes.set_ylim(low - room, high + room)
    numbers = results.numbers(condition)
    axes.set_xlim(numbers[0] - 0.3, max(numbers[-1], numbers[0] + 1))
    axes.set_xticks(shown_numbers(numbers, most=6))
    axes.locator_params(axis="y", nbins=5)
    ticks = [tick for tick in axes.get_yticks() if low - room <= tick <= high + room]
    axes.set_yticks(ticks, _same_decimals(ticks))
    axes.tick_params(length=3, width=0.8)
    axes.grid(axis="y", color=FAINT, alpha=0.22, linewidth=0.6)
    axes.set_xlabel("questions asked")
    axes.set_title(_ellipsis(condition, 40), loc="left", fontsize=_FONT + 1, fontweight="bold", parse_math=False)


def _label_ends(axes: Axes, ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Write each name beside its line's end (name, x, y, colour), moved up or down where names would overlap."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    inches = axes.bbox.transformed(axes.figure.dpi_scale_trans.inverted())
    wide, tall = 72 * inches.width, 72 * inches.height
    heights = [(y - low) / (high - low) * tall for _, _, y, _ in ends]
    for (name, x, y, color), height, place in zip(ends, heights, spread(heights, _LINE, 0, tall), strict=True):
        axes.annotate(
            _ellipsis(name),
            (x, y),
            ((right - x) / (right - left) * wide + _GAP, place - height),
            textcoords="offset points",
            verticalalignment="center",
            color=color,
            parse_math=False,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": color,
                "linewidth": 0.5,
                "shrinkA": 1,
                "shrinkB": 3,
                "relpos": (0, 0.5),
            },
        )


def _bars(axes: Axes, place: int, row: Mapping[str, Any]) -> None:
    """Draw one variable: three bars with their numbers, its name on the left and the test on the right."""
    parts = (("raw", FAINT, "raw"), ("null", FAINT, "by chance"), ("excess", PALETTE[0], "excess"))
    for step, (part, color, word) in enumerate(parts):
        bits, y = float(row[part]), place - 0.15 + 0.22 * step
        axes.barh(y, bits, height=0.16, color=color, alpha=0.4 if part == "null" else 1)
        label = f"{bits:.2f} {word}".replace("-", "−")
        axes.annotate(label, (max(bits, 0), y), (4, 0), textcoords="offset points", va="center", fontsize=_FONT - 1)
    axes.vlines(0, place - 0.25, place + 0.39, color=INK, linewidth=0.8)
    within = f" within {row['given']}" if row["given"] else ""
    name = f"{row['variable']} ({row['categories']}){within}"
    beside = axes.get_yaxis_transform()
    axes.annotate(name, (0, place - 0.36), (0, 0), beside, "offset points", fontweight="bold", parse_math=False)
    axes.annotate(_test(row), (1, place + 0.1), (8, 0), beside, "offset points", va="center", fontsize=_FONT - 1)


def _test(row: Mapping[str, Any]) -> str:
    p = float(row["p"])
    share = f"{100 * float(row['share_of_entropy']):.2f} % of all bits".replace("-", "−")
    chance = "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")
    return f"{share}, {chance}\n{row['significant_facets']} of {row['facets']} facets significant"


def _axis_title(measure: Measure) -> str:
    unit = f" ({measure.unit})" if measure.unit not in ("", "share") else ""
    return f"{measure.title}{unit}{better_words(measure, ' · ')}"


def _same_decimals(ticks: Sequence[float]) -> list[str]:
    """Write ticks with as many decimals as the longest needs, and without the zero before the point."""
    decimals = max((len(f"{tick:g}".partition(".")[2]) for tick in ticks), default=0)
    return [re.sub(r"^(-?)0\.", r"\1.", f"{tick:.{decimals}f}").replace("-", "−") for tick in ticks]


def _ellipsis(name: str, most: int = 26) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _svg(figure: Figure) -> str:
    """Return a figure as SVG text with system fonts, colours for dark pages, and nothing that differs between runs."""
    buffer = io.StringIO()
    unsigned = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=unsigned)
    text = re.sub(r' id="[\w.]+_\d+"', "", buffer.getvalue())
    text = text.replace("'DejaVu Sans'", "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif")
    return text.replace("<defs>", f"<style>{_dark_style()}</style>\n <defs>", 1)


def _dark_style() -> str:
    """Exchange each colour where the reader prefers dark pages."""
    rules = (
        f'[style*="{part}: {light}"]{{{part}:{dark} !important}}'
        for light, dark in (_ON_DARK | _SERIES).items()
        for part in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}"
