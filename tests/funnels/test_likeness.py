"""What means the same, by an encoder that is told so, and by the real one on pairs that were made up by hand."""

import os
import tomllib
from pathlib import Path

import pytest
from synonyms import Synonyms

from elicit.funnels.contrasts import contrast
from elicit.funnels.likeness import LIKE, LIKE_LONGER, Likeness
from elicit.models import SentenceEncoder

PAIRS = {
    name: tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
    for name in ("likeness_pairs", "likeness_pairs_second")
}


def same(one: str, other: str, *groups: tuple[str, ...], cosine: float = 1.0) -> bool:
    return Likeness(Synonyms((one.casefold(), other.casefold()), *groups, cosine=cosine)).same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("left-handed", "right-handed"),
        ("16 GB", "8 GB"),
        ("8GB", "16GB"),
        ("front-load", "top-load"),
        ("front loading", "top loading"),
        ("one person", "two persons"),
        ("USB-A", "USB-C"),
        ("corded", "cordless"),
        ("wired", "wireless"),
        ("padded", "unpadded"),
        ("foldable", "non-foldable"),
        ("with handle", "without handle"),
        ("sugar", "sugar-free"),
        ("men's", "women's"),
        ("Hard", "soft"),
        ("rear camera", "front camera"),
    ],
)
def test_what_contradicts_never_means_the_same_however_near_it_is(one: str, other: str) -> None:
    assert contrast(one, other)
    assert contrast(other, one)
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cordless", "wireless"),
        ("kids", "children"),
        ("quiet", "silent"),
        ("left hand", "left-handed"),
        ("rear camera", "back camera"),
        ("BPA free", "without BPA"),
        ("4 wheels", "wheels: 4"),
    ],
)
def test_what_may_mean_the_same_is_no_contrast(one: str, other: str) -> None:
    assert not contrast(one, other)


def test_names_are_one_from_the_threshold_on() -> None:
    assert same("sofa", "couch", cosine=LIKE + 0.01)
    assert not same("sofa", "couch", cosine=LIKE - 0.01)


def test_the_same_letters_need_no_encoder() -> None:
    likeness = Likeness(Synonyms())
    assert likeness.same("WiFi", "wi-fi")
    assert likeness.same("water proof", "Waterproof")
    assert not likeness.same("waterproof", "windproof")


def test_what_both_share_says_nothing_of_it() -> None:
    assert not same("spice rack", "towel rack")
    assert same("spice rack", "herb rack", ("spice", "herb"))


def test_a_word_in_front_narrows_and_one_behind_needs_more() -> None:
    assert not same("leather", "patent leather")
    assert same("stainless", "stainless steel", cosine=LIKE_LONGER + 0.01)
    assert not same("silk", "silk blend", cosine=LIKE_LONGER - 0.01)


def test_words_that_join_are_no_difference() -> None:
    assert same("sleeve length", "length of the sleeves", cosine=LIKE + 0.01)


@pytest.fixture
def minilm(monkeypatch: pytest.MonkeyPatch) -> Likeness:
    """Needs a fetched minilm in $ELICIT_TEST_MODELS, a folder as ELICIT_HOME names it."""
    home = os.environ.get("ELICIT_TEST_MODELS")
    if not home:
        pytest.skip("ELICIT_TEST_MODELS names no folder with fetched models")
    monkeypatch.setenv("ELICIT_HOME", home)
    return Likeness(SentenceEncoder.open())


@pytest.mark.parametrize(("name", "least"), [("likeness_pairs", 25), ("likeness_pairs_second", 20)])
def test_by_minilm_half_of_what_is_the_same_is_found_and_nothing_else(minilm: Likeness, name: str, least: int) -> None:
    found = {kind: [pair for pair in pairs if minilm.same(*pair)] for kind, pairs in PAIRS[name].items()}
    assert len(found.pop("same")) >= least
    assert not any(found.values()), found
