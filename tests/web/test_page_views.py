"""What the page shows after each answer, without a server."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pages import lamp_shop, person

from elicit.basis import InputError
from elicit.web import Answers, Asking, View, read_answers

ROOM, PRICE, DIMMER = 0, 1, 2


def rows(view: View, heading: str) -> list[tuple[str, str, str]]:
    (panel,) = (panel for panel in view.panels if panel.heading == heading)
    return [(row.text, row.value, row.why) for row in panel.rows]


def test_a_person_is_asked_what_tells_most_and_may_skip_in_three_ways() -> None:
    view = person().view(())
    assert (view.title, view.heading, view.count, view.progress) == (
        "Tea",
        "Do you like green tea?",
        "Question 1 of at most 3",
        0,
    )
    assert [(choice.text, choice.code, choice.key) for choice in view.choices] == [("no", 0, "1"), ("yes", 1, "2")]
    assert [(choice.code, choice.key) for choice in view.skips] == [(-2, "0"), (-3, "n"), (-4, "r")]
    assert [(panel.rows, panel.empty != "") for panel in view.panels] == [((), True), ((), True)]
    assert view.answered == ()
    assert "invented" in view.notice


def test_an_answer_changes_what_is_believed_and_recommended_with_the_reason() -> None:
    view = person().view(((0, 1),))
    # Green tea is liked by .9 of the first kind and .2 of the second: 9/11 of those who like it are of the first.
    first = 9 / 11
    assert [(text, value) for text, value, _ in rows(view, "You might like")] == [
        (name, f"{first * a + (1 - first) * b:.0%}")
        for name, a, b in (("Sencha", 0.9, 0.1), ("Cake", 0.6, 0.6), ("Assam", 0.2, 0.8))
    ]
    reasons = [why for _, _, why in rows(view, "You might like")]
    assert reasons == ["most of all because of green tea: yes", "liked by many people", "liked by many people"]
    believed = rows(view, "What we believe about you")
    assert believed == [("milk: no", f"{first * 0.7 + (1 - first) * 0.4:.0%}", "55% before your answers")]
    assert view.answered[0].question == "Do you like green tea?"
    assert view.answered[0].answer == "yes"
    assert view.answered[0].note.startswith("told 0.")


def test_what_was_skipped_tells_nothing_and_is_in_the_transcript() -> None:
    view = person().view(((0, -4),))
    assert [(a.answer, a.note) for a in view.answered] == [("Rather not say", "")]
    assert all(panel.rows == () for panel in view.panels)
    assert view.heading == "Do you take milk?"


def test_the_end_says_why_and_what_was_told() -> None:
    view = person(questions=1).view(((0, 1),))
    assert (view.heading, view.facet, view.choices, view.skips) == ("That was the last question.", -1, (), ())
    assert view.why.startswith("1 answer told 0.")
    assert (view.count, view.progress) == ("1 question asked", 1)
    nothing = person(questions=1).view(((0, -2),))
    assert nothing.why == "No answer told anything about you."


def test_without_targets_nothing_is_recommended() -> None:
    assert [panel.heading for panel in person(targets=False).view(((0, 1),)).panels] == ["What we believe about you"]


def test_a_shop_shows_what_is_left_and_how_many_fit_each_option() -> None:
    view = lamp_shop().view(())
    assert (view.heading, view.count) == ("Where shall it stand?", "Question 1 of at most 3 · 6 items left")
    assert [(c.text, c.note) for c in view.choices] == [("desk", "3 items"), ("bed", "2 items"), ("floor", "1 item")]
    assert [(c.text, c.code, c.key) for c in view.skips] == [("No preference", -3, "0")]
    assert rows(view, "6 items left")[0] == ("Pico", "EUR 19", "")


def test_items_left_come_with_price_and_why_they_fit() -> None:
    view = lamp_shop(questions=2).view(((ROOM, 0), (DIMMER, 1)))
    assert (view.heading, view.why) == ("These fit", "That was the last question.")
    assert rows(view, "2 items left") == [
        ("Nova", "EUR 49.50", "room: desk · dimmer: yes"),
        ("Aria", "EUR 1,250", "room: desk · dimmer: not stated"),
    ]
    assert [(a.answer, a.note) for a in view.answered] == [("desk", "3 items left"), ("yes", "2 items left")]


def test_one_item_left_and_items_that_nothing_tells_apart_are_the_end() -> None:
    one = lamp_shop().view(((ROOM, 2),))
    assert (one.heading, one.why) == ("This one fits", "It is the only one that fits all your answers.")
    assert rows(one, "1 item left") == [("Atlas", "", "room: floor")]
    alike = lamp_shop().view(((ROOM, -3), (PRICE, -3), (DIMMER, -3)))
    assert (alike.heading, alike.why) == ("These fit", "No question tells these apart any further.")


def test_where_nothing_fits_the_fewest_answers_to_give_up_are_named() -> None:
    view = lamp_shop().view(((ROOM, 2), (PRICE, 0)))
    assert view.heading == "Nothing fits all your answers"
    assert view.why == "Give up your answer on price, and this one does."
    assert rows(view, "What fits then") == [("Atlas", "", "room: floor")]
    assert [a.dropped for a in view.answered] == [False, True]
    assert view.count == "2 questions asked · 0 items left"


@pytest.mark.parametrize("make", [person, lamp_shop, lambda: lamp_shop(nones=["room"])])
@given(codes=st.lists(st.sampled_from([0, 1, -3]), max_size=3))
def test_every_path_ends_and_the_way_back_shows_the_same(make: object, codes: list[int]) -> None:
    asking: Asking = make()  # type: ignore[operator]
    answers: Answers = ()
    seen = []
    for code in codes:
        view = asking.view(answers)
        seen.append((answers, view))
        if view.facet < 0:
            break
        answers = (*answers, (view.facet, code))
    assert 0 <= asking.view(answers).progress <= 1
    for before, view in reversed(seen):
        assert asking.view(before) == view
        assert json.loads(json.dumps(asdict(view)))["heading"] == view.heading


def test_none_of_these_is_read_where_the_facet_takes_it() -> None:
    domain = lamp_shop().domain
    assert read_answers("0.3", domain, 3, {"room"}) == ((ROOM, 3),)
    for text, nones in (("0.3", set()), ("0.4", {"room"}), ("1.3", {"room"})):
        with pytest.raises(InputError, match="has no answer"):
            read_answers(text, domain, 3, nones)


def test_answers_are_read_as_the_page_writes_them() -> None:
    domain = person().domain
    assert read_answers("", domain, 3) == ()
    assert read_answers("0.1,2.3,1.-4", domain, 3) == ((0, 1), (2, 3), (1, -4))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "not written like"),
        ("0.1,", "not written like"),
        ("0.1e3", "not written like"),
        ("².1", "not written like"),
        ("3.0", "there is no facet 3"),
        ("0.2", "facet 'green' has no answer 2"),
        ("0.-1", "no answer -1"),
        ("0.-5", "no answer -5"),
        ("0.1,0.0", "answered twice"),
        ("0.1,1.1,2.1", "at most 2 questions"),
        ("9" * 5000 + ".1", "not written like"),
    ],
)
def test_other_answers_are_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_answers(text, person().domain, 2)


@pytest.mark.parametrize(("currency", "price"), [("EUR", "EUR 19"), ("€", "€19"), ("", "19")])
def test_a_currency_stands_before_the_price(currency: str, price: str) -> None:
    view = replace(lamp_shop(), currency=currency).view(())
    assert rows(view, "6 items left")[0][1] == price
