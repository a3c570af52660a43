"""``elicit sell``."""

from __future__ import annotations

import json as json_format
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from elicit.basis import InputError, UnavailableError, write_text
from elicit.cli.evaluate import command_again, resumable
from elicit.cli.output import (
    RUNS,
    Flag,
    console,
    json_text,
    open_people,
    print_json,
    progress,
    refuse_unwritable,
    say,
    warn_invented,
)
from elicit.cli.sales_tables import print_sales
from elicit.domains import MOVIES, Domain, Population
from elicit.language import open_understanding
from elicit.measures import SalesResults
from elicit.recipes import (
    CATALOGS,
    TOGETHER,
    Market,
    Sales,
    Sold,
    catalog_markets,
    markets,
    read_sales,
    sales_facts,
    summarise_sales,
    together,
    write_kept,
    write_sales,
)
from elicit.recipes import sell as sell_to_all
from elicit.recipes.processes import clear_half_written
from elicit.reports import write_sales_report
from elicit.runs import RunFolder, RunStoppedError, latest_run, locked, market_path, new_run_path, read_facts

_RESULTS: Final = "results.json"


def sell(
    recipe: str = "sales-occupation",
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    domain: str | None = None,
    shoppers: Sequence[Path] = (),
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    resume: str | None = None,
    json: Flag = False,
) -> None:
    """Let sellers sell to held-out people, and say by their hidden wishes what came of it.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies'. For 'six-intents' a MovieLens folder that
        tells which occupations like which films. For 'catalogs' a folder with products/ and shoppers/.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    shoppers
        For 'catalogs', a further file of shoppers, whose name begins as that of a catalog; can be repeated.
    out
        Folder of the run; else runs/RECIPE.
    resume
        Go on with an unfinished run: its folder, or 'latest'.
    json
        Print one JSON object instead of tables.
    """
    if out is not None and resume is not None:
        raise InputError("--out and --resume exclude each other")
    settings, text = read_sales(recipe)
    places = _markets(settings, data, invented, domain, tuple(shoppers))
    if settings.strengths:
        warn_invented(places[0].domain)
    facts = {"recipe": Path(recipe).stem, **sales_facts(settings, places)}
    run = _folder(text, facts, out, resume).path
    started = time.monotonic()
    with locked(run):
        again = command_again("sell", recipe, data, invented, domain)
        again += [word for path in shoppers for word in ("--shoppers", str(path))]
        found = _sell(settings, places, run, again)
    number = sum(results.people * results.draws * len(results.rows) for results in found)
    say(f"{number:,} dialogues in {time.monotonic() - started:.0f} s: {run}")
    _show(found, run, json)


def _markets(
    settings: Sales, data: Path | None, invented: bool, domain: str | None, shoppers: Sequence[Path]
) -> tuple[Market, ...]:
    """Return where is sold, after what cannot be meant was refused."""
    if (settings.strengths or settings.domain == CATALOGS) and (invented or domain):
        raise InputError("the people of this recipe are made for it", remedy="Leave out --invented and --domain")
    if settings.domain != CATALOGS:
        if shoppers:
            raise InputError("--shoppers belongs to recipes with catalogs", remedy="Leave it out")
        return markets(settings, lambda: _people(settings, data, invented, domain))
    if data is None:
        raise InputError(
            "this recipe needs catalogs", remedy="Name a folder with products/ and shoppers/: --data FOLDER"
        )
    return catalog_markets(settings, data, shoppers)


def _people(settings: Sales, data: Path | None, invented: bool, domain: str | None) -> tuple[Domain, Population] | None:
    """Return who is sold to; where people are made for the recipe, who tells which films they like, if anybody."""
    if not settings.strengths:
        return open_people(domain or settings.domain, data, invented)
    return open_people(MOVIES, data, invented=False) if data else None


def _folder(text: str, facts: dict[str, Any], out: Path | None, resume: str | None) -> RunFolder:
    if resume is not None:
        return RunFolder.resume(latest_run(RUNS, "sales") if resume == "latest" else Path(resume), facts)
    path = out or new_run_path(RUNS, facts["recipe"])
    refuse_unwritable(path)
    return RunFolder.start(path, text, facts)


def _sell(settings: Sales, places: Sequence[Market], run: Path, command: list[str]) -> list[SalesResults]:
    """Play what a run does not hold yet, and write all that follows from it."""
    with resumable(run, shlex.join(command)):
        try:
            sold = {market.label: _sell_in(settings, market, market_path(run, market.label)) for market in places}
        except RunStoppedError as error:
            remedy = f"Go on with it: {shlex.join(command)} --resume {shlex.quote(str(run))}"
            raise UnavailableError(f"{error}; what was played is kept. {remedy}") from None
        if settings.domain == CATALOGS:
            sold = {TOGETHER: together(list(sold.values()))} | sold
            write_kept(sold[TOGETHER], places[0], market_path(run, TOGETHER))
        found = [_summed_up(part, label, market_path(run, label)) for label, part in sold.items()]
        write_sales_report(found, read_facts(run), run)
    return found


def _sell_in(settings: Sales, market: Market, place: Path) -> Sold:
    """Sell in a market, and keep the dialogues."""
    clear_half_written(place)
    with progress() as steps:
        sold = sell_to_all(settings, market, open_understanding(market.domain, None), place, steps)
        write_kept(sold, market, place)
    return sold


def _summed_up(sold: Sold, label: str, place: Path) -> SalesResults:
    """Write what came of a market, and what follows from it."""
    write_sales(sold, place / "scores.parquet")
    results = summarise_sales(sold, label)
    write_text(place / _RESULTS, json_text(results.flat()))
    return results


def show_sales(run: Path, as_json: bool) -> None:
    """Show finished sales again and write their page anew."""
    facts = read_facts(run)
    found = [_read_results(run, label) for label in _labels(run, facts)]
    write_sales_report(found, facts, run)
    _show(found, run, as_json)


def _labels(run: Path, facts: dict[str, Any]) -> list[str]:
    labels = facts.get("markets")
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise InputError("names no markets", where=str(run / "run.json"), remedy="Start a new run")
    return labels


def _read_results(run: Path, label: str) -> SalesResults:
    path = market_path(run, label) / _RESULTS
    if not path.exists():
        raise InputError(
            "this run is not finished", where=str(run), remedy=f"Go on with it: elicit sell … --resume {run}"
        )
    try:
        return SalesResults.from_flat(json_format.loads(path.read_text(encoding="utf-8")))
    except (ValueError, RecursionError):
        raise InputError("damaged", where=str(path), remedy=f"Write it again: elicit sell … --resume {run}") from None


def _show(found: Sequence[SalesResults], run: Path, as_json: bool) -> None:
    if as_json:
        print_json([results.flat() for results in found])
        return
    print_sales(found, console())
    say(f"Page: {run / 'report.html'}")
