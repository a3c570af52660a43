"""Free text about a small domain, understood without a sentence encoder."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Facet, Kind, Option
from elicit.language import Heard, ModelUnderstanding, answer_texts, open_understanding, question_texts, read_profile
from elicit.models import ModelError, ModelFault, Reply, Request

DEGREES = (
    Option(id="avoid", label="I tend to avoid them"),
    Option(id="neutral", label="they are all right"),
    Option(id="love", label="I love them"),
)


def genre(name: str, years: str = "") -> Facet:
    wordings = (f"How do you feel about {name}{years}?", f"What about {name}{years}?", f"{name}{years}: avoid or love?")
    return Facet(id=f"genre:{name}{years}", label=f"{name}{years}", options=DEGREES, wordings=wordings)


SHOP = Domain(
    name="things",
    title="Things",
    facets=(
        genre("westerns"),
        genre("musicals"),
        genre("musicals", " made before 1980"),
        genre("musicals", " made in 1990 or later"),
        Facet(id="film:aliens", label="Aliens (1986)", wordings=("Do you like Aliens?",)),
        Facet(id="series:alien", label="Alien films", wordings=("Do you like any of the Alien films?",)),
        Facet(
            id="budget",
            label="your budget in euros",
            kind=Kind.NUMBER,
            options=(
                Option(id="low", label="up to 500"),
                Option(id="middle", label="to 900"),
                Option(id="high", label="more"),
            ),
            cuts=(500, 900),
            wordings=("How much may it cost?",),
        ),
        Facet(
            id="system",
            label="the operating system",
            options=(
                Option(id="windows", label="Windows", phrasings=("I am used to Windows.",)),
                Option(id="mac", label="macOS", phrasings=("A MacBook.",)),
            ),
            wordings=("Which operating system?",),
        ),
    ),
)
UNDERSTANDING = open_understanding(SHOP, None)


def told(text: str, *asked: str) -> Mapping[str, str]:
    options = [o.label for f in SHOP.facets if f.id in asked for o in f.options]
    (found,) = asyncio.run(UNDERSTANDING.answers([Heard(text, asked, tuple(options))]))
    return found


def asked(text: str) -> tuple[str, ...]:
    (found,) = asyncio.run(UNDERSTANDING.questions([text]))
    return found


def test_the_domains_own_words_come_back_exactly() -> None:
    for facet in SHOP.facets:
        for text in question_texts(facet):
            assert asked(text) == (facet.id,)
        for value in [*(o.id for o in facet.options), *NonAnswer]:
            for text in answer_texts(facet, value):
                assert told(text, facet.id) == {facet.id: value}


def test_two_facets_are_answered_by_one_sentence_each() -> None:
    assert told("I love them. I'd rather not say.", "genre:westerns", "genre:musicals") == {
        "genre:westerns": "love",
        "genre:musicals": "refused",
    }
    assert told("As I said: I love them.", "genre:westerns") == {"genre:westerns": "love"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("absolutely love them", "love"),
        ("can't stand them", "avoid"),
        ("not really a fan", "avoid"),
        ("they're ok I guess", "neutral"),
        ("dunno", "unknown"),
        ("I don't care either way", "no_preference"),
        ("that's none of your business", "refused"),
        ("what do you mean by that?", "not_understood"),
        ("the third one", "love"),
        ("1", "avoid"),
        ("option 2", "neutral"),
        ("cna't stand them", "avoid"),
        ("xyzzy plugh", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_liking_disliking_and_not_answering_are_told_apart(text: str, value: str) -> None:
    assert told(text, "genre:westerns") == {"genre:westerns": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("max 800", "middle"),
        ("four hundred", "low"),
        ("a grand", "high"),
        ("450 to 500 euros", "low"),
        ("17 inches", "not_understood"),
    ],
)
def test_numbers_fall_into_bins_and_those_with_another_unit_do_not(text: str, value: str) -> None:
    assert told(text, "budget") == {"budget": value}


def test_an_option_that_is_denied_leaves_the_other() -> None:
    assert told("anything but Windows", "system") == {"system": "mac"}
    assert told("a MacBook, like my sister has", "system") == {"system": "mac"}


def test_what_is_told_beside_is_taken_in() -> None:
    assert told("love them, but musicals I can't stand", "genre:westerns") == {
        "genre:westerns": "love",
        "genre:musicals": "avoid",
    }
    assert told("Windows please, and at most 700 euros", "system") == {"system": "windows", "budget": "middle"}


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("Great, westerns then! And how about musicals?", ("genre:musicals",)),
        ("westerns and musicals?", ("genre:westerns", "genre:musicals")),
        ("any old musicals you like?", ("genre:musicals made before 1980",)),
        ("musicals from 2005?", ("genre:musicals made in 1990 or later",)),
        ("seen Aliens?", ("film:aliens",)),
        ("and the Alien films?", ("series:alien",)),
        ("what about wesetrns", ("genre:westerns",)),
        ("Where do you live?", ()),
        ("", ()),
    ],
)
def test_questions_are_heard_by_what_they_name(text: str, facets: tuple[str, ...]) -> None:
    assert asked(text) == facets


def test_a_profile_is_read_out_of_a_text() -> None:
    text = "Up to 600 euros, Windows only. I adore westerns; musicals are not for me."
    assert read_profile(text, SHOP) == {
        "budget": "middle",
        "system": "windows",
        "genre:westerns": "love",
        "genre:musicals": "avoid",
    }
    assert read_profile("", SHOP) == {}


@settings(max_examples=30)
@given(st.text(max_size=80))
def test_any_text_gives_a_value_of_the_facet_that_was_asked(text: str) -> None:
    for facet in (SHOP.facets[0], SHOP.facets[6], SHOP.facets[7]):
        found = told(text, facet.id)
        assert found[facet.id] in {*(o.id for o in facet.options), *NonAnswer}
        assert set(found) <= {f.id for f in SHOP.facets}


@dataclass
class Replying:
    """A model that gives these replies and keeps what it was sent."""

    replies: list[str | ModelError]
    sent: list[Request] = field(default_factory=list)
    name: str = "replying"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.sent += requests
        replies = [self.replies.pop(0) for _ in requests]
        return [Reply(r) if isinstance(r, str) else r for r in replies]


def test_a_model_is_asked_with_a_schema_and_believed_where_it_keeps_to_it() -> None:
    model = Replying(['{"genre:westerns": "avoid"}', '{"asks": ["budget", "budget"]}'])
    understanding = ModelUnderstanding(model, SHOP, UNDERSTANDING)
    heard = [Heard("I love them", ("genre:westerns",)), Heard("Hello")]
    assert asyncio.run(understanding.answers(heard)) == [{"genre:westerns": "avoid"}, {}]
    assert asyncio.run(understanding.questions(["and the price?"])) == [("budget",)]
    schema = model.sent[0].schema
    assert schema is not None
    assert schema["properties"]["genre:westerns"]["enum"] == ["avoid", "neutral", "love", *NonAnswer]


@pytest.mark.parametrize(
    "reply",
    ["no JSON", "[]", '{"genre:westerns": "adore"}', '{"budget": "low"}', "{}", ModelError(ModelFault.SLOW, "slow")],
)
def test_where_the_model_is_of_no_use_the_rules_understand(reply: str | ModelError) -> None:
    understanding = ModelUnderstanding(Replying([reply, reply]), SHOP, UNDERSTANDING)
    assert asyncio.run(understanding.answers([Heard("I love them.", ("genre:westerns",))])) == [
        {"genre:westerns": "love"}
    ]
    assert asyncio.run(understanding.questions(["How much may it cost?"])) == [("budget",)]
