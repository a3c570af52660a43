"""``elicit compare``: runs of simulated dialogues, person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from rich.table import Table

from elicit.basis import InputError
from elicit.cli.output import Flag, console, print_json, say
from elicit.cli.simulate import read_talk_results
from elicit.measures import TALKS, UNPAIRED, ComparedRun, Comparison, Difference, Measure, TalkResults, compare_runs
from elicit.reports import Scale, side
from elicit.runs import read_facts, read_scores

_SHOULD_AGREE: Final = {
    "user_hash": "the user",
    "domain_hash": "the domain",
    "people_hash": "the people",
    "seed": "the seed",
    "questions": "the number of questions",
    "condition": "the condition",
    "prompts_hash": "the prompts",
    "understanding": "what understands their words",
}
_REASONS: Final = {
    "user": "failed by the user",
    "model": "failed by a model",
    "transport": "failed on the way to a model",
    UNPAIRED: "without a counterpart that counts",
}
_LONGEST: Final = 11
"""Characters of a name that can head a column; longer ones stand above the table only."""


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
    results = [read_talk_results(run) for run in runs]
    warnings = _warnings(runs, facts)
    for warning in warnings:
        say(f"Warning: {warning}")
    compared = [_compared(run, name) for run, name in zip(runs, _names(runs, results), strict=True)]
    try:
        found = compare_runs(compared, facts[0]["questions"], results[0].condition)
    except ValueError as error:
        raise InputError(
            str(error), where=", ".join(map(str, runs)), remedy="Simulate the same people with the same seed"
        ) from None
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
    if missing := [key for key in _SHOULD_AGREE if key not in facts]:
        raise InputError(f"does not say '{missing[0]}'", where=str(run / "run.json"), remedy="Simulate it anew")
    return facts


def _warnings(runs: Sequence[Path], facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each thing that differs and should not."""
    found = []
    for key, what in _SHOULD_AGREE.items():
        others = [str(run) for run, own in zip(runs, facts, strict=True) if _differ(key, own[key], facts[0][key])]
        if others:
            found.append(
                f"{what} of {', '.join(others)} differs from that of {runs[0]}; differences are not only the agent's"
            )
    return found


def _differ(key: str, one: object, other: object) -> bool:
    """Whether two facts differ that should not; where both sides spoke in codes, nothing had to be understood."""
    return one != other and not (key == "understanding" and "codes" in {one, other})


def _names(runs: Sequence[Path], results: Sequence[TalkResults]) -> list[str]:
    """Return the agents' names, or the folders where two runs have one agent."""
    agents = [own.agent for own in results]
    return agents if len(set(agents)) == len(agents) else [str(run) for run in runs]


def _compared(run: Path, name: str) -> ComparedRun:
    needed = ["person", "draw", "status", "counted"]
    table = read_scores(run, needed)
    names = [m.name for m in TALKS if m.name in table.column_names]
    rows = table.select([*needed, *names]).to_pylist()
    values = {(row["person"], row["draw"]): {n: row[n] for n in names} for row in rows if row["counted"]}
    return ComparedRun(name, values, Counter(row["status"] for row in rows if not row["counted"]))


def _show(found: Comparison) -> None:
    out = console()
    out.print(f"{found.pairs:,} dialogues with {found.people:,} people, the same in every run.")
    for run, reasons in found.left_out.items():
        if reasons:
            numbers = ", ".join(f"{number:,} {_REASONS.get(reason, reason)}" for reason, number in reasons.items())
            out.print(_filled(f"Left out of {run}: {numbers}."))
    first = found.means[found.runs[0]]
    if equal := [f"{m.title} {_number(first[m.name])}" for m in found.equal]:
        out.print(_filled(f"The same for every person: {', '.join(equal)}."))
    if found.unknown:
        out.print(_filled(f"Known in no common dialogue: {', '.join(m.title for m in found.unknown)}."))
    if not found.differences:
        return
    for run in found.runs[1:]:
        out.print()
        out.print(_filled(f"{run} against {found.runs[0]}"))
        out.print(_table(found, run))
    out.print("\n* beyond noise: the paired 95 % interval excludes zero and p < .05 after Holm;")
    out.print("  without it the two cannot be told apart here.")


def _table(found: Comparison, run: str) -> Table:
    named = max(len(run), len(found.runs[0])) <= _LONGEST
    heads = (run, found.runs[0]) if named else ("this", "that")
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", *heads, "difference", ""):
        table.add_column(heading, justify="left" if heading in {"measure", ""} else "right")
    differences = [d for d in found.differences if d.questioner == run]
    for measure, difference in zip(found.measures, differences, strict=True):
        table.add_row(measure.title, *_cells(found, measure, difference))
    return table


def _cells(found: Comparison, measure: Measure, d: Difference) -> tuple[str, str, str, str]:
    mean, base = found.means[d.questioner][measure.name], found.means[d.baseline][measure.name]
    scale = Scale.of([(mean, mean, mean), (base, base, base)])
    gap = f"{scale.signed(d.difference)} {scale.signed_ends(d.low, d.high)}"
    return scale.number(mean), scale.number(base), gap, _mark(d, measure.better)


def _mark(difference: Difference, better: int) -> str:
    """Return the star of a difference beyond noise, with the direction where one is better."""
    if not difference.beyond_noise:
        return ""
    return ("* better" if side(difference, better) > 0 else "* worse") if better else "*"


def _filled(text: str) -> str:
    return fill(text, 80, break_long_words=False, break_on_hyphens=False)


def _number(value: float) -> str:
    return Scale.of([(value, value, value)]).number(value)


def _as_json(found: Comparison, warnings: Sequence[str]) -> dict[str, Any]:
    return {
        "runs": list(found.runs),
        "pairs": found.pairs,
        "people": found.people,
        "left_out": {run: dict(reasons) for run, reasons in found.left_out.items()},
        "equal": [m.name for m in found.equal],
        "unknown": [m.name for m in found.unknown],
        "means": {run: dict(means) for run, means in found.means.items()},
        "differences": [d.flat() for d in found.differences],
        "warnings": list(warnings),
    }
