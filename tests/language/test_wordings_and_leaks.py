"""Faults of wordings, and questions that say what the answer should say."""

from __future__ import annotations

import pytest

from elicit.basis import InputError
from elicit.domains import YES_NO, Facet, Option
from elicit.language import Leak, WordingFault, leaks, wording_problems

SPOKEN = tuple(Option(id=i, label=i, phrasings=(f"{i.title()}.",)) for i in ("no", "yes"))


def facet(name: str, *wordings: str, label: str = "it", options: tuple[Option, ...] = SPOKEN) -> Facet:
    return Facet(id=name, label=label, wordings=wordings, options=options)


def found(*facets: Facet) -> list[tuple[str, WordingFault, str]]:
    return [(p.facet, p.fault, p.detail) for p in wording_problems(facets)]


def test_good_wordings_have_no_problems() -> None:
    assert found(facet("a", "A?", "Is it a?", "Really a?"), facet("b", "B?", "Is it b?", "Really b?")) == []


def test_wordings_that_differ_by_case_and_spaces_count_once() -> None:
    assert found(facet("a", "Is it?", "is  it?", "Well?")) == [
        ("a", WordingFault.FEW_WORDINGS, "2 different wordings, 3 are needed")
    ]


def test_a_wording_of_two_facets_is_named_at_the_second() -> None:
    first, second = facet("a", "A?", "Is it?", "Really a?"), facet("b", "B?", "IS IT?", "Really b?")
    assert found(first, second) == [("b", WordingFault.TWIN_WORDING, "'IS IT?' also asks for 'a'")]


@pytest.mark.parametrize(
    "broken",
    [
        facet("a", "Is {genre} it?", "A?", "Well?"),
        facet("a", "A?", "B?", "C?", label="{genre}"),
        facet("a", "A?", "B?", "C?", options=(Option(id="x", label="x", phrasings=("It is {genre}.",)),)),
        facet("a", "A?", "B?", "C?", options=(Option(id="x", label="x}", phrasings=("X.",)),)),
    ],
)
def test_an_unfilled_brace_is_found_in_every_text(broken: Facet) -> None:
    assert [(name, fault) for name, fault, _ in found(broken)] == [("a", WordingFault.UNFILLED_BRACE)]


def test_options_without_phrasings_are_listed() -> None:
    assert found(facet("a", "A?", "B?", "C?", options=YES_NO)) == [
        ("a", WordingFault.NO_PHRASINGS, "options without phrasings: no, yes")
    ]


DIRECTOR = Facet(
    id="director",
    label="the director",
    options=(Option(id="n", label="Nolan"), Option(id="s", label="Spielberg"), Option(id="l", label="Spike Lee")),
)
FILM = Facet(id="film:1", label="The Matrix (1999)")


@pytest.mark.parametrize(
    ("question", "value", "leak"),
    [
        ("Do you like Nolan?", "n", Leak.BY_VALUE),
        ("Do you like NOLAN's films?", "n", Leak.BY_VALUE),
        ("Do you like Nolan?", "s", None),
        ("Which director do you like?", "n", None),
        ("Nolan or Spielberg?", "n", None),
        ("Nolan or Spielberg?", "l", None),
        ("Do you like Nolanesque films?", "n", None),
        ("Is there a Lee, perhaps Spike, that you like?", "l", None),
        ("Do you like Nolan?", "unknown", None),
    ],
)
def test_a_question_leaks_the_one_option_that_it_names(question: str, value: str, leak: Leak | None) -> None:
    assert leaks(question, DIRECTOR, value) is leak


@pytest.mark.parametrize("value", ["yes", "no"])
@pytest.mark.parametrize(
    "question", ["Do you like The Matrix (1999)?", "What about the matrix?", "Is a Matrix for you?"]
)
def test_a_yes_no_question_leaks_its_thing_whatever_the_answer(question: str, value: str) -> None:
    assert leaks(question, FILM, value) is Leak.BY_NAMING


def test_a_yes_no_question_without_its_thing_does_not_leak() -> None:
    assert leaks("Which films do you like?", FILM, "yes") is None
    assert leaks("Do you like The Matrix?", FILM, "no_preference") is None


def test_an_offered_choice_may_be_asked_in_another_word_order() -> None:
    feelings = (Option(id="ok", label="they are all right"), Option(id="love", label="I love them"))
    westerns = Facet(id="w", label="westerns", options=feelings)
    assert leaks("Are they all right, or do you love them?", westerns, "love") is None
    assert leaks("So you love them, don't you?", westerns, "love") is Leak.BY_VALUE


def test_a_label_inside_the_answered_one_is_no_second_option() -> None:
    colour = Facet(id="c", label="colour", options=tuple(Option(id=i, label=i) for i in ("blue", "light blue")))
    assert leaks("Would light blue do?", colour, "light blue") is Leak.BY_VALUE
    assert leaks("Would light blue do?", colour, "blue") is None


def test_a_label_of_nothing_but_light_words_never_leaks() -> None:
    you = Facet(id="y", label="whom you mean", options=(Option(id="you", label="you"), Option(id="bob", label="Bob")))
    assert leaks("Do you mean yourself?", you, "you") is None
    assert leaks("Do you mean Bob?", you, "bob") is Leak.BY_VALUE


def test_leaks_refuses_an_unknown_value() -> None:
    with pytest.raises(InputError, match="'x' is no answer"):
        leaks("Well?", DIRECTOR, "x")
