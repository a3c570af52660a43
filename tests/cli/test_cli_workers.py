"""Evaluations in small, and by several processes: the same results, and one line where something is wrong."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import pytest
from command_line import Said, contents, finish, hidden, invite, start
from test_cli_ctrl_c import pressed

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
KILLED_AT_ONCE = """
import os, signal, sys

if "--multiprocessing-fork" in sys.orig_argv:
    os.kill(os.getpid(), signal.SIGKILL)
"""
SLEEPERS = """
import os, sys, time
from pathlib import Path

import numpy as np

from elicit.basis import atomic_folder, atomic_path


class Sleeper:
    def choose(self, states, allowed, luck):
        if not Path("awake").exists():
            fall_asleep()
        return np.argmax(allowed, axis=1)


def fall_asleep():
    name, run = f"asleep-{os.getpid()}", Path("run")
    with atomic_path(run / "answers.parquet" / f"{name}.parquet"), atomic_folder(run / "learned" / "fold" / name):
        Path(name).touch()
        try:
            time.sleep(600)
        except BaseException:
            print("terminate called", file=sys.stderr, flush=True)
            os.abort()


def sleeper(fitted, model):
    return Sleeper()
"""
"""They fall asleep while they write, tell of each process that does, and end as C++ does if they are roused."""


@pytest.fixture
def folds(recipe: Path) -> Path:
    """Return the recipe with two folds, so that there is something to share out."""
    text = recipe.read_text(encoding="utf-8").replace("test_folds = [0]", "test_folds = [0, 1]\nluck_seeds = 3")
    recipe.write_text(text.replace('["truthful"]', '["noisy"]'), encoding="utf-8")
    return recipe


@pytest.fixture
def asleep(here: Path, tea: Path, folds: Path) -> Iterator[Popen[str]]:
    """Return a run whose two processes sleep in the midst of writing."""
    invite(folds, "sleepers:sleeper", SLEEPERS)
    process = start("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run", start_new_session=True)
    while len(list(here.glob("asleep-*"))) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    yield process
    # Should a test fail, what did not end is ended here.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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


def test_code_that_ends_its_process_is_told_from_a_mistake(command: Command, tea: Path, folds: Path) -> None:
    invite(folds, "killed_elsewhere:killed", FAILING)
    said = command("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "one of 2 processes ended abruptly; perhaps there is not memory enough for so many, "
        "or the code of questioner 'killed_elsewhere:killed' ends its process. "
        "Mend that code, or go on with fewer --workers: --resume run"
    )


def test_without_outsiders_it_can_only_be_the_memory(here: Path, tea: Path, folds: Path) -> None:
    # As the system does it where memory is short, here as soon as Python starts in a process of ours.
    (here / "sitecustomize.py").write_text(KILLED_AT_ONCE, encoding="utf-8")
    said = finish(
        start("evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run", env=os.environ | {"PYTHONPATH": "."})
    )
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "one of 2 processes ended abruptly; perhaps there is not memory enough for so many. "
        "Go on with fewer --workers: --resume run"
    )


@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_a_signal_stops_all_processes_with_one_line(
    command: Command, here: Path, asleep: Popen[str], number: signal.Signals, name: str
) -> None:
    # As a terminal does it: every process of the group hears of Ctrl-C.
    (os.killpg if number is signal.SIGINT else os.kill)(asleep.pid, number)
    said = finish(asleep)
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        f"stopped by {name}; what was played is kept. "
        "Go on with it: elicit evaluate small.toml --domain tea --workers 2 --resume run"
    )
    assert hidden(here / "run") == []
    (here / "awake").touch()
    assert command(*said.problem().rpartition("elicit ")[2].replace(" --workers 2", "").split()).code == 0


def test_processes_end_in_silence_when_the_first_is_killed(
    command: Command, here: Path, tea: Path, folds: Path, asleep: Popen[str]
) -> None:
    asleep.kill()
    # This waits until the last process has closed its streams.
    said = finish(asleep)
    assert (said.code, said.out) == (-signal.SIGKILL, "")
    assert [line for line in said.err.splitlines() if "/2 " not in line] == []
    (here / "awake").touch()
    assert command("evaluate", folds, "--domain", tea, "--resume", "run").code == 0
    assert hidden(here / "run") == []


def test_ctrl_c_is_heard_while_a_process_is_started(tea: Path, folds: Path) -> None:
    # Python loads this when the first is started.
    said = pressed("import", "popen_spawn_posix", "evaluate", folds, "--domain", tea, "--workers", 2, "-o", "run")
    assert (said.code, said.out) == (1, "")
    assert said.problem().startswith("stopped by Ctrl-C; what was played is kept. ")
