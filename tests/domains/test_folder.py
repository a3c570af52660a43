"""What is saved is what is loaded, and what was changed in between is refused."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import InputError
from elicit.domains import Domain, Facet, Kind, Option, Population, Target, load_domain, save_domain

FACETS = (
    Facet(id="age of films", label="old or new", kind=Kind.NUMBER, options=(Option(id="old", label="old"),)),
    Facet(id="x", label="x", depth=1, parents=("age of films",), wordings=("X?", "Or not?"), sensitive=True),
)
TARGETS = tuple(Target(id=i, label=i.upper()) for i in "pqr")


def tiny(**more: object) -> Domain:
    fields = {"name": "tiny", "title": "Tiny", "facets": FACETS, "targets": TARGETS, "card": "# Tiny\n"}
    return Domain.model_validate(fields | more)


def people(voiced: bool = True, targets: int = 3) -> Population:
    return Population(
        ids=("ann", "bob"),
        codes=np.array([[0, 1], [0, -2]], dtype=np.int8),
        liked=np.array([[True, False, True], [False, False, True]])[:, :targets],
        personas={"gender": np.array(["f", ""]), "occupation": np.array(["spy", "cook"])},
        voiced=np.array([[True, False], [True, True]]) if voiced else None,
    )


def same(one: Population, other: Population) -> bool:
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.codes, other.codes)
    np.testing.assert_array_equal(one.liked, other.liked)
    assert one.liked.dtype == other.liked.dtype == np.bool_
    assert {k: v.tolist() for k, v in one.personas.items()} == {k: v.tolist() for k, v in other.personas.items()}
    return one.hash == other.hash


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_domain(tmp_path / "d", tiny(), people())
    return tmp_path / "d"


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_domain(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("voiced", [True, False])
@pytest.mark.parametrize("targets", [3, 0])
def test_what_is_saved_is_loaded(tmp_path: Path, voiced: bool, targets: int) -> None:
    domain, population = tiny(targets=TARGETS[:targets]), people(voiced, targets)
    save_domain(tmp_path / "d", domain, population)
    loaded, back = load_domain(tmp_path / "d")
    assert loaded == domain
    assert loaded.hash == domain.hash
    assert same(back, population)
    assert (back.voiced is None) == (not voiced)


def test_a_domain_of_ours_is_replaced_and_a_foreign_folder_is_not(saved: Path, tmp_path: Path) -> None:
    save_domain(saved, tiny(title="Tinier"), people())
    assert load_domain(saved)[0].title == "Tinier"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years of work")
    with pytest.raises(InputError, match="already exists and was not written by elicit"):
        save_domain(tmp_path / "mine", tiny(), people())
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "ten years of work"


def test_a_folder_that_is_no_domain_is_refused(tmp_path: Path) -> None:
    assert "not a domain folder (it has no domain.toml)" in refusal(tmp_path)


@pytest.mark.parametrize(
    "name", ["facets.jsonl", "targets.jsonl", "card.md", "people.parquet", "profiles.parquet", "liked.parquet"]
)
def test_a_missing_file_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    assert refusal(saved) == f"{saved / name}: file is missing. Build the domain again"


def test_a_changed_wording_is_noticed(saved: Path) -> None:
    path = saved / "facets.jsonl"
    path.write_text(path.read_text().replace("Or not?", "Or so?"))
    assert "the facets differ from what was written" in refusal(saved)


def test_a_changed_answer_is_noticed(saved: Path) -> None:
    table = pq.read_table(saved / "profiles.parquet").to_pydict()
    table["x"][1] = 0
    pq.write_table(pa.table({k: pa.array(v, pa.int8()) for k, v in table.items()}), saved / "profiles.parquet")
    assert "the people differ from what was written" in refusal(saved)


def test_lost_silence_is_noticed(saved: Path) -> None:
    (saved / "voiced.parquet").unlink()
    assert "the people differ from what was written" in refusal(saved)


@pytest.mark.parametrize(("name", "column"), [("people.parquet", "id"), ("profiles.parquet", "x")])
def test_a_lost_column_is_named(saved: Path, name: str, column: str) -> None:
    pq.write_table(pq.read_table(saved / name).drop_columns([column]), saved / name)
    assert f"column '{column}' is missing" in refusal(saved)


@pytest.mark.parametrize("name", ["people.parquet", "profiles.parquet", "liked.parquet", "voiced.parquet"])
def test_lost_people_are_noticed(saved: Path, name: str) -> None:
    pq.write_table(pq.read_table(saved / name).slice(1), saved / name)
    assert "Build the domain again" in refusal(saved)


@pytest.mark.parametrize("name", ["people.parquet", "profiles.parquet"])
def test_a_damaged_table_is_one_line(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    for place in range(4, len(whole), 40):
        turned = bytes(byte ^ 0xFF for byte in whole[place : place + 4])
        (saved / name).write_bytes(whole[:place] + turned + whole[place + 4 :])
        # A byte that no reader looks at may be turned and nothing happens.
        with contextlib.suppress(InputError):
            assert same(load_domain(saved)[1], people())
    (saved / name).write_bytes(whole[: len(whole) // 2])
    assert "not a Parquet file" in refusal(saved)


def test_a_broken_line_is_named(saved: Path) -> None:
    path = saved / "facets.jsonl"
    path.write_text(path.read_text() + json.dumps({"id": "z", "label": "z", "colour": "red"}) + "\n")
    assert refusal(saved) == f"{path}:3: colour: Extra inputs are not permitted"
    path.write_text("{}\nnonsense\n")
    assert f"{path}:1: id: Field required" in refusal(saved)


def test_a_broken_head_is_named(saved: Path) -> None:
    path = saved / "domain.toml"
    path.write_text("name = \n")
    assert f"{path}: not valid TOML" in refusal(saved)
    path.write_bytes(b"name = '\xff'")
    assert f"{path}: not UTF-8 (byte 8)" in refusal(saved)
    path.write_text("title = 'x'\n")
    assert "name: Field required" in refusal(saved)


text = st.text(st.characters(codec="utf-8"), min_size=1)


@given(title=text, label=text, wording=text, person=text, job=text)
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, title: str, label: str, wording: str, person: str, job: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "d"
    facets = (Facet(id="f", label=label, wordings=(wording,)),)
    population = Population((person,), np.ones((1, 1), np.int8), np.empty((1, 0), bool), {"job": np.array([job])})
    domain = Domain(name="any", title=title, facets=facets)
    save_domain(folder, domain, population)
    loaded, back = load_domain(folder)
    assert loaded == domain
    assert back.ids == population.ids
    assert back.hash == population.hash


def test_tables_of_different_lengths_are_no_population() -> None:
    with pytest.raises(ValueError, match=r"tables of \[1, 2\] rows for 2 people"):
        Population(("a", "b"), np.zeros((2, 1), np.int8), np.empty((1, 0), bool))


def test_some_of_the_people_keep_everything_in_the_given_order() -> None:
    some = people().take([1, 0])
    assert some.ids == ("bob", "ann")
    assert some.codes.tolist() == [[0, -2], [0, 1]]
    assert some.personas["occupation"].tolist() == ["cook", "spy"]
    assert some.voiced is not None
    assert some.voiced.tolist() == [[True, True], [True, False]]
    assert same(some.take([1, 0]), people())


def test_people_say_only_what_they_can() -> None:
    assert people().spoken_codes().tolist() == [[0, -2], [0, -2]]
    with pytest.raises(ValueError, match="silence is not recorded"):
        people(voiced=False).spoken_codes()


def test_a_place_depends_on_the_id_alone() -> None:
    places = people().places()
    assert ((places >= 0) & (places < 1)).all()
    np.testing.assert_array_equal(people().take([1, 0]).places(), places[::-1])
