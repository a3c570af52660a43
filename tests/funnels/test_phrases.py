"""How phrases are used, on made-up texts."""

from itertools import pairwise

import pytest

from elicit.funnels.item_texts import ItemText
from elicit.funnels.phrases import a_few, is_whole, items_by_word, phrase_of, uses_of, with_capitals


def whole(phrase: str, *texts: str) -> bool:
    items = [ItemText("", (text,)) for text in texts]
    gram = phrase_of(phrase)
    return is_whole(uses_of(items, [gram])[gram], {"kettle"}, items_by_word(items))


@pytest.mark.parametrize(
    "text",
    [
        "Brew",
        "Brew for two",
        "Brew 9 cups",
        "Brew technology",
        "Brew design",
        "Brew glass kettle",
    ],
)
def test_a_phrase_ends_where_nothing_follows_that_it_is_a_part_of(text: str) -> None:
    assert whole("brew", text)
    assert not whole("brew", text, "Brew strength", "Brew basket")


def test_a_word_that_says_next_to_nothing_else_is_a_part_of_what_follows_it() -> None:
    assert not whole("chip", "M2 chip", "M2 chip", "Fast chip")
    # Where the word before is used of other things too, it is none.
    assert whole("chip", "Quiet chip", "Quiet chip", "Quiet fan", "Quiet lid")
    assert whole("chip", "M2 chip", "A chip", "B chip")


def test_capitals_are_those_of_running_text_among_small_letters() -> None:
    told = "This one works with Mirella and has a lid that stays cool for many hours, and a Timer Lid too"
    uses = uses_of([ItemText("", (told,))], [("mirella",), ("lid",), ("usb",)])
    assert with_capitals("mirella", uses["mirella",]) == "Mirella"
    assert with_capitals("Lid", uses["lid",]) == "lid"
    assert with_capitals("USB", uses["usb",]) == "USB"


@pytest.mark.parametrize(("text", "phrase"), [("Keep-warm", ("keep", "warm")), ("2-in-1", ("2in1",)), ("a; b", ())])
def test_a_label_is_one_phrase_or_none(text: str, phrase: tuple[str, ...]) -> None:
    assert phrase_of(text) == phrase


@pytest.mark.parametrize("number", [0, 1, 2000, 2001, 12_345])
def test_a_few_are_all_or_evenly_spaced(number: int) -> None:
    few = a_few(range(number))
    assert len(few) == number if number <= 2000 else 1000 <= len(few) <= 2000
    assert len({b - a for a, b in pairwise(few)}) <= 1
