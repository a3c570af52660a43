"""Clauses of reviews, and what is said or denied in them."""

import numpy as np
import pytest

from elicit.domains import Reviews
from elicit.funnels.sayings import Voices, clauses_of
from elicit.funnels.sought import Phrases
from elicit.language.spelling import stems


def says(text: str, phrase: str) -> list[int]:
    looked = stems(phrase)
    found = [(clause, start) for clause in clauses_of(text) for _, start in Phrases([looked]).within(clause.stems)]
    return [clause.says(start, start + len(looked)) for clause, start in found]


@pytest.mark.parametrize(
    "text",
    [
        "It is quiet.",
        "QUIET!",
        "So quiet and not heavy",
        "Not heavy, quiet",
        "It is not heavy but quiet",
        "Not only quiet",
        "I can't believe how quiet it is",
        "No more noise\nQuiet",
        "The lid is bad, the rest quiet",
    ],
)
def test_what_is_said_of_the_item(text: str) -> None:
    assert says(text, "quiet") == [1]


@pytest.mark.parametrize(
    "text",
    [
        "Not quiet",
        "It isn't quiet",
        "It isn’t very quiet at all",
        "isnt quiet",
        "It is not at all really quiet",
        "Never quiet",
        "hardly quiet",
        "I don't think it is quiet",
        "less quiet than my old one",
        "Quiet it is not",
        "Unfortunately it is quiet",
    ],
)
def test_what_is_denied_or_blamed(text: str) -> None:
    assert says(text, "quiet") == [-1]


@pytest.mark.parametrize(
    "text", ["It is not what I would ever call quiet", "No bad word about it: no problem, no bad noise in quiet use"]
)
def test_what_is_not_clear(text: str) -> None:
    assert says(text, "quiet") == [0]


def test_a_thing_may_be_blamed_before_and_behind_it() -> None:
    blamed = "Terrible battery life. The battery life is poor. No battery life. Battery life is not good"
    assert says(blamed, "battery life") == [-1] * 4
    assert says("Great battery life, a battery that lasts", "battery life") == [1]


def test_words_count_by_their_stems_and_longer_phrases_too() -> None:
    assert says("Cleaning is easy: easy to clean, easy-to-clean", "easy to clean") == [1, 1]
    assert says("Two batteries", "battery") == [1]


def test_no_clause_is_empty_and_all_words_stand_in_one() -> None:
    clauses = clauses_of("But ... \x07 (yes) - no\n\n!! but but though")
    assert [clause.words for clause in clauses] == [("yes",), ("no",)]
    assert clauses_of("") == ()


def test_phrases_in_stems() -> None:
    looked = Phrases([("a", "b"), ("b",), ("a", "c", "d")])
    assert looked.is_in(("x", "a", "c", "d"))
    assert not looked.is_in(("a", "c"))
    assert list(Phrases([("a",), ("a", "b")]).within(("a",))) == [(("a",), 0)]
    assert not Phrases([]).is_in(("a",))


def test_reviews_of_each_item() -> None:
    voices = Voices.of(Reviews("r", np.array([2, 0, 2]), ("One", "Two", "Three")), 4)
    assert voices.counts.tolist() == [1, 0, 2, 0]
    said = [[clause.words[0] for clauses in reviews for clause in clauses] for reviews in voices.by_item()]
    assert said == [["two"], ["one", "three"]]
