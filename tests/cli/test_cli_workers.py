"""Evaluations in small, and by several processes: the same results, and one line where something is wrong."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, contents, finish, hidden, start
from test_cli_ctrl_c import SLEEPER

Command = Callable[..., Said]
FAILING = """
import os


class Failing:
    def choose(self, states, allowed, luck):
        return {}["no such key"]


class Killed:
    def choose(self, states, allowed, luck):
        os._exit(9)


def failing(fitted, model):
    return Failing()


def killed(fitted, model):
    return Killed()
"""
SLEEPERS = SLEEPER.replace("import pathlib, time", "import os, pathlib, time").replace(
    'pathlib.Path("asleep")', 'pathlib.Path(f"asleep-{os.getpid()}")'
)
"""They tell of each process that sleeps."""


@pytest.fixture
def folds(recipe: Path) -> Path:
    """Return the recipe with two folds, so that there is something to share out."""
    text = recipe.read_text(encoding="utf-8").replace("test_folds = [0]", "test_folds = [0, 1]\nluck_seeds = 3")
    recipe.write_text(text.replace('["truthful"]', '["noisy"]'), encoding="utf-8")
    return recipe


def test_two_processes_find_what_one_finds(command: Command, here: Path, tea: Path, folds: Path) -> None:
    assert command("evaluate", folds, "--domain", tea, "-o", "one").code == 0
    said = command("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "two")
    assert said.code == 0
    assert said.err.startswith("0/2 learning and asking\n")
    one, two = (contents(here / name) for name in ("one", "two"))
    assert {name: data for name, data in one.items() if name != "run.json"} == {
        name: data for name, data in two.items() if name != "run.json"
    }


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_workers_are_one_or_more(command: Command, tea: Path, folds: Path, number: str) -> None:
    said = command("evaluate", folds, "--domain", tea, "--workers", number)
    assert said.code == 2
    assert "--workers" in said.problem()


def test_in_small_it_is_one_fold_and_one_draw(command: Command, here: Path, tea: Path, folds: Path) -> None:
    plan = json.loads(command("evaluate", folds, "--domain", tea, "--dry-run", "--json").out)
    small = json.loads(command("evaluate", folds, "--domain", tea, "--quick", "--dry-run", "--json").out)
    assert command("evaluate", folds, "--domain", tea, "--quick", "-o", "small").code == 0
    shards = sorted(path.stem for path in (here / "small" / "answers.parquet").iterdir())
    assert shards == ["fold0-noisy-random-0", "fold0-noisy-static-0"]
    # Each of three draws of two folds, against one draw of the first.
    tested = small["dialogues"] // 2
    assert small["dialogues"] == 2 * tested
    assert plan["dialogues"] > 3 * small["dialogues"]
    # The recipe in the folder is the small one: it gives the same again, and goes on without --quick.
    assert command("evaluate", "small/recipe.toml", "--domain", tea, "-o", "again").code == 0
    assert (here / "small" / "scores.parquet").read_bytes() == (here / "again" / "scores.parquet").read_bytes()
    assert command("evaluate", folds, "--domain", tea, "--quick", "--resume", "small").code == 0
    said = command("evaluate", folds, "--domain", tea, "--resume", "small")
    assert said.code == 2
    assert said.problem().startswith("small: started with another recipe hash")


def test_an_outsider_who_fails_in_another_process_is_named_in_one_line(
    command: Command, here: Path, tea: Path, folds: Path
) -> None:
    (here / "failing_elsewhere.py").write_text(FAILING, encoding="utf-8")
    text = folds.read_text(encoding="utf-8").replace('"random"', '"failing_elsewhere:failing"')
    folds.write_text(text, encoding="utf-8")
    said = command("evaluate", folds, "--domain", tea, "--workers", 2)
    assert (said.code, said.out) == (1, "")
    problem = said.problem()
    assert problem.startswith("questioner 'failing_elsewhere:failing': KeyError: 'no such key'. See ")
    assert f"See {here / 'failing_elsewhere'}.py, line 7" in problem


def test_a_process_that_is_killed_is_told_from_a_mistake(command: Command, here: Path, tea: Path, folds: Path) -> None:
    (here / "killed_elsewhere.py").write_text(FAILING, encoding="utf-8")
    text = folds.read_text(encoding="utf-8").replace('"random"', '"killed_elsewhere:killed"')
    folds.write_text(text, encoding="utf-8")
    said = command("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "one of 2 processes ended abruptly; perhaps there is not memory enough for so many. "
        "Go on with fewer --workers: --resume run"
    )


def test_ctrl_c_stops_all_processes_with_one_line(command: Command, here: Path, tea: Path, folds: Path) -> None:
    (here / "sleepers.py").write_text(SLEEPERS, encoding="utf-8")
    text = folds.read_text(encoding="utf-8").replace('"random", "static"', '"random", "sleepers:sleeper", "static"')
    folds.write_text(text, encoding="utf-8")
    process = start("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run", start_new_session=True)
    while len(list(here.glob("asleep-*"))) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    # As a terminal does it: every process of the group hears of it.
    os.killpg(process.pid, signal.SIGINT)
    said = finish(process)
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "stopped by Ctrl-C; what was played is kept. "
        "Go on with it: elicit evaluate small.toml --domain tea --workers 2 --resume run"
    )
    assert hidden(here / "run") == []
    (here / "awake").touch()
    assert command(*said.problem().rpartition("elicit ")[2].replace(" --workers 2", "").split()).code == 0
