import pytest
from planted_texts import KETTLES

from elicit.funnels.extracting import traits_of
from elicit.funnels.item_texts import ItemText
from elicit.funnels.traits import Origin


@pytest.fixture(scope="module")
def traits():
    return {trait.name: trait for trait in traits_of(KETTLES)}


def test_the_brand_is_the_part_before_the_dash(traits):
    assert traits["brand"].values == ("Aldo", "Aldo", "Bero", "Bero", "Cima", "Dune")


def test_a_color_is_the_last_word_for_one(traits):
    assert traits["color"].values == ("black", "black", "white", "white", "white", "black")


def test_a_number_with_its_unit_is_read_from_name_and_features(traits):
    assert traits["capacity (l)"].values == ("1.7", "1", "1.5", "0.5", "1.7", "1")


def test_what_is_counted_is_called_by_the_words_behind_it(traits):
    assert traits["warranty (years)"].values == ("2", "2", "5", "5", "1", "1")


def test_what_stands_before_the_same_word_is_a_value_and_the_shared_end_of_it_is_taken(traits):
    steel = [value.lower() for value in traits["body"].values]
    assert steel == ["steel", "glass", "steel", "steel", "glass", "steel"]


def test_a_feature_of_some_is_a_flag_whatever_follows_it(traits):
    assert traits["keep-warm"].values == ("yes", "no", "yes", "no", "no", "yes")
    assert traits["keep-warm"].origin is Origin.MENTIONED


def test_praise_of_what_all_have_is_no_feature(traits):
    assert not [name for name in traits if "heater" in name or "powerful" in name]


def test_words_of_other_traits_are_no_flags(traits):
    flags = {name for name, trait in traits.items() if trait.origin is Origin.MENTIONED}
    assert flags == {"cordless", "travel", "keep-warm"}


def test_two_numbers_of_one_unit_are_told_apart_by_the_words_behind_them():
    items = [ItemText(f"Box {a}", (f"{a}GB memory", f"{b} disk")) for a, b in ((8, "1TB"), (16, "512GB"), (8, "256GB"))]
    traits = {trait.name: trait.values for trait in traits_of(items)}
    assert traits["memory (GB)"] == ("8", "16", "8")
    assert ("1000", "512", "256") in traits.values()


def test_key_and_value_are_read_and_other_spellings_of_the_same_are_not_read_again():
    items = [
        ItemText(f"Lamp {n}", (f"Color: {color}", f"{color.capitalize()} finish"))
        for n, color in enumerate(("red", "red", "blue", "green"))
    ]
    told = [trait for trait in traits_of(items) if trait.origin is not Origin.MENTIONED]
    assert [(trait.name, trait.values) for trait in told] == [("color", ("red", "red", "blue", "green"))]


def test_what_is_called_otherwise_measures_something_else():
    parts = ("2-hour shut-off", "2-hour shut-off", "3-hour shut-off", "charges in 1 hour")
    traits = {
        trait.name: trait.values for trait in traits_of([ItemText(f"Iron {n}", (p,)) for n, p in enumerate(parts)])
    }
    assert traits["shut-off (hours)"] == ("2", "2", "3", None)


def test_flags_are_written_as_in_the_texts_where_capitals_matter():
    items = [
        ItemText(f"Set {n}", (part,)) for n, part in enumerate(("SSD drive", "SSD drive", "2-in-1 design", "2-in-1"))
    ]
    assert {"SSD drive", "2-in-1"} <= {trait.name for trait in traits_of(items)}


def test_a_word_for_any_kind_stands_behind_what_it_is_the_kind_of():
    parts = ("Round-style lid", "Round lid style", "Flat-style lid", "Flat-style lid", "Wide-style lid")
    traits = {
        trait.name: trait.values for trait in traits_of([ItemText(f"Pot {n}", (p,)) for n, p in enumerate(parts)])
    }
    assert traits == {"lid style": ("Round", "Round", "Flat", "Flat", "Wide")}


def test_a_value_is_not_the_mere_beginning_of_others():
    cores = ("Ox Zeta 5", "Ox Zeta 5", "Ox Zeta 7", "Ox Zeta 7", "Ox Zeta 9 77X")
    items = [ItemText(f"Box {n}", (f"{core} processor",)) for n, core in enumerate(cores)]
    assert [trait.values for trait in traits_of(items)] == [
        ("Ox Zeta 5", "Ox Zeta 5", "Ox Zeta 7", "Ox Zeta 7", "Ox Zeta 9")
    ]


def test_values_of_which_most_have_a_capital_have_one_each():
    parts = ("Oak frame", "Oak frame", "Pine frame", "The ash frame", "Pine frame")
    (trait,) = traits_of([ItemText(f"Bed {n}", (p,)) for n, p in enumerate(parts)])
    assert trait.values == ("Oak", "Oak", "Pine", "Ash", "Pine")


def test_what_is_a_part_of_something_else_is_no_flag():
    parts = ("Brew strength", "Brew basket", "Egg timer", "Egg timer", "Quiet")
    flags = {trait.name for trait in traits_of([ItemText(f"Brew Thing {n}", (p,)) for n, p in enumerate(parts)])}
    assert "brew" not in flags
    assert "egg timer" in flags


def test_number_and_word_of_a_model_are_nothing_that_is_counted():
    items = [ItemText(f"Phone Pro {n} Max", ("Camera",)) for n in (7, 8, 9)]
    assert not [trait for trait in traits_of(items) if trait.origin is Origin.MEASURED]


@pytest.mark.parametrize("items", [[ItemText("One", ())], [ItemText("", ()), ItemText("", ("",))]])
def test_one_item_or_empty_texts_tell_nothing(items):
    assert traits_of(items) == []


def test_all_alike_tell_nothing():
    assert traits_of([ItemText("Red cup - 5 cm", ("Steel handle",))] * 6) == []


def test_a_letter_for_liters_is_a_unit():
    items = [ItemText("Kettle", (written,)) for written in ("1.5 l", "1.5l", "2 liters", "500 ml")]
    (trait,) = traits_of(items)
    assert (trait.name, trait.values) == ("capacity (l)", ("1.5", "1.5", "2", "0.5"))
