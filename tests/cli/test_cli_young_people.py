"""The Young People Survey from the command line: built, found by name, evaluated; what is wrong is said in one line."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, contents

from elicit.basis import resource
from elicit.domains import load_domain
from elicit.domains.mapping import read_mapping

Command = Callable[..., Said]

RECIPE = """
title = "Small"
domain = "young-people"
questions = [0, 2]
conditions = ["truthful", "silent"]
questioners = ["random", "static"]
test_folds = [0]
mixture = { classes = [2], starts = 1 }
"""


def survey(without: str = "") -> list[list[str]]:
    """Return a table of sixty invented people with a header, of whom some leave out music and smoking."""
    rules, luck = read_mapping(resource("data", "young-people", "mapping.toml")), random.Random(1)
    cells = {c: list(rules.scaled(rule).values) for rule in rules.facets for c in (rule.columns or (rule.column,))}
    cells |= {c: list("12345") for c in (rules.targets.columns if rules.targets else ())}
    cells |= {"Age": ["16", "20", "24"], "Gender": ["female", "male"], "Education": ["school"]}
    cells |= {"Music": ["2", "5", ""], "Smoking": ["never smoked", "current smoker", ""]}
    kept = {column: found for column, found in cells.items() if column != without}
    return [list(kept), *([luck.choice(found) for found in kept.values()] for _ in range(60))]


def write(folder: Path, rows: list[list[str]]) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return folder


@pytest.fixture
def data(here: Path) -> Path:
    return write(here / "data", survey()).relative_to(here)


def test_it_is_built_of_a_folder_and_found_by_its_name(command: Command, data: Path, elicit_home: Path) -> None:
    (before,) = (line for line in command("domains", "list").out.splitlines() if line.startswith("young-people"))
    assert before.split("  ")[1:] == ["not built (elicit domains build young-people --data FOLDER)", "shipped"]
    said = command("domains", "build", "young-people", "--data", data)
    folder = elicit_home / "domains" / "young-people"
    assert (said.code, said.err) == (0, "")
    assert said.out == f"Built young-people (in {folder}): 100 facets, 60 people, 35 targets\n"
    rows = json.loads(command("domains", "list", "--json").out)["domains"]
    assert rows[1:] == [{"name": "young-people", "people": "60", "where": str(folder)}]
    assert command("domains", "show", "young-people").out.startswith("Young people  young-people, version 1, hash ")


def test_it_is_built_of_the_table_itself_in_a_folder_of_choice(command: Command, here: Path, data: Path) -> None:
    assert command("domains", "build", "young-people", "--data", data / "responses.csv", "-o", "survey").code == 0
    assert load_domain(here / "survey")[0].name == "young-people"


def test_its_wordings_pass_check_and_linter(command: Command, data: Path) -> None:
    assert command("domains", "check", "young-people", "--data", data).out == (
        "young-people: 100 facets, 60 people, 0 problems\n"
    )
    assert command("lint", "young-people", "--data", data).out == "300 questions, 0 findings\n"


def test_a_recipe_meets_the_same_people_by_data_by_name_and_by_folder(command: Command, here: Path, data: Path) -> None:
    (here / "small.toml").write_text(RECIPE, encoding="utf-8")
    for out in ((), ("-o", "survey")):
        assert command("domains", "build", "young-people", "--data", data, *out).code == 0
    ways = {"file": ("--data", data), "name": (), "folder": ("--domain", "survey")}
    for name, way in ways.items():
        assert command("evaluate", "small.toml", *way, "-o", name).code == 0
    first, *others = (contents(here / name) for name in ways)
    assert others == [first, first]


def test_who_leaves_out_a_cell_does_not_answer(command: Command, here: Path, data: Path) -> None:
    (here / "all.toml").write_text(RECIPE.replace("[0, 2]", "[0, 100]"), encoding="utf-8")
    shown = json.loads(command("evaluate", "all.toml", "--data", data, "--json").out)
    unanswered = {(row["questioner"], row["condition"]): row["unanswered"] for row in shown["dialogues"]}
    assert len(unanswered) == 4
    # A third leaves out each of two columns of a hundred.
    assert all(0 < share < 0.02 for share in unanswered.values())
    assert unanswered["random", "silent"] == unanswered["random", "truthful"]


def test_the_shipped_recipe_is_planned(command: Command, data: Path) -> None:
    plan = json.loads(command("evaluate", "young-people", "--data", data, "--dry-run", "--json").out)
    assert (plan["domain"], plan["cost"]) == ("young-people", 0)


# Bad input


def changed(place: tuple[int, str], cell: str) -> list[list[str]]:
    rows = survey()
    rows[place[0]][rows[0].index(place[1])] = cell
    return rows


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (survey(without="Opera"), "data/responses.csv: no column 'Opera'. Take 'responses.csv' as it was published; "),
        (
            [["original", "short"], ["a", "b"]],
            "data/responses.csv: no column 'Music', nor 137 more that 'young-people'",
        ),
        ([], "data/responses.csv: the table is empty: it has no people"),
        (survey()[:1], "data/responses.csv: the table is empty: it has no people"),
        (changed((3, "Music"), "9"), "data/responses.csv, row 4, column 'Music': '9' is no option of facet 'music'. "),
        (changed((3, "Charity"), "9"), "data/responses.csv, row 4, column 'Charity': 9 does not lie between 1 and 5. "),
        (
            changed((2, "Alcohol"), "drink alot"),
            "data/responses.csv, row 3, column 'Alcohol': 'drink alot' is no option of facet 'alcohol'. Did you mean "
            "'drink a lot'?",
        ),
    ],
    ids=["missing column", "another table", "empty", "header only", "facet cell", "target cell", "word"],
)
@pytest.mark.parametrize("words", ["domains build young-people", "domains show young-people", "evaluate young-people"])
def test_what_is_no_survey_is_refused(
    command: Command, here: Path, rows: list[list[str]], said: str, words: str
) -> None:
    data = write(here / "data", rows).relative_to(here)
    before = contents(here)
    result = command(*words.split(), "--data", data)
    assert (result.code, result.out) == (2, "")
    assert result.problem().startswith(said)
    assert contents(here) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("domains show young-people", "the domain 'young-people' has no people yet. Get its data (see "),
        ("evaluate young-people", "the domain 'young-people' has no people yet. Get its data (see "),
        ("domains build young-people", "the domain 'young-people' has no people yet. Get its data (see "),
        ("domains build young-people --data gone", "gone: no such file"),
        ("domains build young-people --data .", ".: the folder holds no 'responses.csv'. Name the file itself"),
        ("domains build young-people --invented", "nobody was invented for the domain 'young-people'. Name its data"),
        ("domains build young-people --mapping m.toml", "--mapping is for tables; 'young-people' has rules of its own"),
        ("domains build people.csv --data data", "--data belongs to 'movies' and 'young-people', not to 'people.csv'"),
        ("domains show young-peple", "no domain 'young-peple'. Did you mean 'young-people'?"),
    ],
)
def test_one_line_says_what_is_wrong(command: Command, words: str, said: str) -> None:
    result = command(*words.split())
    assert (result.code, result.out) == (2, "")
    assert result.problem().startswith(said)
