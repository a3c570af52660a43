"""Where things are written: nothing of others is lost, and what cannot be written is said before the work."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, contents, write_people

Command = Callable[..., Said]

WRITERS = {
    "build": ("domains", "build", "people.csv", "-o"),
    "chains": ("chains", "tea", "-o"),
    "evaluate": ("evaluate", "small.toml", "--domain", "tea", "-o"),
    "ask": ("ask", "tea", "-o"),
    "association": ("profiles", "association", "tea", "--permutations", "200", "-o"),
}
every_writer = pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)


@pytest.fixture(autouse=True)
def all_there_is(here: Path, tea: Path, recipe: Path) -> None:
    write_people(here / "people.csv")


@every_writer
def test_a_folder_with_something_else_in_it_is_left_alone(
    command: Command, here: Path, writer: tuple[str, ...]
) -> None:
    (here / "holiday").mkdir()
    (here / "holiday" / "sun.jpg").write_bytes(b"sun")
    before = contents(here)
    said = command(*writer, "holiday")
    assert (said.code, said.out) == (2, "")
    assert said.problem().startswith("holiday: ")
    assert contents(here) == before


@every_writer
def test_nothing_can_stand_below_a_file(command: Command, here: Path, writer: tuple[str, ...]) -> None:
    before = contents(here)
    said = command(*writer, "people.csv/below/it")
    assert (said.code, said.out) == (2, "")
    place = here / "people.csv"
    assert said.problem() == f"{place}: a file, so there can be nothing below it. Name another place"
    assert contents(here) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@every_writer
def test_a_folder_that_cannot_be_written_to_is_named(command: Command, here: Path, writer: tuple[str, ...]) -> None:
    (here / "locked").mkdir(mode=0o555)
    said = command(*writer, "locked/new")
    assert (said.code, said.out) == (2, "")
    assert said.problem() == f"{here / 'locked'}: this folder cannot be written to. Name another place"


@pytest.mark.parametrize("writer", [WRITERS[name] for name in ("build", "chains", "evaluate", "ask")])
def test_a_file_is_no_folder(command: Command, here: Path, writer: tuple[str, ...]) -> None:
    before = contents(here)
    said = command(*writer, "people.csv")
    assert (said.code, said.out) == (2, "")
    assert said.problem().startswith("people.csv: ")
    assert contents(here) == before


def test_chains_do_not_replace_a_domain_nor_a_domain_chains(command: Command, here: Path) -> None:
    assert command("chains", "tea", "-o", "chains").code == 0
    before = contents(here)
    assert command("chains", "tea", "-o", "tea").problem() == (
        "tea: holds 'card.md', which would be lost. Name another place"
    )
    assert command("domains", "build", "people.csv", "-o", "chains").problem() == (
        "chains: holds 'README.md', which would be lost. Name another place"
    )
    assert contents(here) == before


def test_a_table_beside_its_domain_is_not_lost_when_the_domain_is_built_again(command: Command, here: Path) -> None:
    assert command("domains", "build", "people.csv", "-o", "people").code == 0
    write_people(here / "people" / "people.csv")
    before = contents(here)
    said = command("domains", "build", "people/people.csv", "-o", "people")
    assert said.problem() == "people: holds 'people.csv', which would be lost. Name another place"
    assert contents(here) == before


def test_runs_that_is_a_file_is_named(command: Command, here: Path) -> None:
    (here / "runs").write_text("mine")
    for arguments in (("evaluate", "small.toml", "--domain", "tea"), ("ask", "tea")):
        said = command(*arguments)
        assert said.code == 2
        assert said.problem() == f"{here / 'runs'}: a file, so there can be nothing below it. Name another place"
    assert (here / "runs").read_text() == "mine"


def test_a_home_that_is_a_file_is_named(command: Command, here: Path, elicit_home: Path) -> None:
    elicit_home.write_text("mine")
    assert command("domains", "list").code == 0
    said = command("domains", "build", "people.csv")
    assert said.problem() == f"{elicit_home}: a file, so there can be nothing below it. Name another place"


def test_a_damaged_domain_in_the_home_does_not_hide_the_others(command: Command, here: Path, elicit_home: Path) -> None:
    for name in ("good", "bad"):
        assert command("domains", "build", "people.csv", "-o", elicit_home / "domains" / name).code == 0
    (elicit_home / "domains" / "bad" / "facets.jsonl").write_text("{")
    lines = command("domains", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["domain", "movies", "young-people", "bad", "good"]
    assert lines[3].split()[1] == "damaged"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("domain.toml", "name = ", "tea/domain.toml: not valid TOML"),
        ("domain.toml", "", "tea: name: Field required"),
        ("facets.jsonl", "{\n", "tea/facets.jsonl:1: Invalid JSON"),
        ("profiles.parquet", "PAR1", "tea/profiles.parquet: not a Parquet file"),
        ("targets.jsonl", None, "tea/targets.jsonl: file is missing. Build the domain again"),
        ("domain.toml", None, "tea: not a domain."),
    ],
)
@pytest.mark.parametrize("reader", ["domains show", "ask", "chains -o new"])
def test_a_damaged_domain_is_one_line(
    command: Command, here: Path, name: str, text: str | None, said: str, reader: str
) -> None:
    (here / "tea" / name).unlink()
    if text is not None:
        (here / "tea" / name).write_text(text, encoding="utf-8")
    words = reader.split()
    result = command(*words[: 2 if words[0] == "domains" else 1], "tea", *words[2 if words[0] == "domains" else 1 :])
    assert (result.code, result.out) == (2, "")
    assert result.problem().startswith(said)
    assert not (here / "new").exists()
