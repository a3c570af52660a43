"""What buyers wrote: which column is what, what is skipped, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from catalog_files import plant

from elicit.basis import InputError
from elicit.domains import Catalog, Reviews, read_catalog, read_reviews, split_reviews

ROWS = [("K2", "Quiet"), ("K1", "Too hot, I fear"), ("K2", "So quiet")]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    text = "sku,name,color\nK1,Kettle One,red\nK2,Kettle Two,blue\nK3,Kettle Three,red\n"
    return read_catalog(plant(tmp_path, "kettles.csv", text))


def read(folder: Path, name: str, content: str, catalog: Catalog) -> Reviews:
    return read_reviews(plant(folder, name, content), catalog)


def refused(folder: Path, name: str, content: str, catalog: Catalog) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, name, content, catalog)
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "parquet"])
def test_all_formats_of_catalogs_are_read(tmp_path: Path, catalog: Catalog, suffix: str) -> None:
    path = tmp_path / f"reviews.{suffix}"
    records = [{"product_id": item, "review": text} for item, text in ROWS]
    texts = {
        "csv": "product_id,review\n" + "".join(f'{item},"{text}"\n' for item, text in ROWS),
        "tsv": "product_id\treview\n" + "".join(f"{item}\t{text}\n" for item, text in ROWS),
        "jsonl": "".join(json.dumps(record) + "\n" for record in records),
        "json": json.dumps(records),
    }
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        path.write_text(texts[suffix], encoding="utf-8")
    found = read_reviews(path, catalog)
    assert found.items.tolist() == [1, 0, 1]
    assert found.texts == tuple(text for _, text in ROWS)
    assert found.skipped == ()
    assert found.notes == (
        f"Of reviews.{suffix}, column 'product_id' is taken as the item that a review is about ('sku' of the catalog), "
        "column 'review' as what it says.",
        f"reviews.{suffix}: 3 reviews of 2 of the 3 items.",
    )


@pytest.mark.parametrize(
    ("header", "row", "about"),
    [
        ("id,sku,text", "K1,k2,Very quiet", "sku"),  # a review's own id may look like one of an item
        ("name,product,comment", "Ann,kettle  TWO,Very quiet", "product"),
        ("title,item,body", "Kettle One,K2,Very quiet", "title"),  # among equals the first
        ("date,what,said", "2024-01-01,Kettle Two,It is very quiet", "what"),
        ("asin,rating,review", "K2,5,Very quiet", "asin"),
    ],
)
def test_the_item_is_the_column_whose_cells_the_catalog_has(
    tmp_path: Path, catalog: Catalog, header: str, row: str, about: str
) -> None:
    found = read(tmp_path, "reviews.csv", f"{header}\n{row}\n", catalog)
    assert f"'{about}' is taken as the item" in found.notes[0]
    assert found.texts[0].lower().endswith("very quiet")


def test_stars_are_no_items_though_the_ids_are_numbers(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.csv", "id,name\n1,Pen One\n2,Pen Two\n3,Pen Three\n"))
    found = read(tmp_path, "reviews.csv", "stars,product,text\n1,Pen Three,Broke soon\n2,Pen Nine,Fine\n", catalog)
    assert found.items.tolist() == [2]


def test_of_several_columns_the_one_that_fits_most_rows_is_taken(tmp_path: Path, catalog: Catalog) -> None:
    text = "sku,name,text\nX1,Kettle One,Hot\nX2,Kettle Two,Cold\nK3,Kettle Three,Warm\n"
    assert read(tmp_path, "reviews.csv", text, catalog).items.tolist() == [0, 1, 2]


def test_the_longest_cells_of_several_words_are_the_texts_where_no_name_says_so(
    tmp_path: Path, catalog: Catalog
) -> None:
    text = "sku,who,said,page\nK1,Ann B. Cole,This one is hot and loud,https://example.org/a-long-address\n"
    assert read(tmp_path, "reviews.csv", text, catalog).texts == ("This one is hot and loud",)


def test_a_list_of_texts_is_several_reviews(tmp_path: Path, catalog: Catalog) -> None:
    content = json.dumps([{"sku": "K3", "reviews": ["Quiet", " ", "Hot"]}, {"sku": "K1", "reviews": ["Loud"]}])
    found = read(tmp_path, "reviews.json", content, catalog)
    assert (found.items.tolist(), found.texts) == ([2, 2, 0], ("Quiet", "Hot", "Loud"))


def test_rows_that_are_no_review_of_an_item_are_named_with_their_line(tmp_path: Path, catalog: Catalog) -> None:
    text = 'sku,text\nK1,"Hot\nand loud"\nK9,Strange\nK2\n,Whose\nK2,\nK3,=HYPERLINK("x")\n'
    found = read(tmp_path, "reviews.csv", text, catalog)
    assert found.items.tolist() == [0, 2]
    assert [(s.where.replace(f"{tmp_path}/", ""), s.why) for s in found.skipped] == [
        ("reviews.csv:4", "no item 'K9' in kettles.csv"),
        ("reviews.csv:5", "1 field where the header has 2"),
        ("reviews.csv:6", "no item (column 'sku' is empty)"),
        ("reviews.csv:7", "no text (column 'text' is empty)"),
    ]
    assert found.notes[1] == "reviews.csv: 2 reviews of 2 of the 3 items; 4 rows left out."


def test_a_name_of_several_items_is_of_none(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.csv", "sku,name\n1,Pen\n2,Pen\n3,Ink\n"))
    found = read(tmp_path, "reviews.csv", "name,text\nPen,Smooth\nInk,Black\n", catalog)
    assert found.items.tolist() == [2]
    assert found.skipped[0].why == "several items of pens.csv are called 'Pen'"


def test_control_characters_and_markup_are_cleaned_as_in_catalogs(tmp_path: Path, catalog: Catalog) -> None:
    text = "sku,text\nK1,<b>Qu\x00i\u200bet</b> &amp; hot\nK2\x07,<script>alert(1)</script>\n"
    assert read(tmp_path, "reviews.csv", text, catalog).texts == ("Quiet & hot", "<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.csv", "", "r.csv: the file is empty: it has no reviews. Export it again"),
        ("r.csv", "sku,text\n", "r.csv: the file is empty: it has no reviews"),
        ("r.json", "[]", "r.json: the file is empty: it has no reviews"),
        ("r.xlsx", "PK\x03\x04", "r.xlsx: a workbook or an archive cannot be read"),
        ("r.csv", "sku,text\nX1,Hot\n", "r.csv: no review is about an item of kettles.csv: 'sku' says 'X1'"),
        ("r.csv", "sku,text\nX1,Hot\n", "Give each review the 'sku' of its item as the catalog writes it"),
        ("r.csv", "who,text\nAnn,Hot\n", "no column says which item of kettles.csv a review is about; there are 'who'"),
        ("r.csv", "sku,stars\nK1,5\n", "r.csv: no column has the texts of the reviews; there are 'sku', 'stars'"),
        ("r.csv", "sku,text\nK1,\nK9,Hot\n", "r.csv:3: no review is left: no item 'K9' in kettles.csv"),
        ("r.csv", "sku,text\nK1,\"Hot\n", "a quotation mark is left open"),
    ],
)  # fmt: skip
def test_files_without_reviews_are_refused(
    tmp_path: Path, catalog: Catalog, name: str, content: str, message: str
) -> None:
    assert message in refused(tmp_path, name, content, catalog)


def test_a_catalog_may_hold_its_reviews(tmp_path: Path) -> None:
    items = [
        {"name": "Kettle One", "color": "red", "reviews": ["It is quiet enough", "Too hot for me"]},
        {"name": "Kettle Two", "color": "blue", "reviews": ["Loud as a train"]},
        {"name": "Kettle Three", "color": "red"},
    ]
    bare, found = split_reviews(read_catalog(plant(tmp_path, "kettles.json", items)))
    assert list(bare.table.columns) == ["name", "color"]
    assert bare.texts == ()
    assert found is not None
    assert found.items.tolist() == [0, 0, 1]
    assert found.texts == ("It is quiet enough", "Too hot for me", "Loud as a train")
    assert found.notes == ("3 reviews were read from 'reviews' of the catalog.",)


def test_each_line_of_a_column_of_reviews_is_one(tmp_path: Path) -> None:
    text = 'name,Customer Reviews\nKettle One,"Quiet and quick\nHot all over"\nKettle Two,\n'
    _, found = split_reviews(read_catalog(plant(tmp_path, "kettles.csv", text)))
    assert found is not None
    assert (found.items.tolist(), found.texts) == ([0, 0], ("Quiet and quick", "Hot all over"))


def test_numbers_of_reviews_are_no_reviews(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "kettles.csv", "name,reviews\nKettle One,12\nKettle Two,7\n"))
    assert split_reviews(catalog) == (catalog, None)
