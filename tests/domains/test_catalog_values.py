"""Prices, units, truth and lists are read as people write them, and nothing else is taken for them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from catalog_files import cells, plant
from hypothesis import given
from hypothesis import strategies as st

from elicit.domains import Catalog, read_catalog
from elicit.domains.catalogs.prices import parse_price

STYLES = {
    "${:,.2f}": "$",
    "EUR {:,.2f}": "EUR",
    "{:,.2f} GBP": "GBP",
    "from {:.2f}": "",
    "£{:.2f} each": "£",
    "{:,.2f} USD (incl. VAT)": "USD",
    "A${:.2f}": "A$",
    "CHF{:.2f}": "CHF",
}


def column(folder: Path, values: list[str], name: str = "x") -> Catalog:
    """Return a catalog with a column of these cells beside the names."""
    items = [{"name": f"Pen {place}", name: value} for place, value in enumerate(values)]
    return read_catalog(plant(folder, "pens.json", items))


@given(cents=st.integers(0, 10**10), style=st.sampled_from(sorted(STYLES)))
def test_a_price_survives_being_written(cents: int, style: str) -> None:
    amount = Decimal(cents) / 100
    price = parse_price(style.format(amount))
    assert price is not None
    assert (price.amount, price.currency) == (amount, STYLES[style])


@given(cents=st.integers(0, 10**10), mark=st.sampled_from([".", " ", "\u00a0", "\u202f", "'", "’"]))
def test_a_price_with_a_decimal_comma_survives(cents: int, mark: str) -> None:
    amount = Decimal(cents) / 100
    written = f"{amount:,.2f} €".replace(",", "T").replace(".", ",").replace("T", mark)
    price = parse_price(written)
    assert price is not None
    assert (price.amount, price.currency) == (amount, "€")


@given(st.text(alphabet="0123456789.,$€ -–abfromEUR'", max_size=16))
def test_a_price_is_never_negative_and_never_raises(text: str) -> None:
    price = parse_price(text)
    assert price is None or price.amount >= 0


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,199", "1199"),
        ("1.199 €", "1199"),
        ("1.199", "1.199"),
        ("$2175", "2175"),
        ("12,-", "12"),
        ("CHF 1’299.–", "1299"),
        ("$10.00 – $15.00", "10.00"),
        ("1,29,999.00", "129999.00"),
        ("1e3", "1000"),
        ("0", "0"),
    ],
)
def test_prices_that_need_thought(text: str, amount: str) -> None:
    price = parse_price(text)
    assert price is not None
    assert price.amount == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "free", "-5", "9.99/month", "1.2.3", "12.345.67", "10 20", "2 for 5", "call 555 01"]
)
def test_what_is_no_price(text: str) -> None:
    assert parse_price(text) is None


def test_prices_of_another_currency_are_left_out(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["5 €", "EUR 6", "$7", "8", "ask us"], "price")
    assert cells(catalog, "price") == ["5", "6", None, "8", None]
    assert catalog.currency == "€"
    assert "1 price in 'price' of another currency than € left out: 1 in $." in catalog.notes
    assert "1 cell of 'price' that can be read as no price left out." in catalog.notes


def test_the_most_frequent_currency_is_kept_however_few_prices_it_has(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["£1", "£2", "3 €", "EUR 4", "5 €", "$6", "$7", "8 CHF"], "price")
    assert (catalog.price, catalog.currency) == ("price", "€")
    assert cells(catalog, "price") == [None, None, "3", "4", "5", None, None, None]
    assert "5 prices in 'price' of another currency than € left out: 2 in £, 2 in $ and 1 in CHF." in catalog.notes


def test_of_equally_frequent_currencies_the_first_is_kept(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["$6", "7 €", "€8", "USD 9"], "saving")
    assert cells(catalog, "saving ($)") == ["6", None, None, "9"]
    assert "'saving' is read as amounts of money. 2 prices in 'saving' of another" in " ".join(catalog.notes)


@pytest.mark.parametrize("price", ["Preis", "PRIX", "precio", "Prezzo", "prijs", "Preço", "Verkaufspreis", "prix_ttc"])
def test_prices_are_found_in_other_languages(tmp_path: Path, price: str) -> None:
    catalog = column(tmp_path, ["12,90 €", "8,50 €"], price)
    assert (catalog.price, catalog.currency, cells(catalog, price)) == (price, "€", ["12.9", "8.5"])


@pytest.mark.parametrize(
    ("price", "currency"),
    [
        ("price_usd", "USD"),
        ("Price (EUR)", "EUR"),
        ("Price ($)", "$"),
        ("Preis in €", "€"),
        ("priceUSD", "USD"),
        ("cost", ""),
    ],
)
def test_the_name_of_a_column_can_end_with_the_currency(tmp_path: Path, price: str, currency: str) -> None:
    catalog = column(tmp_path, ["12.90", "8.50"], price)
    assert (catalog.price, catalog.currency) == (price, currency)


def test_a_price_knows_its_currency_better_than_the_name_of_its_column(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["12", "€8", "9"], "price_usd")
    assert (cells(catalog, "price_usd"), catalog.currency) == (["12", None, "9"], "USD")


def test_a_column_called_like_a_price_must_hold_prices(tmp_path: Path) -> None:
    assert column(tmp_path, ["gut", "besser"], "Preis").price == ""


def test_a_column_of_currencies_belongs_to_the_prices(tmp_path: Path) -> None:
    text = "name,price,currency\nA pen,5,EUR\nB pen,6,EUR\nC pen,7,USD\n"
    catalog = read_catalog(plant(tmp_path, "pens.csv", text))
    assert (cells(catalog, "price"), catalog.currency) == (["5", "6", None], "EUR")


def test_money_beside_the_price_is_read_too(tmp_path: Path) -> None:
    items = [{"name": f"Pen {n}", "price": f"${n}", "saving": f"$1,00{n}.50"} for n in range(3)]
    catalog = read_catalog(plant(tmp_path, "pens.json", items))
    assert catalog.price == "price"
    assert cells(catalog, "saving ($)") == ["1000.5", "1001.5", "1002.5"]


@pytest.mark.parametrize(
    ("name", "values", "title", "read"),
    [
        ("weight", ["1.2 kg", "850 g", "1kg"], "weight (kg)", ["1.2", "0.85", "1"]),
        ("weight", ["1,2 kg", "0,85 kg"], "weight (kg)", ["1.2", "0.85"]),
        ("weight_g", ["1.2 kg", "850 g", "900"], "weight_g", ["1200", "850", "900"]),
        ("weight", ["2 lbs", "8 oz", "1 lb"], "weight (lb)", ["2", "0.5", "1"]),
        ("screen", ["15.6 inch", '15.6"', "13-inch", "33.02 cm"], "screen (inch)", ["15.6", "15.6", "13", "13"]),
        ("memory", ["8GB", "16 GB", "1 TB", "512 MB"], "memory (GB)", ["8", "16", "1000", "0.512"]),
        ("volume", ["1 l", "500 ml", "2 L"], "volume (l)", ["1", "0.5", "2"]),
        ("power", ["1200 W", "1.5 kW", "900 watts"], "power (W)", ["1200", "1500", "900"]),
        ("battery", ["90 min", "2 h", "45 minutes"], "battery (min)", ["90", "120", "45"]),
        ("sold", ["1,200", "900", "12,000"], "sold", ["1200", "900", "12000"]),
    ],
)
def test_numbers_with_units_get_one_unit(
    tmp_path: Path, name: str, values: list[str], title: str, read: list[str]
) -> None:
    catalog = column(tmp_path, values, name)
    assert cells(catalog, title) == read
    assert catalog.table.is_numeric(title)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("model", ["5 Series", "7 Series", "X 3"]),
        ("mixed", ["5 kg", "7 cm"]),
        ("size", ["10M", "12M", "14S"]),
        ("size", ["10 x 20 cm", "11 x 20 cm"]),
        ("seats", ["0", "1", "1"]),
        ("answer", ["y", "y"]),
        ("code", ["007", "008"]),
        ("text", ["Nice, soft pens", "Pens, which write", "Red ink, blue ink, and more of it"]),
    ],
)
def test_what_is_none_of_these_stays_as_it_is(tmp_path: Path, name: str, values: list[str]) -> None:
    assert cells(column(tmp_path, values, name), name) == values


def test_yes_and_no(tmp_path: Path) -> None:
    assert cells(column(tmp_path, ["Yes", "no", "TRUE"]), "x") == ["yes", "no", "yes"]
    assert cells(column(tmp_path, ["1", "0", "1"], "has_lid"), "has_lid") == ["yes", "no", "yes"]
    assert cells(column(tmp_path, ["1", "0", "1"], "isOpen"), "isOpen") == ["yes", "no", "yes"]


def test_lists(tmp_path: Path) -> None:
    assert cells(column(tmp_path, ["red; blue", "red", "green;"]), "x") == [["red", "blue"], ["red"], ["green"]]
    assert cells(column(tmp_path, ["a|b", "b | c"]), "x") == [["a", "b"], ["b", "c"]]
    assert cells(column(tmp_path, ["red, blue", "blue, red", "red"]), "x") == [
        ["red", "blue"],
        ["blue", "red"],
        ["red"],
    ]
    once = ["oak, ash", "elm, fir", "yew, box"]
    assert cells(column(tmp_path, once), "x") == once


def test_cells_are_plain_text(tmp_path: Path) -> None:
    values = [
        "<p>Soft &amp; light</p><ul><li>oak</li><li class='a>b'>ash</li></ul><!-- x --><style>p {}</style>",
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "a\x00b\x1b[31m\u202ec\ufeff",
        "1 < 2 and 3 > 2",
        "&lt;b&gt; is a tag",
        " two\u00a0 \t words\r\n\r\n  more ",
    ]
    assert cells(column(tmp_path, values), "x") == [
        "Soft & light\noak\nash",
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "ab[31mc",
        "1 < 2 and 3 > 2",
        "<b> is a tag",
        "two words\nmore",
    ]


def test_cells_that_say_nothing_are_silent(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["NA", " - ", "n/a", "wood"])
    assert cells(catalog, "x") == [None, None, None, "wood"]


@pytest.mark.parametrize("said", ["unknown", "Unknown", "no_preference", "not_asked", "inf", "-Infinity"])
def test_what_a_program_writes_for_nothing_is_silent(tmp_path: Path, said: str) -> None:
    assert cells(column(tmp_path, ["1", said, "2"]), "x") == ["1", None, "2"]


def test_letters_that_look_the_same_are_the_same(tmp_path: Path) -> None:
    assert cells(column(tmp_path, ["cr\u00e8me", "cre\u0300me", "red"]), "x") == ["cr\u00e8me", "cr\u00e8me", "red"]


def test_values_that_differ_only_in_capitals_are_written_as_most_often(tmp_path: Path) -> None:
    catalog = column(tmp_path, ["Red", "red", "Red", "BLUE", "\u0130"], "color")
    assert cells(catalog, "color") == ["Red", "Red", "Red", "BLUE", "\u0130"]
    assert "'color' has values that differ only in capitals; these count as one." in catalog.notes


def test_values_of_lists_that_differ_only_in_capitals_are_one(tmp_path: Path) -> None:
    note = "'x' is read as lists, divided by ';'. 'x' has values that differ only in capitals; these count as one."
    catalog = column(tmp_path, ["Red;red;oak", "red; RED", "red"])
    assert cells(catalog, "x") == [["red", "oak"], ["red"], ["red"]]
    assert note in catalog.notes
    items = [{"name": "Pen", "x": ["Oak", "oak", "Oak"]}, {"name": "Ink"}, {"name": "Nib", "x": ["Elm"]}]
    assert cells(read_catalog(plant(tmp_path, "pens.json", items)), "x") == [["Oak"], None, ["Elm"]]


@pytest.mark.parametrize("large", ["1e320", "-1e320", "+Inf", "INFINITY", "9" * 400])
def test_numbers_too_large_to_count_with_are_silent_and_counted(tmp_path: Path, large: str) -> None:
    catalog = column(tmp_path, ["1", large, "2", "+5"])
    assert cells(catalog, "x") == ["1", None, "2", "+5"]
    assert catalog.table.numbers("x")[[0, 2, 3]].tolist() == [1, 2, 5]
    assert "1 number of 'x' too large to count with left out." in catalog.notes


def test_large_prices_and_amounts_with_units_are_silent_too(tmp_path: Path) -> None:
    assert cells(column(tmp_path, ["$1", "$" + "9" * 400, "$2"], "price"), "price") == ["1", None, "2"]
    assert cells(column(tmp_path, ["1 kg", "9" * 400 + " g", "2 kg"], "x"), "x (kg)") == ["1", None, "2"]
    assert cells(column(tmp_path, ["1 kg", "1" + "0" * 40 + " g"], "x"), "x (kg)") == ["1", "1" + "0" * 37]


def test_what_looks_large_among_text_stays_as_it_is(tmp_path: Path) -> None:
    assert cells(column(tmp_path, ["1e320", "plain", "INF"]), "x") == ["1e320", "plain", "INF"]


def test_names_of_columns_are_plain_text_on_one_line(tmp_path: Path) -> None:
    names = {"name": "Pen", "\x1b[31mink": "a", "a\r\nb": "c", "<b>tip</b>": "d", "tip": "e", "NA": "f"}
    catalog = read_catalog(plant(tmp_path, "pens.json", [names]))
    assert list(catalog.table.columns) == ["name", "[31mink", "a b", "<b>tip</b>", "tip", "NA"]


def test_half_letters_of_json_are_marked(tmp_path: Path) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.json", '[{"name": "Pen \\ud800"}, {"name": "Ink"}]'))
    assert cells(catalog, "name") == ["Pen \ufffd", "Ink"]


def test_lists_are_cleaned_too(tmp_path: Path) -> None:
    items = [{"name": "Pen", "tags": ["<b>red</b>", "", None, " A &amp; B "]}, {"name": "Ink", "tags": [""]}]
    assert cells(read_catalog(plant(tmp_path, "pens.json", items)), "tags") == [["red", "A & B"], None]


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("Product ID,Product Name,MSRP", ("Product ID", "Product Name", "MSRP")),
        ("asin,title,price", ("asin", "title", "price")),
        ("gtin13,product,sale_price", ("gtin13", "product", "sale_price")),
        ("productCode,itemName,unitPrice", ("productCode", "itemName", "unitPrice")),
        ("brand,what,cost", ("", "what", "cost")),
        ("Artikelnummer,Bezeichnung,Preis", ("Artikelnummer", "Bezeichnung", "Preis")),
        ("Référence,Désignation,Prix", ("Référence", "Désignation", "Prix")),
        ("código,nombre,precio", ("código", "nombre", "precio")),
        ("codice,nome,prezzo", ("codice", "nome", "prezzo")),
    ],
)
def test_roles_are_found_by_name_and_content(tmp_path: Path, header: str, roles: tuple[str, str, str]) -> None:
    catalog = read_catalog(plant(tmp_path, "pens.csv", f"{header}\nx1,Red pen,$5\nx2,Blue pen,$6\n"))
    assert (catalog.id, catalog.label, catalog.price) == roles
    assert f"Column '{roles[1]}' is taken as the names." in catalog.notes


def test_a_title_is_not_taken_from_numbers_or_links(tmp_path: Path) -> None:
    text = "title,label\nhttp://x/1,Red pen\nhttp://x/2,Blue pen\n"
    assert read_catalog(plant(tmp_path, "pens.csv", text)).label == "label"


def test_a_list_of_short_features_is_read_as_text(tmp_path: Path) -> None:
    parts = [f"{1 + place % 3} l, cordless, {('glass', 'steel')[place % 2]}" for place in range(12)]
    assert column(tmp_path, parts, "features").texts == ("features",)
    assert column(tmp_path, parts, "tags").texts == ()
