"""`elicit train` on invented people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

import elicit

SMALL = """
title = "A very small model"
domain = "movies"
questions = [0, 2]
conditions = ["truthful"]
questioners = ["static", "apt-mark", "apt-free"]
test_folds = [0]
test_people = 10

[mixture]
classes = [4]
starts = 1

[language.apt]
teacher = "static"
width = 64
layers = 1
rows = 40
batch = 10
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "apt.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_model_is_trained_measured_and_written(command: Callable[..., Said], recipe: Path, here: Path) -> None:
    said = command("train", str(recipe), "--invented")
    assert said.code == 0
    assert "Model apt: models/apt" in said.out
    assert "apt-mark" in said.out
    card = (here / "models" / "apt" / "README.md").read_text(encoding="utf-8")
    assert "The people are invented" in card
    losses = dict(re.findall(r"^\| (loss.*) \| (.+) \|$", card, re.MULTILINE))
    assert list(losses) == ["loss on other people"]  # So short a training is not told of on the way.
    assert 0 < float(losses["loss on other people"]) < 20
    question = elicit.load_questioner(here / "models" / "apt").next([])
    assert question is not None
    assert question.text.endswith("?")


def test_as_json(command: Callable[..., Said], recipe: Path) -> None:
    said = command("train", str(recipe), "--invented", "--out", "elsewhere", "--json")
    assert json.loads(said.out)["models"] == {"apt": "elsewhere/apt"}


def test_measured_by_two_processes_it_is_the_same(command: Callable[..., Said], recipe: Path) -> None:
    recipe.write_text(SMALL.replace('["truthful"]', '["truthful", "noisy"]'), encoding="utf-8")
    for out, workers in (("alone", 1), ("side-by-side", 2)):
        said = command("train", str(recipe), "--invented", "--out", out, "--workers", str(workers))
        assert said.code == 0
    one, two = (Path("runs") / name / "results.json" for name in ("apt", "apt-2"))
    assert one.read_bytes() == two.read_bytes()


def test_another_recipe_does_not_go_on_with_it(command: Callable[..., Said], recipe: Path) -> None:
    assert command("train", str(recipe), "--invented").code == 0
    recipe.write_text(SMALL.replace("rows = 40", "rows = 50"), encoding="utf-8")
    said = command("train", str(recipe), "--invented", "--resume", "latest")
    assert said.code == 2
    assert "another recipe hash" in said.err


def test_something_else_in_the_place_of_the_model_is_not_replaced(
    command: Callable[..., Said], recipe: Path, here: Path
) -> None:
    (here / "models" / "apt").mkdir(parents=True)
    (here / "models" / "apt" / "mine.txt").write_text("mine", encoding="utf-8")
    said = command("train", str(recipe), "--invented")
    assert said.code == 2
    assert "mine.txt" in said.err or "would be lost" in said.err
    assert not (here / "runs").exists()


def test_an_unknown_recipe_names_those_there_are(command: Callable[..., Said]) -> None:
    said = command("train", "tinny", "--invented")
    assert said.code == 2
    assert "Did you mean 'tiny'" in said.err


def test_without_a_network_the_hub_is_said_to_be_out_of_reach(
    command: Callable[..., Said], recipe: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = command("train", str(recipe), "--invented", "--push-to-hub", "nobody/apt")
    assert said.code == 1
    assert "cannot be put on the hub as 'nobody/apt'" in said.err
    assert (here / "models" / "apt" / "README.md").exists()


def test_what_was_trained_is_told_even_where_the_hub_is_out_of_reach(
    command: Callable[..., Said], recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = command("train", str(recipe), "--invented", "--push-to-hub", "nobody/apt", "--json")
    assert said.code == 1
    assert list(json.loads(said.out)["models"]) == ["apt"]


def test_a_name_that_no_repository_can_have_is_refused_at_once(
    command: Callable[..., Said], recipe: Path, here: Path
) -> None:
    said = command("train", str(recipe), "--invented", "--push-to-hub", "bad name!!")
    assert said.code == 2
    assert "--push-to-hub: no name for a repository" in said.err
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    ("settings", "problem", "code"),
    [
        ('tracking = "wandbb"', "unknown tracker 'wandbb'. Did you mean 'wandb'", 2),
        ('base = "nowhere"', "nowhere", 2),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_learned(
    command: Callable[..., Said], recipe: Path, here: Path, settings: str, problem: str, code: int
) -> None:
    recipe.write_text(SMALL.replace("rows = 40", f"rows = 40\n{settings}"), encoding="utf-8")
    said = command("train", str(recipe), "--invented")
    assert said.code == code
    assert problem in said.err
    assert not (here / "runs").exists()
