"""Cases that went wrong in tools of this kind, by their numbers in a list that we keep: 10 to 15 and 17.

Each test shows what is right here. What else is tested of a case stands beside what it is a case of: exports in
``test_export_*``, none of these in ``test_none_of_these``, the page that asks in ``tests/web``.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from consumers import form_conditions, nodes_on, replayed
from planted_camp import ASKED, DETAILS, camp, camp_funnel
from planted_kitchen import kitchen
from planted_lamps import codes_of

from elicit.basis import InputError, Luck
from elicit.domains import Code, Codes
from elicit.funnels import (
    NO_PREFERENCE,
    NONE_OF_THESE,
    CatalogQuestioner,
    End,
    Question,
    Stock,
    Stop,
    TreeQuestioner,
    design_tree,
    open_catalog,
)
from elicit.funnels.exports import Funnel, funnel_of, outline, read_surveyjs, survey_cases_json, survey_json, walks
from elicit.funnels.exports.expressions import SURVEYJS, XLSFORM, condition_of, refuse_incomplete
from elicit.funnels.exports.naming import answer_names
from elicit.funnels.exports.page import page_data
from elicit.web import ItemAsking, read_answers


def untold(stock: Stock) -> Codes:
    return np.full(len(stock.domain.facets), Code.NOT_ASKED, dtype=np.int8)


def told(stock: Stock, **answers: str) -> Codes:
    """Return the state of somebody who gave answers, facet to id."""
    state = untold(stock)
    for facet, answer in answers.items():
        column = stock.domain.column(facet)
        codes = {option.id: code for code, option in enumerate(stock.domain.facets[column].options)}
        others = {NONE_OF_THESE: len(codes), NO_PREFERENCE: Code.NO_PREFERENCE, "unknown": Code.UNKNOWN}
        state[column] = (codes | others)[answer]
    return state


def next_of(stock: Stock, funnel: Funnel, state: Codes) -> str:
    """Return the facet that our runner asks for after some answers; empty where it asks for none."""
    runner = TreeQuestioner(funnel.tree, stock.domain)
    (facet,) = runner.choose(state[None], (state == Code.NOT_ASKED)[None], Luck.of(0, ["somebody"]))
    return stock.domain.facets[facet].id if facet >= 0 else ""


# 10: a rule on the first and the last question, and follow-ups that exclude each other


@pytest.mark.parametrize("kind", ASKED["kind"])
def test_case_10_what_is_asked_is_worked_out_before_each_question(kind: str) -> None:
    stock, funnel = camp(), camp_funnel()
    asked, state = [], untold(stock)
    while facet := next_of(stock, funnel, state):
        asked.append(facet)
        state = np.maximum(state, told(stock, **{facet: kind if facet == "kind" else ASKED[facet][0]}))
    assert asked == ["kind", DETAILS[kind], "color"]
    assert isinstance(end := TreeQuestioner(funnel.tree, stock.domain).node(state), End)
    assert end.reason is Stop.ONE_LEFT


def test_case_10_another_answer_to_the_first_question_changes_the_follow_up() -> None:
    stock, funnel = camp(), camp_funnel()
    answers = {"persons": "four", "color": "red"}
    assert next_of(stock, funnel, told(stock, kind="tent", **answers)) == ""
    assert next_of(stock, funnel, told(stock, kind="stove", **answers)) == "fuel"


# 11: case 10 in SurveyJS and as an XLSForm


@pytest.mark.consumer
def test_case_11_surveyjs_shows_what_our_runner_asks(tmp_path: Path) -> None:
    funnel, domain = camp_funnel(), camp().domain
    for walk, case in zip(walks(funnel), replayed(tmp_path, funnel)["walks"], strict=True):
        asked = nodes_on(walk, funnel, domain)
        assert case["pages"] == [[node] for node in asked]
        assert case["seen"] == [asked[: number + 1] for number in range(len(asked))]
        assert (case["done"], list(case["data"])) == ("completed", asked[:-1])


@pytest.mark.consumer
def test_case_11_the_form_shows_what_our_runner_asks() -> None:
    funnel, domain = camp_funnel(), camp().domain
    names = {q.id: answer_names(funnel.facet_by_id[q.facet], funnel.nones) for q in funnel.questions}
    conditions = form_conditions(funnel)
    for walk in walks(funnel):
        asked = nodes_on(walk, funnel, domain)
        for number in range(len(asked)):
            given = {(node, names[node][option]) for node, option in walk.answers[:number]}
            shown = [name for name, ways in conditions.items() if not ways or given & set(ways)]
            assert shown == asked[: number + 1]


# 12: yes, three children, then no


def test_case_12_our_runner_clears_answers_to_what_is_no_longer_asked() -> None:
    stock = camp()
    runner = TreeQuestioner(camp_funnel().tree, stock.domain)
    answered = told(stock, kind="lamp", persons="four", color="red")
    cleared = runner.cleared(answered)
    assert cleared.tolist() == told(stock, kind="lamp").tolist()
    assert len(stock.left(cleared)) == 4
    whole = told(stock, kind="tent", persons="four", color="red")
    assert runner.cleared(whole).tolist() == whole.tolist()


def test_case_12_the_page_of_serve_knows_only_the_answers_that_were_not_taken_back() -> None:
    stock = camp()
    asking = ItemAsking(CatalogQuestioner(stock))
    kind, persons = stock.domain.column("kind"), stock.domain.column("persons")
    assert asking.view(((kind, 0), (persons, 1))).count.endswith("2 items left")
    # Back, back, and another kind: the page sends what is left of its answers, and the server keeps nothing.
    view = asking.view(((kind, 1),))
    assert view.count == "Question 2 of at most 5 · 4 items left"
    assert [line.answer for line in view.answered] == ["lamp"]


@pytest.mark.consumer
def test_case_12_the_page_from_disk_forgets_what_was_taken_back(opened) -> None:
    tab = opened(camp_funnel())
    for key in ("1", "2", "b", "b", "2", "1", "1"):
        tab.keyboard.press(key)
    assert tab.locator("#answers dt").all_text_contents() == ["kind", "light", "color"]
    assert tab.locator("#answers dd").all_text_contents() == ["lamp", "warm", "red"]


@pytest.mark.consumer
def test_case_12_surveyjs_clears_them(tmp_path: Path) -> None:
    funnel = camp_funnel()
    found, cases = walks(funnel), replayed(tmp_path, funnel)["changed"]
    hidden = 0
    for walk, before, case in zip(found, found[::-1], cases, strict=False):
        asked = [node for node, _ in walk.answers]
        hidden += len({node for node, _ in before.answers} - set(asked))
        assert case["seen"] == [*asked, walk.end]
        assert sorted(case["data"]) == sorted(asked)
    assert hidden > 0


# 13: half an expression


@pytest.mark.parametrize("comparison", [SURVEYJS, XLSFORM])
def test_case_13_half_a_condition_is_refused_with_the_name_of_its_question(comparison: str) -> None:
    funnel = camp_funnel()
    question = funnel.questions[1].id
    whole = condition_of(funnel, question, comparison)
    refuse_incomplete(whole, question, {funnel.tree.first})
    half = whole[: whole.index("'")]
    assert half.endswith("} = ")
    with pytest.raises(InputError, match=rf"question '{question}': the condition .* is not complete at"):
        refuse_incomplete(half, question, {funnel.tree.first})


def test_case_13_an_edited_survey_with_half_an_expression_is_refused() -> None:
    funnel = camp_funnel()
    survey = json.loads(survey_json(funnel))
    (element,) = survey["pages"][1]["elements"]
    element["visibleIf"] = f"{{{funnel.tree.first}}} ="
    with pytest.raises(InputError, match=rf"survey\.json: element '{element['name']}': 'visibleIf' was changed"):
        read_surveyjs(json.dumps(survey), funnel)


# 14: five questions, nine asked for


def test_case_14_when_all_is_asked_it_says_so_and_asks_nothing_twice() -> None:
    stock = camp()
    questioner, state, asked = CatalogQuestioner(stock, questions=9), untold(stock), []
    while (step := questioner.step(state)).stop is None:
        asked.append(step.facet)
        state[step.facet] = Code.NO_PREFERENCE
    assert sorted(asked) == [0, 1, 2, 3, 4]
    assert (step.stop, len(step.left)) == (Stop.ALIKE, 12)


def test_case_14_no_path_asks_more_than_there_is() -> None:
    stock = camp()
    funnel = funnel_of(design_tree(stock, questions=9, nodes=2000), stock)
    for walk in walks(funnel):
        facets = [funnel.tree.by_id[node].facet for node, _ in walk.answers]
        assert len(set(facets)) == len(facets) <= 5
        assert funnel.tree.by_id[walk.end].reason in {Stop.ONE_LEFT, Stop.ALIKE, Stop.NOTHING_FITS}
    view = ItemAsking(CatalogQuestioner(stock, questions=9)).view(tuple((column, -3) for column in range(5)))
    assert (view.count, view.why) == ("5 questions asked · 12 items left", "No question tells these apart any further.")


# 15: a catalog without aprons


@pytest.fixture
def shop(tmp_path: Path) -> Stock:
    return kitchen(tmp_path).stock


@pytest.fixture
def funnel(shop: Stock) -> Funnel:
    return funnel_of(design_tree(shop), shop)


def asks(funnel: Funnel, facet: str) -> Question:
    return next(question for question in funnel.questions if question.facet == facet)


def test_case_15_none_of_these_and_no_preference_have_branches_of_their_own(shop: Stock, funnel: Funnel) -> None:
    branches = {branch.option: branch.to for branch in asks(funnel, "type").branches}
    assert list(branches) == ["knife", "pan", "pot", NONE_OF_THESE, NO_PREFERENCE]
    assert len(set(branches.values())) == 5
    assert {branch.option for branch in asks(funnel, "price").branches} & {NONE_OF_THESE} == set()
    runner = TreeQuestioner(funnel.tree, shop.domain)
    assert asks(funnel, "type").id == funnel.tree.first
    unsure, undecided = (runner.node(told(shop, type=answer)) for answer in ("unknown", NO_PREFERENCE))
    assert unsure == undecided == funnel.tree.by_id[branches[NO_PREFERENCE]]
    assert isinstance(undecided, Question)


def test_case_15_who_wants_an_apron_is_told_what_to_give_up_and_is_not_asked_again(shop: Stock, funnel: Funnel) -> None:
    state = told(shop, type=NONE_OF_THESE)
    assert CatalogQuestioner(shop).step(state).stop is Stop.NOTHING_FITS
    end = TreeQuestioner(funnel.tree, shop.domain).node(state)
    assert isinstance(end, End)
    assert (end.reason, end.items_left, end.dropped, len(end.items)) == (Stop.NOTHING_FITS, 0, ("type",), 6)
    assert end.why == "no item fits all answers; without the answer on type 6 items do"


def test_case_15_the_nearest_is_what_fits_the_other_answers(shop: Stock) -> None:
    view = ItemAsking(CatalogQuestioner(shop)).view(
        ((shop.domain.column("material"), 0), (shop.domain.column("type"), 3))
    )
    assert (view.heading, view.facet) == ("Nothing fits all your answers", -1)
    assert view.why == "Give up your answer on type, and these do."
    assert [row.text for row in view.panels[0].rows] == ["Alba", "Cira", "Elma", "Fina"]
    assert [(line.answer, line.dropped) for line in view.answered] == [("steel", False), ("None of these", True)]


def test_case_15_what_is_not_said_of_an_item_may_be_what_is_wanted(shop: Stock) -> None:
    left = shop.left(told(shop, material=NONE_OF_THESE))
    assert [shop.domain.targets[row].label for row in left] == ["Fina"]


def test_case_15_the_page_of_serve_offers_it_and_takes_it(shop: Stock) -> None:
    asking = ItemAsking(CatalogQuestioner(shop))
    view = asking.view(())
    column = shop.domain.column("type")
    assert view.facet == column
    assert [(c.text, c.code, c.key, c.note) for c in view.choices][-1] == ("None of these", 3, "4", "0 items")
    assert read_answers(f"{column}.3", asking.domain, asking.most, asking.nones) == ((column, 3),)
    for answer in (f"{column}.4", f"{shop.domain.column('price')}.6"):
        with pytest.raises(InputError, match="has no answer"):
            read_answers(answer, asking.domain, asking.most, asking.nones)


def test_case_15_every_export_shows_it(funnel: Funnel) -> None:
    node = asks(funnel, "type").id
    to = next(branch.to for branch in asks(funnel, "type").branches if branch.option == NONE_OF_THESE)
    survey = {e["name"]: e for page in json.loads(survey_json(funnel))["pages"] for e in page["elements"]}
    assert survey[node]["choices"][-2:] == [
        {"value": NONE_OF_THESE, "text": "None of these"},
        {"value": NO_PREFERENCE, "text": "No preference"},
    ]
    assert survey[to]["visibleIf"] == f"{{{node}}} = 'none_of_these'"
    cases = json.loads(survey_cases_json(funnel))["cases"]
    assert {"answers": [{"question": node, "answer": NONE_OF_THESE}], "end": to} in cases
    page = page_data(funnel)["nodes"]
    assert page[node]["choices"][-1] == {"text": "None of these", "to": to}
    assert (page[to]["title"], page[to]["why"]) == (
        "Nothing fits all your answers",
        "Give up your answer on type, and these do:",
    )
    assert f"- None of these → [{to}](#{to})\n- No preference → " in outline(funnel)


@pytest.mark.consumer
def test_case_15_surveyjs_and_the_form_lead_there(funnel: Funnel, shop: Stock, tmp_path: Path) -> None:
    node = asks(funnel, "type").id
    (number, walk), *_ = [(n, w) for n, w in enumerate(walks(funnel)) if w.answers == ((node, NONE_OF_THESE),)]
    asked = nodes_on(walk, funnel, shop.domain)
    case = replayed(tmp_path, funnel)["walks"][number]
    assert (case["seen"][-1], case["data"], case["done"]) == (asked, {node: NONE_OF_THESE}, "completed")
    assert form_conditions(funnel)[walk.end] == [(node, NONE_OF_THESE)]


# 17: several choices at once


@pytest.fixture
def lamps(tmp_path: Path) -> Stock:
    """Return four lamps, of which two features are told as a list."""
    path = tmp_path / "lamps.jsonl"
    rows = [("Aria", ["dimmable", "usb"]), ("Bora", ["dimmable"]), ("Cora", ["usb"]), ("Dora", ["shade"])]
    path.write_text("".join(json.dumps({"name": n, "extras": e}) + "\n" for n, e in rows), encoding="utf-8")
    return open_catalog(path).stock


def test_case_17_a_second_choice_leaves_the_first_as_it_is(lamps: Stock) -> None:
    first, second = ("extras:dimmable", "extras:usb")
    state = told(lamps, **{first: "yes", second: "yes"})
    assert [lamps.domain.targets[row].label for row in lamps.left(state)] == ["Aria"]
    funnel = funnel_of(design_tree(lamps), lamps)
    for walk in walks(funnel):
        *_, last = codes_of(walk.answers, funnel, lamps.domain)
        assert (last != Code.NOT_ASKED).sum() == len(walk.answers)
    asking = ItemAsking(CatalogQuestioner(lamps))
    view = asking.view(((lamps.domain.column(first), 1), (lamps.domain.column(second), 1)))
    assert [line.answer for line in view.answered] == ["yes", "yes"]
    assert [row.text for row in view.panels[0].rows] == ["Aria"]


def test_case_17_nothing_is_exclusive_but_the_answers_to_one_question(lamps: Stock) -> None:
    funnel = funnel_of(design_tree(lamps), lamps)
    assert funnel.nones == frozenset()
    elements = [e for page in json.loads(survey_json(funnel))["pages"] for e in page["elements"]]
    assert {e["type"] for e in elements} == {"radiogroup", "html"}
    assert not {"isExclusive", "hasNone", "showNoneItem"} & {key for e in elements for key in e}


@pytest.mark.consumer
def test_case_17_surveyjs_keeps_both(lamps: Stock, tmp_path: Path) -> None:
    funnel = funnel_of(design_tree(lamps), lamps)
    cases = replayed(tmp_path, funnel)["walks"]
    yes = [case["data"] for case in cases if list(case["data"].values()) == ["yes", "yes"]]
    assert yes
    assert all(len(case["data"]) == len(walk.answers) for case, walk in zip(cases, walks(funnel), strict=True))
