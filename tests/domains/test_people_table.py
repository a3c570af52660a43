"""A table and its mapping make facets and codes; what cannot be coded is refused with row, column and remedy."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import InputError
from elicit.domains import Kind, TableBuild, build_from_table, load_domain, save_domain
from elicit.domains.coding import band_names, binned


def build(folder: Path, table: str, mapping: str) -> TableBuild:
    (folder / "t.csv").write_text(table, encoding="utf-8")
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    return build_from_table(folder / "t.csv", folder / "m.toml")


def refusal(folder: Path, table: str, mapping: str) -> str:
    with pytest.raises(InputError) as caught:
        build(folder, table, mapping)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


def block(column: str, **keys: str) -> str:
    return "\n".join(["[[facets]]", f'column = "{column}"', *(f"{k} = {v}" for k, v in keys.items())]) + "\n"


# Kinds


def test_single_answers_in_the_order_given_or_sorted(tmp_path: Path) -> None:
    table = "a,b,c\n1,10,x\n3,9,z\n,9,\n5,10,y\n"
    values = '{ "1" = "no", "2" = "no", "3" = "so-so", "4" = "yes", "5" = "yes" }'
    made = build(tmp_path, table, block("a", values=values) + block("b") + block("c", options='["z", "y", "x"]'))
    options = [[o.id for o in f.options] for f in made.domain.facets]
    assert options == [["no", "so-so", "yes"], ["9", "10"], ["z", "y", "x"]]
    assert made.population.codes.T.tolist() == [[0, 1, -2, 2], [1, 0, 0, 1], [2, 0, -2, 1]]
    assert made.population.codes.dtype == np.int8
    assert made.population.voiced is not None
    assert made.population.voiced.T.tolist() == [[True, True, False, True], [True] * 4, [True, True, False, True]]


def test_a_cell_may_be_an_option_without_standing_in_values(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\nno,\ny,\n", block("a", options='["no", "yes"]', values='{ y = "yes" }'))
    assert made.population.codes.T.tolist() == [[0, 1]]
    assert made.domain.facets[0].is_yes_no


def test_a_number_is_cut_at_borders_that_belong_to_the_lower_bin(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\n17,\n18,\n24,\n25,\nNaN,\n", block("a", kind='"number"', cuts="[17, 24]"))
    (facet,) = made.domain.facets
    assert (facet.kind, facet.cuts) == (Kind.NUMBER, (17, 24))
    assert [o.label for o in facet.options] == ["up to 17", "18 to 24", "25 and over"]
    assert made.population.codes.T.tolist() == [[0, 1, 1, 2, -2]]


def test_a_number_is_cut_into_thirds_of_the_people(tmp_path: Path) -> None:
    rows = "".join(f"{n},\n" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9))
    made = build(tmp_path, "a,b\n" + rows, block("a", kind='"number"', options='["low", "middle", "high"]'))
    assert made.domain.facets[0].cuts == (3, 6)
    assert made.population.codes[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_people_who_share_a_number_share_a_bin(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\n1,\n1,\n1,\n1,\n2.5,\n", block("a", kind='"number"', bins="4"))
    assert made.domain.facets[0].cuts == (1,)
    assert [o.id for o in made.domain.facets[0].options] == ["up to 1", "over 1"]
    assert made.population.codes[:, 0].tolist() == [0, 0, 0, 0, 1]


def test_a_multiple_choice_is_one_yes_no_facet_a_value(tmp_path: Path) -> None:
    table = "hobby,b\nread; swim,1\nswim;swim,1\n,1\n;,1\nswim;chess,1\n"
    rule = block("hobby", id='"h"', label='"hobbies"', kind='"multi"', depth="2", wordings='["Do you {value}?"]')
    made = build(tmp_path, table, rule + block("b"))
    facets = made.domain.facets[:-1]
    assert [f.id for f in facets] == ["h:swim", "h:chess", "h:read"]
    assert facets[0].wordings == ("Do you swim?",)
    assert (facets[0].label, facets[0].kind, facets[0].depth) == ("hobbies: swim", Kind.MULTI, 2)
    assert all(f.is_yes_no for f in facets)
    assert made.population.codes[:, :-1].T.tolist() == [[1, 1, -2, 0, 1], [0, 0, -2, 0, 1], [1, 0, -2, 0, 0]]


def test_rare_values_of_a_multiple_choice_are_left_out(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\nx;y,\nx,\n", block("a", kind='"multi"', at_least="2"))
    assert [f.id for f in made.domain.facets] == ["a:x"]


def test_a_list_of_a_parquet_file_is_a_multiple_choice(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [["x;1", "y"], [], None, ["y"]]}), tmp_path / "t.parquet")
    (tmp_path / "m.toml").write_text(block("a", kind='"multi"'))
    made = build_from_table(tmp_path / "t.parquet", tmp_path / "m.toml")
    assert [f.id for f in made.domain.facets] == ["a:y", "a:x;1"]
    assert made.population.codes.T.tolist() == [[1, 0, -2, 1], [1, 0, -2, 0]]


def test_open_content_keeps_the_most_frequent_values(tmp_path: Path) -> None:
    table = "a,b\nLynch,\nAltman,\nLynch,\nNA,\nVarda,\nAltman,\nLynch,\nTati,\n"
    made = build(tmp_path, table, block("a", kind='"open"', most="3"))
    assert [o.id for o in made.domain.facets[0].options] == ["Lynch", "Altman", "other"]
    assert made.population.codes[:, 0].tolist() == [0, 1, 0, -2, 2, 1, 0, 2]
    made = build(tmp_path, table, block("a", kind='"open"'))
    assert [o.id for o in made.domain.facets[0].options] == ["Lynch", "Altman", "Tati", "Varda"]


def test_open_content_never_has_more_than_120_options(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\n" + "".join(f"v{n},\n" for n in range(500)), block("a", kind='"open"'))
    options = made.domain.facets[0].options
    assert (len(options), options[-1].id) == (120, "other")
    assert (made.population.codes[:, 0] == 119).sum() == 381


# Columns


def test_patterns_take_what_is_not_named(tmp_path: Path) -> None:
    mapping = """
    id = "id"
    [personas]
    sex = "sex"
    [[facets]]
    column = "M two"
    [[facets]]
    columns = ["M *"]
    labels = { "M one" = "the one" }
    wordings = ["What about {label}?"]
    [[facets]]
    columns = ["*"]
    without = ["x*"]
    [targets]
    columns = ["T*"]
    like = "y"
    """
    made = build(tmp_path, "id,sex,M one,M two,x1,T1,rest\n1,f,a,b,c,y,d\n2,m,e,f,g,n,\n", mapping)
    assert [f.id for f in made.domain.facets] == ["M two", "M one", "rest"]
    assert made.domain.facets[1].wordings == ("What about the one?",)
    assert [t.id for t in made.domain.targets] == ["T1"]
    assert made.population.liked.tolist() == [[True], [False]]
    assert made.population.ids == ("1", "2")
    assert made.population.personas["sex"].tolist() == ["f", "m"]


def test_targets_and_personas_may_be_silent(tmp_path: Path) -> None:
    mapping = (
        block("a") + '[personas]\nage = { column = "age", cuts = [17, 24] }\n[targets]\ncolumns = ["t"]\nat_least = 4'
    )
    made = build(tmp_path, "a,age,t\nx,17,4\ny,,\nx,30,3.5\n", mapping)
    assert made.population.personas["age"].tolist() == ["up to 17", "", "25 and over"]
    assert made.population.liked[:, 0].tolist() == [True, False, False]
    assert made.notes == ("1 cells of the targets are empty and count as not liked.",)


def test_the_head_of_the_domain_is_the_mappings(tmp_path: Path) -> None:
    head = 'name = "tea"\ntitle = "Tea drinkers"\nsource = "We asked them"\ninvented = true\n'
    made = build(tmp_path, "a,b\nx,\ny,\n", head + block("a"))
    assert (made.domain.name, made.domain.title, made.domain.invented) == ("tea", "Tea drinkers", True)
    assert "# Tea drinkers" in made.domain.card
    assert "We asked them" in made.domain.card
    assert "people are invented" in made.domain.card
    assert build(tmp_path, "a,b\nx,\ny,\n", block("a")).domain.name == "t"


def test_without_an_id_the_row_is_the_name(tmp_path: Path) -> None:
    assert build(tmp_path, "a,b\nx,1\n\ny,2\n", block("a")).population.ids == ("2", "4")


def test_what_is_built_survives_the_disk(tmp_path: Path) -> None:
    made = build(
        tmp_path, "a,b,g\nx,1;2,f\n,2,m\ny,,f\n", block("a") + block("b", kind='"multi"') + '[personas]\ng = "g"'
    )
    save_domain(tmp_path / "saved", made.domain, made.population)
    domain, population = load_domain(tmp_path / "saved")
    assert domain == made.domain
    assert population.hash == made.population.hash


# Shared answers


SCALED = """
[scales.liking]
values = { "1" = "no", "2" = "yes" }
options = ["no", { id = "yes", label = "I like {label}", phrasings = ["{label}!", "Yes, {label}."] }]
[[facets]]
columns = ["Green tea", "Milk"]
scale = "liking"
ids = { "Green tea" = "tea:green" }
labels = { "Green tea" = "green tea" }
"""


def test_columns_share_a_scale_and_have_ids_of_their_own(tmp_path: Path) -> None:
    made = build(tmp_path, "Green tea,Milk\n2,1\n1,\n", SCALED)
    tea, milk = made.domain.facets
    assert (tea.id, tea.label, milk.id, milk.label) == ("tea:green", "green tea", "Milk", "Milk")
    assert [o.id for o in milk.options] == ["no", "yes"]
    assert made.population.codes.tolist() == [[1, 0], [0, -2]]


def test_the_label_is_filled_into_answers(tmp_path: Path) -> None:
    tea = build(tmp_path, "Green tea,Milk\n2,1\n", SCALED).domain.facets[0]
    assert tea.options[1].label == "I like green tea"
    assert tea.options[1].phrasings == ("green tea!", "Yes, green tea.")


def test_of_a_folder_the_named_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "t.csv").write_text("a,b\nx,1\n")
    (tmp_path / "m.toml").write_text('table = "t.csv"\n' + block("a"))
    assert len(build_from_table(tmp_path / "data", tmp_path / "m.toml").population) == 1
    (tmp_path / "m.toml").write_text('table = "u.csv"\n' + block("a"))
    with pytest.raises(InputError, match=r"data: the folder holds no 'u\.csv'\. Name the file itself"):
        build_from_table(tmp_path / "data", tmp_path / "m.toml")


# What a person should know


def test_a_constant_facet_is_built_and_noted(tmp_path: Path) -> None:
    made = build(tmp_path, "a,n\nx,1\nx,1\n", block("a") + block("n", kind='"number"'))
    assert made.notes == ("Facet 'a': all who answer say 'x'.", "Facet 'n': all who answer say 'any'.")
    assert "- Facet 'a': all who answer say 'x'." in made.domain.card
    assert made.population.codes.tolist() == [[0, 0], [0, 0]]


def test_one_person_is_built_and_noted(tmp_path: Path) -> None:
    made = build(tmp_path, "a,b\nx,1\n", block("a", options='["x", "y"]'))
    assert len(made.population) == 1
    assert made.notes[-1].startswith("There is only one person")


# Bad input: one line with the place and the remedy


@pytest.mark.parametrize(
    ("table", "mapping", "said"),
    [
        ("smoking,b\n1,2\n", block("smokin"), "t.csv: no column 'smokin'. Did you mean 'smoking'?"),
        ("a,b\n1,2\n", block("a") + '[personas]\nage = "c"', "t.csv: no column 'c'. Known: a, b"),
        ("a,b\n1,2\n", 'id = "c"\n' + block("a"), "t.csv: no column 'c'. Known: a, b"),
        ("a,b\n1,2\n", '[[facets]]\ncolumns = ["c*"]', "t.csv: no column fits 'c*'. Known: a, b"),
        ("a,b\n1,2\n", '[[facets]]\ncolumns = ["*"]\nwithout = ["c"]', "t.csv: no column 'c'. Known: a, b"),
        ("a,b\n1,2\n", '[[facets]]\ncolumns = ["*"]\nlabels = { c = "x" }', "t.csv: no column 'c'. Known: a, b"),
        ("a,b\n1,2\n", '[[facets]]\ncolumns = ["*"]\nwithout = ["*"]', "t.csv: no column is left for the facets"),
        ("a,b\n1,2\n", block("a") + '[targets]\ncolumns = ["a"]\nlike = "1"', "t.csv, column 'a': is both a facet and"),
        ("a,b\n1,2\n", block("a") + '[targets]\ncolumns = ["a*"]\nlike = "1"', "t.csv: no column is left for the targ"),
        (
            "a,b\nyes,\n\nyess,\n",
            block("a", options='["no", "yes"]'),
            "t.csv, row 4, column 'a': 'yess' is no option of facet 'a'. Did you mean 'yes'?",
        ),
        (
            "a,b\n1,\n7,\n",
            block("a", values='{ "1" = "no", "2" = "yes" }'),
            "t.csv, row 3, column 'a': '7' is no option of facet 'a'. Known: no, yes, 1, 2",
        ),
        (
            "a,b\n" + "".join(f"v{n},\n" for n in range(121)),
            block("a", id='"taste"'),
            "t.csv, column 'a': facet 'taste' has 121 values; allowed are 120 options. Use kind = \"open\"",
        ),
        ("a,b\n", block("a"), "t.csv: the table is empty: it has no people"),
        ("a,b\n,1\nNA,2\n", block("a"), "t.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a,b\n,1\nNA,2\n", block("a", options='["x"]'), "t.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a,b\n,1\nNA,2\n", block("a", kind='"number"'), "t.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a,b\n,1\nNA,2\n", block("a", kind='"multi"'), "t.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a,b\n,1\nNA,2\n", block("a", kind='"open"'), "t.csv, column 'a': nobody answers facet 'a'. Leave it out"),
        ("a,b\nx,1\ny,2\nz,1\n", 'id = "b"\n' + block("a"), "t.csv, row 4, column 'b': '1' already stands in row 2"),
        ("a,b\nx,1\ny,\n", 'id = "b"\n' + block("a"), "t.csv, row 3, column 'b': the person has no name"),
        ("a,b\n1,\nx,\n", block("a", kind='"number"'), "t.csv, row 3, column 'a': 'x' is not a number. If it means si"),
        ("a,b\n1,\ninf,\n", block("a", kind='"number"'), "t.csv, row 3, column 'a': 'inf' is not a finite number"),
        (
            "a,b\nx,2\nx,6\n",
            block("a") + '[targets]\ncolumns = ["b"]\nat_least = 4\nwithin = [1, 5]',
            "t.csv, row 3, column 'b': 6 does not lie between 1 and 5. If it means silence, put it into `missing`",
        ),
        ("a,b\nx,2\n", '[[facets]]\ncolumns = ["a"]\nids = { c = "x" }', "t.csv: no column 'c'. Known: a, b"),
        (
            "a,b\n1,\n2,\n",
            block("a", kind='"number"', cuts="[1]", options='["low", "mid", "high"]'),
            "t.csv, column 'a': facet 'a' has 2 bins but 3 options",
        ),
        (
            "a,b\nx;y,\n",
            block("a", kind='"multi"', at_least="2"),
            "t.csv, column 'a': no value of facet 'a' is held by 2",
        ),
        (
            "a,b\n" + ";".join(map(str, range(1001))) + ",\n",
            block("a", kind='"multi"'),
            "t.csv, column 'a': facet 'a' has 1001 values; allowed are 1000. Raise `at_least`",
        ),
        ("a,b\nx,1\n", block("a", options='["x", "x"]'), "t.csv, column 'a': facet 'a' has the option 'x' twice"),
        (
            "a,b\nyes,\nunknown,\n",
            block("a"),
            "t.csv, column 'a': 'unknown' is a non-answer and cannot be an option of facet 'a'. Put it into `missing`",
        ),
        ("a,b\nx,1\n", block("a", id='"t"') + block("b", id='"t"'), "m.toml: facet id 't' occurs twice"),
        ("a,b\nx,1\n", block("a", parents='["c"]'), "m.toml: parent 'c' of facet 'a' is unknown. Known: a"),
        (
            "a,b\nx,1\n",
            block("a", parents='["b"]') + block("b", parents='["a"]'),
            "m.toml: cycle of parents: ",
        ),
        ("a,b\nx,1\n", 'name = "Tea Time"\n' + block("a"), "m.toml: name: String should match pattern"),
        (
            "a,b\nx,f\ny," + "z" * 100 + "\n",
            block("a") + '[personas]\ng = "b"',
            "t.csv, row 3, column 'b': '" + "z" * 39 + "…' is longer than 80 characters",
        ),
    ],
)
def test_what_cannot_be_coded_is_refused(tmp_path: Path, table: str, mapping: str, said: str) -> None:
    assert refusal(tmp_path, table, mapping).startswith(said)


def test_a_wrong_encoding_is_cured_by_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("a,b\nbière,\nthé,\n".encode("latin-1"))
    (tmp_path / "m.toml").write_text(block("a"))
    with pytest.raises(InputError, match=r"t\.csv, line 2: byte 6 \(0xe8\) is not utf-8.*`encoding = \"latin-1\"`"):
        build_from_table(tmp_path / "t.csv", tmp_path / "m.toml")
    (tmp_path / "m.toml").write_text('encoding = "latin-1"\n' + block("a"))
    made = build_from_table(tmp_path / "t.csv", tmp_path / "m.toml")
    assert [o.id for o in made.domain.facets[0].options] == ["bière", "thé"]


def test_a_million_garbage_cells_cost_one_error(tmp_path: Path) -> None:
    table = "a,b\nyes,1\n" + "".join(f"{n * 7919:x}%,{n}\n" for n in range(1_000_000))
    rule = block("a", options='["no", "yes"]')
    assert "row 3, column 'a': '0%' is no option" in refusal(tmp_path, table, rule)
    assert "facet 'a' has 1000001 values" in refusal(tmp_path, table, block("a"))
    assert "row 2, column 'a': 'yes' is not a number" in refusal(tmp_path, table, block("a", kind='"number"'))
    assert pa.default_memory_pool().max_memory() < 1 << 30


# Properties


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True), st.integers(-60, 60))
def test_a_number_lies_in_the_bin_whose_name_says_so(cuts: list[int], number: int) -> None:
    cuts = sorted(cuts)
    name = band_names(cuts, whole=True)[int(binned(np.array([float(number)]), cuts)[0])]
    words = name.split()
    if name.startswith("up to"):
        assert number <= int(words[2])
    elif name.endswith("and over"):
        assert number >= int(words[0])
    else:
        assert int(words[0]) <= number <= int(words[-1])


def test_bands_of_broken_numbers_say_which_side_a_border_is_on() -> None:
    assert band_names([1.5, 2], whole=False) == ["up to 1.5", "over 1.5, up to 2", "over 2"]
    assert band_names([0, 1, 5], whole=True) == ["up to 0", "1", "2 to 5", "6 and over"]


# Real people


def test_the_young_people_survey_reads_with_a_mapping_of_a_few_lines(tmp_path: Path) -> None:
    folder = os.environ.get("ELICIT_TEST_DATA")
    if not folder:
        pytest.skip("ELICIT_TEST_DATA is not set")
    (tmp_path / "m.toml").write_text(
        """
        [personas]
        gender = "Gender"
        [[facets]]
        columns = ["*"]
        without = ["Age", "Height", "Weight", "Number of siblings", "*handed", "Education", "Only child", "Village*",
                   "House*", "Smoking", "Alcohol", "Punctuality", "Lying", "Internet usage"]
        values = { "1" = "no", "2" = "no", "3" = "undecided", "4" = "yes", "5" = "yes" }
        """
    )
    made = build_from_table(Path(folder, "young-people-survey", "responses.csv"), tmp_path / "m.toml")
    assert made.population.codes.shape == (1010, 135)
    assert {len(f.options) for f in made.domain.facets} == {3}
