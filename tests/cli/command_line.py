"""The command line as the tests type it, and sixty invented tea drinkers to type about."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from elicit.cli import main

_PASSING = re.compile(r"Note: |Learning |\d+/\d+ |[\d,]+ of [\d,]+ dialogues")
"""Lines on standard error that are no complaint."""

MAPPING = """
name = "tea"
title = "Tea drinkers"
source = "Sixty people whom we made up"
id = "who"

[personas]
gender = "gender"

[[facets]]
columns = ["green", "black"]
values = { "1" = "dislike", "2" = "so-so", "3" = "like" }
wordings = ["Do you like {label} tea?", "What do you think of {label} tea?", "How about {label} tea?"]

[[facets]]
column = "herbal"
label = "herbal tea"
depth = 1
parents = ["green"]

[[facets]]
column = "cups"
label = "cups a day"
kind = "number"
cuts = [1, 3]
depth = 1

[targets]
columns = ["oolong", "sencha"]
like = "yes"
"""
RECIPE = """
title = "Small"
domain = "tea"
questions = [0, 2]
conditions = ["truthful"]
questioners = ["random", "static"]
test_folds = [0]
mixture = { classes = [2], starts = 1 }
"""

FULL = """
import resource, sys

_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), most))
from elicit.cli import main

main(sys.argv[2:])
"""
"""No file may become larger than so many bytes; what is written beyond fails, as on a full disk."""


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def problem(self) -> str:
        """Return the one line that says what went wrong."""
        (line,) = (line for line in self.err.splitlines() if not _PASSING.match(line))
        assert line.startswith("elicit: ")
        return line.removeprefix("elicit: ")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Said:
    """Run a command in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return Said(int(ended.value.code or 0), *capsys.readouterr())


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own, with pipes unless other streams are given."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, "-m", "elicit", *map(str, arguments)], text=True, **pipes)


def finish(process: subprocess.Popen[str]) -> Said:
    """Wait for a process."""
    out, err = process.communicate(timeout=60)
    return Said(process.returncode, out or "", err or "")


def cramped(size: int, *arguments: object) -> Said:
    """Run a command in a process whose files may have so many bytes."""
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    words = [sys.executable, "-c", FULL, str(size), *map(str, arguments)]
    return finish(subprocess.Popen(words, text=True, **pipes))


def write_people(path: Path, people: int = 60) -> Path:
    """Write a table of people of two kinds, who like green tea and sencha, or black tea and oolong."""
    rows = ["who,gender,green,black,herbal,cups,oolong,sencha"]
    for i in range(people):
        kind = i % 2
        green, black = (1 if i % 10 == 3 else 3 - 2 * kind), (2 if i % 7 == 2 else 1 + 2 * kind)
        herbal = "" if i % 6 == 1 else ("mint", "fennel", "none")[i % 3]
        buys = ("yes", "no") if kind else ("no", "yes")
        rows.append(f"p{i},{'fm'[i // 2 % 2]},{green},{black},{herbal},{i % 5},{buys[0]},{buys[1]}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def invite(recipe: Path, questioner: str, source: str) -> None:
    """Let a questioner ``module:function`` with this source ask too, after ``random``."""
    module = questioner.partition(":")[0]
    recipe.with_name(f"{module}.py").write_text(source, encoding="utf-8")
    text = recipe.read_text(encoding="utf-8").replace('"random", ', f'"random", "{questioner}", ')
    recipe.write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with what is in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def hidden(folder: Path) -> list[Path]:
    """Return what a stopped write would have left behind."""
    return [p for p in folder.rglob("*") if any(part.startswith(".") for part in p.relative_to(folder).parts)]


def plain_environment(**changes: str) -> dict[str, str]:
    """Return the environment without what makes Python flush or colour more than it does for people."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONUNBUFFERED", "NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return kept | changes
