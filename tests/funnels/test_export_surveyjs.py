from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from consumers import nodes_on, replayed
from planted_lamps import FACETS, hostile_funnel, lamps, lamps_funnel

from elicit.basis import InputError
from elicit.domains import Facet, Option
from elicit.funnels.exports import read_surveyjs, survey_cases_json, survey_json, walks
from elicit.funnels.exports.expressions import refuse_incomplete
from elicit.funnels.exports.naming import answer_names
from elicit.funnels.exports.shown import one_line


def elements(survey):
    return {e["name"]: e for page in survey["pages"] for e in page["elements"]}


def edited(change) -> str:
    survey = json.loads(survey_json(lamps_funnel()))
    change(elements(survey), survey)
    return json.dumps(survey)


def test_a_page_a_node_shown_after_the_answers_that_lead_there():
    funnel = lamps_funnel()
    survey = json.loads(survey_json(funnel))
    assert survey["clearInvisibleValues"] == "onHidden"
    assert [len(page["elements"]) for page in survey["pages"]] == [1] * len(funnel.tree.nodes)
    for name, element in elements(survey).items():
        parts = element.get("visibleIf", "").split(" or ")
        assert parts == [
            f"{{{q.id}}} = '{answer_names(funnel.facet_by_id[q.facet])[o]}'" for q, o in funnel.ways[name]
        ] or [""]
    assert any(len(ways) > 1 for ways in funnel.ways.values())


def test_no_preference_is_a_choice_like_any_other():
    for element in elements(json.loads(survey_json(lamps_funnel()))).values():
        if element["type"] == "radiogroup":
            assert element["choices"][-1] == {"value": "no_preference", "text": "No preference"}
            assert set(element) <= {"type", "name", "title", "visibleIf", "isRequired", "choices"}


def test_an_end_where_nothing_fits_says_what_to_give_up():
    funnel = lamps_funnel()
    end = next(end for end in funnel.ends if end.dropped)
    shown = elements(json.loads(survey_json(funnel)))[end.id]["html"]
    label = funnel.facet_by_id[end.dropped[0]].label
    assert "Nothing fits all your answers" in shown
    assert f"Give up your answer on {label}" in shown
    assert all(funnel.item_by_id[item].label in shown for item in end.items)


class _Texts(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.texts = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_hostile_names_are_text_in_ends():
    shown = "".join(e.get("html", "") for e in elements(json.loads(survey_json(hostile_funnel()))).values())
    read = _Texts(shown)
    assert read.tags == {"h3", "p", "ul", "li"}
    assert "{" not in shown
    for item in hostile_funnel().items:
        assert any(text.startswith(one_line(item.label)) for text in read.texts)


def test_cases_give_every_choice():
    cases = json.loads(survey_cases_json(lamps_funnel()))["cases"]
    given = {(a["question"], a["answer"]) for case in cases for a in case["answers"]}
    found = elements(json.loads(survey_json(lamps_funnel())))
    assert given == {(name, c["value"]) for name, e in found.items() for c in e.get("choices", ())}


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["up to 30", "Over-60"], ["up_to_30", "over_60"]),
        (["16", "1e5"], ["option_16", "option_1e5"]),
        (["Red", "red"], ["option_1", "option_2"]),
        (["it's", "💡"], ["option_1", "option_2"]),
        (["none", "some"], ["option_1", "option_2"]),
    ],
)
def test_answers_are_named_so_that_none_is_mistaken(ids, names):
    facet = Facet(id="f", label="f", options=tuple(Option(id=i, label=i) for i in ids))
    assert list(answer_names(facet).values()) == [*names, "no_preference"]


@pytest.mark.parametrize(
    "condition", ["${a} =", "{a} = ", "{a} = 'x' or ", "${a} = 'x' or ${b}", "", "{a} = x", "{a} = 'it's'"]
)
def test_half_a_condition_is_refused_naming_the_question(condition):
    with pytest.raises(InputError, match=r"question 'n7': the condition .* is not complete"):
        refuse_incomplete(condition, "n7", {"a", "b"})


def test_a_condition_on_an_unknown_question_is_refused():
    refuse_incomplete("${a} = 'x' or ${b} = 'y'", "n7", {"a", "b"})
    with pytest.raises(InputError, match=r"question 'n7'.*unknown question 'b'"):
        refuse_incomplete("${a} = 'x' or ${b} = 'y'", "n7", {"a"})


@pytest.mark.parametrize("make", [lamps_funnel, hostile_funnel])
def test_an_unchanged_survey_changes_nothing(make):
    assert read_surveyjs(survey_json(make()), make()) == make()


def test_changed_words_are_taken_over():
    room = next(q.id for q in lamps_funnel().questions if q.facet == "room")

    def change(found, survey):
        survey["title"] = "Leuchten"
        found[room]["title"] = "Wohin {damit}?"
        found[room]["choices"][0]["text"] = "Schreibtisch"
        found["n1"]["choices"][-1]["text"] = "Egal"

    funnel = read_surveyjs(edited(change), lamps_funnel())
    facet = funnel.facet_by_id["room"]
    assert (funnel.title, funnel.no_preference) == ("Leuchten", "Egal")
    assert facet.wordings == ("Wohin {damit}?",)
    assert [o.label for o in facet.options] == ["Schreibtisch", "bedside", "floor"]
    assert [o.id for o in facet.options] == [o.id for o in FACETS[0].options]
    assert funnel.tree == lamps_funnel().tree
    # The other places follow.
    again = elements(json.loads(survey_json(funnel))).values()
    assert {e["choices"][-1]["text"] for e in again if "choices" in e} == {"Egal"}
    assert sum(e.get("title") == "Wohin {\u2060damit}?" for e in again) > 1
    assert read_surveyjs(survey_json(funnel), funnel) == funnel


def test_how_a_survey_looks_does_not_matter():
    looks = edited(lambda e, s: s.update(logoPosition="right", completeText="Fertig"))
    assert read_surveyjs(looks, lamps_funnel()) == lamps_funnel()


def _two_places(found, survey):
    one, other, *_ = (q.id for q in lamps_funnel().questions if q.facet == "room")
    found[one]["title"], found[other]["title"] = "Which room?", "What room?"


NEW = {"name": "x", "type": "text"}
REFUSED = {
    "element 'n1': 'type' was changed": lambda e, s: e["n1"].update(type="dropdown"),
    "element 'n1': 'isRequired' was changed": lambda e, s: e["n1"].pop("isRequired"),
    "element 'n2': 'visibleIf' was changed": lambda e, s: e["n2"].update(visibleIf="{n1} ="),
    "element 'n2': 'visibleIf'": lambda e, s: e["n2"].pop("visibleIf"),
    "element 'n1': 'requiredIf' was changed": lambda e, s: e["n1"].update(requiredIf="true"),
    "element 'n1': there are other choices": lambda e, s: e["n1"]["choices"].pop(0),
    "element 'n1': there are other choices, or in another": lambda e, s: e["n1"]["choices"].reverse(),
    "element 'n1': there are": lambda e, s: e["n1"].update(choices="x"),
    "element 'n1': 'enableIf' was added to the choice": lambda e, s: e["n1"]["choices"][0].update(enableIf="x"),
    "element 'n1': a title or choice is empty": lambda e, s: e["n1"].update(title=" "),
    "element 'n1': a title or choice is in several languages": lambda e, s: e["n1"].update(title={"de": "Wo?"}),
    "element 'n1' is missing": lambda e, s: s["pages"].pop(0),
    "element 'x' is not in the question set": lambda e, s: s["pages"].append(
        {"name": "p", "elements": [{"name": "x"}]}
    ),
    "page 1 is not a page of ours with one element .it holds 'n1', 'x'": lambda e, s: s["pages"][0]["elements"].append(
        NEW
    ),
    "page 2 is not a page of ours": lambda e, s: s["pages"][1].update(visibleIf="{n1} = 'desk'"),
    "page 1 .* holds nothing": lambda e, s: s["pages"].insert(0, {"name": "p", "elements": ["x"]}),
    "page 39 .* holds nothing": lambda e, s: s["pages"].append("x"),
    "element 'n1' occurs twice": lambda e, s: s["pages"].append(s["pages"][0]),
    "element 'n2' stands at another place": lambda e, s: s["pages"].insert(0, s["pages"].pop(1)),
    "'triggers' of the survey was changed": lambda e, s: s.update(triggers=[]),
    "'clearInvisibleValues' of the survey was changed": lambda e, s: s.pop("clearInvisibleValues"),
    "the title is in several languages": lambda e, s: s.update(title={"de": "x"}),
    "it says 'What room\\?', but the same is 'Which room\\?' at element": _two_places,
}


@pytest.mark.parametrize("problem", REFUSED)
def test_what_no_longer_fits_is_refused_with_its_name(problem):
    with pytest.raises(InputError, match=problem):
        read_surveyjs(edited(REFUSED[problem]), lamps_funnel())


def test_an_edited_end_is_refused():
    end = lamps_funnel().ends[0].id
    with pytest.raises(InputError, match=f"element '{end}': 'html' was changed"):
        read_surveyjs(edited(lambda e, s: e[end].update(html="Buy it")), lamps_funnel())


@pytest.mark.parametrize(
    ("text", "problem"), [("{", r"s\.json:1: not JSON"), ("[]", "no survey"), ("[" * 100_000, "JSON|deep")]
)
def test_what_is_no_survey_is_refused(text, problem):
    with pytest.raises(InputError, match=problem):
        read_surveyjs(text, lamps_funnel(), "s.json")


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    return replayed(tmp_path_factory.mktemp("survey"), lamps_funnel())


@pytest.mark.consumer
def test_surveyjs_shows_what_our_runner_asks_in_every_case(survey):
    funnel, domain = lamps_funnel(), lamps().domain
    found = walks(funnel)
    assert len(survey["walks"]) == len(found)
    for walk, case in zip(found, survey["walks"], strict=True):
        asked = nodes_on(walk, funnel, domain)
        assert case["pages"] == [[node] for node in asked]
        assert case["seen"] == [asked[: number + 1] for number in range(len(asked))]
        assert case["done"] == "completed"
        assert list(case["data"]) == asked[:-1]


@pytest.mark.consumer
def test_surveyjs_clears_the_answers_of_questions_that_are_hidden_again(survey):
    for walk, case in zip(walks(lamps_funnel()), survey["changed"], strict=False):
        asked = [node for node, _ in walk.answers]
        assert case["seen"] == [*asked, walk.end]
        assert sorted(case["data"]) == sorted(asked)


@pytest.mark.consumer
def test_surveyjs_does_not_go_on_without_an_answer(survey):
    assert survey["required"] is True


@pytest.mark.consumer
def test_what_surveyjs_saves_is_read_back(survey):
    assert read_surveyjs(json.dumps(survey["edited"]), lamps_funnel()) == lamps_funnel()


@pytest.mark.consumer
def test_surveyjs_shows_hostile_texts_as_they_are(tmp_path):
    funnel = hostile_funnel()
    shown = replayed(tmp_path, funnel, cases=1)["texts"]
    plain = {text.replace("\u2060", "") for texts in shown if len(texts) > 1 for text in texts}
    wanted = {one_line(text) for f in funnel.facets for text in (*f.wordings, *(o.label for o in f.options))}
    assert plain == wanted | {"No preference"}
    assert not any(re.search("<script", text) for texts in shown if len(texts) == 1 for text in texts)
