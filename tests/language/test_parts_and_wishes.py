"""Replies cut into parts, lists of names kept together, and what open questions are after."""

from __future__ import annotations

import pytest

from elicit.domains import Domain, Facet
from elicit.language.naming import Names
from elicit.language.parts import Part, parts_of
from elicit.language.replies import NEGATIVE, POSITIVE
from elicit.language.spelling import plain
from elicit.language.wishes import wish_of

FILMS = Domain(
    name="films",
    title="Films",
    facets=tuple(
        Facet(id=name, label=f"{name} films", names=names)
        for name, names in {
            "war": (),
            "horror": ("something scary",),
            "romance": ("romcoms", "love stories"),
        }.items()
    ),
)


def parts(text: str) -> list[Part]:
    return list(parts_of(plain(text), Names(FILMS).in_text(plain(text))))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("I like war films and horror", ["i like them"]),
        ("I can't stand horror, war films or love stories.", ["i can not stand them"]),
        ("horror yes, war films no", ["them yes", "them no"]),
        ("I love romcoms, but horror bores me", ["i love them", "them bores me"]),
        ("I love romcoms. Horror bores me!", ["i love them", "them bores me"]),
        ("nothing to say", ["nothing to say"]),
    ],
)
def test_a_list_of_names_is_one_thing_and_a_turn_starts_another(text: str, spoken: list[str]) -> None:
    assert [part.with_names_as("them") for part in parts(text)] == spoken


def test_what_is_left_without_the_names() -> None:
    (alone,) = parts("war films, horror")
    assert alone.bare == ""
    assert [m.facet for m in alone.mentions] == ["war", "horror"]
    (spoken,) = parts("I adore war films")
    assert spoken.bare == "i adore"


def test_people_use_other_names() -> None:
    assert [m.facet for m in Names(FILMS).in_text("romcoms or something scary")] == ["romance", "horror"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Do you like Infinity War?", []),
        ("Do you like war films?", ["war"]),
        ("I saw The Horror of Dracula twice", []),
        ("I saw War Horse, and I like horror", ["horror"]),
        ("I LIKE WAR FILMS", ["war"]),
        ("I like War and Horror films", ["war", "horror"]),
    ],
)
def test_a_name_inside_another_title_names_nothing(text: str, named: list[str]) -> None:
    names = Names(FILMS)
    assert [m.facet for m in names.in_text(plain(names.without_other_titles(text)))] == named


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("What kind of films do you like?", POSITIVE),
        ("What are you looking for?", POSITIVE),
        ("Which genres do you dislike?", NEGATIVE),
        ("And what don't you like to watch?", NEGATIVE),
        ("Why do you like it?", None),
        ("What do you like about them?", None),
        ("What is it about these films that you like?", None),
        ("How old are you?", None),
        ("", None),
    ],
)
def test_what_an_open_question_is_after(question: str, wish: str | None) -> None:
    assert wish_of(question) == wish
