"""``elicit compare``: same people, same luck, and a warning where they are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

Command = Callable[..., Said]
TALK = 'title = "Tea talk"\ndomain = "tea"\nquestions = 2\ndialogues = 12\nmixture = { classes = [2], starts = 1 }\n'


@pytest.fixture
def runs(command: Command, tea: Path) -> None:
    Path("talk.toml").write_text(TALK)
    for agent in ("static", "random"):
        assert command("simulate", "talk.toml", "--agent", agent, "--out", agent).code == 0


@pytest.mark.usefixtures("runs")
def test_agents_are_compared_on_the_same_dialogues(command: Command) -> None:
    said = command("compare", "static", "random")
    assert said.code == 0
    assert "12 dialogues with 12 people, the same in every run." in said.out
    assert "random against static" in said.out
    assert "Warning" not in said.err
    assert max(len(line) for line in said.out.splitlines()) <= 100
    shown = json.loads(command("compare", "static", "random", "--json").out)
    assert shown["runs"] == ["static", "random"]
    assert shown["warnings"] == []
    assert {d["baseline"] for d in shown["differences"]} <= {"static"}


@pytest.mark.usefixtures("runs")
def test_what_should_agree_and_does_not_is_told(command: Command) -> None:
    command("simulate", "talk.toml", "--seed", 5, "--questions", 1, "--out", "other")
    said = command("compare", "static", "other")
    assert said.code == 0
    assert "Warning: the seed of other differs from that of static; differences are not only the agent's\n" in said.err
    assert "Warning: the number of questions of other differs" in said.err
    assert "other against static" in said.out


@pytest.mark.usefixtures("runs")
def test_what_cannot_be_compared_is_refused(command: Command, recipe: Path) -> None:
    assert command("evaluate", recipe, "--out", "evaluated").code == 0
    for arguments, problem in (
        (("static",), "1 runs cannot be compared"),
        (("static", "./static"), "static: the same run twice"),
        (("static", "evaluated"), "evaluated: not a simulation"),
        (("static", "gone"), "gone: not a run folder"),
    ):
        said = command("compare", *arguments)
        assert said.code == 2
        assert problem in said.problem()
    Path("random/results.json").unlink()
    assert "random: this run is not finished" in command("compare", "static", "random").problem()
