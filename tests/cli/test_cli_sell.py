"""``elicit sell``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SMALL = """
title = "A small sale"
domain = "movies"
questions = [0, 3]
test_folds = [0]
test_people = 20
luck_seeds = 1
sellers = ["rule-global", "rule-mined", "asking-static", "pusher"]
baseline = "rule-global"

[mixture]
classes = [4]
starts = 1
"""


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_it_sells_to_invented_people(command: Callable[..., Any], recipe: Path) -> None:
    said = command("sell", str(recipe), "--invented")
    assert said.code == 0
    assert "these people are invented" in said.err
    assert "80 dialogues in" in said.err
    assert "against rule-global" in said.out
    assert "assumption of the recipe" in " ".join(said.out.split())
    assert {path.name for path in Path("runs/small").iterdir()} >= {
        *("recipe.toml", "run.json", "scores.parquet", "results.json")
    }


def test_json(command: Callable[..., Any], recipe: Path) -> None:
    said = command("sell", str(recipe), "--invented", "--json", "--out", "there")
    (shown,) = json.loads(said.out)
    assert shown == json.loads(Path("there/results.json").read_text(encoding="utf-8"))
    assert [row["seller"] for row in shown["table"]] == ["rule-global", "rule-mined", "asking-static", "pusher"]
    assert shown["people"] == 20
    assert {row["variable"] for row in shown["groups"]} == {"age", "gender", "occupation"}


def test_an_unknown_seller(command: Callable[..., Any], recipe: Path) -> None:
    recipe.write_text(SMALL.replace('"rule-mined"', '"rule-minde"'), encoding="utf-8")
    said = command("sell", str(recipe), "--invented")
    assert said.code == 2
    assert "Did you mean 'rule-mined'" in said.err
    assert not Path("runs").exists()


def test_a_folder_that_is_taken(command: Callable[..., Any], recipe: Path) -> None:
    Path("there").mkdir()
    Path("there/mine.txt").write_text("mine", encoding="utf-8")
    said = command("sell", str(recipe), "--invented", "--out", "there")
    assert said.code == 2
    assert "already there" in said.err
