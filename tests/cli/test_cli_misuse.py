"""What is asked wrongly ends in one line with the place and the remedy, exit code 2, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import MAPPING, RECIPE, Said, contents, write_people

Command = Callable[..., Said]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("quickstrt", 'Unknown command "quickstrt". Did you mean "quickstart"?'),
        ("domains lst", 'Unknown command "lst". Did you mean "list"?'),
        ("quickstart --inventd", "Unknown option: --inventd. Did you mean --invented? See elicit quickstart --help"),
        ("quickstart --no-json", "Unknown option: --no-json"),
        ("evaluate", 'Command "evaluate" parameter RECIPE requires an argument. See elicit evaluate --help'),
        ("evaluate a b c", "nothing takes 'b c'. See elicit evaluate --help"),
        ("chains tea", 'Command "chains" parameter --out requires an argument.'),
        ("ask --questions many", "Invalid value for --questions: 'many' is no whole number."),
        ("evaluate quickstart --workers 1.5", "Invalid value for --workers: '1.5' is no whole number."),
        ("ask --questions 1 --questions 2", "Parameter --questions specified multiple times."),
        ("ask tea --questions 0", "questions: 0 questions are too few. Ask 1 or more"),
        ("ask tea --questions -3", "questions: -3 questions are too few. Ask 1 or more"),
        ("ask tea --cost nan", "cost: nan is no cost in bits. Give 0 or more"),
        ("ask tea --cost -1", "cost: -1.0 is no cost in bits. Give 0 or more"),
        ("data fetch movielens", "no data set 'movielens'. Did you mean 'movielens-100k'?"),
        ("domains show", "the domain 'movies' has no people yet. Fetch them (elicit data fetch movielens-100k)"),
        ("domains show te", "no domain 'te'. Known: movies"),
        ("domains show people.csv", "people.csv: not a domain. Make one of a table: elicit domains build people.csv"),
        ("domains show tea --facet herbl", "no facet 'herbl' in domain 'tea'. Did you mean 'herbal'?"),
        ("domains show tea --invented", "--data and --invented belong to 'movies', not to 'tea'"),
        ("domains build people.csv --invented", "--data and --invented belong to 'movies', not to 'people.csv'"),
        ("domains build movies --invented --mapping people.csv", "--mapping is for tables"),
        ("domains build nobody.csv", "nobody.csv: no such file"),
        ("quickstart --invented --data tea", "--data and --invented exclude each other"),
        ("quickstart --data nowhere", "nowhere: no such folder. Name a folder with a MovieLens data set"),
        ("quickstart --data tea", "tea: no MovieLens data here. Expected u.data"),
        (
            "evaluate quikstart",
            "no recipe 'quikstart'. Name a .toml file or a shipped recipe. Did you mean 'quickstart'?",
        ),
        ("evaluate small.toml --domain tea --resume a -o b", "--out and --resume exclude each other"),
        ("evaluate small.toml --domain tea --resume latest", "runs: no run"),
        ("evaluate small.toml --domain tea --resume tea", "tea: not a run folder (it has no run.json)"),
        ("report", "runs: no run"),
        ("report tea", "tea: not a run folder (it has no run.json)"),
        ("profiles association tea --permutations 10", "10 permutations are too few. Take 200 or more"),
        ("profiles association tea --figure tea", "tea: a folder. Name a file"),
        ("chains tea -o new --schedule progresive", "no schedule 'progresive'. Did you mean 'progressive'?"),
        ("chains tea -o new --schedule mixture:half", "schedule 'mixture': 'half' is not a share from 0 to 1."),
        ("chains tea -o new --schedule mixture:2", "schedule 'mixture': 2.0 is not a share from 0 to 1"),
        ("chains tea -o new --order generalty", "no order 'generalty'. Did you mean 'generality'?"),
        ("chains tea -o new --order green,herbl", "no facet 'herbl' in domain 'tea'. Did you mean 'herbal'?"),
        ("chains tea -o new --order green,green", "the order names facet 'green' twice."),
        ("chains tea -o new --silent aks", "unknown value 'aks' for --silent. Did you mean 'ask'?"),
        ("chains tea -o new --length 0", "a chain cannot have 0 exchanges. Give a length of 1 or more"),
    ],
)
def test_a_mistake_on_the_command_line(
    command: Command, here: Path, tea: Path, recipe: Path, arguments: str, said: str
) -> None:
    write_people(here / "people.csv")
    before = contents(here)
    result = command(*arguments.split())
    assert result.problem().startswith(said)
    assert (result.code, result.out) == (2, "")
    assert contents(here) == before


@pytest.mark.parametrize(
    ("table", "mapping", "said"),
    [
        ("", "", "people.csv: the table is empty: it has no people"),
        ("a,b\n", "", "people.csv: the table is empty: it has no people"),
        ("a,b\nx,y\n", "", "people.csv: no column looks like a facet. Write a mapping file"),
        ("a\nx\n", 'column = "b"', "people.csv: no column 'b'. Known: a"),
        ("a\nx\nz\n", 'column = "a"\noptions = ["x", "y"]', "people.csv, row 3, column 'a': 'z' is no option of facet"),
        (
            "a\n" + "\n".join(f"v{i}" for i in range(121)),
            'column = "a"',
            "people.csv, column 'a': facet 'a' has 121 val",
        ),
        ("a,b\n,x\n,y\n", 'column = "a"', "people.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a\n1\nmany\n", 'column = "a"\nkind = "number"', "people.csv, row 3, column 'a': 'many' is not a number."),
        (
            "a\n1\ninf\n",
            'column = "a"\nkind = "number"',
            "people.csv, row 3, column 'a': 'inf' is not a finite number.",
        ),
        ("a\nx\n", 'column = "a"\ndepth = -1', "people.toml, facet 'a': depth: "),
        ("a\nx\n", 'colum = "a"', "people.toml, facet '1': unknown key 'colum'. Did you mean 'column'?"),
        ("a\nx\n", "column = ", "people.toml: not valid TOML: "),
        (
            "a,b\nx,y\n",
            'column = "a"\nparents = ["b"]\n[[facets]]\ncolumn = "b"\nparents = ["a"]',
            "people.toml: cycle of parents: ",
        ),
        ("i,a\n7,x\n8,y\n7,x\n", 'column = "a"\n#id', "people.csv, row 4, column 'i': '7' already stands in row 2."),
        ("a\nKöln\n", "", "people.csv, line 2: byte 3 (0xf6) is not utf-8. Put the right encoding into the mapping"),
    ],
)
def test_a_table_that_cannot_be_used(command: Command, here: Path, table: str, mapping: str, said: str) -> None:
    (here / "people.csv").write_bytes(table.encode("latin-1"))
    more: tuple[str, ...] = ()
    if mapping:
        head = 'id = "i"\n' if "#id" in mapping else ""
        (here / "people.toml").write_text(f"{head}[[facets]]\n{mapping}\n", encoding="utf-8")
        more = ("--mapping", "people.toml")
    result = command("domains", "build", "people.csv", "-o", "people", *more)
    assert result.code == 2
    assert result.problem().startswith(said)
    assert not (here / "people").exists()


def test_a_million_rows_of_garbage_are_one_line(command: Command, here: Path) -> None:
    (here / "people.csv").write_text("a,b\n" + "".join(f"{i:x},{i * 7:x}\n" for i in range(1_000_000)))
    assert command("domains", "build", "people.csv").problem() == (
        "people.csv: no column looks like a facet. Write a mapping file"
    )


def test_what_can_be_built_but_is_odd_is_noted(command: Command, here: Path) -> None:
    rows = "\n".join(f"{'NaN' if i % 4 == 0 else i % 3},same" for i in range(30))
    (here / "people.csv").write_text(f"a,b\n{rows}\n", encoding="utf-8")
    (here / "people.toml").write_text('[[facets]]\ncolumns = ["a", "b"]\n', encoding="utf-8")
    result = command("domains", "build", "people.csv", "--mapping", "people.toml", "-o", "people")
    assert result.code == 0
    assert result.err == "Note: Facet 'b': all who answer say 'same'.\n"
    assert "one answer, 1:\n  b: everybody says 'same'\n" in command("domains", "check", "people").out
    assert " 27%  say nothing" in command("domains", "show", "people", "--facet", "a").out


def test_one_person_can_be_built_and_not_learned_from(command: Command, here: Path, recipe: Path) -> None:
    write_people(here / "people.csv", people=1)
    (here / "people.toml").write_text(MAPPING, encoding="utf-8")
    built = command("domains", "build", "people.csv", "--mapping", "people.toml", "-o", "one")
    assert built.code == 0
    assert "There is only one person" in built.err
    for arguments in (("ask", "one"), ("evaluate", recipe, "--domain", "one")):
        result = command(*arguments)
        assert result.code == 2
        assert result.problem() == "1 people are too few to learn from. At least 20 are needed"
    assert not (here / "runs").exists()


def test_names_that_look_like_markup_are_shown_as_they_are(command: Command, here: Path) -> None:
    rows = "\n".join(f"{'[/]' if i % 2 else ':smile:'},{'[b]yes' if i % 3 else 'no'}" for i in range(40))
    (here / "people.csv").write_text(f"[/],[red]x\n{rows}\n", encoding="utf-8")
    assert command("domains", "build", "people.csv", "-o", "odd").code == 0
    lines = command("domains", "show", "odd").out.splitlines()
    assert lines[lines.index("Depth 0, 2 facets") + 1 :][:2] == ["  [/]     :smile: / [/]", "  [red]x  [b]yes / no"]
    assert "[b]yes" in command("domains", "show", "odd", "--facet", "[red]x").out
    assert "[/]: options without phrasings" in command("domains", "check", "odd").out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "small.toml: title: Field required"),
        ({"questioners": '["radom"]'}, "small.toml: unknown questioner 'radom'. Did you mean 'random'?"),
        ({"conditions": '["noisey"]'}, "small.toml: unknown condition 'noisey'. Did you mean 'noisy'?"),
        ({"questions": "[5, 3]"}, "small.toml: questions [5, 3] must ascend from 0 or more, without repeats"),
        ({"test_folds": "[7]"}, "small.toml: test_folds [7] must lie between 0 and 4"),
        ({"mixture": "{ clases = [2] }"}, "small.toml: unknown key 'mixture.clases'. Did you mean 'classes'?"),
        ({"seed": '"lucky"'}, "small.toml: seed: "),
        ({"title": "x = ["}, "small.toml: not valid TOML: "),
        ({"test_ids": '["nobody"]'}, "test_ids: 1 of the 1 held-out people are not in the data"),
    ],
    ids=str,
)
def test_a_recipe_with_an_error(command: Command, here: Path, tea: Path, changes: dict[str, str], said: str) -> None:
    settings = dict(line.split(" = ", 1) for line in RECIPE.strip().splitlines()) | changes
    lines = (f"{key} = {value}" for key, value in settings.items() if value)
    (here / "small.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = command("evaluate", "small.toml", "--domain", tea)
    assert (result.code, result.out) == (2, "")
    assert result.problem().startswith(said)
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        *("", "quickstart", "ask", "evaluate", "report", "chains", "domains", "domains list", "domains show"),
        *("domains check", "domains build", "data", "data fetch", "profiles", "profiles association"),
    ],
)
def test_help_fits_the_terminal_and_names_no_option_twice(command: Command, arguments: str) -> None:
    said = command(*arguments.split(), "--help")
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    assert "--no-" not in said.out
