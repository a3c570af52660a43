"""The Young People Survey as a domain, on a table that we made up in its columns; at the end on the survey itself."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from elicit.basis import InputError, resource
from elicit.domains import Population, Source, TableBuild, build_shipped, open_domain, save_domain, shipped_domains
from elicit.domains.mapping import read_mapping
from elicit.language import question_faults, wording_problems

NAME = "young-people"
RULES = read_mapping(resource("data", NAME, "mapping.toml"))
ASKED = [column for rule in RULES.facets for column in (rule.columns or (rule.column,))]
TOLD = list(RULES.targets.columns) if RULES.targets else []
WORDS = {
    rule.column: list(rule.values)
    for rule in RULES.facets
    if rule.column and not next(iter(RULES.scaled(rule).values)).isdigit()
}
Cells = Mapping[tuple[int, str], str]


def write_survey(folder: Path, people: int = 30, *, without: str = "", cells: Cells | None = None) -> Path:
    """Write a table of people who answer everything, but for the cells that are given: (person, column) to text."""
    folder.mkdir(exist_ok=True)
    columns = [c for c in [*ASKED, *TOLD, "Age", "Gender", "Education", "Height"] if c != without]
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for person in range(people):
            writer.writerow([(cells or {}).get((person, c), answer(person, c)) for c in columns])
    (folder / "columns.csv").write_text('"original","short"\n"Do you hum?","Humming"\n', encoding="utf-8")
    return folder


def answer(person: int, column: str) -> str:
    if column in WORDS:
        return WORDS[column][person % len(WORDS[column])]
    known = {
        "Age": str(15 + person % 16),
        "Gender": ("female", "male")[person % 2],
        "Education": "school",
        "Height": "9",
    }
    return known.get(column, str(1 + (person + len(column)) % 5))


def built(folder: Path, **given: object) -> TableBuild:
    return build_shipped(NAME, Source(write_survey(folder, **given)))  # type: ignore[arg-type]


def refusal(source: Source) -> str:
    with pytest.raises(InputError) as caught:
        build_shipped(NAME, source)
    message = str(caught.value)
    assert "\n" not in message
    return message


def option(made: TableBuild, person: int, facet: str) -> str:
    column = made.domain.column(facet)
    code = made.population.codes[person, column]
    return made.domain.facets[column].options[code].id if code >= 0 else "silent"


# What ships


def test_a_domain_ships_with_a_mapping_or_with_rules() -> None:
    assert set(shipped_domains()) == {"movies", NAME}
    assert (shipped_domains()[NAME] / "card.md").is_file()


def test_a_hundred_questions_and_thirty_five_attitudes_from_columns_of_their_own(tmp_path: Path) -> None:
    made = built(tmp_path / "data")
    assert (len(made.domain.facets), len(made.domain.targets), len(made.population)) == (100, 35, 30)
    assert max(Counter([*ASKED, *TOLD]).values()) == 1
    assert Counter(made.domain.depths.tolist()) == {0: 14, 1: 52, 2: 34}
    assert {f.id for f in made.domain.facets if len(f.options) != 3} == {"smoking", "lying"}


def test_a_parent_is_broader_than_its_child(tmp_path: Path) -> None:
    facets = {f.id: f for f in built(tmp_path / "data").domain.facets}
    for facet in facets.values():
        for parent in facet.parents:
            assert facets[parent].depth < facet.depth, facet.id


def test_every_wording_passes_the_linter_and_every_answer_can_be_said(tmp_path: Path) -> None:
    facets = built(tmp_path / "data").domain.facets
    assert wording_problems(facets) == ()
    for facet in facets:
        options = [o.label for o in facet.options]
        for wording in facet.wordings:
            assert question_faults(wording, options, choices_are_all=False) == (), wording


def test_no_sentence_begins_with_a_small_letter(tmp_path: Path) -> None:
    for facet in built(tmp_path / "data").domain.facets:
        for text in (*facet.wordings, *(p for o in facet.options for p in o.phrasings)):
            assert text[0].isupper(), text
            assert text[-1] in ".?", text


# Answers


def test_five_points_are_three_answers_and_four_is_agreement(tmp_path: Path) -> None:
    cells = {(p, c): str(p + 1) for p in range(5) for c in ("Music", "Spiders", "God", "Empathy")}
    made = built(tmp_path / "data", cells=cells)
    assert [option(made, p, "music") for p in range(5)] == ["dislike", "dislike", "so-so", "like", "like"]
    assert [option(made, p, "fear:spiders") for p in range(5)] == ["calm", "calm", "uneasy", "afraid", "afraid"]
    assert [option(made, p, "belief") for p in range(5)] == ["no", "no", "partly", "yes", "yes"]
    (place,) = (i for i, t in enumerate(made.domain.targets) if t.id == "Empathy")
    assert made.population.liked[:5, place].tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("facet", "column", "meant"),
    [
        ("smoking", "Smoking", {"never smoked": "never", "tried smoking": "tried", "current smoker": "current"}),
        ("alcohol", "Alcohol", {"never": "never", "social drinker": "social", "drink a lot": "much"}),
        ("punctuality", "Punctuality", {"i am often early": "early", "i am often running late": "late"}),
        ("lying", "Lying", {"only to avoid hurting someone": "to-spare", "everytime it suits me": "often"}),
        ("online-time", "Internet usage", {"no time at all": "little", "less than an hour a day": "little"}),
    ],
)
def test_words_in_cells_are_answers(tmp_path: Path, facet: str, column: str, meant: dict[str, str]) -> None:
    made = built(tmp_path / "data", cells={(p, column): cell for p, cell in enumerate(meant)})
    assert [option(made, p, facet) for p in range(len(meant))] == list(meant.values())


def test_a_persona_is_gender_age_band_and_education(tmp_path: Path) -> None:
    cells = {(0, "Age"): "17", (1, "Age"): "18", (2, "Age"): "25", (3, "Age"): "", (3, "Gender"): ""}
    personas = built(tmp_path / "data", cells=cells).population.personas
    assert set(personas) == {"gender", "age", "education"}
    assert personas["age"][:4].tolist() == ["up to 17", "18 to 19", "25 and over", ""]
    assert personas["gender"][:4].tolist() == ["female", "male", "female", ""]


def test_an_empty_cell_is_silence_in_a_facet_and_noted_in_a_target(tmp_path: Path) -> None:
    made = built(tmp_path / "data", cells={(0, "Music"): "", (1, "Smoking"): "", (2, "Charity"): ""})
    assert (option(made, 0, "music"), option(made, 1, "smoking")) == ("silent", "silent")
    assert made.population.voiced is not None
    assert int((~made.population.voiced).sum()) == 2
    assert (made.population.spoken_codes() == made.population.codes).all()
    assert made.notes == ("1 cells of the targets are empty and count as not liked.",)


# Where the people come from


def test_the_folder_or_its_table_may_be_named(tmp_path: Path) -> None:
    folder = write_survey(tmp_path / "data")
    _, by_folder = open_domain(NAME, Source(folder))
    _, by_file = open_domain(NAME, Source(folder / "responses.csv"))
    assert by_folder.hash == by_file.hash


def test_what_was_built_is_found_by_name_and_named_data_go_before_it(tmp_path: Path, elicit_home: Path) -> None:
    made = built(tmp_path / "data", people=25)
    save_domain(elicit_home / "domains" / NAME, made.domain, made.population)
    assert len(open_domain(NAME, Source())[1]) == 25
    assert len(open_domain(NAME, Source(write_survey(tmp_path / "more", 26)))[1]) == 26


def test_the_card_says_what_ships_and_what_was_built(tmp_path: Path) -> None:
    card = built(tmp_path / "data").domain.card
    assert card.startswith(resource("data", NAME, "card.md").read_text(encoding="utf-8"))
    assert "\n## This build\n\n- People: 30; facets: 100; targets: 35.\n- Silent cells: 0.0%" in card


# Bad input: one line with the file, the column and the remedy

CARD = str(resource("data", NAME, "card.md"))


def test_without_data_it_is_said_where_they_come_from() -> None:
    with pytest.raises(InputError) as caught:
        open_domain(NAME, Source())
    said = f"the domain '{NAME}' has no people yet. Get its data (see {CARD}) and name them: --data FOLDER"
    assert str(caught.value) == refusal(Source()) == said


def test_nobody_was_invented() -> None:
    assert (
        refusal(Source(invented=True)) == f"nobody was invented for the domain '{NAME}'. Name its data: --data FOLDER"
    )


@pytest.mark.parametrize("column", ["Music", "Opera", "Charity", "Gender"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    folder = write_survey(tmp_path / "data", without=column)
    remedy = f"Take 'responses.csv' as it was published; see {CARD}"
    assert refusal(Source(folder)) == f"{folder / 'responses.csv'}: no column '{column}'. {remedy}"


def test_another_file_is_not_taken_for_the_survey(tmp_path: Path) -> None:
    file = write_survey(tmp_path / "data") / "columns.csv"
    said = f"{file}: no column 'Music', nor 137 more that 'young-people' is made of. Take 'responses.csv' as it was"
    assert refusal(Source(file)).startswith(said)


def test_a_folder_without_the_table_is_named(tmp_path: Path) -> None:
    assert refusal(Source(tmp_path)) == f"{tmp_path}: the folder holds no 'responses.csv'. Name the file itself"
    assert refusal(Source(tmp_path / "gone")) == f"{tmp_path / 'gone'}: no such file"


@pytest.mark.parametrize("people", [None, 0])
def test_an_empty_table_has_no_people(tmp_path: Path, people: int | None) -> None:
    folder = write_survey(tmp_path / "data", people or 0)
    if people is None:
        (folder / "responses.csv").write_bytes(b"")
    assert refusal(Source(folder)) == f"{folder / 'responses.csv'}: the table is empty: it has no people"


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Music", "6", "'6' is no option of facet 'music'. Known: dislike, so-so, like, 1, 2, 3, 4, 5"),
        ("Opera", "five", "'five' is no option of facet 'music:opera'. "),
        ("Smoking", "never smokd", "'never smokd' is no option of facet 'smoking'. Did you mean 'never smoked'?"),
        ("Charity", "55", "55 does not lie between 1 and 5. If it means silence, put it into `missing`"),
        ("Charity", "0", "0 does not lie between 1 and 5. "),
        ("Charity", "often", "'often' is not a number. "),
        ("Age", "old", "'old' is not a number. "),
    ],
)
def test_a_cell_that_means_nothing_is_named_with_its_row(tmp_path: Path, column: str, cell: str, said: str) -> None:
    folder = write_survey(tmp_path / "data", cells={(4, column): cell})
    assert refusal(Source(folder)).startswith(f"{folder / 'responses.csv'}, row 6, column '{column}': {said}")


# The survey itself


@pytest.fixture(scope="module")
def survey(test_data: Path) -> Path:
    folder = test_data / "young-people-survey"
    if not folder.is_dir():
        pytest.skip("ELICIT_TEST_DATA holds no folder young-people-survey")
    return folder


def test_the_survey_is_read_whole(survey: Path) -> None:
    made = build_shipped(NAME, Source(survey))
    people: Population = made.population
    assert people.codes.shape == (1010, 100)
    assert people.liked.shape == (1010, 35)
    assert people.voiced is not None
    assert ((people.codes < 0) == ~people.voiced).all()
    assert 0 < (~people.voiced).sum() < 1010
    for column, facet in enumerate(made.domain.facets):
        assert set(people.codes[:, column]) - {-2} == set(range(len(facet.options))), facet.id


def test_no_question_or_label_of_ours_is_a_text_of_the_survey(survey: Path) -> None:
    def plain(text: str) -> str:
        return " ".join(re.findall(r"[a-z']+", text.lower()))

    with (survey / "columns.csv").open(encoding="utf-8-sig", newline="") as stream:
        theirs = {plain(row["original"]) for row in csv.DictReader(stream)}
    domain = build_shipped(NAME, Source(survey)).domain
    statements = {text for text in theirs if len(text.split()) > 3}
    assert len(statements) > 60
    ours = {plain(w) for f in domain.facets for w in (f.label, *f.wordings)} | {plain(t.label) for t in domain.targets}
    for text in statements:
        core = text.removeprefix("i ").removeprefix("am ").removeprefix("always ")
        assert not [mine for mine in ours if core in mine], text
