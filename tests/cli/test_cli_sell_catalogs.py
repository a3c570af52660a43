"""``elicit sell`` in catalogs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

RECIPE = """
title = "Two small shops"
domain = "catalogs"
questions = [0, 3]
luck_seeds = 2
shoppers = 60
sellers = ["asking-frequency-skip", "asking-static", "pusher"]
baseline = "asking-frequency-skip"

[mixture]
classes = [3]
starts = 1
"""
MAKERS, COLORS = ("Aldo", "Bero", "Cima"), ("red", "blue")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two catalogs and their shoppers, beside a recipe."""
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(RECIPE, encoding="utf-8")
    shop = tmp_path / "shop"
    for part in ("products", "shoppers"):
        (shop / part).mkdir(parents=True)
    for thing in ("kettles", "lamps"):
        rows = [f"{thing} {n},{MAKERS[n % 3]},{COLORS[n % 2]},{20 + 10 * n}" for n in range(8)]
        (shop / f"products/{thing}.csv").write_text("name,maker,color,price\n" + "\n".join(rows) + "\n", "utf-8")
    _wanting(shop / "shoppers/kettle.jsonl", "$45", "Aldo")
    _wanting(shop / "shoppers/lamp_people.jsonl", "$90", "Bero")
    return shop


def _wanting(path: Path, budget: str, maker: str) -> None:
    answers = {"What is your budget?": budget, "Which maker do you like?": maker}
    path.write_text("".join(json.dumps(answers) + "\n" for _ in range(3)), encoding="utf-8")


def sold_by(market: dict[str, Any], seller: str) -> float:
    """Return the share sold by a seller."""
    return next(row["sold"] for row in market["table"] if row["seller"] == seller)


def test_every_catalog_is_a_market_of_its_own(command: Callable[..., Any], folder: Path) -> None:
    said = command("sell", "small.toml", "--data", str(folder), "--json", "--out", "there")
    assert said.code == 0, said.err
    together, kettles, lamps = json.loads(said.out)
    assert (together["label"], together["domain"], together["people"]) == ("all catalogs", "2 catalogs", 6)
    means = {row["seller"]: row["sold"] for row in together["table"]}
    assert means["pusher"] == pytest.approx(np.mean([sold_by(market, "pusher") for market in (kettles, lamps)]))
    assert (kettles["label"], kettles["people"], kettles["draws"]) == ("kettles", 3, 2)
    assert lamps["label"] == "lamps"
    assert sold_by(kettles, "asking-static") == 1
    assert Path("there/kettles/scores.parquet").is_file()


def test_the_terminal_shows_all_catalogs_together_and_what_was_understood(
    command: Callable[..., Any], folder: Path
) -> None:
    said = " ".join(command("sell", "small.toml", "--data", str(folder)).out.split())
    assert "2 catalogs · all catalogs · 6 buyers" in said
    assert "kettles: 3 shoppers, of whose answers 100% tell something that can be asked." in said
    assert "lamps ·" not in said


def test_the_page_has_every_catalog_and_can_be_written_again(command: Callable[..., Any], folder: Path) -> None:
    command("sell", "small.toml", "--data", str(folder), "--out", "there")
    page = Path("there/report.html").read_text(encoding="utf-8")
    assert all(f">{label}</a>" in page for label in ("all catalogs", "kettles", "lamps"))
    Path("there/report.html").unlink()
    assert command("report", "there").code == 0
    assert Path("there/report.html").read_text(encoding="utf-8") == page


def test_a_run_goes_on_where_it_was_stopped(command: Callable[..., Any], folder: Path) -> None:
    command("sell", "small.toml", "--data", str(folder), "--out", "there")
    before = Path("there/kettles/results.json").read_bytes()
    next(Path("there/kettles/sold.parquet").glob("*pusher*")).unlink()
    said = command("sell", "small.toml", "--data", str(folder), "--resume", "there")
    assert said.code == 0, said.err
    assert Path("there/kettles/results.json").read_bytes() == before


def test_more_shoppers_join_those_of_their_catalog(command: Callable[..., Any], folder: Path) -> None:
    _wanting(Path("kettle-fans.jsonl"), "$70", "Cima")
    command("sell", "small.toml", "--data", str(folder), "--shoppers", "kettle-fans.jsonl", "--out", "there")
    kettles = json.loads(Path("there/kettles/results.json").read_text(encoding="utf-8"))
    assert kettles["people"] == 6


def test_somebody_whom_nothing_fits_is_sold_nothing_and_regrets_nothing(
    command: Callable[..., Any], folder: Path
) -> None:
    _wanting(folder / "shoppers/kettle.jsonl", "$5", "Aldo")
    command("sell", "small.toml", "--data", str(folder), "--out", "there")
    kettles = json.loads(Path("there/kettles/results.json").read_text(encoding="utf-8"))
    assert {row["sold"] for row in kettles["table"]} == {0}
    assert {row["regret"] for row in kettles["table"]} == {0}


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda shop: (shop / "shoppers/kettle.jsonl").unlink(), "nobody wants anything of this catalog"),
        (lambda shop: (shop / "shoppers/lamps.jsonl").write_text('{"budget": 5}\n'), "lamps.jsonl:1"),
        (lambda shop: (shop / "products/kettles.csv").unlink(), "no catalogs begin with 'kettle'"),
        (lambda shop: (shop / "products/kettle-sets.csv").write_text("name,size\na,1\nb,2\n"), "2 catalogs begin"),
        (lambda shop: (shop / "shoppers/kettle.jsonl").write_text("{oops\n"), "kettle.jsonl:1"),
        (lambda shop: (shop / "products/kettles.csv").write_text("name\na\nb\n"), "nothing tells the items apart"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    command: Callable[..., Any], folder: Path, spoil: Callable[[Path], Any], problem: str
) -> None:
    spoil(folder)
    said = command("sell", "small.toml", "--data", str(folder))
    assert said.code == 2
    assert problem in said.err
    assert not Path("runs").exists()


def test_no_catalogs_are_named(command: Callable[..., Any], folder: Path) -> None:
    said = command("sell", "small.toml")
    assert said.code == 2
    assert "--data FOLDER" in said.err


def test_people_made_for_a_recipe_are_not_replaced(command: Callable[..., Any], folder: Path) -> None:
    assert command("sell", "small.toml", "--data", str(folder), "--invented").code == 2


def test_shoppers_belong_to_catalogs(command: Callable[..., Any], folder: Path) -> None:
    said = command("sell", "sales-paper", "--shoppers", "kettle-fans.jsonl")
    assert said.code == 2
    assert "belongs to recipes with catalogs" in said.err


def test_nobody_buys_twice(command: Callable[..., Any], folder: Path) -> None:
    path = folder / "shoppers/kettle.jsonl"
    said = command("sell", "small.toml", "--data", str(folder), "--shoppers", str(path))
    assert said.code == 2
    assert "kettle.jsonl has shoppers of the same names" in said.err
    assert not Path("runs").exists()
