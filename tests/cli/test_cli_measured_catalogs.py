"""``elicit catalogs``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MAKERS, COLORS = ("Aldo", "Bero", "Cima"), ("red", "blue")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for part in ("products", "shoppers"):
        (tmp_path / "shop" / part).mkdir(parents=True)
    for thing in ("kettles", "lamps"):
        rows = [f"{thing} {n},{MAKERS[n % 3]},{COLORS[n % 2]},{20 + 10 * n}" for n in range(8)]
        catalog = tmp_path / f"shop/products/{thing}.csv"
        catalog.write_text("name,maker,color,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
        wish = json.dumps({"What is your budget?": "$55", "Which maker do you like?": "Bero"})
        (tmp_path / f"shop/shoppers/{thing[:-1]}.jsonl").write_text(f"{wish}\n{wish}\n", encoding="utf-8")
    return tmp_path / "shop"


def test_tables(command: Callable[..., Any], folder: Path) -> None:
    said = command("catalogs", str(folder))
    assert said.code == 0, said.err
    text = " ".join(said.out.split())
    assert "2 catalogs, 16 items" in text
    assert "4 shoppers in their own words" in text
    assert "2 of 2" in text


def test_json(command: Callable[..., Any], folder: Path) -> None:
    facts = json.loads(command("catalogs", str(folder), "--json", "--questions", "3").out)
    assert len(facts["recall"]["values"]["funnel"]["mean"]) == 4
    assert facts["served"]["all that they said"]["fits"]["mean"] == pytest.approx(1)
    assert facts["coverage"]["lamps"]["questions"] == 2


def test_the_same_seed_gives_the_same_figures(command: Callable[..., Any], folder: Path) -> None:
    one, two, other = (command("catalogs", str(folder), "--json", "--seed", seed).out for seed in ("1", "1", "2"))
    assert one == two != other


def test_headings_of_a_guide_are_questions_too(command: Callable[..., Any], folder: Path) -> None:
    guide = "What maker is best?\nThis sentence is no heading.\nStar signs\n"
    (folder / "guides.json").write_text(json.dumps({"kettle": guide}), encoding="utf-8")
    facts = json.loads(command("catalogs", str(folder), "--json").out)
    assert facts["coverage"]["kettles"]["questions"] == 4
    assert facts["coverage"]["kettles"]["met"] == 3


@pytest.mark.parametrize("guide", ["{oops", '["a"]', '{"kettle": 3}', '{"sofa": "How big?"}'])
def test_guides_that_cannot_be_used(command: Callable[..., Any], folder: Path, guide: str) -> None:
    (folder / "guides.json").write_text(guide, encoding="utf-8")
    said = command("catalogs", str(folder))
    assert said.code == 2
    assert "guides.json" in said.err


def test_a_folder_without_catalogs(command: Callable[..., Any], tmp_path: Path) -> None:
    said = command("catalogs", str(tmp_path))
    assert said.code == 2
    assert "there is no catalog" in said.err


def test_an_encoder_that_is_not_here(command: Callable[..., Any], folder: Path) -> None:
    said = command("catalogs", str(folder), "--encoder", "minilm")
    assert said.code == 2
    assert "elicit models pull minilm" in said.err
