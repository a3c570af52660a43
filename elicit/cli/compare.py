"""``elicit compare``: runs of simulated dialogues, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

from elicit.basis import InputError
from elicit.cli.output import Flag, console, print_json, say
from elicit.cli.simulate import read_talk_results
from elicit.measures import TALKS, ComparedRun, Comparison, Difference, compare_runs
from elicit.reports import Scale
from elicit.runs import read_facts

_SHOULD_AGREE: Final = {
    "user_hash": "the user",
    "domain_hash": "the domain",
    "people_hash": "the people",
    "seed": "the seed",
    "questions": "the number of questions",
    "condition": "the condition",
    "prompts_hash": "the prompts",
}


def compare(*runs: Path, json: Flag = False) -> None:
    """Compare simulations dialogue by dialogue: the same person, the same draw of luck, another agent.

    Parameters
    ----------
    runs
        Folders of two or more finished runs of `elicit simulate`; the first is what the others are compared with.
    json
        Print one JSON object instead of a table.
    """
    _refuse_few(runs)
    facts = [_facts(run) for run in runs]
    warnings = _warnings(runs, facts)
    for warning in warnings:
        say(f"Warning: {warning}")
    compared = [_compared(run, name) for run, name in zip(runs, _names(runs, facts), strict=True)]
    try:
        found = compare_runs(compared, int(facts[0]["questions"]), str(facts[0]["condition"]))
    except ValueError as error:
        raise InputError(str(error), remedy="Simulate the same people with the same seed") from None
    if json:
        print_json(_as_json(found, warnings))
        return
    _show(found)


def _refuse_few(runs: Sequence[Path]) -> None:
    if len(runs) < 2:
        raise InputError(f"{len(runs)} runs cannot be compared", remedy="Name two or more folders of runs")
    for number, run in enumerate(runs):
        if any(run.resolve() == other.resolve() for other in runs[:number]):
            raise InputError("the same run twice", where=str(run), remedy="Name each run once")


def _facts(run: Path) -> dict[str, Any]:
    facts = read_facts(run)
    if facts.get("kind") != "simulation":
        raise InputError("not a simulation", where=str(run), remedy="Only runs of `elicit simulate` are compared")
    read_talk_results(run)
    return facts


def _warnings(runs: Sequence[Path], facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each thing that differs and should not."""
    found = []
    for key, what in _SHOULD_AGREE.items():
        others = [str(run) for run, own in zip(runs, facts, strict=True) if own.get(key) != facts[0].get(key)]
        if others:
            found.append(
                f"{what} of {', '.join(others)} differs from that of {runs[0]}; differences are not only the agent's"
            )
    return found


def _names(runs: Sequence[Path], facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the agents' names, or the folders where two runs have one agent."""
    agents = [str(own["agent"]) for own in facts]
    return agents if len(set(agents)) == len(agents) else [str(run) for run in runs]


def _compared(run: Path, name: str) -> ComparedRun:
    path = run / "scores.parquet"
    try:
        rows = pq.read_table(path).to_pylist()
    except (pa.ArrowException, OSError):
        raise InputError("damaged or missing", where=str(path), remedy=f"Write it again: --resume {run}") from None
    names = [m.name for m in TALKS if rows and m.name in rows[0]]
    values = {(row["person"], row["draw"]): {n: row[n] for n in names} for row in rows if row["counted"]}
    return ComparedRun(name, values, len(rows) - len(values))


def _show(found: Comparison) -> None:
    out = console()
    out.print(f"{found.pairs:,} dialogues with {found.people:,} people, the same in every run.")
    for run, number in found.left_out.items():
        if number:
            out.print(f"Left out of {run}: {number:,} that do not count in every run.")
    if found.equal:
        out.print(fill(f"The same for every person: {', '.join(m.title for m in found.equal)}.", 80))
    if not found.measures:
        return
    by_name = {m.name: m for m in found.measures}
    for run in found.runs[1:]:
        table = Table(title=f"{run} against {found.runs[0]}", title_justify="left", box=None, pad_edge=False)
        for heading in ("measure", run, found.runs[0], "difference", ""):
            table.add_column(heading, justify="left" if heading in {"measure", ""} else "right", overflow="fold")
        for difference in (d for d in found.differences if d.questioner == run):
            table.add_row(by_name[difference.measure].title, *_cells(found, difference))
        out.print()
        out.print(table)
    out.print("\n* beyond noise: the paired 95 % interval excludes zero and p < .05 after Holm;")
    out.print("  without it the two cannot be told apart here.")


def _cells(found: Comparison, d: Difference) -> tuple[str, str, str, str]:
    mean, base = found.means[d.questioner][d.measure], found.means[d.baseline][d.measure]
    scale = Scale.of([(mean, mean, mean), (base, base, base)])
    gap = f"{scale.signed(d.difference)} {scale.signed_ends(d.low, d.high)}"
    return scale.number(mean), scale.number(base), gap, "*" if d.beyond_noise else ""


def _as_json(found: Comparison, warnings: Sequence[str]) -> dict[str, Any]:
    return {
        "runs": list(found.runs),
        "pairs": found.pairs,
        "people": found.people,
        "left_out": dict(found.left_out),
        "equal": [m.name for m in found.equal],
        "means": {run: dict(means) for run, means in found.means.items()},
        "differences": [d.flat() for d in found.differences],
        "warnings": list(warnings),
    }
