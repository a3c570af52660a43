"""Fine-tuning in several processes side by side, one a device: torchrun starts them, accelerate joins them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from elicit.basis import InputError, UnavailableError
from elicit.models.libraries import load_transformers
from elicit.training.bases import merged, with_adapters
from elicit.training.rows import TokenRow
from elicit.training.sft import fine_tune
from elicit.training.trainer import Pace, Told, Tuned, Tuning, as_data_set, quiet

_JOB: Final = "job.json"
_PACE, _DONE, _PROBLEM = "pace", "done", "problem"
"""Kinds of lines by which the first process tells how it goes."""
_INTERRUPTED: Final = 130


def fine_tune_side_by_side(
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    validation: Sequence[TokenRow],
    marks: Sequence[int],
    tuning: Tuning,
    adapters: int | None,
    folder: Path,
    seed: int,
    processes: int,
    tell: Told = lambda pace: None,
) -> Tuned:
    """Train a model where it is, as :func:`fine_tune` does, in several processes that share the rows.

    Args:
        model, tokenizer, rows, validation, marks, tuning, seed, tell: as there; the model without adapters, and a step
            takes a batch in each process.
        adapters: rank of the low-rank adapters that are trained and merged at the end; None = the whole model learns.
        folder: for the job and its checkpoints.
        processes: how many, on this machine.

    Raises:
        KeyboardInterrupt: it was interrupted; all that was learned is in the folder.
        UnavailableError: there are fewer graphics cards than processes, or what :func:`fine_tune` says.
    """
    import torch

    cards = torch.cuda.device_count()
    if 0 < cards < processes:
        raise UnavailableError(f"{processes} processes need as many graphics cards; there are {cards}")
    _write(folder, model, tokenizer, rows, validation, {"marks": list(marks), "tuning": asdict(tuning)}, adapters, seed)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    tuned = _followed([*command, "--module", __name__, str(folder)], folder, tell)
    weights = load_transformers().AutoModelForCausalLM.from_pretrained(folder / "trained", dtype="auto")
    model.load_state_dict(weights.state_dict())
    return tuned


def _write(
    folder: Path,
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    validation: Sequence[TokenRow],
    facts: dict[str, Any],
    adapters: int | None,
    seed: int,
) -> None:
    """Write everything that the processes need; checkpoints that lie in the folder stay."""
    for name in ("model", "rows", "validation", "trained"):
        shutil.rmtree(folder / name, ignore_errors=True)
    model.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    with quiet():
        as_data_set(rows).save_to_disk(folder / "rows")
        as_data_set(validation).save_to_disk(folder / "validation")
    (folder / _JOB).write_text(json.dumps({**facts, "adapters": adapters, "seed": seed}), encoding="utf-8")


def _followed(command: Sequence[str], folder: Path, tell: Told) -> Tuned:
    """Run the processes and pass on what the first one tells."""
    tuned, problem = None, ""
    log = folder / "log.txt"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=_surroundings()) as running,
    ):
        try:
            for line in running.stdout or ():
                kind, told = _told(line)
                if kind == _PACE:
                    tell(Pace(**told))
                elif kind == _DONE:
                    tuned = Tuned(**told)
                elif kind == _PROBLEM:
                    problem = told["what"]
            running.wait()
        except BaseException:
            # Ctrl-C reaches the processes too; each ends after the step in hand, the first with a checkpoint.
            running.terminate()
            running.wait()
            raise
    if problem:
        raise UnavailableError(problem)
    if tuned is None:
        raise UnavailableError(f"training side by side ended with code {running.returncode}; {log} says why")
    return tuned


def _surroundings() -> dict[str, str]:
    import torch

    return {**os.environ, **({} if torch.cuda.is_available() else {"ACCELERATE_USE_CPU": "true"})}


def _told(line: str) -> tuple[str, dict[str, Any]]:
    """Return the kind of a line and what it tells; other lines, of libraries, have no kind."""
    try:
        kind, told = json.loads(line)
    except ValueError:
        return "", {}
    return (kind, told) if isinstance(told, dict) else ("", {})


def _work(folder: Path) -> int:
    """Do what one of the processes does; the first tells how it goes."""
    from datasets import load_from_disk

    job = json.loads((folder / _JOB).read_text(encoding="utf-8"))
    transformers = load_transformers()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "model")
    model = transformers.AutoModelForCausalLM.from_pretrained(folder / "model", dtype="auto")
    if job["adapters"] is not None:
        model = with_adapters(model, job["adapters"])
    rows, validation = (list(load_from_disk(str(folder / name))) for name in ("rows", "validation"))

    first = os.environ["RANK"] == "0"

    def say(kind: str, told: dict[str, Any]) -> None:
        if first:
            print(json.dumps([kind, told]), flush=True)

    try:
        tuned = fine_tune(
            model,
            tokenizer,
            rows,
            validation,
            job["marks"],
            Tuning(**job["tuning"]),
            folder / "checkpoints",
            job["seed"],
            lambda pace: say(_PACE, asdict(pace)),
        )
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (InputError, UnavailableError) as error:
        say(_PROBLEM, {"what": str(error)})
        return 1
    if first:
        merged(model).save_pretrained(folder / "trained")
    say(_DONE, asdict(tuned))
    return 0


if __name__ == "__main__":
    sys.exit(_work(Path(sys.argv[1])))
