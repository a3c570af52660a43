"""None of these in exports: its words can be changed, and it is told from values that are called alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from elicit.basis import InputError
from elicit.domains import Domain, Facet, Option, Target
from elicit.funnels import NONE_OF_THESE, Stock, design_tree
from elicit.funnels.exports import Funnel, funnel_json, funnel_of, read_funnel, read_surveyjs, survey_json
from elicit.funnels.exports.naming import answer_names
from elicit.funnels.exports.shown import choices_of

NONE = "None of these"


def bags() -> Funnel:
    """Questions about bags: every color is offered, of the makers only two."""
    facets = (
        Facet(id="color", label="color", options=tuple(Option(id=o, label=o) for o in ("red", "blue"))),
        Facet(id="maker", label="maker", options=tuple(Option(id=o, label=o) for o in ("Aldo", "Bero", "other"))),
    )
    codes = [[color, maker] for color in range(2) for maker in range(3)]
    bags = tuple(Target(id=f"b{number}", label=f"Bag {number}") for number in range(6))
    domain = Domain(name="bags", title="Bags", facets=facets, targets=bags)
    stock = Stock(domain, np.array(codes, dtype=np.int8), nones=frozenset({"color"}))
    return funnel_of(design_tree(stock), stock)


def edited(change: Callable[[dict[str, Any]], None]) -> Funnel:
    """Return the questions after a change to the first question of each facet, by the facet's id."""
    funnel = bags()
    survey = json.loads(survey_json(funnel))
    elements = {e["name"]: e for page in survey["pages"] for e in page["elements"]}
    change({question.facet: elements[question.id] for question in funnel.questions[::-1]})
    return read_surveyjs(json.dumps(survey), funnel)


def test_the_rest_of_a_long_tail_has_the_same_words() -> None:
    funnel = bags()
    assert list(choices_of(funnel, funnel.facet_by_id["color"]).values()) == ["red", "blue", NONE, "No preference"]
    assert list(choices_of(funnel, funnel.facet_by_id["maker"]).values()) == ["Aldo", "Bero", NONE, "No preference"]


def test_its_words_are_changed_at_one_place_and_the_others_follow() -> None:
    funnel = edited(lambda first: first["color"]["choices"][2].update(text="Keine davon"))
    assert funnel.none_of_these == "Keine davon"
    shown = [list(choices_of(funnel, facet).values())[2] for facet in funnel.facets]
    assert shown == ["Keine davon"] * 2
    assert read_surveyjs(survey_json(funnel), funnel) == funnel


def test_the_rest_can_have_words_of_its_own() -> None:
    funnel = edited(lambda first: first["maker"]["choices"][2].update(text="Another maker"))
    assert funnel.none_of_these == NONE
    shown = [list(choices_of(funnel, facet).values())[2] for facet in funnel.facets]
    assert shown == [NONE, "Another maker"]
    assert read_surveyjs(survey_json(funnel), funnel) == funnel


def test_a_value_that_is_called_so_is_not_mistaken_for_it() -> None:
    facet = Facet(id="f", label="f", options=tuple(Option(id=o, label=o) for o in ("a", NONE)))
    assert answer_names(facet, {"f"}) == {
        "a": "option_1",
        NONE: "option_2",
        NONE_OF_THESE: NONE_OF_THESE,
        "no_preference": "no_preference",
    }


def test_a_question_set_from_before_is_read() -> None:
    record = json.loads(funnel_json(bags()))
    del record["none_of_these"]
    assert read_funnel(json.dumps(record)) == bags()


def test_a_facet_takes_it_everywhere_or_nowhere() -> None:
    record = json.loads(funnel_json(bags()))
    nodes = record["tree"]["nodes"]
    asks = [node for node in nodes if node.get("facet") == "color"]
    assert len(asks) > 1
    end = asks[-1]["branches"].pop(2)["to"]
    record["tree"]["nodes"] = [node for node in nodes if node["id"] != end]
    with pytest.raises(InputError, match="for each option of 'color' and then 'none_of_these' and 'no_preference'"):
        read_funnel(json.dumps(record))
