"""Questions for yes and no that fit what they ask for, on made-up kettles and lamps."""

import pytest

from elicit.domains import YES_NO, Option
from elicit.domains.mapping import FacetRule
from elicit.funnels.flags import with_flags_worded
from elicit.funnels.item_texts import ItemText

WORDINGS = ("What about it?",)


def asked(label: str, *texts: str, subject: frozenset[str] = frozenset({"kettle"})) -> str:
    """Return the first question for a flag of which some texts speak, an item each."""
    rule = FacetRule(column="flag", label=label, options=YES_NO, wordings=WORDINGS)
    items = [ItemText(f"Thing {n}", (text,)) for n, text in enumerate(texts)]
    return with_flags_worded([rule], items, subject)[0].wordings[0]


@pytest.mark.parametrize(
    ("label", "text", "question"),
    [
        ("cordless", "A cordless kettle for small rooms", "Would you like a cordless one?"),
        ("cordless", "Cordless design", "Would you like a cordless one?"),
        ("cordless", "Cordless and quiet design", "Would you like a cordless one?"),
        ("cordless", "It is cordless", "Would you like a cordless one?"),
        ("upright", "Upright glass kettle", "Would you like an upright one?"),
        ("LED", "LED kettle", "Would you like an LED one?"),
        ("UHD", "UHD kettle", "Would you like a UHD one?"),
        ("carafe", "Comes with a carafe", "Would you like a carafe?"),
        ("egg timer", "Comes with an egg timer", "Would you like an egg timer?"),
        ("Wi-Fi", "Comes with Wi-Fi", "Would you like Wi-Fi?"),
        ("Wi-Fi", "Wi-Fi technology", "Would you like Wi-Fi?"),
        ("spare filters", "Comes with spare filters", "Would you like spare filters?"),
        ("2-in-1", "A 2-in-1 kettle", "Would you like a 2-in-1 one?"),
    ],
)
def test_what_an_item_is_and_what_it_has_are_asked_for_otherwise(label: str, text: str, question: str) -> None:
    assert asked(label, text, "Something else") == question


def test_several_things_are_asked_for_in_the_plural_throughout() -> None:
    rule = FacetRule(column="flag", label="spare filters", options=YES_NO, wordings=WORDINGS)
    (worded,) = with_flags_worded([rule], [ItemText("Kettle", ("With spare filters",))], frozenset())
    assert worded.wordings[2] == "Are spare filters something that you want?"


def test_the_use_in_more_items_decides() -> None:
    kettle, carafe = "Carafe kettle", "Comes with a carafe"
    assert asked("carafe", kettle, carafe, carafe) == "Would you like a carafe?"
    assert asked("carafe", kettle, kettle, carafe) == "Would you like a carafe one?"


def test_what_nearly_all_items_are_need_not_be_in_the_name_of_the_file() -> None:
    assert (
        asked("dimmable", *["Dimmable lamp"] * 2, *["Lamp"] * 18, subject=frozenset())
        == "Would you like a dimmable one?"
    )


def test_what_no_text_speaks_of_and_what_is_no_flag_keep_their_wordings() -> None:
    assert asked("gold rim", "Steel rim") == WORDINGS[0]
    options = (Option(id="a", label="a"), Option(id="b", label="b"))
    rule = FacetRule(column="color", label="carafe", options=options, wordings=WORDINGS)
    assert with_flags_worded([rule], [ItemText("Kettle", ("With a carafe",))], frozenset()) == (rule,)
