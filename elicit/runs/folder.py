"""A run on disk, written so that it can be read, checked and gone on with.

``recipe.toml`` (as used) · ``run.json`` (provenance) · ``answers.parquet/`` (one shard a part of the plan) ·
``scores.parquet`` · ``report.html`` · ``figures/``.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import elicit
from elicit.basis import InputError, atomic_path, write_text
from elicit.dialogues import Transcript

_MUST_AGREE = ("recipe_hash", "domain_hash", "people_hash", "understanding", "source_of_functions", "elicit")
_COLUMNS_WITHOUT_WORDS = 3
"""Person, what was asked, what was answered."""
_KINDS = {
    "evaluation": "an evaluation",
    "simulation": "a simulation",
    "sales": "sales",
    "interview": "an interview",
}
_LIBRARIES = ("numpy", "scipy", "pyarrow")


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def start(cls, path: Path, recipe: str, facts: Mapping[str, Any]) -> RunFolder:
        """Make a new run folder with the recipe as used and where it came from.

        Args:
            path: of the folder.
            recipe: as used, a TOML text.
            facts: where it came from.

        Raises:
            InputError: the folder exists and is not empty.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise InputError(
                "already there", where=str(path), remedy=f"Name another folder, or go on with it: --resume {path}"
            )
        # First what makes it a run that can be gone on with, should the disk be full after it.
        write_text(path / "run.json", json.dumps(dict(facts), indent=2, ensure_ascii=False) + "\n")
        write_text(path / "recipe.toml", recipe)
        return cls(path)

    @classmethod
    def resume(cls, path: Path, facts: Mapping[str, Any]) -> RunFolder:
        """Open an unfinished run, if it is the same run.

        Raises:
            InputError: not a run folder, or recipe, domain, people or version differ from those it was started with.
        """
        stored = read_facts(path)
        for key in _MUST_AGREE:
            if stored.get(key) != facts.get(key):
                raise InputError(
                    f"started with another {key.replace('_', ' ')} ({stored.get(key)}, now {facts.get(key)})",
                    where=str(path),
                    remedy="Start a new run",
                )
        return cls(path)

    def read_shard(self, name: str) -> Transcript | None:
        """Return the dialogues of a part of the plan, None if they have not been played yet.

        Raises:
            InputError: the file is damaged.
        """
        path = self._shard(name)
        if not path.exists():
            return None
        try:
            table = pq.read_table(path, page_checksum_verification=True)
            asked, answers = (np.array(table.column(c).to_pylist()) for c in ("asked", "answers"))
            words = table.column("words").to_pylist() if table.num_columns > _COLUMNS_WITHOUT_WORDS else []
            return Transcript(asked.astype(np.int16), answers.astype(np.int8), tuple(map(tuple, words)))
        # What is raised depends on which byte is wrong.
        except (pa.ArrowException, OSError, KeyError, TypeError, UnicodeDecodeError):
            raise InputError("damaged", where=str(path), remedy="Delete this file and resume") from None

    def write_shard(self, name: str, people: tuple[str, ...], transcript: Transcript) -> None:
        """Write the dialogues of a part of the plan: person, columns asked, codes answered and words, turn by turn."""
        columns = {"person": pa.array(people)}
        for field, table in (("asked", transcript.asked), ("answers", transcript.answers)):
            columns[field] = pa.FixedSizeListArray.from_arrays(pa.array(table.ravel()), table.shape[1])
        if transcript.words:
            columns["words"] = pa.array(transcript.words, type=pa.list_(pa.string()))
        with atomic_path(self._shard(name)) as temporary:
            pq.write_table(pa.table(columns), temporary, write_page_checksum=True)

    def write_scores(self, table: pa.Table) -> None:
        """Write ``scores.parquet``."""
        with atomic_path(self.path / "scores.parquet") as temporary:
            pq.write_table(table, temporary)

    def _shard(self, name: str) -> Path:
        return self.path / "answers.parquet" / f"{name}.parquet"


def read_scores(path: Path, needed: Collection[str]) -> pa.Table:
    """Return the ``scores.parquet`` of a finished run.

    Args:
        path: of the run.
        needed: columns that it must have.

    Raises:
        InputError: missing or damaged.
    """
    file = path / "scores.parquet"
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError):
        table = None
    if table is None or not set(needed) <= set(table.column_names):
        raise InputError(
            "damaged or missing", where=str(file), remedy=f"Write it again: elicit evaluate … --resume {path}"
        )
    return table


def read_facts(path: Path) -> dict[str, Any]:
    """Return the provenance of a run.

    Raises:
        InputError: not a run folder, or its ``run.json`` is damaged.
    """
    try:
        facts = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("not a run folder (it has no run.json)", where=str(path)) from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise InputError("run.json cannot be read", where=str(path))
    return facts


def latest_run(runs: Path, *kinds: str) -> Path:
    """Return the folder below ``runs`` of the run of one of these kinds that was started last.

    The kinds are those of ``run.json``: ``evaluation``, ``simulation``, ``sales`` and ``interview``.

    Raises:
        InputError: there is none.
    """
    folders = [p.parent for p in runs.glob("*/run.json") if _kind(p.parent) in kinds]
    if not folders:
        raise InputError(f"no run of {' or '.join(_KINDS[kind] for kind in kinds)}", where=str(runs))
    return max(folders, key=lambda folder: (folder / "run.json").stat().st_mtime)


def _kind(folder: Path) -> str:
    try:
        return str(read_facts(folder).get("kind"))
    except InputError:
        return ""


def market_path(run: Path, label: str) -> Path:
    """Return the folder of one of several markets of a run; the run's own for the one without a label."""
    return run / re.sub(r"[^\w.-]+", "-", label) if label else run


def new_run_path(runs: Path, name: str) -> Path:
    """Return ``runs/NAME``, or ``runs/NAME-2`` and so on if it is taken."""
    number = 1
    while (path := runs / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path


def provenance() -> dict[str, Any]:
    """Return what produced a run: versions, commit and whether the checkout was dirty, processor and cores."""
    return {
        "elicit": elicit.__version__,
        "python": platform.python_version(),
        **{library: version(library) for library in _LIBRARIES},
        "processor": _processor(),
        "cores": os.cpu_count(),
        **_commit(),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _commit() -> dict[str, Any]:
    """Return commit and dirty flag of the checkout that the code runs from; nothing for an installed package."""
    root = Path(elicit.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return {}
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
        status = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"commit": head.stdout.strip(), "dirty": bool(status.stdout.strip())}
