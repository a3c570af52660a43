"""``elicit sell``."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import contents

from elicit.cli import main

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
        *("recipe.toml", "run.json", "scores.parquet", "results.json", "report.html", "sold.parquet", "dialogues")
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


@pytest.fixture(scope="session")
def sold_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sold")
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["sell", str(folder / "small.toml"), "--invented", "--out", str(folder / "run")])
    return folder / "run"


@pytest.fixture
def finished(sold_once: Path, recipe: Path) -> Path:
    """Return the folder of finished sales, in the current folder."""
    return Path(shutil.copytree(sold_once, "runs/mine"))


def test_sales_that_lost_a_part_play_it_again_and_end_the_same(
    command: Callable[..., Any], recipe: Path, finished: Path
) -> None:
    before = contents(finished)
    shutil.rmtree(finished / "dialogues")
    for name in (
        "results.json",
        "report.html",
        "scores.parquet",
        "outcomes.jsonl",
        "sold.parquet/fold0-pusher.parquet",
    ):
        (finished / name).unlink()
    (finished / "sold.parquet" / ".fold0-pusher.parquet.x7.parquet").write_bytes(b"PAR1")
    said = command("sell", str(recipe), "--invented", "--resume", "latest")
    assert said.code == 0
    after = contents(finished)
    assert before.keys() == after.keys()
    # The seconds that a dialogue took are the one thing that differs.
    took = {"sold.parquet/fold0-pusher.parquet", "dialogues/pusher.jsonl"}
    assert {name: text for name, text in after.items() if name not in took} == {
        name: text for name, text in before.items() if name not in took
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [("recipe", "started with another recipe hash ("), ("version", "started with another elicit (0.0.1, now ")],
)
def test_other_sales_are_not_mixed_in(
    command: Callable[..., Any], recipe: Path, finished: Path, change: str, said: str
) -> None:
    if change == "recipe":
        recipe.write_text(SMALL.replace("luck_seeds = 1", "luck_seeds = 2"), encoding="utf-8")
    else:
        text = re.sub(r'"elicit": "[^"]*"', '"elicit": "0.0.1"', (finished / "run.json").read_text(encoding="utf-8"))
        (finished / "run.json").write_text(text, encoding="utf-8")
    before = contents(finished)
    answer = command("sell", str(recipe), "--invented", "--resume", str(finished))
    assert answer.code == 2
    assert said in answer.err
    assert contents(finished) == before


def test_a_new_place_and_an_old_run_exclude_each_other(command: Callable[..., Any], recipe: Path) -> None:
    said = command("sell", str(recipe), "--invented", "--out", "there", "--resume", "latest")
    assert said.code == 2
    assert "--out and --resume exclude each other" in said.err


def test_there_is_no_latest_run(command: Callable[..., Any], recipe: Path) -> None:
    said = command("sell", str(recipe), "--invented", "--resume", "latest")
    assert said.code == 2
    assert "runs: no run of sales" in said.err


def test_nothing_is_written_where_nothing_can_be_sold(
    command: Callable[..., Any], recipe: Path, tea_built_once: Path
) -> None:
    said = command("sell", str(recipe), "--domain", str(tea_built_once))
    assert said.code == 2
    assert "nothing can be sold: no target is of a kind" in said.err
    assert not Path("runs").exists()


def test_a_report_shows_sales_again(command: Callable[..., Any], recipe: Path, finished: Path) -> None:
    before = contents(finished)
    (finished / "report.html").unlink()
    said = command("report", "latest")
    assert said.code == 0
    assert "against rule-global" in said.out
    assert "Page: runs/mine/report.html" in said.err
    assert contents(finished) == before
    shown = json.loads(command("report", str(finished), "--json").out)
    assert shown == [json.loads((finished / "results.json").read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("results.json", None, "this run is not finished. Go on with it: elicit sell … --resume runs/mine"),
        ("results.json", "{", "results.json: damaged. Write it again: elicit sell … --resume runs/mine"),
        ("outcomes.jsonl", "{}\n", "outcomes.jsonl:1: damaged. Write it again: elicit sell … --resume runs/mine"),
        ("facets.jsonl", None, "facets.jsonl: file is missing. Write it again: elicit sell … --resume runs/mine"),
        ("dialogues/pusher.jsonl", "", "pusher.jsonl: lacks the dialogue 'invented-"),
        ("run.json", '{"kind": "sales"}', "run.json: names no markets. Start a new run"),
    ],
)
def test_a_report_of_damaged_sales(
    command: Callable[..., Any], finished: Path, file: str, text: str | None, said: str
) -> None:
    (finished / file).unlink()
    if text is not None:
        (finished / file).write_text(text, encoding="utf-8")
    answer = command("report", str(finished))
    assert answer.code == 2
    assert said in answer.err


def test_sales_have_one_baseline(command: Callable[..., Any], finished: Path) -> None:
    said = command("report", str(finished), "--baseline", "pusher")
    assert said.code == 2
    assert "--baseline is for runs of `elicit evaluate`" in said.err
