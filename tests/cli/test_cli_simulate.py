"""``elicit simulate`` from end to end: every kind of agent, what is printed and kept, and how a run goes on."""

from __future__ import annotations

import io
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

from elicit.dialogues import Dialogue, EndReason, Speaker
from elicit.runs import locked, read_failures, read_finished

Command = Callable[..., Said]

TALK = """
title = "Tea talk"
domain = "tea"
questions = 2
dialogues = 6
mixture = { classes = [2], starts = 1 }
"""
AGENTS = """
import asyncio, time

def polite(messages):
    return "Do you like black tea?" if len(messages) == 1 else "Thank you. [END]"

async def slow(messages):
    await asyncio.sleep(0.004)
    return "Do you like green tea?"

def nothing(messages):
    return None

def raising(messages):
    raise ValueError("out of tea")
"""


@pytest.fixture
def talk(here: Path, tea: Path) -> Path:
    """Return a simulation recipe that is quick on the tea drinkers, in the current folder, with agents beside it."""
    (here / "talk.toml").write_text(TALK, encoding="utf-8")
    (here / "shop.py").write_text(AGENTS, encoding="utf-8")
    return Path("talk.toml")


@pytest.fixture(autouse=True)
def without_agents_of_other_tests() -> None:
    sys.modules.pop("shop", None)


def dialogues(folder: Path | str) -> list[Dialogue]:
    return sorted(read_finished(Path(folder)), key=lambda d: d.id)


def test_a_questioner_talks_with_people_in_words(command: Command, talk: Path) -> None:
    said = command("simulate", talk, "--out", "run")
    assert said.code == 0
    assert "6 finished + 0 failed = 6 planned" in said.err
    assert Path("run/report.html").exists()
    (first, *_) = dialogues("run")
    assert [t.speaker for t in first.turns] == [Speaker.USER, Speaker.AGENT] * 3
    assert first.end is EndReason.BUDGET
    assert command("report", "run").out == said.out


def test_json_is_one_object(command: Command, talk: Path) -> None:
    said = command("simulate", talk, "--json", "--out", "run", "-n", 3)
    shown = json.loads(said.out)
    assert shown["run"] == "run"
    (row,) = shown["table"]
    assert (row["agent"], row["user"], row["planned"], row["finished"]) == ("static", "rule", 3, 3)
    assert row["learned"] == 2


def test_the_folder_one_is_in_can_be_imported(command: Command, talk: Path) -> None:
    said = command("simulate", talk, "--agent", "shop:polite", "--out", "run")
    assert said.code == 0
    for dialogue in dialogues("run"):
        assert dialogue.turns[1].asks == ("black",)
        assert set(dialogue.turns[2].tells) == {"black"}
        assert dialogue.end is EndReason.AGENT_DONE


@pytest.mark.parametrize(
    ("agent", "detail"),
    [("shop:nothing", "shop:nothing returned NoneType instead of a text"), ("shop:raising", "ValueError: out of tea")],
)
def test_an_agent_that_always_fails_is_counted_and_the_cause_is_told(
    command: Command, talk: Path, agent: str, detail: str
) -> None:
    said = command("simulate", talk, "--agent", agent, "--out", "run", "--json")
    assert said.code == 1
    assert "0 finished + 6 failed = 6 planned" in said.err
    assert f"6 failed, agent: {detail}" in said.err
    (row,) = json.loads(said.out)["table"]
    assert (row["agent"], row["learned"], row["counted"]) == (agent, 0, 6)
    failures = list(read_failures(Path("run")))
    assert len(failures) == 6
    assert all(detail in f.detail for f in failures)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--agent", "statik"), "unknown agent 'statik'. Did you mean 'static'?"),
        (("--agent", "shop:polit"), "agent 'shop:polit': module 'shop' has no 'polit'"),
        (("--agent", "shopp:polite"), "agent 'shopp:polite': cannot import 'shopp'"),
        (("--agent", "http://127.0.0.1:9/v1"), "#"),
        (("--agent", "htp://127.0.0.1:9/v1#m"), "unknown agent"),
        (("--user", "scripted:none.toml"), "none.toml"),
        (("--agent", "hf:none"), "none"),
        (("-n", "0"), "dialogues"),
        (("--questions", "0"), "questions"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    command: Command, talk: Path, arguments: tuple[str, ...], problem: str
) -> None:
    said = command("simulate", talk, *arguments)
    assert said.code == 2
    assert problem in said.problem()
    assert not Path("runs").exists()


def test_an_unknown_recipe_and_one_of_the_other_kind_are_refused(command: Command, talk: Path) -> None:
    assert (
        "no recipe 'movies-tlak'. Name a .toml file or a shipped recipe. Did you mean"
        in command("simulate", "movies-tlak").problem()
    )
    assert command("simulate", "quickstart").code == 2
    assert command("evaluate", talk).code == 2


def test_a_dry_run_plays_nothing_and_says_what_it_may_cost(command: Command, talk: Path) -> None:
    free = command("simulate", talk, "--dry-run")
    assert "No model is called" in free.out
    assert not Path("runs").exists()
    Path("say.toml").write_text('replies = ["Do you like green tea?"]\n')
    priced = TALK + "[models.agent]\nprice_prompt = 1000\nprice_reply = 2000\nmax_tokens = 20\n"
    Path("priced.toml").write_text(priced)
    bound = json.loads(command("simulate", "priced.toml", "--agent", "scripted:say.toml", "--dry-run", "--json").out)
    assert bound["most_calls"] == 6 * 3
    command("simulate", "priced.toml", "--agent", "scripted:say.toml", "--out", "run")
    spent = sum(d.usage[Speaker.AGENT].money for d in dialogues("run"))
    assert 0 < spent <= bound["most_money"]


def test_a_spent_budget_stops_the_run_and_keeps_what_is_there(command: Command, talk: Path) -> None:
    Path("say.toml").write_text('replies = ["Do you like green tea?"]\n')
    Path("poor.toml").write_text(
        "budget = 0.05\n"
        + TALK
        + "at_once = 1\n[models.agent]\nprice_reply = 1000\nmax_tokens = 20\n".replace("at_once = 1\n", "")
    )
    said = command("simulate", "poor.toml", "--agent", "scripted:say.toml", "--out", "run")
    assert said.code == 1
    assert "(agent model); finished dialogues are kept. Go on with it: elicit simulate poor.toml" in said.problem()
    assert "--resume run" in said.problem()


@pytest.mark.parametrize(("typed", "value"), [("I love it", "like"), ("not really", "dislike"), ("no idea", "unknown")])
def test_a_person_can_be_the_user(
    command: Command, talk: Path, monkeypatch: pytest.MonkeyPatch, typed: str, value: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"hello\n{typed}\n"))
    said = command("simulate", talk, "--agent", "shop:polite", "--user", "person", "-n", 1, "--out", "run")
    assert said.code == 0
    (dialogue,) = dialogues("run")
    assert [t.text for t in dialogue.turns] == ["hello", "Do you like black tea?", typed, "Thank you."]
    assert dialogue.turns[2].tells == {"black": value}
    assert "Tea drinkers. A new dialogue" in said.out


def test_a_person_can_be_the_agent_and_leave(command: Command, talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("How about black tea?\n"))
    command("simulate", talk, "--agent", "person", "-n", 1, "--out", "run")
    (dialogue,) = dialogues("run")
    assert dialogue.turns[1].asks == ("black",)
    assert dialogue.end is EndReason.AGENT_DONE


def test_another_process_on_the_folder_is_refused(command: Command, talk: Path) -> None:
    command("simulate", talk, "--out", "run")
    with locked(Path("run")):
        said = command("simulate", talk, "--resume", "run")
    assert (said.code, "another process is working on this run" in said.problem()) == (2, True)


def test_a_folder_that_is_taken_names_resume(command: Command, talk: Path) -> None:  # acceptance case 25
    command("simulate", talk, "--out", "run")
    said = command("simulate", talk, "--out", "run")
    assert said.code == 2
    assert "--resume run" in said.problem()


def test_another_recipe_cannot_go_on_with_a_run(command: Command, talk: Path) -> None:
    command("simulate", talk, "--out", "run")
    said = command("simulate", talk, "--agent", "random", "--resume", "run")
    assert "started with another recipe hash" in said.problem()


def _killed_again_and_again(talk: Path, kills: int, number: int) -> None:
    """Kill a run at random moments until it has been killed often enough, then let it finish."""
    words = [sys.executable, "-m", "elicit", "simulate", str(talk), "--agent", "shop:slow", "-n", str(number)]
    start, go_on = [*words, "--out", "run"], [*words, "--resume", "run"]
    moments = random.Random(11)
    done = 0
    for kill in range(kills):
        process = subprocess.Popen(go_on if kill else start, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        lines = Path("run/dialogues.jsonl")
        wanted = done + moments.randint(1, max(1, number // (kills + 2)))
        while process.poll() is None and (not lines.exists() or lines.read_bytes().count(b"\n") < wanted):
            time.sleep(0.01)
        time.sleep(moments.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = lines.read_bytes().count(b"\n")
    assert 0 < done < number
    subprocess.run(go_on, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    subprocess.run([*words, "--out", "whole"], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    ids = Counter(d.id for d in read_finished(Path("run")))
    assert len(ids) == number
    assert set(ids.values()) == {1}
    timeless = [[d.model_copy(update={"timing": 0.0}) for d in dialogues(name)] for name in ("run", "whole")]
    assert timeless[0] == timeless[1]


def test_a_run_that_is_killed_loses_and_repeats_nothing(talk: Path) -> None:  # acceptance case 24
    _killed_again_and_again(talk, kills=3, number=120)


@pytest.mark.slow
def test_a_run_of_500_that_is_killed_20_times_loses_and_repeats_nothing(talk: Path) -> None:
    _killed_again_and_again(talk, kills=20, number=500)
