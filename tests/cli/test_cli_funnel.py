"""``elicit funnel``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MAKERS, COLORS = ("Aldo", "Bero", "Cima"), ("red", "blue")


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [f"Kettle {n},{MAKERS[n % 3]},{COLORS[n % 2]},${20 + 10 * n},{n * n}" for n in range(8)]
    path = tmp_path / "kettles.csv"
    path.write_text("name,maker,color,price,sold\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_it_writes_a_question_set(command: Callable[..., Any], catalog: Path) -> None:
    said = command("funnel", str(catalog))
    assert said.code == 0, said.err
    assert "kettles: 8 items" in said.out
    assert "What can be asked: price, maker, color." in " ".join(said.out.split())
    assert "best fixed order" in said.out
    assert "First question: Which maker would you like?" in said.out
    names = {path.name for path in Path("kettles-funnel").iterdir()}
    assert names == {"funnel.json", "funnel.html", "funnel.md", "survey.json", "survey-cases.json", "mapping.toml"}


def test_only_what_is_wanted_is_written(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "--format", "md", "-o", "there")
    assert {path.name for path in Path("there").iterdir()} == {"funnel.json", "funnel.md", "mapping.toml"}


def test_json_says_what_was_tried(command: Callable[..., Any], catalog: Path) -> None:
    shown = json.loads(command("funnel", str(catalog), "--json", "--questions", "4").out)
    assert shown["items"] == 8
    assert shown["questions"] == 4
    assert 1 <= shown["tried"]["this funnel"]["left"] < 2
    assert list(shown["tried"]) == ["this funnel", "best fixed order", "frequency and skip", "random"]
    assert 2 <= shown["tried"]["this funnel"]["asked"] <= shown["tried"]["this funnel"]["worst"] <= 3
    assert shown["bits"] == pytest.approx(3)


def test_an_edited_mapping_decides_what_is_asked_and_is_kept(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    mapping = Path("there/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    assert 'label = "maker"' in text
    edited = text.replace("Which maker would you like?", "Whose kettle shall it be?") + "\n# mine\n"
    mapping.write_text(edited, encoding="utf-8")
    said = command("funnel", str(catalog), "--mapping", str(mapping), "-o", "there")
    assert said.code == 0, said.err
    assert "Whose kettle shall it be?" in Path("there/funnel.md").read_text(encoding="utf-8")
    assert mapping.read_text(encoding="utf-8") == edited


def test_the_same_mapping_gives_the_same_questions(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    command("funnel", str(catalog), "-o", "again", "--mapping", "there/mapping.toml")
    for name in ("funnel.json", "survey.json", "mapping.toml"):
        assert Path("there", name).read_bytes() == Path("again", name).read_bytes()


def test_what_is_sold_often_is_weighed_and_not_asked(command: Callable[..., Any], catalog: Path) -> None:
    shown = json.loads(command("funnel", str(catalog), "--prior", "sold", "--json").out)
    assert shown["facets"] == ["price", "maker", "color"]
    funnel = json.loads(Path("kettles-funnel/funnel.json").read_text(encoding="utf-8"))
    ends = [node["items"] for node in funnel["tree"]["nodes"] if node["kind"] == "end" and len(node["items"]) > 1]
    assert all([int(item) for item in items] == sorted(map(int, items), reverse=True) for items in ends)


@pytest.mark.parametrize("weight", ["0.5", "1"])
def test_broad_questions_can_come_first(command: Callable[..., Any], catalog: Path, weight: str) -> None:
    said = command("funnel", str(catalog), "--funnel-weight", weight)
    assert said.code == 0, said.err
    assert "First question: What is your budget?" in said.out
    assert "Why: an answer keeps between 2 and 8 of the 8 items." in " ".join(said.out.split())


def test_rows_that_were_left_out_are_named(command: Callable[..., Any], catalog: Path) -> None:
    with catalog.open("a", encoding="utf-8") as stream:
        stream.write("only one cell\n")
    said = command("funnel", str(catalog))
    assert said.code == 0
    assert "kettles.csv:10" in said.err


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--questions", "0"), "question"),
        (("--funnel-weight", "2"), "funnel_weight"),
        (("--format", "pdf"), "pdf"),
        (("--prior", "maker"), "column 'maker'"),
        (("--prior", "nothing"), "no column 'nothing'"),
        (("--mapping", "missing.toml"), "missing.toml"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    command: Callable[..., Any], catalog: Path, options: tuple[str, ...], problem: str
) -> None:
    said = command("funnel", str(catalog), *options)
    assert said.code == 2
    assert problem in said.err
    assert not Path("kettles-funnel").exists()


def test_an_unknown_key_of_a_mapping_is_named(command: Callable[..., Any], catalog: Path) -> None:
    command("funnel", str(catalog), "-o", "there")
    mapping = Path("there/mapping.toml")
    mapping.write_text(mapping.read_text("utf-8").replace("depth = 1", "dept = 1", 1), "utf-8")
    said = command("funnel", str(catalog), "--mapping", str(mapping))
    assert said.code == 2
    assert "unknown key 'dept'" in said.err


def test_a_folder_with_something_else_is_left_alone(command: Callable[..., Any], catalog: Path) -> None:
    Path("there").mkdir()
    Path("there/mine.txt").write_text("mine", encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "there")
    assert said.code == 2
    assert Path("there/mine.txt").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "empty"), ("name,color\na,red\n", "nothing tells"), ("name,color\na,red\nb,red\n", "nothing tells")],
)
def test_catalogs_in_which_nothing_can_be_asked(
    command: Callable[..., Any], catalog: Path, text: str, problem: str
) -> None:
    catalog.write_text(text, encoding="utf-8")
    said = command("funnel", str(catalog))
    assert said.code == 2
    assert problem in said.err


def test_a_choice_can_be_answered_with_none_of_these_unless_the_mapping_says_no(
    command: Callable[..., Any], catalog: Path
) -> None:
    assert "Aldo / Bero / Cima / None of these" in command("funnel", str(catalog), "-o", "there").out
    mapping = Path("there/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    assert 'none_of_these = [\n    "maker",\n    "color",\n]' in text
    mapping.write_text(text.replace('    "maker",\n', "", 1), encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "again", "--mapping", str(mapping))
    assert "Aldo / Bero / Cima\n" in said.out
    assert "None of these" in Path("again/funnel.md").read_text(encoding="utf-8")
    mapping.write_text(text.replace('"maker"', '"marker"', 1), encoding="utf-8")
    said = command("funnel", str(catalog), "-o", "again", "--mapping", str(mapping))
    assert said.code == 2
    assert "none_of_these: no facet 'marker' in domain 'kettles'. Did you mean 'maker'?" in said.err
