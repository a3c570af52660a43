"""What ``elicit domains check`` says of a catalog file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

Command = Callable[..., Said]

GOOD = "sku,title,price,weight,glows,colors,description\n" + "".join(
    f'L{n},Lamp {n},${n}.50,{n} kg,yes,red; blue,"Lamp number {n} stands on any desk, and its light is warm"\n'
    for n in range(1, 4)
)


@pytest.fixture
def lamps(here: Path) -> Path:
    path = here / "lamps.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_what_is_understood_is_printed(command: Command, lamps: Path) -> None:
    said = command("domains", "check", lamps.name)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == "CSV: 3 items, 7 columns, prices in $"
    rows = [line.split(maxsplit=1)[1] for line in said.out.splitlines()[2:9] if "weight" not in line]
    kinds = ["id", "name", "price", "yes or no", "list", "free text"]
    assert [row.startswith(kind) for row, kind in zip(rows, kinds, strict=True)] == [True] * 6
    assert "weight (kg)" in said.out
    assert "Column 'title' is taken as the names." in said.out
    assert "skipped" not in said.out


def test_skipped_rows_are_counted_and_end_with_1(command: Command, lamps: Path) -> None:
    with lamps.open("a", encoding="utf-8") as stream:
        stream.writelines(f"bad{n}\n" for n in range(13))
    said = command("domains", "check", lamps.name)
    assert (said.code, said.err) == (1, "")
    tail = said.out.partition("skipped, 13:\n")[2].splitlines()
    assert tail[0] == "  lamps.csv:5: 1 field where the header has 7"
    assert (len(tail), tail[-1]) == (11, "  … and 3 more (--json shows all)")
    whole = command("domains", "check", lamps.name, "--json")
    facts = json.loads(whole.out)
    assert (whole.code, len(facts["skipped"]), facts["items"]) == (1, 13, 3)
    assert facts["columns"][3] == {"name": "weight (kg)", "type": "number", "example": "1"}
    assert facts["texts"] == ["description"]


def test_what_cannot_be_read_is_one_line(command: Command, here: Path) -> None:
    assert command("domains", "check", "none.csv").problem() == "none.csv: no such file"
    (here / "notes.doc").write_text("x", encoding="utf-8")
    said = command("domains", "check", "notes.doc")
    assert (said.code, said.out) == (2, "")
    assert said.problem().startswith("notes.doc: a catalog of the kind '.doc' cannot be read")


def test_a_catalog_has_no_people(command: Command, lamps: Path) -> None:
    said = command("domains", "check", lamps.name, "--invented")
    assert (said.code, said.problem()) == (2, "--data and --invented belong to 'movies', not to 'lamps.csv'")


def test_a_domain_goes_before_a_file_of_its_name(command: Command, here: Path, tea: Path) -> None:
    (here / "movies").write_text("x", encoding="utf-8")
    assert command("domains", "check", "movies", "--invented").out.startswith("movies-invented: ")
