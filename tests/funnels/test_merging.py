"""Traits that mean the same become one, unless an item says that they are two."""

from dataclasses import replace
from pathlib import Path

import pytest
from planted_catalog import kettles
from synonyms import Synonyms

from elicit.domains import read_catalog
from elicit.funnels import catalog_mapping, enriched, stock_of
from elicit.funnels.merging import merged_by_meaning
from elicit.funnels.traits import Origin, Trait

ALIKE = Synonyms(
    ("cordless", "wireless"),
    ("left-handed", "right-handed"),
    ("case", "shell"),
    ("steel", "stainless"),
    ("depth (cm)", "deepness (cm)"),
    ("brand", "maker"),
    ("aldo", "bero"),
)


def flag(name: str, held: str) -> Trait:
    """Return a flag of items, a letter each: x has it, a dot does not say so."""
    return Trait(name, tuple("yes" if letter == "x" else "no" for letter in held), Origin.MENTIONED)


def choice(name: str, *values: str | None, origin: Origin = Origin.MARKED) -> Trait:
    return Trait(name, values, origin)


def test_flags_that_never_meet_are_one_under_the_more_frequent_name() -> None:
    found = merged_by_meaning([flag("wireless", "x..x.."), flag("cordless", ".xx.x.")], [], ALIKE)
    assert found.traits == (flag("cordless", "xxxxx."),)
    assert found.names == {"cordless": ("wireless",)}
    assert found.notes == ("'wireless' was merged into 'cordless': they mean the same.",)


def test_flags_of_nearly_the_same_items_are_one() -> None:
    found = merged_by_meaning([flag("cordless", "xxxx.."), flag("wireless", ".xx.x.")], [], ALIKE)
    assert found.traits == (flag("cordless", "xxxxx."),)


def test_flags_that_meet_in_some_items_only_are_two() -> None:
    flags = (flag("cordless", "xxxx.."), flag("wireless", "..xxxx"))
    assert merged_by_meaning(flags, [], ALIKE).traits == flags


@pytest.mark.parametrize("held", [("xxx...", "...xxx"), ("xxx...", "xxx...")])
def test_opposites_are_two_whether_they_meet_or_not(held: tuple[str, str]) -> None:
    flags = (flag("left-handed", held[0]), flag("right-handed", held[1]))
    found = merged_by_meaning(flags, [], ALIKE)
    assert (found.traits, found.names, found.notes) == (flags, {}, ())


def test_values_that_mean_the_same_are_written_alike() -> None:
    found = merged_by_meaning([choice("case", "steel", "Stainless", "glass", "steel", None)], [], ALIKE)
    assert found.traits == (choice("case", "steel", "steel", "glass", "steel", None),)
    assert found.notes == ("Of 'case' 'Stainless' was merged into 'steel': they mean the same.",)


def test_choices_are_one_where_they_say_the_same_and_fill_each_other() -> None:
    one, other = (
        choice("case", "steel", "glass", "steel", None, None),
        choice("shell", None, None, "stainless", "glass", None),
    )
    found = merged_by_meaning([one, other], [], ALIKE)
    assert found.traits == (choice("case", "steel", "glass", "steel", "glass", None),)
    assert found.names == {"case": ("shell",)}


@pytest.mark.parametrize(
    "values",
    [("glass", "steel", "glass", "glass"), (None, None, None, "wood")],
    ids=["they contradict", "they share no value"],
)
def test_choices_with_other_values_are_two(values: tuple[str | None, ...]) -> None:
    both = (choice("case", "steel", "glass", "steel", None), choice("shell", *values))
    assert merged_by_meaning(both, [], ALIKE).traits == both


def test_numbers_and_brands_are_left_alone() -> None:
    numbers = tuple(choice(name, "8", None, "16", origin=Origin.MEASURED) for name in ("depth (cm)", "deepness (cm)"))
    brands = choice("brand", "Aldo", "Bero", "Aldo")
    assert merged_by_meaning((*numbers, brands), [], ALIKE).traits == (*numbers, brands)


def test_a_column_takes_what_means_the_same_and_stays_as_it_is() -> None:
    column = choice("cordless", "yes", "no", "yes", None)
    found = merged_by_meaning([flag("wireless", "x..x"), flag("light", "xx..")], [column], ALIKE)
    assert found.traits == (flag("light", "xx.."),)
    assert found.names == {"cordless": ("wireless",)}


def test_a_column_that_says_no_contradicts() -> None:
    column, wireless = choice("cordless", "yes", "no", "no", None), flag("wireless", "xxx.")
    assert merged_by_meaning([wireless], [column], ALIKE).traits == (wireless,)


def test_nothing_is_merged_with_what_contrasts_with_another_member() -> None:
    near = Synonyms(("wireless", "cordless", "corded"))
    flags = [flag("wireless", "xxx....."), flag("cordless", "...xx..."), flag("corded", ".....x..")]
    assert [trait.name for trait in merged_by_meaning(flags, [], near).traits] == ["wireless", "corded"]


def test_a_catalog_asks_once_and_understands_both_names(tmp_path: Path) -> None:
    words = ("Cordless", "Cordless", "Cordless", "Wireless", "Wireless", "Steel")
    rows = [f"Kettle {n} {word},{'red' if n % 2 else 'blue'}" for n, word in enumerate(words)]
    (tmp_path / "things.csv").write_text("\n".join(["name,color", *rows]) + "\n", encoding="utf-8")
    catalog = read_catalog(tmp_path / "things.csv")
    assert {"cordless", "wireless"} <= set(enriched(catalog).table.columns)
    merged = enriched(catalog, ALIKE)
    mapping, _ = catalog_mapping(merged)
    (facet,) = [facet for facet in stock_of(merged, mapping, "here").domain.facets if facet.id == "cordless"]
    assert facet.names == ("wireless",)
    assert "wireless" not in {rule.column for rule in mapping.facets}
    assert "'wireless' was merged into 'cordless': they mean the same." in merged.notes


def test_without_anything_alike_all_is_as_by_rules_alone(tmp_path: Path) -> None:
    catalog = kettles(tmp_path)
    by_rules, merged = enriched(catalog), enriched(catalog, Synonyms())
    assert replace(merged, table=by_rules.table) == by_rules
    assert merged.table.columns == by_rules.table.columns
