"""``elicit simulate``: an agent talks with simulated people, in words."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from elicit.basis import InputError, UnavailableError, write_text
from elicit.cli.output import RUNS, Flag, Whole, console, open_people, print_json, progress, refuse_unwritable, say
from elicit.cli.person import PersonParty
from elicit.language import Understanding, open_understanding
from elicit.measures import TalkResults
from elicit.models import open_encoder
from elicit.recipes import (
    Bounds,
    Prepared,
    Simulation,
    bounds,
    check_sides,
    persons_named,
    prepare,
    read_simulation,
    score_talks,
    simulation_facts,
    write_people,
)
from elicit.recipes import simulate as run_simulation
from elicit.reports import print_talks, write_talks_report
from elicit.runs import RunFolder, RunStoppedError, latest_run, locked, new_run_path, read_facts, read_failures

_RESULTS: Final = "results.json"
_CAUSES: Final = 3
"""Kinds of failure that are told; the page shows all."""


def simulate(
    recipe: str,
    /,
    *,
    agent: str | None = None,
    user: str | None = None,
    n: Annotated[Whole | None, Parameter(name=["-n", "--dialogues"])] = None,
    questions: Whole | None = None,
    seed: Whole | None = None,
    data: Path | None = None,
    invented: Flag = False,
    domain: str | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    resume: str | None = None,
    dry_run: Flag = False,
    json: Flag = False,
) -> None:
    """Let an agent talk with simulated people in plain language.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    agent
        Who asks: a questioner (static, mixture …), a model (http://HOST/v1#NAME, hf:NAME, scripted:FILE), a function
        (module:function), or person.
    user
        Who answers: rule, a model as above, module:function, or person.
    n
        How many dialogues.
    questions
        Answered questions a dialogue, at most.
    seed
        Of everything that is drawn.
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
    dry_run
        Say what would be played and what it may cost at most, and stop.
    json
        Print one JSON object instead of tables.
    """
    if out is not None and resume is not None:
        raise InputError("--out and --resume exclude each other")
    changes = {"agent": agent, "user": user, "dialogues": n, "questions": questions, "seed": seed, "domain": domain}
    settings = read_simulation(recipe, {name: value for name, value in changes.items() if value is not None})
    check_sides(settings)
    opened, people = open_people(settings.domain, data, invented)
    prepared = prepare(settings, opened, people)
    if dry_run:
        _announce(prepared, bounds(prepared), json)
        return
    encoder = open_encoder()
    facts = {"recipe": Path(recipe).stem, **simulation_facts(settings, opened, people, encoder is not None)}
    if facts["understanding"] == "words":
        say("Note: without the sentence encoder (elicit models pull minilm) less of what is said is understood.")
    folder = _folder(settings, facts, out, resume)
    with locked(folder.path):
        results = _play(
            prepared, folder, open_understanding(opened, encoder), _command(recipe, changes, data, invented)
        )
    _show(results, folder.path, Path(recipe).stem, json)
    if not results.statuses["finished"]:
        raise UnavailableError(f"no dialogue was finished; {folder.path / 'report.html'} shows them")


def show_simulation(folder: Path, as_json: bool) -> None:
    """Show a finished simulation again and write its page anew."""
    results = read_talk_results(folder)
    write_talks_report(results, folder)
    _show(results, folder, str(read_facts(folder).get("recipe", folder.name)), as_json)


def read_talk_results(folder: Path) -> TalkResults:
    """Return the results of a finished simulation.

    Raises:
        InputError: not finished, or damaged.
    """
    path = folder / _RESULTS
    if not path.exists():
        raise InputError(
            "this run is not finished", where=str(folder), remedy=f"Go on with it: elicit simulate … --resume {folder}"
        )
    try:
        return TalkResults.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise InputError(
            "damaged", where=str(path), remedy=f"Write it again: elicit simulate … --resume {folder}"
        ) from None


def _folder(settings: Simulation, facts: dict[str, Any], out: Path | None, resume: str | None) -> RunFolder:
    if resume is not None:
        return RunFolder.resume(latest_run(RUNS, "simulation") if resume == "latest" else Path(resume), facts)
    path = out or new_run_path(RUNS, facts["recipe"])
    refuse_unwritable(path)
    return RunFolder.start(path, settings.to_toml(), facts)


def _play(prepared: Prepared, folder: RunFolder, understanding: Understanding, command: str) -> TalkResults:
    """Play what the folder does not hold yet, and write all that follows from it."""
    path = folder.path
    people = prepared.people
    write_people(prepared.domain, people.take(range(min(len(people), prepared.recipe.dialogues))), path)
    kept = f"finished dialogues are kept. Go on with it: {command} --resume {shlex.quote(str(path))}"
    sides = persons_named(prepared.recipe.agent, prepared.recipe.user)
    persons = {side: PersonParty(side, prepared.domain.title) for side in sides}
    try:
        with progress() as steps:
            run_simulation(prepared, path, understanding, persons, (lambda *_: None) if persons else steps)
    except RunStoppedError as error:
        raise UnavailableError(f"{error}; {kept}") from None
    except OSError as error:
        problem = f"{error.filename or path}: {error.strerror or error}"
        raise UnavailableError(f"{problem}; {kept}") from None
    except KeyboardInterrupt:
        raise UnavailableError(f"stopped by Ctrl-C; {kept}") from None
    results = score_talks(prepared, path, read_facts(path))
    write_text(path / _RESULTS, results.to_json())
    write_talks_report(results, path)
    finished = results.statuses["finished"]
    say(f"{finished:,} finished + {results.planned - finished:,} failed = {results.planned:,} planned")
    causes = Counter(f"{failure.fault.value}: {failure.detail}" for failure in read_failures(path))
    for cause, number in causes.most_common(_CAUSES):
        say(f"{number:,} failed, {cause}")
    return results


def _command(recipe: str, changes: dict[str, Any], data: Path | None, invented: bool) -> str:
    words = ["elicit", "simulate", recipe]
    for name, value in changes.items():
        words += [f"--{name}", str(value)] if value is not None else []
    words += ["--data", str(data)] if data else []
    words += ["--invented"] if invented else []
    return shlex.join(words)


def _announce(prepared: Prepared, bound: Bounds, as_json: bool) -> None:
    recipe = prepared.recipe
    if as_json:
        print_json(
            {"recipe": recipe.title, "domain": prepared.domain.name, "dialogues": recipe.dialogues, **bound.flat()}
        )
        return
    console().print(
        f"{prepared.domain.title}: {recipe.agent} with {recipe.user}, {recipe.dialogues:,} dialogues of up to "
        f"{recipe.questions} questions. {bound.sentence()}"
    )


def _show(results: TalkResults, folder: Path, recipe: str, as_json: bool) -> None:
    if as_json:
        print_json({"recipe": recipe, "run": str(folder), "table": [results.flat()], "ends": dict(results.ends)})
        return
    print_talks(results, console())
    console().print(f"\nPage: {folder / 'report.html'}   Run: {folder}")
