"""What came of sales, as tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from elicit.cli.output import plain_table
from elicit.measures import Difference, SalesResults
from elicit.recipes import TOGETHER
from elicit.reports import Scale

_OUTCOMES: Final = ("sold", "misfit", "refused", "walked_away", "out_of_turns", "claimed")
_WAYS: Final = ("turns", "turns_if_sold", "questions", "offers", "pressing", "strayed")
_OCCUPATION: Final = "occupation"
_COMPARED: Final = ("sold", "turns")
"""Of what is tested the terminal shows these; the page and ``results.json`` have the others."""


def print_sales(found: Sequence[SalesResults], out: Console) -> None:
    """Print what came of sales, a market after the other, and how they compare; of catalogs only all together."""
    shown = found[:1] if found[0].label == TOGETHER else found
    for results in shown:
        draws = f" × {results.draws} draws" if results.draws > 1 else ""
        heading = " · ".join(filter(None, (results.title, results.domain, results.label)))
        out.print(f"{heading} · {results.people:,} buyers{draws}", style="bold")
        out.print(_means(results, _OUTCOMES))
        out.print(_means(results, _WAYS))
        for baseline in dict.fromkeys(d.baseline for d in results.differences):
            out.print(f"against {baseline}", style="bold")
            out.print(_against(results, baseline))
        if results.wish_v:
            association = ", ".join(f"{variable} {v:.3f}" for variable, v in results.wish_v.items())
            out.print(f"Cramér's V with what buyers want: {association}.")
    if len(shown) > 1:
        for pair in dict.fromkeys((d.baseline, d.questioner) for d in found[0].differences):
            out.print(f"{pair[1]} against {pair[0]}, by market", style="bold")
            out.print(_by_market(found, *pair))
    for note in found[0].notes:
        out.print(note, style="dim")


def _means(results: SalesResults, names: tuple[str, ...]) -> Table:
    """Return means a seller; the headline has its interval."""
    measures = [measure for measure in results.measures if measure.name in names]
    scales = {m.name: Scale.of(row[m.name] for row in results.rows.values()) for m in measures}
    rows = []
    for seller, row in results.rows.items():
        ends = [f" {scales[m.name].ends(row[m.name])}" if m is results.measures[0] else "" for m in measures]
        numbers = [scales[m.name].number(row[m.name][0]) for m in measures]
        rows.append([seller, *(number + end for number, end in zip(numbers, ends, strict=True))])
    return plain_table(["seller", *(measure.title for measure in measures)], rows)


def _against(results: SalesResults, baseline: str) -> Table:
    """Return what the others have more than a baseline; a star where it is beyond noise."""
    measures = [measure for measure in results.measures if measure.name in _COMPARED]
    mine = {(d.questioner, d.measure): d for d in results.differences if d.baseline == baseline}
    scales = {
        m.name: Scale.of((d.difference, d.low, d.high) for (_, name), d in mine.items() if name == m.name)
        for m in measures
    }
    rows = [
        [seller, *(_difference(mine[seller, m.name], scales[m.name]) for m in measures)]
        for seller in dict.fromkeys(seller for seller, _ in mine)
    ]
    return plain_table(["seller", *(measure.title for measure in measures)], rows)


def _by_market(found: Sequence[SalesResults], baseline: str, seller: str) -> Table:
    """Return what a seller has more than another one in each market, beside what the occupation tells there."""
    rows = []
    for results in found:
        mine = {d.measure: d for d in results.differences if (d.baseline, d.questioner) == (baseline, seller)}
        tells = Scale(3, 3).number(results.wish_v.get(_OCCUPATION, math.nan))
        scale = {name: Scale.of([(d.difference, d.low, d.high)]) for name, d in mine.items()}
        rows.append([results.label, tells, *(_difference(mine[name], scale[name]) for name in _COMPARED)])
    titles = [measure.title for measure in found[0].measures if measure.name in _COMPARED]
    return plain_table(["market", "occupation's V", *titles], rows)


def _difference(d: Difference, scale: Scale) -> str:
    star = " *" if d.beyond_noise else ""
    return f"{scale.signed(d.difference)} {scale.signed_ends(d.low, d.high)}{star}"
