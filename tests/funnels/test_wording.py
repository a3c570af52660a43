"""The questions about a catalog in the words of a chat model that a file plays."""

from pathlib import Path

import pytest
from planted_catalog import kettles

from elicit.basis import UnavailableError
from elicit.domains.mapping import read_mapping_as
from elicit.funnels import CatalogMapping, OpenedCatalog, WordedCatalog, mapping_text, open_catalog, word_questions
from elicit.models import ModelSettings

SCRIPT = """
replies = ["Nothing comes to mind."]
[[when]]
matches = "It asks about: maker"
reply = "Sure! Whose maker badge would you be glad of?"
[[when]]
matches = "It asks about: liters"
reply = "How many liters, and which maker?"
[[when]]
matches = "it must ask about liters"
reply = "How many liters shall it hold?"
[[when]]
matches = "It asks about: body"
reply = "Would you like a glass body?"
"""


@pytest.fixture
def opened(tmp_path: Path) -> OpenedCatalog:
    kettles(tmp_path)
    return open_catalog(tmp_path / "kettles.jsonl")


def worded(opened: OpenedCatalog, folder: Path, script: str = SCRIPT, asked: set[str] | None = None) -> WordedCatalog:
    (folder / "script.toml").write_text(script, encoding="utf-8")
    settings = ModelSettings(spec=f"scripted:{folder / 'script.toml'}")
    every = {facet.id for facet in opened.stock.domain.facets}
    return word_questions(opened, every if asked is None else asked, settings, None, lambda doing, done, total: None)


def first(opened: OpenedCatalog) -> dict[str, str]:
    return {facet.id: facet.wordings[0] for facet in opened.stock.domain.facets}


def test_what_is_accepted_stands_first_and_the_rest_stays(opened: OpenedCatalog, tmp_path: Path) -> None:
    found, before = worded(opened, tmp_path), first(opened)
    new = {"maker": "Whose maker badge would you be glad of?", "liters": "How many liters shall it hold?"}
    assert first(found.opened) == before | new
    for old, facet in zip(opened.stock.domain.facets, found.opened.stock.domain.facets, strict=True):
        assert facet.wordings[-len(old.wordings) :] == old.wordings
        assert facet.options == old.options


def test_replies_are_counted_by_what_was_found(opened: OpenedCatalog, tmp_path: Path) -> None:
    counts = worded(opened, tmp_path).counts
    others = len(opened.stock.domain.facets) - 3
    assert counts["questions"] == others + 3
    assert (counts["accepted"], counts["wrong facet"], counts["leak"]) == (2, 1, 1)
    assert counts["empty"] == 2 * others + 1
    assert counts["kept after two rejects"] == others + 1
    assert counts["in new words"] == 2


def test_the_mapping_holds_the_words_and_gives_them_again(opened: OpenedCatalog, tmp_path: Path) -> None:
    found = worded(opened, tmp_path)
    (tmp_path / "mapping.toml").write_text(mapping_text(found.opened.mapping), encoding="utf-8")
    assert read_mapping_as(CatalogMapping, tmp_path / "mapping.toml") == found.opened.mapping
    again = open_catalog(tmp_path / "kettles.jsonl", tmp_path / "mapping.toml")
    assert first(again) == first(found.opened)
    assert (again.stock.codes == opened.stock.codes).all()


def test_what_was_asked_so_already_is_accepted_and_nothing_new(opened: OpenedCatalog, tmp_path: Path) -> None:
    found = worded(opened, tmp_path, 'replies = ["Which maker would you like?"]', {"maker"})
    assert (found.counts["accepted"], found.counts["in new words"]) == (1, 0)
    assert found.opened.mapping == opened.mapping


def test_what_is_said_before_a_question_is_no_part_of_a_form(opened: OpenedCatalog, tmp_path: Path) -> None:
    found = worded(opened, tmp_path, 'replies = ["It is about makers. Which maker do you trust?"]', {"maker"})
    assert found.counts["flagged"] == 2


def test_only_what_is_asked_is_worded(opened: OpenedCatalog, tmp_path: Path) -> None:
    found = worded(opened, tmp_path, asked={"maker"})
    assert found.counts["questions"] == found.counts["accepted"] == 1
    assert first(found.opened)["liters"] == first(opened)["liters"]


def test_the_model_is_told_what_is_sold_and_how_is_answered(opened: OpenedCatalog, tmp_path: Path) -> None:
    price = r"price\nThe answer says how much somebody would pay at most.\nThe usual words: What is your budget"
    maker = r"maker\nPossible answers: Aldo; Bero; Cima\nThe usual words: Which maker"
    script = f"""
replies = ["Nothing."]
[[when]]
matches = 'It asks about: {price}'
reply = "How much would you like to spend, at most?"
[[when]]
matches = 'It asks about: {maker}'
reply = "Which maker do you trust?"
"""
    found = worded(opened, tmp_path, script, {"price", "maker"})
    assert found.counts["accepted"] == 2


def test_values_of_one_column_keep_their_template(tmp_path: Path) -> None:
    path = tmp_path / "mugs.csv"
    rows = [f"mug {n},{'red; blue' if n % 2 else 'red; green'},{'Aldo' if n % 3 else 'Bero'}" for n in range(9)]
    path.write_text("name,colors,maker\n" + "\n".join(rows) + "\n", encoding="utf-8")
    opened = open_catalog(path)
    assert any(facet.id.startswith("colors:") for facet in opened.stock.domain.facets)
    found = worded(opened, tmp_path)
    assert found.counts["questions"] == 1
    assert [f.wordings for f in found.opened.stock.domain.facets if f.id.startswith("colors:")] == [
        f.wordings for f in opened.stock.domain.facets if f.id.startswith("colors:")
    ]


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_model_that_nobody_can_reach_ends_it(opened: OpenedCatalog) -> None:
    settings = ModelSettings(spec="http://127.0.0.1:9/v1#m")
    with pytest.raises(UnavailableError, match="nothing was written"):
        word_questions(opened, {"maker"}, settings, None, lambda doing, done, total: None)
