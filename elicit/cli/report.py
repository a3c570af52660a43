"""``elicit report``: a finished run, shown again."""

from __future__ import annotations

from pathlib import Path

from elicit.basis import InputError
from elicit.cli.evaluate import show_evaluation
from elicit.cli.output import RUNS, Flag
from elicit.cli.sell import show_sales
from elicit.cli.simulate import show_simulation
from elicit.runs import latest_run, read_facts


def report(run: str = "latest", /, *, baseline: str | None = None, json: Flag = False) -> None:
    """Show a finished run again and write its page anew.

    Parameters
    ----------
    run
        The run's folder, or 'latest'.
    baseline
        Of an evaluation: the questioner that the others are compared with, instead of the recipe's.
    json
        Print one JSON object instead of tables.
    """
    folder = latest_run(RUNS, "evaluation", "simulation", "sales") if run == "latest" else Path(run)
    match read_facts(folder).get("kind"):
        case "simulation" | "sales" | "interview" if baseline is not None:
            raise InputError(
                "not an evaluation", where=str(folder), remedy="--baseline is for runs of `elicit evaluate`"
            )
        case "simulation":
            show_simulation(folder, json)
        case "sales":
            show_sales(folder, json)
        case "interview":
            raise InputError("an interview has no page", where=str(folder), remedy=f"Read {folder / 'dialogues.jsonl'}")
        case _:
            show_evaluation(folder, baseline, json)
