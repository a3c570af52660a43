"""The words of questions and answers, and which of them a person meets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.basis import InputError, Luck
from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Facet, Kind, Option
from elicit.language import Phrasebook, answer_texts, option_label, question_texts


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(id=label.split()[0], label=label) for label in labels)


WORDED = Facet(
    id="tea",
    label="tea",
    options=(
        Option(id="no", label="no", phrasings=("No tea for me.", "I don't drink tea.", "Never tea.")),
        Option(id="yes", label="yes", phrasings=("I like tea.", "Tea, please.", "Tea is for me.")),
    ),
    wordings=("Do you like tea?", "Is tea for you?", "Would you drink tea?"),
)
BARE = Facet(id="vegan", label="vegan food")
DOMAIN = Domain(name="drinks", title="Drinks", facets=(WORDED, BARE))


@pytest.mark.parametrize(
    ("facet", "question"),
    [
        (BARE, "What about vegan food: yes or no?"),
        (
            Facet(id="c", label="the colour", options=options("red", "blue", "green")),
            'What about the colour: which fits you best, "red", "blue" or "green"?',
        ),
        (
            Facet(id="b", label="the budget", kind=Kind.NUMBER, cuts=(9.0,), options=options("under 10", "10 or more")),
            'What about the budget: roughly where do you stand, at "under 10" or "10 or more"?',
        ),
        (
            Facet(id="o", label="your home town", kind=Kind.OPEN, options=options("Ulm")),
            "What can you tell me about your home town?",
        ),
        (
            Facet(id="m", label="the month", options=options(*"abcdefg")),
            "What can you tell me about the month?",
        ),
        (
            Facet(id="s", label="the size", options=options("large")),
            'What about the size: which fits you best, "large"?',
        ),
    ],
)
def test_a_facet_without_wordings_is_asked_by_its_label(facet: Facet, question: str) -> None:
    assert question_texts(facet) == (question,)


def test_wordings_come_before_the_fallback() -> None:
    assert question_texts(WORDED) == WORDED.wordings


def test_answers_are_phrasings_else_the_label_as_a_sentence() -> None:
    assert answer_texts(WORDED, "yes") == ("I like tea.", "Tea, please.", "Tea is for me.")
    assert answer_texts(BARE, "yes") == ("Yes.",)
    loud = Facet(id="x", label="x", options=(Option(id="a", label="a lot!"),))
    assert answer_texts(loud, "a") == ("A lot!",)


def test_non_answers_have_words_of_their_own() -> None:
    texts = [text for n in NonAnswer for text in answer_texts(WORDED, n)]
    assert all(len(answer_texts(WORDED, n)) >= 3 for n in NonAnswer)
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {p for o in WORDED.options for p in o.phrasings}
    labels = [option_label(WORDED, n) for n in NonAnswer]
    assert len({*labels, "no", "yes"}) == 6
    assert option_label(WORDED, "yes") == "yes"


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(InputError, match="'maybe' is no answer"):
        answer_texts(WORDED, "maybe")
    with pytest.raises(InputError, match="'maybe' is no answer"):
        option_label(WORDED, "maybe")


def test_an_exchange_holds_question_options_value_and_words() -> None:
    exchange = Phrasebook(DOMAIN, Luck.of(1, ["ann"])).exchange(0, 0, 1)
    assert exchange.question.facets == ("tea",)
    assert exchange.question.options == ("no", "yes")
    assert exchange.question.text in WORDED.wordings
    assert exchange.answer.value == "yes"
    assert exchange.answer.text in WORDED.options[1].phrasings
    assert Phrasebook(DOMAIN, Luck.of(1, ["ann"])).answer(0, 0, -4).value == "refused"


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), people=st.lists(st.text(), min_size=1, max_size=6, unique=True), data=st.data())
def test_words_depend_on_person_facet_and_seed_alone(seed: int, people: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(people))))
    turned = Domain(name="drinks", title="Drinks", facets=(BARE, WORDED))
    whole = Phrasebook(DOMAIN, Luck.of(seed, people))
    other = Phrasebook(turned, Luck.of(seed, [people[i] for i in order]))
    for row, i in enumerate(order):
        assert whole.exchange(i, 0, 1) == other.exchange(row, 1, 1)


def test_people_and_seeds_meet_all_words_about_equally() -> None:
    people = [f"p{i}" for i in range(600)]
    book = Phrasebook(DOMAIN, Luck.of(0, people))
    asked = [book.question(i, 0).text for i in range(600)]
    said = [book.answer(i, 0, 1).text for i in range(600)]
    # 200 of each are expected, with a standard deviation of 11.5.
    assert min(np.unique(asked, return_counts=True)[1]) > 150
    assert min(np.unique(said, return_counts=True)[1]) > 150
    # Question and answer are drawn apart: all nine pairs occur.
    assert len(set(zip(asked, said, strict=True))) == 9
    again = Phrasebook(DOMAIN, Luck.of(1, people))
    assert [again.question(i, 0).text for i in range(600)] != asked
