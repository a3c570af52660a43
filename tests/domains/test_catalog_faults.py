"""Bad rows are skipped and named one by one; bad files are refused in one line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from catalog_files import cells, plant, refusal, skipped

from elicit.domains import read_catalog


def test_bad_rows_are_skipped_with_line_and_reason(tmp_path: Path) -> None:
    text = 'sku,name,price\n1,A pen,9\n2,"two\nlines",8\n3,B,pen,7\n4\n\n5,,6\n1,Again,5\n6,C pen,4\n\n'
    catalog = read_catalog(plant(tmp_path, "pens.csv", text))
    assert cells(catalog, "name") == ["A pen", "two\nlines", "C pen"]
    assert skipped(catalog) == [
        ("pens.csv:5", "4 fields where the header has 3"),
        ("pens.csv:6", "1 field where the header has 3"),
        ("pens.csv:8", "no name (column 'name' is empty)"),
        ("pens.csv:9", f"id '1' already stands at {tmp_path}/pens.csv:2"),
    ]
    assert "1 empty row of the table was left out." in catalog.notes


def test_a_stray_quotation_mark_costs_its_own_line_only(tmp_path: Path) -> None:
    text = 'sku,name,price\n1,"A pen,9\n2,B pen,5\n3,"C, nice",7\n4,D pen,8\n'
    catalog = read_catalog(plant(tmp_path, "pens.csv", text))
    assert cells(catalog, "name") == ["B pen", "C, nice", "D pen"]
    assert skipped(catalog) == [("pens.csv:2", "2 fields where the header has 3")]


def test_bad_lines_of_json_are_skipped(tmp_path: Path) -> None:
    lines = '{"id": 1, "name": "A"}\n{"id": 2, "name": \n\n[3]\n"x"\n{"id": 1, "name": "B"}\n{"id": 4}\n'
    lines += '{"id": 5, "name": "C"}\n' + "[" * 100_000 + "\n"
    catalog = read_catalog(plant(tmp_path, "pens.jsonl", lines))
    assert cells(catalog, "name") == ["A", "C"]
    assert skipped(catalog) == [
        ("pens.jsonl:2", "no JSON: Expecting value (column 18)"),
        ("pens.jsonl:4", "no object but a list"),
        ("pens.jsonl:5", "no object but text"),
        ("pens.jsonl:6", f"id '1' already stands at {tmp_path}/pens.jsonl:1"),
        ("pens.jsonl:7", "no name (column 'name' is empty)"),
        ("pens.jsonl:9", "no JSON: Too deeply nested (column 1)"),
    ]


def test_records_that_are_no_objects_are_skipped(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.json", [{"name": "A"}, 3, None, "x", {"name": "B"}, {"name": ""}]))
    assert cells(catalog, "name") == ["A", "B"]
    assert skipped(catalog) == [
        ("pens.json, record 2", "no object but a number"),
        ("pens.json, record 3", "no object but null"),
        ("pens.json, record 4", "no object but text"),
        ("pens.json, record 6", "nothing in it"),
    ]


def test_rows_of_a_parquet_file_are_skipped_by_number(tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["A", None], "price": [1.5, 2.0]}), tmp_path / "pens.parquet")
    catalog = read_catalog(tmp_path / "pens.parquet")
    assert skipped(catalog) == [("pens.parquet, row 2", "no name (column 'name' is empty)")]
    assert cells(catalog, "price") == ["1.5"]


def test_an_item_without_an_id_gets_its_row(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.csv", "sku,name\nx,A pen\n,B pen\n"))
    assert cells(catalog, "sku") == ["x", "row 3"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "no.xlsx",
            b"PK\x03\x04rest",
            "no.xlsx: a workbook or an archive cannot be read. Save it as one of .csv, .tsv",
        ),
        ("no.xml", "<a/>", "no.xml: a catalog of the kind '.xml' cannot be read. Save it as one of .csv, .tsv"),
        ("no.parquet", "name", "no.parquet: not a Parquet file"),
        ("empty.csv", "", "empty.csv: the catalog is empty: it has no items. Export it again"),
        ("empty.csv", "name,price\n\n,\n", "empty.csv: the catalog is empty: it has no items"),
        ("empty.json", " ", "empty.json: the catalog is empty"),
        ("empty.json", "[]", "empty.json: the catalog is empty"),
        ("empty.json", "{}", "empty.json: the catalog is empty"),
        ("empty.json", '{"pens": []}', "empty.json: the catalog is empty"),
        ("empty.json", "[{}, {}]", "empty.json: the catalog is empty"),
        ("empty.jsonl", "\n", "empty.jsonl: the catalog is empty"),
        ("left.csv", "name,price\nA,1,2\n", "left.csv:2: no item is left: 3 fields where the header has 2"),
        ("left.jsonl", "{\n{\n", "left.jsonl:1: no item is left: no JSON"),
        ("left.json", "[1, 2]", "left.json, record 1: no item is left: no object but a number"),
        (
            "nameless.csv",
            "color,price\nred,1\nblue,2\n",
            "nameless.csv: no column for the names of the items; there are 'color', 'price'. "
            "Call the column with the names 'name' or 'title'",
        ),
        (
            "open.csv",
            'name,price\nA,1\n"B,2\nC,3\n',
            "open.csv:3: a quotation mark is left open. "
            "Close it, or write it twice inside quotation marks if it belongs to the text",
        ),
        ("open.csv", 'name,price\nA,"1', "open.csv:2: a quotation mark is left open"),
        ("twice.csv", "name,name\nA,B\n", "twice.csv, row 1: column 'name' occurs twice. Rename one of them"),
        ("bad.json", '[{"name": "A"},\n {"name": }]', "bad.json:2, column 11: no JSON: Expecting value"),
        ("bad.json", '[{"name": "A"}] x', "bad.json:1, column 17: no JSON: Extra data"),
        ("bad.json", '[{"name": "A"}', "bad.json:1, column 15: no JSON: Expecting ']'"),
        ("bad.json", "[" * 100_000, "bad.json:1, column 2: no JSON: Too deeply nested"),
        ("two.json", '{"a": [{"name": "A"}], "b": [{"name": "B"}]}', "two.json: several keys hold items ('a', 'b')"),
        ("deep.json", '{"data": {"pens": []}, "n": 1}', "deep.json: no list of objects; the keys are 'data', 'n'"),
        ("no.jsonld", '{"@type": "Organization", "name": "A"}', "no.jsonld: there is no Product in it"),
        ("no.html", "<p>Pens</p>", "no.html: the page holds no Product"),
        (
            "latin.csv",
            "name,price\nA,1\nTür,2\n".encode("latin-1"),
            "latin.csv, line 3: byte 16 (0xfc) is not utf-8. Save the file as UTF-8",
        ),
        ("latin.json", '[\n{"name": "Tür"}]'.encode("latin-1"), "latin.json, line 2: byte 13 (0xfc) is not utf-8"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    assert refusal(plant(tmp_path, name, content)).startswith(message)


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == "none.csv: no such file"
    assert "a folder, not a catalog file" in refusal(tmp_path)


def test_a_quotation_mark_left_open_early_in_a_long_file_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{n},Pen number {n},{n}\n" for n in range(1_000_000))
    path = plant(tmp_path, "long.csv", 'sku,name,price\nx,"Open,1\n' + rows)
    assert refusal(path).startswith("long.csv:2: a quotation mark is left open")


def test_one_item_and_identical_items_are_noted(tmp_path: Path) -> None:
    one = read_catalog(plant(tmp_path, "one.json", {"name": "Pen", "price": 3, "colors": ["red"]}))
    assert cells(one, "colors") == [["red"]]
    assert one.notes[-1] == "There is only one item: there is nothing to choose between."
    same = read_catalog(plant(tmp_path, "same.csv", "id,name,price\n1,Pen,3\n2,Pen,3\n"))
    assert same.notes[-1] == "All items are identical: nothing tells them apart."


def test_thousands_of_columns_are_read(tmp_path: Path) -> None:
    header = "name," + ",".join(f"p{n}" for n in range(4999))
    rows = (f"Pen {row}," + ",".join(f"{row * n % 9} cm" if n % 2 else "red" for n in range(4999)) for row in range(3))
    catalog = read_catalog(plant(tmp_path, "wide.csv", "\n".join([header, *rows]) + "\n"))
    assert len(catalog.table.columns) == 5000
    assert cells(catalog, "p1 (cm)") == ["0", "1", "2"]


def test_a_long_description_is_no_open_quotation_mark(tmp_path: Path) -> None:
    long = "word " * 100_000
    catalog = read_catalog(plant(tmp_path, "long.csv", f'name,description\nPen,"{long}"\nInk,"short, but free text"\n'))
    assert len(cells(catalog, "description")[0]) == len(long) - 1
    assert catalog.texts == ("description",)
