"""Catalogs in every format become the same table of items."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from catalog_files import cells, plant, skipped

from elicit.domains import read_catalog

LAMPS = [
    {"sku": "L1", "title": "Desk lamp", "price": "$1,020.50", "color": "red", "dimmable": "yes"},
    {"sku": "L2", "title": "Floor lamp", "price": "$80", "color": None, "dimmable": "no"},
]
SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Grams,Variant Price,\
Image Src,Cost per item,SEO Title
tee,Plain tee,"<p>A soft &amp; light <b>tee</b>.</p>",Acme,"summer, cotton",Color,Red,Size,S,200,19.90,http://x/1,7,
tee,,,,,,Red,,M,200,18.90,,7,
tee,,,,,,Blue,,M,200,21.00,,7,
tee,,,,,,,,,,,http://x/2,,
mug,Mug,Holds tea,Acme,,Title,Default Title,,,0,9.00,,2,
ghost,,,,,Title,Default Title,,,0,1.00,,,
"""
PAGE = """\
<html><head><title>Drills</title>
<script type="application/ld+json">
/* our shop */
{"@context": "https://schema.org", "@graph": [ // everything
  {"@type": "Organization", "name": "Shop"},
  {"@type": "Product", "name": "Drill A // strong", "sku": "D1", "brand": {"@type": "Brand", "name": "Bohr"},
   "weight": {"@type": "QuantitativeValue", "value": 1.2, "unitCode": "KGM"},
   "offers": [{"@type": "Offer", "price": "99.50", "priceCurrency": "EUR",
               "availability": "https://schema.org/InStock"},
              {"@type": "Offer", "price": 89, "priceCurrency": "EUR"}],
   "additionalProperty": [{"@type": "PropertyValue", "name": "Voltage", "value": 18, "unitText": "V"},
                          {"@type": "PropertyValue", "name": "Comes with", "value": "case"},
                          {"@type": "PropertyValue", "name": "Comes with", "value": "bits"}],
   "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.5, "reviewCount": 12}},
  {"@type": ["Product", "Thing"], "name": "Drill B", "sku": "D2", "offers": {"@id": "#offer"}},
  {"@id": "#offer", "@type": "AggregateOffer", "lowPrice": "45", "priceCurrency": "EUR"}
]}
</script>
<script>var product = {"@type": "Product"};</script>
<script type="application/ld+json">{broken</script>
</head><body></body></html>
"""


@pytest.mark.parametrize("form", ["csv", "tsv", "semicolons", "json", "key", "jsonl", "lines in json", "parquet"])
def test_every_format_gives_the_same_items(tmp_path: Path, form: str) -> None:
    header, rows = ",".join(LAMPS[0]), ["L1,Desk lamp,'$1,020.50',red,yes".replace("'", '"'), "L2,Floor lamp,$80,,no"]
    text = "\n".join([header, *rows]) + "\n"
    lines = '{"sku": "L1", "title": "Desk lamp", "price": "$1,020.50", "color": "red", "dimmable": true}\n'
    lines += '{"sku": "L2", "title": "Floor lamp", "price": "$80", "color": null, "dimmable": false}\n'
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(LAMPS), tmp_path / "lamps.parquet")
        path = tmp_path / "lamps.parquet"
    else:
        path = {
            "csv": lambda: plant(tmp_path, "lamps.csv", text),
            "tsv": lambda: plant(tmp_path, "lamps.tsv", text.replace("$1,020", "$1020").replace(",", "\t")),
            "semicolons": lambda: plant(tmp_path, "l.csv", text.replace("$1,020", "$1020").replace(",", ";")),
            "json": lambda: plant(tmp_path, "lamps.json", LAMPS),
            "key": lambda: plant(tmp_path, "lamps.json", {"page": 1, "lamps": LAMPS, "tags": ["a"]}),
            "jsonl": lambda: plant(tmp_path, "lamps.jsonl", lines),
            "lines in json": lambda: plant(tmp_path, "lamps.json", lines),
        }[form]()
    catalog = read_catalog(path)
    assert (catalog.id, catalog.label, catalog.price, catalog.currency) == ("sku", "title", "price", "$")
    assert list(catalog.table.columns) == ["sku", "title", "price", "color", "dimmable"]
    assert cells(catalog, "sku") == ["L1", "L2"]
    assert cells(catalog, "title") == ["Desk lamp", "Floor lamp"]
    assert cells(catalog, "price") == ["1020.5", "80"]
    assert cells(catalog, "color") == ["red", None]
    assert cells(catalog, "dimmable") == ["yes", "no"]
    assert catalog.table.numbers("price").tolist() == [1020.5, 80]
    assert catalog.skipped == ()


def test_a_shopify_export_is_folded_into_items(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "export.csv", SHOPIFY))
    assert catalog.format == "a Shopify product export"
    assert (catalog.id, catalog.label, catalog.price) == ("Handle", "Title", "Price")
    assert cells(catalog, "Handle") == ["tee", "mug"]
    assert cells(catalog, "Color") == [["Red", "Blue"], None]
    assert cells(catalog, "Size") == [["S", "M"], None]
    assert cells(catalog, "Price") == ["18.9", "9"]
    assert cells(catalog, "Tags") == [["summer", "cotton"], None]
    assert cells(catalog, "Body (HTML)") == ["A soft & light tee.", "Holds tea"]
    assert cells(catalog, "Weight (g)") == ["200", None]
    assert not {"Variant Price", "Image Src", "Cost per item", "SEO Title"} & set(catalog.table.columns)
    assert skipped(catalog) == [("export.csv:7", "no name (column 'Title' is empty)")]
    assert "1 item with variants of several prices: the lowest price was taken." in catalog.notes


def test_products_of_schema_org_are_found_in_a_page(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "drills.html", PAGE))
    assert cells(catalog, "name") == ["Drill A // strong", "Drill B"]
    assert (catalog.id, catalog.price, catalog.currency) == ("sku", "price", "EUR")
    assert cells(catalog, "price") == ["89", "45"]
    assert cells(catalog, "brand") == ["Bohr", None]
    assert cells(catalog, "weight (kg)") == ["1.2", None]
    assert cells(catalog, "Voltage (V)") == ["18", None]
    assert cells(catalog, "Comes with") == [["case", "bits"], None]
    assert cells(catalog, "rating") == ["4.5", None]
    (bad,) = skipped(catalog)
    assert bad[0] == "drills.html:20"
    assert bad[1].startswith("a script that is no JSON")


def test_an_item_list_in_linked_data(tmp_path: Path) -> None:
    items = [{"@type": "ListItem", "item": {"@type": "Product", "name": f"Pen {n}", "sku": f"P{n}"}} for n in (1, 2)]
    listed = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
    for name in ("pens.json", "pens.jsonld"):
        assert cells(read_catalog(plant(tmp_path, name, listed)), "name") == ["Pen 1", "Pen 2"]


def test_nested_records_become_columns_of_two_levels(tmp_path: Path) -> None:
    size = {"width": {"cm": 3}, "height": 4, "sides": ["top", "front"]}
    pens = [{"name": "Pen", "size": size, "reviews": [{"stars": 5}]}, {"name": "Ink", "size": {"height": 5}}]
    catalog = read_catalog(plant(tmp_path, "pens.json", pens))
    assert cells(catalog, "size.height") == ["4", "5"]
    assert cells(catalog, "size.sides") == [["top", "front"], None]
    assert list(catalog.table.columns) == ["name", "size.height", "size.sides"]
    left = "was left out where it holds records within records."
    assert {f"'size.width' {left}", f"'reviews' {left}"} <= set(catalog.notes)


def test_records_and_lists_of_a_parquet_file(tmp_path: Path) -> None:
    pens = [{"name": "Pen", "size": {"cm": 3.5}, "colors": ["red", "blue"], "raw": b"x"}, {"name": "Ink"}]
    pq.write_table(pa.Table.from_pylist(pens), tmp_path / "pens.parquet")
    catalog = read_catalog(tmp_path / "pens.parquet")
    assert cells(catalog, "size.cm") == ["3.5", None]
    assert cells(catalog, "colors") == [["red", "blue"], None]
    assert "'raw' was left out: its cells are no text but binary." in catalog.notes


def test_records_with_different_keys_are_filled_up_over_many_pieces(tmp_path: Path) -> None:
    many: list[dict[str, object]] = [{"name": f"Item {n}", "tags": ["a"] if n % 2 else "b"} for n in range(12_000)]
    many.append({"name": "Last", "late": "x"})
    catalog = read_catalog(plant(tmp_path, "many.json", many))
    assert cells(catalog, "late") == [None] * 12_000 + ["x"]
    assert cells(catalog, "tags")[:2] == [["b"], ["a"]]
    assert len(catalog.table) == 12_001


def test_an_encoding_with_a_mark_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        catalog = read_catalog(plant(tmp_path, "t.csv", "name,price\nTür,5 €\nTor,6 €\n".encode(encoding)))
        assert cells(catalog, "name") == ["Tür", "Tor"]
        lines = '{"name": "Tür"}\n{"name": "Tor"}\n'.encode(encoding)
        assert cells(read_catalog(plant(tmp_path, "t.jsonl", lines)), "name") == ["Tür", "Tor"]


@pytest.mark.parametrize(
    ("name", "items"),
    [("coffee-makers", 19), ("guitars", 16), ("laptops", 26), ("mattresses", 28), ("tvs", 27), ("vacuum-cleaners", 20)],
)
def test_real_catalogs(test_data: Path, name: str, items: int) -> None:
    path = test_data / "salesops" / "products" / f"{name}.json"
    if not path.exists():
        pytest.skip("ELICIT_TEST_DATA has no salesops/products")
    catalog = read_catalog(path)
    assert (len(catalog.table), catalog.skipped) == (items, ())
    assert (catalog.id, catalog.label, catalog.price, catalog.currency) == ("", "name", "price", "$")
    assert catalog.texts == ("description", "features")
    assert (catalog.table.numbers("price") > 10).all()
