"""Whether what a chat model wrote may stand as a question."""

from __future__ import annotations

import asyncio

import pytest

from elicit.domains import Domain, Facet, Kind, Option
from elicit.language import QuestionFault, open_understanding, question_faults
from elicit.language.verdicts import Judged, Verdict, judge

TEA = Facet(
    id="tea",
    label="tea",
    options=tuple(Option(id=i, label=i) for i in ("green tea", "black tea", "no tea")),
    wordings=("Which tea do you like best?",),
)
FILM = Facet(
    id="film:Seven",
    label="Seven Samurai (1954)",
    kind=Kind.MULTI,
    options=(Option(id="no", label="No"), Option(id="yes", label="Yes")),
    wordings=("Do you like Seven Samurai (1954)?",),
)
CINEMA = Domain(name="cinema", title="Tea and films", facets=(TEA, FILM))


def opinion(name: str) -> Facet:
    options = tuple(Option(id=verb, label=f"{verb} {name}") for verb in ("avoids", "takes", "loves"))
    return Facet(
        id=name, label=f"views on {name}", options=options, wordings=(f"What of {name}?", f"How about {name}?")
    )


VIEWS = Domain(name="views", title="Views", facets=(*map(opinion, ("pace", "length", "comedy", "drama")), FILM))


def judged(reply: str, facet: Facet = FILM, domain: Domain = CINEMA) -> Judged:
    return asyncio.run(judge([reply], [facet], open_understanding(domain, None)))[0]


@pytest.mark.parametrize(
    "reply",
    [
        "Have you ever enjoyed Seven Samurai?",
        '"Have you ever enjoyed Seven Samurai?"',
        "“Have you ever enjoyed Seven Samurai?”",
        "**Have you ever enjoyed Seven Samurai?**",
        "1. Have you ever enjoyed Seven Samurai?",
        "Have you ever\nenjoyed Seven Samurai?",
        "Assistant: Have you ever enjoyed Seven Samurai?",
        "Have you ever enjoyed Seven Samurai?\nUser: Yes. Do you?",
        "<think>Seven what? Or eight?</think>Have you ever enjoyed Seven Samurai?",
        "Sure! Have you ever enjoyed Seven Samurai?",
        "Here is one way to put it:\n\nHave you ever enjoyed Seven Samurai?",
        "Okay. Here's the reworded question: Have you ever enjoyed Seven Samurai? I hope this helps.",
        "The usual words: Have you ever enjoyed Seven Samurai?",
        "Have you ever enjoyed Seven Samurai? [END]",
    ],
)
def test_a_question_is_taken_out_of_what_stands_around_it(reply: str) -> None:
    assert judged(reply) == Judged(Verdict.ACCEPTED, "Have you ever enjoyed Seven Samurai?")


@pytest.mark.parametrize(
    "text",
    [
        'Have you enjoyed "Seven Samurai"?',
        "You seem to like the old ones. Have you enjoyed Seven Samurai?",
        "Have you enjoyed Seven Samurai (the film of 1954)?",
        "Seven Samurai: have you enjoyed it?",
    ],
)
def test_what_belongs_to_a_question_stays(text: str) -> None:
    assert judged(text) == Judged(Verdict.ACCEPTED, text)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("", Verdict.EMPTY),
        ("  \n ", Verdict.EMPTY),
        ("???", Verdict.EMPTY),
        ("I like Seven Samurai.", Verdict.EMPTY),
        ("<think>The user wants a question. Do you like Seven Samurai?", Verdict.EMPTY),
        ("User: Do you like Seven Samurai?", Verdict.EMPTY),
        ("\ud83d", Verdict.EMPTY),
        ("Do you like Seven Samurai? Or do you not like films?", Verdict.SEVERAL),
        ("Do you like Seven Samurai?\n\nDo you enjoy Seven Samurai?", Verdict.SEVERAL),
        ("Do you like films?", Verdict.WRONG_FACET),
        ("What do you think of Jaws?", Verdict.WRONG_FACET),
        ("Which tea do you like best?", Verdict.WRONG_FACET),
        ("Do you like Seven Samurai and which tea do you drink?", Verdict.WRONG_FACET),
        ("Surely you like Seven Samurai, don't you?", Verdict.FLAGGED),
        ("Don't you dislike Seven Samurai?", Verdict.FLAGGED),
        ("Do you like Seven Samurai, " + "which is long and old and slow and good and far away, " * 3 + "?", None),
    ],
)
def test_rejects_by_the_first_thing_that_is_wrong(reply: str, verdict: Verdict | None) -> None:
    found = judged(reply)
    assert found.verdict is (verdict or Verdict.FLAGGED)
    assert found.reason


def test_a_question_that_names_one_answer_alone_leaks_whoever_is_asked() -> None:
    assert judged("Do you like tea best when it is green tea?", TEA).verdict is Verdict.LEAK
    assert judged("Which tea do you like best, black tea or green tea?", TEA).verdict is Verdict.ACCEPTED
    # A film cannot be asked for without its name.
    assert judged("Do you like Seven Samurai?").verdict is Verdict.ACCEPTED


def test_faults_of_the_options_are_not_held_against_the_words() -> None:
    options = tuple(Option(id=i, label=i) for i in ("1 to 3 cups", "3 to 5 cups"))
    cups = Facet(id="cups", label="cups of tea", options=options, wordings=("How many cups of tea?",))
    domain = Domain(name="cups", title="Cups", facets=(cups,))
    text = "How many cups of tea do you drink a day?"
    assert QuestionFault.OVERLAP in [finding.fault for finding in question_faults(text, [o.label for o in options])]
    assert judged(text, cups, domain).verdict is Verdict.ACCEPTED


def test_many_are_judged_each_by_its_own_facet() -> None:
    facets = VIEWS.facets[:3]
    replies = ["How about pace?", "", "How about pace?"]
    found = asyncio.run(judge(replies, facets, open_understanding(VIEWS, None)))
    assert [one.verdict for one in found] == [Verdict.ACCEPTED, Verdict.EMPTY, Verdict.WRONG_FACET]
    assert found[2].reason == "it must ask about views on comedy, by that name, and nothing else"


def test_the_wordings_of_the_domain_are_accepted() -> None:
    texts = [(text, facet) for facet in VIEWS.facets for text in facet.wordings]
    found = asyncio.run(judge([t for t, _ in texts], [f for _, f in texts], open_understanding(VIEWS, None)))
    assert {one.verdict for one in found} == {Verdict.ACCEPTED}
    assert [one.text for one in found] == [text for text, _ in texts]


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Have you enjoyed Seven Samurai?", Verdict.ACCEPTED),
        ("Sure! Have you enjoyed Seven Samurai?", Verdict.ACCEPTED),
        ("You seem to like the old ones. Have you enjoyed Seven Samurai?", Verdict.FLAGGED),
        ("To make it plainer, you could ask: have you enjoyed Seven Samurai?", Verdict.FLAGGED),
    ],
)
def test_a_question_that_must_stand_alone_has_nothing_before_it(reply: str, verdict: Verdict) -> None:
    (found,) = asyncio.run(judge([reply], [FILM], open_understanding(CINEMA, None), alone=True))
    assert found.verdict is verdict
    assert judged(reply).verdict is Verdict.ACCEPTED
