"""``elicit sell``."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from elicit.basis import InputError, UnavailableError, write_text
from elicit.cli.output import (
    RUNS,
    Flag,
    console,
    json_text,
    open_people,
    plain_table,
    print_json,
    progress,
    refuse_unwritable,
    say,
    warn_invented,
)
from elicit.domains import MOVIES, Domain, Population
from elicit.language import open_understanding
from elicit.measures import Difference, SalesResults
from elicit.recipes import (
    Market,
    Sales,
    markets,
    read_sales,
    refuse_unsellable,
    sales_facts,
    summarise_sales,
    write_sales,
)
from elicit.recipes import sell as sell_to_all
from elicit.reports import Scale
from elicit.runs import RunFolder, RunStoppedError, new_run_path

_OUTCOMES: Final = ("sold", "misfit", "refused", "walked_away", "out_of_turns", "claimed")
_WAYS: Final = ("turns", "turns_if_sold", "questions", "offers", "pressing", "strayed")
_OCCUPATION: Final = "occupation"
_COMPARED: Final = ("sold", "turns")
"""Of what is tested the terminal shows these; ``results.json`` has the others."""


def sell(
    recipe: str = "sales-occupation",
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    domain: str | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    json: Flag = False,
) -> None:
    """Let sellers sell to held-out people, and say by their hidden wishes what came of it.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies'. For 'six-intents' a MovieLens folder that
        tells which occupations like which films.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    out
        Folder of the run; else runs/RECIPE.
    json
        Print one JSON object instead of tables.
    """
    settings, text = read_sales(recipe)
    if settings.strengths and (invented or domain):
        raise InputError("the people of this recipe are made for it", remedy="Leave out --invented and --domain")
    places = markets(settings, lambda: _people(settings, data, invented, domain))
    if settings.strengths:
        warn_invented(places[0].domain)
    for market in places:
        refuse_unsellable(settings, market.domain, market.people)
    path = out or new_run_path(RUNS, Path(recipe).stem)
    refuse_unwritable(path)
    facts = {"recipe": Path(recipe).stem, **sales_facts(settings, places)}
    folder = RunFolder.start(path, text, facts, resumable=False).path
    started = time.monotonic()
    found = [_sell(settings, market, folder) for market in places]
    number = sum(results.people * results.draws * len(results.rows) for results in found)
    say(f"{number:,} dialogues in {time.monotonic() - started:.0f} s: {folder}")
    if json:
        print_json([results.flat() for results in found])
        return
    _show(found, console())


def _people(settings: Sales, data: Path | None, invented: bool, domain: str | None) -> tuple[Domain, Population] | None:
    """Return who is sold to; where people are made for the recipe, who tells which films they like, if anybody."""
    if not settings.strengths:
        return open_people(domain or settings.domain, data, invented)
    return open_people(MOVIES, data, invented=False) if data else None


def _sell(settings: Sales, market: Market, folder: Path) -> SalesResults:
    """Sell in a market, and keep what came of it."""
    place = folder / market.label.replace(" ", "-") if market.label else folder
    with progress() as steps:
        understanding = open_understanding(market.domain, None)
        try:
            sold = sell_to_all(settings, market.domain, market.people, understanding, place, steps)
        except RunStoppedError as error:
            raise UnavailableError(f"{error}. Nothing of this market is kept") from None
        write_sales(sold, place / "scores.parquet")
        results = summarise_sales(sold, market.label)
    write_text(place / "results.json", json_text(results.flat()))
    return results


def _show(found: Sequence[SalesResults], out: Console) -> None:
    for results in found:
        draws = f" × {results.draws} draws" if results.draws > 1 else ""
        heading = " · ".join(filter(None, (results.title, results.domain, results.label)))
        out.print(f"{heading} · {results.people:,} buyers{draws}", style="bold")
        out.print(_means(results, _OUTCOMES))
        out.print(_means(results, _WAYS))
        for baseline in dict.fromkeys(d.baseline for d in results.differences):
            out.print(f"against {baseline}", style="bold")
            out.print(_against(results, baseline))
        association = ", ".join(f"{variable} {v:.3f}" for variable, v in results.wish_v.items())
        out.print(f"Cramér's V with what buyers want: {association}.")
    if len(found) > 1:
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
