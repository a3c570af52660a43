"""A question set as a SurveyJS survey, and answers by which anybody can check that it asks the same."""

from __future__ import annotations

import html
import json
from typing import Any, Final

from elicit.funnels.exports.expressions import SURVEYJS, condition_of
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.naming import answer_names
from elicit.funnels.exports.shown import choices_of, ending_of, item_text, one_line, wording_of
from elicit.funnels.exports.walks import Walk, walks
from elicit.funnels.tree import End, Question

_JOINER: Final = "\u2060"


def survey_json(funnel: Funnel) -> str:
    """Return a question set as the JSON of a SurveyJS survey.

    Each question and each end is a page of its own, named like its node, and is shown after the answers that lead to
    it. Answers to questions that are no longer shown are cleared.
    """
    return _json(survey(funnel))


def survey(funnel: Funnel) -> dict[str, Any]:
    """Return a question set as a SurveyJS survey; see :func:`survey_json`."""
    return {
        "title": braced(one_line(funnel.title)),
        "clearInvisibleValues": "onHidden",
        "pages": [{"name": f"page_{node.id}", "elements": [element(funnel, node)]} for node in funnel.nodes],
    }


def element(funnel: Funnel, node: Question | End) -> dict[str, Any]:
    """Return a node as an element of a survey."""
    made: dict[str, Any] = {"type": "radiogroup" if isinstance(node, Question) else "html", "name": node.id}
    if condition := condition_of(funnel, node.id, SURVEYJS):
        made["visibleIf"] = condition
    if isinstance(node, End):
        return {**made, "html": _ending(funnel, node)}
    facet = funnel.facet_by_id[node.facet]
    names = answer_names(facet, funnel.nones)
    choices = [{"value": names[option], "text": braced(text)} for option, text in choices_of(funnel, facet).items()]
    return {**made, "title": braced(wording_of(facet)), "isRequired": True, "choices": choices}


def survey_cases_json(funnel: Funnel) -> str:
    """Return ways through the survey as JSON: answers in order, and the end that must be reached.

    A case is replayed by giving its answers one after the other: before each, exactly the questions so far and the one
    that is answered now are visible, after the last all of them and the end. Every choice is made in some case.
    """
    return _json({"cases": [_case(funnel, walk) for walk in walks(funnel)]})


def braced(text: str) -> str:
    """Return a text in which SurveyJS finds no name in braces to replace, by a character that takes no room."""
    return text.replace("{", "{" + _JOINER)


def unbraced(text: str) -> str:
    """Return what a text was before :func:`braced`."""
    return text.replace("{" + _JOINER, "{")


def _case(funnel: Funnel, walk: Walk) -> dict[str, Any]:
    facets = {question.id: funnel.facet_by_id[question.facet] for question in funnel.questions}
    names = {node: answer_names(facet, funnel.nones) for node, facet in facets.items()}
    answers = [{"question": node, "answer": names[node][option]} for node, option in walk.answers]
    return {"answers": answers, "end": walk.end}


def _ending(funnel: Funnel, end: End) -> str:
    ending = ending_of(funnel, end)
    items = "".join(f'<li dir="auto">{_escaped(item_text(item))}</li>' for item in ending.items)
    more = f"<p>And {ending.more:,} more.</p>" if ending.more else ""
    return f"<h3>{_escaped(ending.heading)}</h3><p>{_escaped(ending.text)}</p><ul>{items}</ul>{more}"


def _escaped(text: str) -> str:
    """Return a text as HTML; braces too, since SurveyJS replaces names in them."""
    return html.escape(text).replace("{", "&#123;")


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
