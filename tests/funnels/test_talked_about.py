"""Who talks about a facet: by its label, its names and its values."""

import numpy as np
import pyarrow as pa
import pytest

from elicit.domains import Reviews
from elicit.domains.mapping import FacetRule
from elicit.domains.tables import Table
from elicit.funnels.sayings import Voices
from elicit.funnels.talked_about import talk_shares, value_phrases

CELLS = {
    "color": ["Red", "matte black", None],
    "is_cordless": ["yes", "no", "yes"],
    "extras": [["tea strainer"], ["tea strainer", "second lid"], None],
    "weight (kg)": ["1.2", "0.8", "1"],
    "grade": ["best", "the one", "2"],
}
TABLE = Table("kettles", {name: pa.chunked_array([pa.array(cells)]) for name, cells in CELLS.items()}, np.arange(3))


def share(text: str, column: str, label: str, names: tuple[str, ...] = ()) -> float:
    """Return the share of two reviewers, of whom one says nothing."""
    voices = Voices.of(Reviews("r", np.array([0, 1]), (text, "It came.")), 3)
    return talk_shares(voices, TABLE, [FacetRule(column=column, label=label, names=names)])[0]


@pytest.mark.parametrize(
    ("text", "column", "label"),
    [
        ("I like the colors", "color", "color"),
        ("Not black enough: it is matte black", "color", "shade"),
        ("RED!", "color", "shade"),
        ("Cordless at last", "is_cordless", "is_cordless"),
        ("Two tea strainers", "extras", "extras"),
        ("What a weight", "weight (kg)", "weight"),
    ],
)
def test_labels_and_values_are_found_by_stems(text: str, column: str, label: str) -> None:
    assert share(text, column, label) == 0.5


def test_names_are_found() -> None:
    assert share("Three kg", "weight (kg)", "weight") == 0
    assert share("Three kg", "weight (kg)", "weight", ("kg",)) == 0.5


@pytest.mark.parametrize(
    ("text", "column"), [("Yes, no", "is_cordless"), ("1.2 or 1", "weight (kg)"), ("The best, the one, 2", "grade")]
)
def test_yes_no_numbers_and_empty_words_are_no_talk(text: str, column: str) -> None:
    assert share(text, column, "zeppelin") == 0
    assert list(value_phrases(TABLE, column)) == []


def test_who_says_it_twice_counts_once_and_a_word_may_be_of_two_facets() -> None:
    voices = Voices.of(Reviews("r", np.array([0, 0]), ("Red, red and black", "Blue")), 3)
    rules = [FacetRule(column="color", label="color"), FacetRule(column="extras", label="red")]
    assert talk_shares(voices, TABLE, rules) == [0.5, 0.5]
