from dataclasses import replace

import numpy as np
import pytest
from planted_catalog import kettles

from elicit.basis import InputError
from elicit.domains import Kind, read_catalog
from elicit.domains.mapping import FacetRule
from elicit.funnels import catalog_mapping, enriched, stock_of


@pytest.fixture
def catalog(tmp_path):
    return enriched(kettles(tmp_path))


@pytest.fixture
def mapping(catalog):
    return catalog_mapping(catalog)[0]


def test_roles_are_no_facets_and_the_price_comes_first(mapping):
    asked = [rule.column for rule in mapping.facets]
    assert asked[0] == "price"
    assert not {"sku", "name", "features"} & set(asked)


def test_columns_become_facets_of_their_kind(mapping):
    kinds = {rule.column: rule.kind for rule in mapping.facets}
    assert kinds["maker"] == Kind.OPEN
    assert kinds["liters"] == Kind.NUMBER
    assert kinds["cordless"] == Kind.SINGLE


def test_what_texts_say_is_added_and_said_so(catalog, mapping):
    assert "body" in {rule.column for rule in mapping.facets}
    assert any("body" in note for note in catalog.notes)


def test_every_facet_has_wordings_about_it(mapping):
    for rule in mapping.facets:
        assert len(rule.wordings) == 3
        assert rule.column == "price" or all(rule.label in wording for wording in rule.wordings)


def test_a_stock_codes_the_items(catalog, mapping):
    stock = stock_of(catalog, mapping, "here")
    column = stock.domain.column("maker")
    options = [option.id for option in stock.domain.facets[column].options]
    assert [options[code] for code in stock.codes[:, column]] == ["Aldo", "Aldo", "Bero", "Bero", "Cima", "Cima"]
    assert stock.ids == ("K1", "K2", "K3", "K4", "K5", "K6")
    assert stock.domain.targets[4].price == 120


def test_what_the_catalog_does_not_say_has_no_code(catalog, mapping):
    stock = stock_of(catalog, mapping, "here")
    assert (stock.codes[:, stock.domain.column("cordless")] < 0).tolist() == [False] * 5 + [True]


def test_an_item_is_of_the_kinds_that_it_has(catalog, mapping):
    kinds = [target.kinds for target in stock_of(catalog, mapping, "here").domain.targets]
    assert ["cordless" in held for held in kinds] == [True, False, True, False, True, False]


def test_a_budget_keeps_what_is_cheaper(catalog, mapping):
    stock = stock_of(catalog, mapping, "here")
    column = stock.domain.column("price")
    assert stock.fits(column, stock.codes[3, column]).tolist() == [True] * 4 + [False] * 2


def test_a_column_of_weights_is_the_prior(catalog, mapping):
    stock = stock_of(catalog, mapping, "here", prior="liters")
    assert np.isclose(stock.weights.sum(), 1)
    assert stock.weights.argmin() == 3


def test_a_prior_that_is_no_number_names_its_cell(catalog, mapping):
    with pytest.raises(InputError, match="column 'maker'"):
        stock_of(catalog, mapping, "here", prior="maker")


def test_the_price_may_stand_behind_what_becomes_many_facets(catalog, mapping):
    price, *others = mapping.facets
    many = FacetRule(columns=("maker", "liters"), kind=Kind.OPEN)
    rest = tuple(rule for rule in others if rule.column not in many.columns)
    assert stock_of(catalog, mapping.model_copy(update={"facets": (many, price, *rest)}), "m").ceilings == {"price"}
    free = mapping.model_copy(update={"price": "", "facets": (many, *rest)})
    assert stock_of(catalog, free, "m").ceilings == frozenset()


def test_a_price_that_is_no_number_names_its_facet(catalog, mapping):
    single = FacetRule(column="price", kind=Kind.OPEN)
    with pytest.raises(InputError, match=r"m\.toml, facet 'price': the price is of kind 'open'"):
        stock_of(catalog, mapping.model_copy(update={"facets": (single, *mapping.facets[1:])}), "m.toml")


def test_a_budget_in_another_currency_is_refused(catalog, mapping):
    with pytest.raises(InputError, match=r"m: the prices are in '€', but those of the mapping in 'JPY'"):
        stock_of(replace(catalog, currency="€"), mapping.model_copy(update={"currency": "JPY"}), "m")


@pytest.mark.parametrize("role", ["id", "label"])
def test_a_role_with_a_silent_cell_names_the_cell(catalog, mapping, role):
    column = next(name for name in catalog.table.columns if None in catalog.table.column(name).to_pylist())
    with pytest.raises(InputError, match=rf"row \d+, column '{column}'.*: the item has no"):
        stock_of(catalog, mapping.model_copy(update={role: column}), "m")


def test_columns_that_tell_nothing_are_left_out_and_named(tmp_path):
    path = tmp_path / "things.csv"
    rows = [f"thing {n},{'red' if n % 2 else 'blue'},same,{n:03}x{n},{'' if n else 'rare'}" for n in range(40)]
    path.write_text("name,color,constant,code,gap\n" + "\n".join(rows) + "\n", encoding="utf-8")
    mapping, notes = catalog_mapping(read_catalog(path))
    assert [rule.column for rule in mapping.facets] == ["color"]
    for column in ("constant", "gap"):
        assert any(f"'{column}'" in note for note in notes)


def test_a_long_tail_is_one_option(tmp_path):
    path = tmp_path / "things.csv"
    makers = ["A"] * 10 + ["B"] * 10 + [f"rare{n}" for n in range(20)]
    path.write_text("name,maker\n" + "".join(f"thing {n},{m}\n" for n, m in enumerate(makers)), encoding="utf-8")
    catalog = read_catalog(path)
    mapping, _ = catalog_mapping(catalog)
    (facet,) = stock_of(catalog, mapping, "here").domain.facets
    assert [option.id for option in facet.options] == ["A", "B", "other"]


def test_of_many_values_those_of_single_items_are_one_option(tmp_path):
    path = tmp_path / "things.csv"
    makers = ["A"] * 3 + [f"rare{n}" for n in range(9)]
    path.write_text("name,maker\n" + "".join(f"thing {n},{m}\n" for n, m in enumerate(makers)), encoding="utf-8")
    catalog = read_catalog(path)
    (facet,) = stock_of(catalog, catalog_mapping(catalog)[0], "here").domain.facets
    assert [option.id for option in facet.options] == ["A", "other"]


@pytest.mark.parametrize(
    ("column", "question"),
    [
        ("number of cups", "How many cups would you like?"),
        ("storage (GB)", "How much storage would you like?"),
        ("height (cm)", "What height would you like?"),
    ],
)
def test_numbers_are_asked_for_by_what_they_are(tmp_path, column, question):
    path = tmp_path / "things.csv"
    path.write_text(f"name,{column}\n" + "".join(f"thing {n},{n % 3 + 4}\n" for n in range(9)), encoding="utf-8")
    (rule,) = catalog_mapping(read_catalog(path))[0].facets
    assert rule.wordings[0] == question


def test_a_catalog_in_which_nothing_differs_is_refused(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text("name,color\nthing a,red\nthing b,red\n", encoding="utf-8")
    with pytest.raises(InputError, match="nothing tells the items apart"):
        catalog_mapping(read_catalog(path))


def test_of_five_thousand_columns_those_that_tell_most_are_kept(tmp_path):
    path = tmp_path / "wide.csv"
    names = ["name", *(f"c{n}" for n in range(5000))]
    rows = [[f"thing {row}", *(("x" if row % (n + 2) else "y") for n in range(5000))] for row in range(12)]
    path.write_text("\n".join(",".join(row) for row in [names, *rows]) + "\n", encoding="utf-8")
    mapping, notes = catalog_mapping(read_catalog(path))
    assert len(mapping.facets) == 40
    assert "c0" in {rule.column for rule in mapping.facets}
    assert len(notes) > 4000
