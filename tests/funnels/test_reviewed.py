"""A catalog with reviews: what can be asked, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_reviews import PLANTED, planted_reviews, write_reviews

from elicit.basis import InputError
from elicit.funnels import OpenedCatalog, mapping_text, open_catalog

SAID = [f"people say: {phrase}" for phrase in PLANTED]
ITEMS = 24


@pytest.fixture(autouse=True)
def kettles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog in which color is talked about and the maker is not."""
    monkeypatch.chdir(tmp_path)
    makers, colors = ("Aldo", "Bero", "Cima"), ("red", "blue")
    rows = [f"K{n},Kettle {n:02},{makers[n % 3]},{colors[n // 2 % 2]},{20 + n}" for n in range(ITEMS)]
    Path("kettles.csv").write_text("sku,name,maker,color,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
    planted = planted_reviews(5, ITEMS, least=12, most=20).reviews
    texts = zip(planted.items.tolist(), planted.texts, strict=True)
    rows = [(f"K{item}", text + (" The blue is fine" if n % 5 == 0 else "")) for n, (item, text) in enumerate(texts)]
    return write_reviews(Path("reviews.csv"), rows)


def opened(mapping: Path | None = None, reviews: str | None = "reviews.csv") -> OpenedCatalog:
    return open_catalog(Path("kettles.csv"), mapping, reviews=None if reviews is None else Path(reviews))


def few(*rows: tuple[str, str]) -> str:
    return str(write_reviews(Path("few.csv"), rows))


def test_what_people_say_becomes_flags_with_questions_of_their_own() -> None:
    catalog = opened()
    facets = {facet.id: facet for facet in catalog.stock.domain.facets}
    assert set(facets) == {"price", "maker", "color", *SAID}
    assert facets["people say: quiet"].wordings[0] == "Is it important that buyers call it quiet?"
    assert facets["people say: battery life"].wordings[0] == "Is it important that buyers mention its battery life?"
    assert all(facets[name].is_yes_no for name in SAID)


def test_items_without_reviews_are_silent() -> None:
    rows = Path("reviews.csv").read_text("utf-8").splitlines()
    kept = [row for row in rows if not row.startswith(("K0,", "K1,"))]
    Path("reviews.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    stock = opened().stock
    columns = [stock.domain.column(name) for name in SAID]
    assert (stock.codes[:2, columns] < 0).all()
    assert (stock.codes[2:, columns] >= 0).mean() > 0.9


def test_what_many_talk_about_is_broad_and_what_nobody_does_a_detail() -> None:
    depths = {rule.column: rule.depth for rule in opened().mapping.facets}
    assert depths == {"price": 0, "color": 0, "maker": 2, **dict.fromkeys(SAID, 0)}
    assert next(iter(depths)) == "price"
    assert list(depths)[-2:] == ["color", "maker"]
    bare = {rule.column: rule.depth for rule in opened(reviews=None).mapping.facets}
    assert bare == {"price": 0, "maker": 1, "color": 1}


def test_notes_say_what_was_read() -> None:
    catalog = opened()
    assert catalog.reviews is not None
    assert any(note.startswith("People say of some items and not of others: ") for note in catalog.notes)
    assert any("color (20%)" in note and note.endswith("so these are broad.") for note in catalog.notes)
    assert "Hardly any reviewer talks about maker, so these are details." in catalog.notes


def test_the_mapping_works_again_with_the_reviews() -> None:
    first = opened()
    Path("mapping.toml").write_text(mapping_text(first.mapping), encoding="utf-8")
    again = opened(Path("mapping.toml"))
    assert again.mapping == first.mapping
    assert again.stock.domain.hash == first.stock.domain.hash
    assert (again.stock.codes == first.stock.codes).all()


def test_a_mapping_of_reviews_without_them_is_refused() -> None:
    Path("mapping.toml").write_text(mapping_text(opened().mapping), encoding="utf-8")
    with pytest.raises(InputError, match=r"mapping\.toml: 'people say: .*' is read from reviews.* with --reviews"):
        opened(Path("mapping.toml"), reviews=None)


def test_a_mapping_may_name_what_people_say_by_hand() -> None:
    asked = 'label = "name"\n[[facets]]\ncolumn = "people say: {}"\noptions = ["no", "yes"]\n'
    Path("mapping.toml").write_text(asked.format("A zeppelin"), encoding="utf-8")
    with pytest.raises(InputError, match="no review says 'A zeppelin'"):
        opened(Path("mapping.toml"))
    Path("mapping.toml").write_text(asked.format("Handle"), encoding="utf-8")
    codes = opened(Path("mapping.toml")).stock.codes
    assert set(codes.ravel().tolist()) <= {-2, 0, 1}
    assert (codes == 1).any()


def test_what_the_catalog_says_is_not_said_again() -> None:
    rows = [(f"K{n}", f"It is {'blue' if n // 2 % 2 else 'red'}. A Kettle {n:02}.") for n in range(ITEMS)] * 12
    catalog = opened(reviews=few(*rows))
    assert {rule.column for rule in catalog.mapping.facets} == {"price", "maker", "color"}
    assert "Reviewers say nothing that tells items apart." in catalog.notes


def test_few_reviews_change_no_order() -> None:
    catalog, bare = opened(reviews=few(("K1", "Blue and quiet"))), opened(reviews=None)
    assert catalog.mapping == bare.mapping
    assert catalog.stock.domain.hash == bare.stock.domain.hash
    assert "1 review: too few to tell what is asked first." in catalog.notes


def test_reviews_in_the_catalog_are_read_as_those_of_a_file() -> None:
    said = {f"K{n}": ["It is quiet"] * 12 if n < 8 else ["Blue, really", "It rattles"] * 6 for n in range(ITEMS)}
    items = Path("kettles.csv").read_text("utf-8").splitlines()
    lines = [f'{row},"{chr(10).join(said[row.split(",")[0]])}"' for row in items[1:]]
    Path("kettles.csv").write_text("\n".join([f"{items[0]},reviews", *lines]) + "\n", encoding="utf-8")
    catalog = opened(reviews=None)
    assert "people say: quiet" in {rule.column for rule in catalog.mapping.facets}
    assert f"{12 * ITEMS} reviews were read from 'reviews' of the catalog." in catalog.notes
    more = opened()
    assert more.reviews is not None
    assert len(more.reviews) == 12 * ITEMS + len(Path("reviews.csv").read_text("utf-8").splitlines()) - 1
