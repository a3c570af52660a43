"""Ctrl-C at chosen moments: exit code 1, one line, whole files only, and the run can be gone on with."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, contents, finish, hidden, invite, start, write_people

from elicit.dialogues import EndReason, read_dialogues
from elicit.measures import Results

Command = Callable[..., Said]

PRESS = """
import os, signal, sys

event, part = sys.argv[1:3]
pressed = False


def press(name, details):
    global pressed
    if not pressed and name == event and part in str(details):
        pressed = True
        os.kill(os.getpid(), signal.SIGINT)


sys.addaudithook(press)
from elicit.cli import main

main(sys.argv[3:])
"""
"""A person who presses Ctrl-C at the very moment when Python tells of an event, such as a file being opened."""

SLEEPER = """
import pathlib, time

import numpy as np


class Sleeper:
    def choose(self, states, allowed, luck):
        if not pathlib.Path("awake").exists():
            pathlib.Path("asleep").touch()
            time.sleep(600)
        return np.argmax(allowed, axis=1)


def sleeper(fitted, model):
    return Sleeper()
"""


WITHIN_EXEC = """
def maker(fitted, model):
    exec("import os, signal; os.kill(os.getpid(), signal.SIGINT); [None for _ in range(1000)]")
"""
"""Ctrl-C in source that is made while the program runs, as data classes and torch do it."""

AT_THE_END = """
import atexit, os, signal

from elicit.questioners import RandomQuestioner


def maker(fitted, model):
    atexit.register(os.kill, os.getpid(), signal.SIGINT)
    return RandomQuestioner()
"""

SALE = """
title = "A small sale"
domain = "movies"
questions = [0, 3]
test_folds = [0]
test_people = 20
luck_seeds = 1
sellers = ["pusher", "rule-global", "rule-none"]
baseline = "pusher"
train_people = 60
mixture = { classes = [4], starts = 1 }
"""


def pressed(event: str, part: str, *arguments: object, **environment: str) -> Said:
    """Run a command in a process of its own and press Ctrl-C at an event."""
    command = [sys.executable, "-c", PRESS, event, part, *map(str, arguments)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return finish(subprocess.Popen(command, text=True, env=os.environ | environment, **pipes))


def wait_for(path: Path) -> None:
    """Wait until a file is there; a minute is longer than any machine needs."""
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.01)


def test_while_people_are_asked(command: Command, here: Path, tea: Path, recipe: Path) -> None:
    invite(recipe, "sleepers:sleeper", SLEEPER)
    process = start("evaluate", recipe, "--domain", tea, "-o", "run")
    wait_for(here / "asleep")
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "stopped by Ctrl-C; what was played is kept. "
        "Go on with it: elicit evaluate small.toml --domain tea --resume run"
    )
    assert sorted(contents(here / "run")) == [
        "answers.parquet/fold0-truthful-random-0.parquet",
        "learned/fold0/mixture/learned.json",
        "learned/fold0/mixture/weights.safetensors",
        "recipe.toml",
        "run.json",
    ]
    (here / "awake").touch()
    resumed, whole = said.problem().rpartition("elicit ")[2].split(), ("-o", "whole")
    assert command(*resumed).code == 0
    assert command(*resumed[:4], *whole).code == 0
    for name in ("results.json", "scores.parquet"):
        assert (here / "run" / name).read_bytes() == (here / "whole" / name).read_bytes()


def test_while_sellers_sell(command: Command, here: Path) -> None:
    (here / "sale.toml").write_text(SALE, encoding="utf-8")
    said = pressed("tempfile.mkstemp", "fold0-rule-global", "sell", "sale.toml", "--invented", "-o", "run")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == (
        "stopped by Ctrl-C; what was played is kept. Go on with it: elicit sell sale.toml --invented --resume run"
    )
    assert [p.name for p in (here / "run" / "sold.parquet").iterdir()] == ["fold0-pusher.parquet"]
    assert not (here / "run" / "dialogues").exists()
    assert command("sell", "sale.toml", "--invented", "--resume", "run").code == 0
    assert command("sell", "sale.toml", "--invented", "--out", "whole").code == 0
    for name in ("results.json", "scores.parquet", "outcomes.jsonl"):
        assert (here / "run" / name).read_bytes() == (here / "whole" / name).read_bytes()


def test_while_learning(here: Path) -> None:
    process = start("evaluate", "quickstart", "--invented", "-o", "run")
    assert process.stderr is not None
    # The first line is the note about invented people, the second says that learning begins.
    note, step = (process.stderr.readline() for _ in range(2))
    assert note.startswith("Note")
    assert re.match(r"0/\d+ .*learning from", step)
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert (said.code, said.out) == (1, "")
    assert said.problem().endswith("elicit evaluate quickstart --invented --resume run")
    assert hidden(here / "run") == []


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ("run.json", set()),
        ("results.json", {"scores.parquet"}),
        ("report.html", {"scores.parquet", "results.json", "figures"}),
    ],
)
def test_while_results_are_written(
    command: Command, here: Path, tea: Path, recipe: Path, place: str, left: set[str]
) -> None:
    said = pressed("tempfile.mkstemp", place, "evaluate", recipe, "--domain", tea, "-o", "run")
    assert (said.code, said.out) == (1, "")
    assert "stopped by Ctrl-C" in said.problem()
    assert hidden(here / "run") == []
    before_playing = set() if place == "run.json" else {"recipe.toml", "run.json", "answers.parquet", "learned"}
    assert {p.name for p in (here / "run").iterdir() if p.name != "figures" or any(p.iterdir())} == (
        before_playing | left
    )
    if place != "run.json":
        assert command("evaluate", recipe, "--domain", tea, "--resume", "run").code == 0
        assert Results.from_json((here / "run" / "results.json").read_text(encoding="utf-8")).people > 0


def test_while_a_report_is_written_anew(command: Command, here: Path, tea: Path, recipe: Path) -> None:
    assert command("evaluate", recipe, "--domain", tea, "-o", "run").code == 0
    before = contents(here)
    said = pressed("tempfile.mkstemp", "report.html", "report", "run")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert contents(here) == before


@pytest.mark.parametrize("rebuilt", [False, True])
def test_while_a_domain_is_built(command: Command, here: Path, rebuilt: bool) -> None:
    write_people(here / "people.csv")
    if rebuilt:
        assert command("domains", "build", "people.csv", "-o", "people").code == 0
    before = contents(here)
    said = pressed("open", "card.md", "domains", "build", "people.csv", "-o", "people")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert contents(here) == before
    assert hidden(here) == []


@pytest.mark.parametrize("written_before", [False, True])
def test_while_a_question_set_is_written(command: Command, here: Path, written_before: bool) -> None:
    rows = [f"Kettle {n},{'Aldo' if n % 2 else 'Bero'},${20 + 10 * n}" for n in range(8)]
    (here / "kettles.csv").write_text("name,maker,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
    if written_before:
        assert command("funnel", "kettles.csv").code == 0
    before = contents(here)
    said = pressed("open", "survey.json", "funnel", "kettles.csv")
    assert said.code == 1
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert contents(here) == before
    assert hidden(here) == []


def test_while_chains_are_written(here: Path, tea: Path) -> None:
    before = contents(here)
    said = pressed("open", "dataset_info.json", "chains", tea, "-o", "chains")
    assert (said.code, said.out) == (1, "")
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert contents(here) == before
    assert hidden(here) == []


def test_while_source_is_made(here: Path, tea: Path, recipe: Path) -> None:
    invite(recipe, "makers:maker", WITHIN_EXEC)
    said = finish(start("evaluate", recipe, "--domain", tea, "-o", "run"))
    assert (said.code, said.out) == (1, "")
    assert said.problem().startswith("stopped by Ctrl-C; what was played is kept. ")
    assert hidden(here / "run") == []


def test_when_all_is_said(tea: Path, recipe: Path) -> None:
    invite(recipe, "leavers:maker", AT_THE_END)
    said = finish(start("evaluate", recipe, "--domain", tea))
    assert said.code == 0
    assert said.err.splitlines()[-1].endswith(" s")


def test_while_data_are_fetched(elicit_home: Path) -> None:
    # pip is started without an index, so that nothing is fetched whoever is quicker.
    said = pressed("subprocess.Popen", "recbole", "data", "fetch", "movielens-100k", PIP_NO_INDEX="1")
    assert said.code == 1
    assert said.err == "elicit: stopped by Ctrl-C; whatever was finished is kept\n"
    assert not elicit_home.exists()


def test_while_python_still_loads_the_commands() -> None:
    said = pressed("import", "cyclopts", "domains", "list")
    assert said == Said(1, "", "elicit: stopped by Ctrl-C; whatever was finished is kept\n")


def test_at_the_prompt(tea: Path, here: Path) -> None:
    process = start("ask", tea, "-o", "talk", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    for typed in ("1\n", ""):
        while (letter := process.stdout.read(1)) not in {">", ""}:
            pass
        assert letter == ">"
        process.stdin.write(typed)
        process.stdin.flush()
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert said.code == 1
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert said.out.endswith("Saved: talk\n")
    (dialogue,) = read_dialogues(here / "talk" / "dialogues.jsonl")
    assert len(dialogue.turns) == 2
    assert dialogue.end is EndReason.PERSON_STOPPED
