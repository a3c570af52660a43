"""Which facets a question asks for, by names and words alone."""

from __future__ import annotations

import pytest

from elicit.domains import Domain, Facet, Kind, Option
from elicit.language.asking import QuestionReader
from elicit.language.naming import Names


def facet(name: str, label: str, *wordings: str, names: tuple[str, ...] = ()) -> Facet:
    options = (Option(id="less", label="less"), Option(id="more", label="more"))
    return Facet(id=name, label=label, options=options, wordings=wordings, names=names)


FILMS = Domain(
    name="films",
    title="Films",
    facets=(
        facet("horror", "horror films", "How do you feel about horror films?", names=("something scary",)),
        facet("western", "westerns", "How do you feel about westerns?", names=("cowboy films",)),
        facet("western-old", "westerns made before 1980", "How do you feel about westerns made before 1980?"),
        facet("length", "how long a film may be", "Must it be over within ninety minutes?"),
        Facet(id="godfather", label="The Godfather (1972)", depth=1),
        Facet(id="godfather-2", label="The Godfather: Part II (1974)", depth=1),
    ),
)
READER = QuestionReader(FILMS, Names(FILMS), encoder=None)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("How do you feel about horror films?", ("horror",)),
        ("ever watch something scary?", ("horror",)),
        ("do you like cowboy films and horror?", ("western", "horror")),
        ("westerns from the fifties, any good?", ("western-old",)),
        ("Great, westerns. And the ones from before 1980, the same?", ("western-old",)),
        ("Is ninety minutes enough, and do you like horror?", ("length", "horror")),
        ("did you like The Godfather?", ("godfather",)),
        ("did you like the second Godfather?", ("godfather-2",)),
        ("Godfather 2, yes or no?", ("godfather-2",)),
        ("Why do you like westerns?", ()),
        ("What do you like about horror films?", ()),
        ("You like westerns, I see. How are you?", ()),
        ("How old are you?", ()),
    ],
)
def test_what_a_question_asks_for(text: str, asks: tuple[str, ...]) -> None:
    assert READER.facets(text) == asks


def test_of_several_sentences_those_with_a_question_mark_count() -> None:
    assert READER.facets("I see you like westerns. And horror?") == ("horror",)
    assert READER.facets("tell me about westerns") == ("western",)


def test_how_many_asks_for_no_number_in_particular() -> None:
    options = (Option(id="few", label="up to 4"), Option(id="many", label="over 4"))
    cups = Facet(
        id="cups",
        label="number of cups",
        kind=Kind.NUMBER,
        options=options,
        cuts=(4,),
        wordings=("How many cups is it?",),
    )
    maker = facet("maker", "maker", "Which maker do you like?")
    domain = Domain(name="pots", title="Pots", facets=(cups, maker))
    reader = QuestionReader(domain, Names(domain), encoder=None)
    assert reader.facets("So how many cups?") == ("cups",)
    assert reader.facets("How many people live with you?") == ()
