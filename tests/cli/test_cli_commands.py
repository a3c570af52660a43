"""What every command does when all is well."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import MAPPING, Said, contents, write_people

from elicit.domains import load_domain

Command = Callable[..., Said]


def test_a_table_becomes_a_domain_that_is_found_by_its_name(command: Command, here: Path, elicit_home: Path) -> None:
    write_people(here / "people.csv")
    (here / "people.toml").write_text(MAPPING, encoding="utf-8")
    said = command("domains", "build", "people.csv", "--mapping", "people.toml")
    folder = elicit_home / "domains" / "tea"
    assert (said.code, said.out) == (0, f"Built tea (in {folder}): 4 facets, 60 people, 2 targets\n")
    assert command("domains", "show", "tea").out.startswith("Tea drinkers  tea, version 1, hash ")
    assert re.search(rf"^tea +60 +{re.escape(str(folder))}$", command("domains", "list").out, re.MULTILINE)


def test_a_table_without_a_mapping_is_guessed_and_the_guesses_are_told(command: Command, here: Path) -> None:
    write_people(here / "people.csv")
    said = command("domains", "build", "people.csv", "-o", "people")
    assert said.code == 0
    assert "Note: Column 'who' was passed over: everybody says something else." in said.err
    assert len(load_domain(here / "people")[1]) == 60


def test_a_domain_of_ours_is_built_again_in_its_place(command: Command, here: Path) -> None:
    write_people(here / "people.csv")
    assert command("domains", "build", "people.csv", "-o", "people").code == 0
    write_people(here / "people.csv", 30)
    assert command("domains", "build", "people.csv", "-o", "people").code == 0
    assert len(load_domain(here / "people")[1]) == 30


def test_the_invented_films_are_a_domain_too(command: Command, here: Path) -> None:
    said = command("domains", "build", "movies", "--invented", "-o", "films")
    assert said.code == 0
    assert said.err == "Note: these people are invented. Nothing here says anything about real people.\n"
    assert load_domain(here / "films")[0].invented


def test_a_domain_is_shown_by_depth_with_ids_that_are_never_cut(command: Command, tea: Path) -> None:
    lines = command("domains", "show", tea).out.splitlines()
    assert lines[1:3] == ["4 facets, 2 targets, 60 people", "Source: Sixty people whom we made up"]
    broad, fine = lines.index("Depth 0, 2 facets"), lines.index("Depth 1, 2 facets")
    assert lines[broad + 1 : broad + 3] == ["  green  dislike / so-so / like", "  black  dislike / so-so / like"]
    assert lines[fine + 1 : fine + 3] == ["  herbal  herbal tea", "  cups    cups a day"]
    films = command("domains", "show", "--invented").out
    assert "  film:the-rocky-horror-picture-show-1975\n" in films
    assert max(map(len, films.split("# Movies")[0].splitlines())) <= 80


def test_a_facet_is_shown_with_questions_answers_and_their_shares(command: Command, tea: Path) -> None:
    lines = command("domains", "show", tea, "--facet", "herbal").out.splitlines()
    assert lines[0] == "herbal: herbal tea (single, depth 1)"
    assert lines[1] == '  What about herbal tea: which fits you best, "fennel", "mint" or "none"?'
    # Of 60 people every sixth is silent, all of whom would have said fennel.
    assert [line for line in lines if "%" in line] == [" 17%  fennel", " 33%  mint", " 33%  none", " 17%  say nothing"]


def test_problems_of_a_domain_are_shown_by_kind_and_fail(command: Command, tea: Path) -> None:
    said = command("domains", "check", tea)
    assert said.code == 1
    assert "few wordings, 2:\n  herbal: 0 different wordings, 3 are needed\n" in said.out
    assert said.out.endswith("tea: 4 facets, 60 people, 6 problems\n")


def test_a_domain_without_problems_passes(command: Command) -> None:
    said = command("domains", "check", "--invented")
    assert (said.code, said.out) == (0, "movies-invented: 130 facets, 395 people, 0 problems\n")


def test_many_problems_of_a_kind_are_counted_and_listed_only_as_json(command: Command, here: Path) -> None:
    header = ",".join(f"q{i}" for i in range(14))
    rows = "\n".join(",".join("yes" if (i >> (j % 4)) & 1 else "no" for j in range(14)) for i in range(30))
    (here / "many.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
    assert command("domains", "build", "many.csv", "-o", "many").code == 0
    assert "  … and 4 more (--json shows all)\n" in command("domains", "check", "many").out
    assert len(json.loads(command("domains", "check", "many", "--json").out)["problems"]) == 28


def test_chains_are_written_with_what_decided_them(command: Command, here: Path, tea: Path) -> None:
    options = ("--length", 3, "--schedule", "mixture:0.5", "--order", "cups,green", "--silent", "ask", "--seed", 4)
    said = command("chains", tea, "-o", "chains", *options)
    assert (said.code, said.out) == (0, "Wrote 60 chains and the rows made from them to chains (see its README.md)\n")
    facts = json.loads((here / "chains" / "elicit.json").read_text(encoding="utf-8"))
    assert facts["people"] == 60
    first = json.loads((here / "chains" / "chains.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert [e["facet"] for e in first["exchanges"]] == ["cups", "green"]


def test_one_facet_is_an_order_and_chains_are_written_anew(command: Command, here: Path, tea: Path) -> None:
    assert command("chains", tea, "-o", "chains").code == 0
    said = command("chains", tea, "-o", "chains", "--order", "green", "--json")
    assert json.loads(said.out)["exchanges"] == 60
    assert json.loads((here / "chains" / "elicit.json").read_text(encoding="utf-8"))["exchanges"] == 60


def test_association_names_only_what_stands_and_fits_the_terminal(command: Command, here: Path) -> None:
    rows = "\n".join(f"{'fm'[i % 2]},{'ab'[i % 2]},{'xy'[i % 4 < 2]}" for i in range(80))
    (here / "people.csv").write_text(f"gender,told,free\n{rows}\n", encoding="utf-8")
    (here / "people.toml").write_text('[personas]\ngender = "gender"\n[[facets]]\ncolumns = ["told", "free"]\n')
    assert command("domains", "build", "people.csv", "--mapping", "people.toml", "-o", "people").code == 0
    said = command("profiles", "association", "people", "--permutations", 200, "--figure", "bars.svg")
    lines = said.out.splitlines()
    assert lines[0] == "What a persona tells about 2 facets · people, 80 people"
    assert re.match(r"gender +2 +1\.00 ", lines[2])
    assert "gender says most about: told" in lines
    assert lines[-1] == "Figure: bars.svg"
    assert "<svg" in (here / "bars.svg").read_text(encoding="utf-8")


def test_where_nothing_stands_nothing_is_named(command: Command, tea: Path) -> None:
    said = command("profiles", "association", tea, "--permutations", 200)
    assert "gender says nothing sure about any facet" in said.out.splitlines()


def test_a_recipe_is_announced_without_writing_anything(
    command: Command, here: Path, tea: Path, recipe: Path, elicit_home: Path
) -> None:
    before = contents(here)
    said = command("evaluate", recipe, "--domain", tea, "--dry-run")
    people = int(re.findall(r"Tea drinkers: (\d+) dialogues of up to 2 questions", said.out)[0]) / 2
    assert said.code == 0
    plan = json.loads(command("evaluate", recipe, "--domain", tea, "--dry-run", "--json").out)
    assert plan == {"recipe": "Small", "domain": "tea", "dialogues": 2 * people, "cost": 0}
    assert contents(here) == before
    assert not elicit_home.exists()


def test_a_recipe_is_run_shown_and_shown_again(command: Command, here: Path, tea: Path, recipe: Path) -> None:
    said = command("evaluate", recipe, "--domain", tea)
    assert said.code == 0
    # Without a terminal progress is a plain line now and then.
    assert re.fullmatch(r"0/3 fold0: learning from \d+ people\n3/3 done\n\d+ of \d+ dialogues, none .*\n", said.err)
    assert said.out.splitlines()[-1] == "Page: runs/small/report.html   Run: runs/small"
    assert "\x1b" not in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    run = here / "runs" / "small"
    assert {p.name for p in run.iterdir()} == {
        *("recipe.toml", "run.json", "learned", "answers.parquet", "scores.parquet"),
        *("results.json", "report.html", "figures"),
    }
    assert (run / "recipe.toml").read_text(encoding="utf-8") == recipe.read_text(encoding="utf-8")
    page = (run / "report.html").read_bytes()
    (run / "report.html").unlink()
    assert command("report").out == said.out
    assert (run / "report.html").read_bytes() == page


def test_a_second_run_has_a_folder_of_its_own_and_is_the_same_to_the_byte(
    command: Command, here: Path, tea: Path, recipe: Path
) -> None:
    for _ in range(2):
        assert command("evaluate", recipe, "--domain", tea).code == 0
    first, second = (contents(here / "runs" / name) for name in ("small", "small-2"))
    assert first == second


@pytest.mark.parametrize(
    "arguments",
    [
        ("domains", "list", "--json"),
        ("domains", "show", "tea", "--json"),
        ("domains", "check", "tea", "--json"),
        ("profiles", "association", "tea", "--permutations", "200", "--json"),
        ("chains", "tea", "-o", "chains", "--json"),
        ("evaluate", "small.toml", "--domain", "tea", "--json"),
        ("evaluate", "small.toml", "--domain", "tea", "--dry-run", "--json"),
    ],
    ids=" ".join,
)
def test_json_is_one_object_and_nothing_else(
    command: Command, tea: Path, recipe: Path, arguments: tuple[str, ...]
) -> None:
    def refuse(token: str) -> float:
        raise AssertionError(f"{token} is no JSON")

    assert isinstance(json.loads(command(*arguments).out, parse_constant=refuse), dict)


def test_rows_of_an_evaluation_name_who_asked_how_and_what_came_of_it(
    command: Command, tea: Path, recipe: Path
) -> None:
    shown = json.loads(command("evaluate", recipe, "--domain", tea, "--json").out)
    assert (shown["recipe"], shown["run"]) == ("small", "runs/small")
    keys = [(row["questioner"], row["condition"], row["questions"]) for row in shown["table"]]
    assert keys == [(q, "truthful", n) for q in ("random", "static") for n in (0, 2)]
    for row in shown["table"]:
        assert 0 <= row["ndcg_low"] <= row["ndcg"] <= row["ndcg_high"] <= 1
    assert json.loads(command("report", "--json").out) == shown


def test_the_quick_start_runs_on_invented_people(command: Command, here: Path) -> None:
    shown = json.loads(command("quickstart", "--invented", "--json").out)
    rows = {(row["questioner"], row["condition"], row["questions"]): row for row in shown["table"]}
    assert len(rows) == 10 * 3 * 5
    assert rows["mixture", "truthful", 15]["ndcg_low"] > rows["mixture", "truthful", 0]["ndcg"]
    text = command("report").out
    assert "The people of this evaluation were invented" in text
    assert max(map(len, text.splitlines())) <= 80
    assert (here / "runs" / "quickstart" / "report.html").stat().st_size > 10_000


def test_the_quick_start_takes_a_movielens_folder(command: Command, test_data: Path) -> None:
    said = command("evaluate", "quickstart", "--data", test_data / "movielens-100k", "--dry-run")
    assert said.out.startswith("Movies (MovieLens 100K): 26,910 dialogues of up to 15 questions")
