"""`elicit beliefs` on invented people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

SMALL = """
title = "Two beliefs"
domain = "movies"
answers = [0, 8]
test_folds = [0]
test_people = 30

[mixture]
classes = [4]
starts = 1

[[beliefs]]
name = "mixture"
kind = "mixture"

[[beliefs]]
name = "small network"
hidden = 8
epochs = 1
rows = 200
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "two.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_table_for_each_belief(recipe: Path, command: Callable[..., Said]) -> None:
    said = command("beliefs", recipe, "--invented")
    assert said.code == 0
    assert "mixture, learned in" in said.out
    assert "small network, learned in" in said.out
    assert said.out.count("8 funnel") == 2
    assert "gap / gain" in said.out


def test_one_object_of_json(recipe: Path, command: Callable[..., Said]) -> None:
    shown = json.loads(command("beliefs", recipe, "--invented", "--json").out)
    assert shown["domain"] == "movies-invented"
    assert [row["belief"] for row in shown["table"]] == ["mixture"] * 4 + ["small network"] * 4
    assert all(row["more_bits"] == [0, 0, 0] for row in shown["table"][:4])


def test_nothing_is_announced_that_cannot_be_learned(recipe: Path, command: Callable[..., Said]) -> None:
    recipe.write_text(SMALL.replace("test_folds = [0]", "folds = 1000"), encoding="utf-8")
    said = command("beliefs", recipe, "--invented")
    assert said.code == 2
    assert "Learning" not in said.err


def test_trouble_in_learning_is_shown(recipe: Path, command: Callable[..., Said]) -> None:
    recipe.write_text(SMALL.replace("epochs = 1\n", "epochs = 1\nlearning_rate = 1.0\n"), encoding="utf-8")
    said = command("beliefs", recipe, "--invented")
    assert said.code == 0
    assert "Trouble in learning: no epoch of 1 was better than no learning" in said.out


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("hidden = 8", "hiden = 8"), "hiden"),
        (('kind = "mixture"', 'kind = "moods"'), "kind"),
        (("answers = [0, 8]", "answers = [-3]"), "0 or more"),
        (("rows = 200", "hiden = 8"), "unknown key 'beliefs.1.hiden'. Did you mean 'hidden'?"),
        (("rows = 200", 'schedule = "mixture:7"'), "not a share from 0 to 1"),
    ],
)
def test_what_cannot_be_used(recipe: Path, command: Callable[..., Said], change: tuple[str, str], problem: str) -> None:
    recipe.write_text(SMALL.replace(*change), encoding="utf-8")
    said = command("beliefs", recipe, "--invented")
    assert said.code == 2
    assert problem in said.problem()
    assert "two.toml" in said.problem()
