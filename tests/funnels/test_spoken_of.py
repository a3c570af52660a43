"""Phrases that reviewers of some items use: planted ones are found, denied ones and small talk are not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_reviews import NOISE, PLANTED, planted_reviews

from elicit.domains import Reviews
from elicit.funnels.sayings import Voices
from elicit.funnels.sought import Stems
from elicit.funnels.spoken_of import Tally, beyond_chance, phrases_apart, tally
from elicit.funnels.traits import enough
from elicit.language.spelling import stems


def nothing_known(_phrase: Stems, _having: Sequence[int]) -> bool:
    return False


def voices(*texts: Sequence[str]) -> Voices:
    """Reviews of each item."""
    rows = [row for row, own in enumerate(texts) for _ in own]
    return Voices.of(Reviews("made", np.array(rows, dtype=np.intp), tuple(t for own in texts for t in own)), len(texts))


# What is drawn at random may be too little to be found, once in some hundred catalogs; so the same are drawn each time.
@given(seed=st.integers(0, 2**32), items=st.integers(18, 30))
@settings(max_examples=15, derandomize=True)
def test_what_is_planted_is_found_of_its_items_and_nothing_else_is(seed: int, items: int) -> None:
    planted = planted_reviews(seed, items, least=20, most=30)
    spoken = Voices.of(planted.reviews, items)
    found = {told.shown: told.codes(spoken.counts) for told in phrases_apart(spoken, nothing_known).values()}
    assert set(found) == set(PLANTED)
    for phrase, has in zip(PLANTED, planted.has.T, strict=True):
        # Half of the reviewers say it, so few items are called so by less than a quarter.
        assert not (found[phrase] == 1)[~has].any()
        assert (found[phrase] == 1)[has].mean() > 0.7
        assert (found[phrase] == 0)[~has].all()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=5)
def test_the_order_of_reviews_does_not_matter(seed: int) -> None:
    planted = planted_reviews(seed, 15, least=5, most=15).reviews
    order = np.random.default_rng(seed).permutation(len(planted))
    mixed = Reviews("mixed", planted.items[order], tuple(planted.texts[row] for row in order))
    one, other = (phrases_apart(Voices.of(reviews, 15), nothing_known) for reviews in (planted, mixed))
    assert list(one) == list(other)
    assert [(told.said, told.denied) for told in one.values()] == [(told.said, told.denied) for told in other.values()]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, derandomize=True)
def test_reviews_dealt_to_the_items_at_random_tell_nothing(seed: int) -> None:
    planted = planted_reviews(seed, 20, least=4, most=25).reviews
    dealt = Reviews("dealt", np.random.default_rng(seed).permutation(planted.items), planted.texts)
    assert phrases_apart(Voices.of(dealt, 20), nothing_known) == {}


@pytest.mark.parametrize("items", [10, 100])
def test_real_talk_dealt_to_the_items_at_random_tells_nothing(test_data: Path, items: int) -> None:
    lines = (test_data / "ccpe" / "CCPE.txt").read_text(encoding="utf-8").splitlines()
    texts = tuple(line.split("\t")[1] for line in lines if line.startswith("USER\t"))
    dealt = Reviews("dealt", np.random.default_rng(items).integers(0, items, len(texts)), texts)
    assert len(dealt) > 6000
    assert phrases_apart(Voices.of(dealt, items), nothing_known) == {}


def test_of_phrases_of_all_frequencies_hardly_one_is_beyond_chance() -> None:
    random = np.random.default_rng(0)
    passed = 0
    for trial in range(3000):
        counts = random.integers(2, 30, int(random.integers(4, 60)))
        said = random.binomial(counts, (0.03, 0.1, 0.25, 0.5, 0.8)[trial % 5])
        passed += beyond_chance(dict(enumerate(said.tolist())), counts) >= 6
    assert passed <= 3


def test_beyond_chance_by_hand() -> None:
    # Two items of three reviews, all three of one say it: 3 of 6, pairs 3 · 2/2 = 3 against 3 · 2/5; spread 1/4 · √6.
    assert beyond_chance({0: 3}, np.array([3, 3])) == pytest.approx((3 - 6 / 5) / (np.sqrt(6) / 4))
    # Items with one review change nothing.
    assert beyond_chance({0: 3, 2: 1}, np.array([3, 3, 1])) == beyond_chance({0: 3}, np.array([3, 3]))
    assert beyond_chance({}, np.array([3, 3])) == beyond_chance({0: 3, 1: 3}, np.array([3, 3])) == 0
    assert beyond_chance({0: 1}, np.array([1, 1])) == beyond_chance({}, np.array([0])) == 0


@pytest.mark.parametrize(
    ("said", "denied", "reviews", "code"),
    [
        (2, 0, 2, 1),
        (1, 0, 1, -1),  # one reviewer is too few
        (2, 0, 8, 1),
        (2, 0, 9, -1),  # less than a quarter
        (3, 3, 8, -1),  # as many deny it
        (3, 2, 8, 1),
        (0, 2, 4, 0),  # denied
        (0, 1, 4, -1),
        (0, 0, 9, -1),  # nine reviewers tell nothing by silence
        (0, 0, 10, 0),
        (1, 0, 10, 0),
        (2, 0, 16, -1),  # an eighth
        (1, 0, 16, 0),
        (0, 0, 0, -1),
    ],
)
def test_what_an_item_is_called(said: int, denied: int, reviews: int, code: int) -> None:
    told = Tally(said=Counter({0: said}), denied=Counter({0: denied}))
    assert told.codes(np.array([reviews])).tolist() == [code]


def test_who_says_and_denies_does_neither_and_a_reviewer_counts_once() -> None:
    told = tally(voices(["Quiet. Not quiet."], ["Quiet, quiet, quiet!"], ["Not quiet, never quiet"]), [("quiet",)])
    assert told["quiet",].said == {0: 0, 1: 1, 2: 0}
    assert told["quiet",].denied == {0: 0, 1: 0, 2: 1}


def test_qualities_and_things_are_told_apart_and_written_as_most_people_do() -> None:
    spoken = voices(
        ["It is easy to clean", "very easy to clean"], ["Battery life!", "great battery-life", "battery life"]
    )
    found = tally(spoken, [stems("easy to clean"), stems("battery life")])
    assert [told.is_quality for told in found.values()] == [True, False]
    assert [told.shown for told in found.values()] == ["easy to clean", "battery life"]


QUIET, LOUD = ["It is quiet"] * 10, ["It came in a box"] * 10


def test_a_phrase_of_enough_items_and_not_of_all_is_found() -> None:
    (found,) = phrases_apart(voices(*[QUIET] * 3, *[LOUD] * 3), nothing_known).values()
    assert found.codes(np.full(6, 10)).tolist() == [1, 1, 1, 0, 0, 0]


def test_a_phrase_of_one_item_or_of_all_is_not() -> None:
    assert enough(6) == 2
    assert phrases_apart(voices(QUIET, *[LOUD] * 5), nothing_known) == {}
    assert phrases_apart(voices(*[QUIET] * 6), nothing_known) == {}


@pytest.mark.parametrize(("saying", "found"), [(5, []), (6, [("quiet",)])])
def test_of_six_items_with_ten_reviews_six_must_say_it_of_two(saying: int, found: list[Stems]) -> None:
    some = QUIET[:saying] + LOUD[saying:]
    assert list(phrases_apart(voices(some, some, *[LOUD] * 4), nothing_known)) == found


def test_what_is_always_denied_is_not() -> None:
    assert phrases_apart(voices(*[["It is not quiet"] * 10] * 3, *[LOUD] * 3), nothing_known) == {}


def test_what_the_catalog_knows_is_not() -> None:
    known: list[tuple[Stems, list[int]]] = []

    def is_known(phrase: Stems, having: Sequence[int]) -> bool:
        known.append((phrase, list(having)))
        return True

    assert phrases_apart(voices(*[QUIET] * 3, *[LOUD] * 3), is_known) == {}
    assert known == [(("quiet",), [0, 1, 2])]


def test_a_longer_phrase_is_taken_where_it_is_most_of_what_is_said() -> None:
    clean, both = ["It is easy to clean"] * 10, ["It is easy to clean"] * 3 + ["A clean look"] * 7
    assert list(phrases_apart(voices(*[clean] * 3, *[LOUD] * 3), nothing_known)) == [stems("easy to clean")]
    assert list(phrases_apart(voices(*[both] * 3, *[LOUD] * 3), nothing_known)) == [("clean",)]


@pytest.mark.parametrize("texts", [[[]], [["Quiet"]], [["Quiet"] * 50], [[], [], ["Quiet"]], [[""] * 9, ["\x07"] * 9]])
def test_few_reviews_or_one_item_tell_nothing(texts: list[list[str]]) -> None:
    assert phrases_apart(voices(*texts), nothing_known) == {}


def test_hostile_reviews_bring_words_only() -> None:
    hostile = ['<script>alert(\'x\')</script> =HYPERLINK("https://example.org","x") {label} \x1b[31m'] * 12
    found = phrases_apart(voices(*[hostile] * 3, *[LOUD] * 3), nothing_known)
    assert found
    assert all(told.shown.replace(" ", "").isalpha() for told in found.values())


def test_noise_of_the_planted_reviews_is_said_of_all_items() -> None:
    planted = planted_reviews(1, 20, least=20, most=30)
    spoken = Voices.of(planted.reviews, 20)
    for told in tally(spoken, map(stems, NOISE)).values():
        assert told.said.total() > 0.08 * len(spoken)
