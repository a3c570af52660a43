"""Conditions under which a question or an end is shown, as SurveyJS and XLSForm write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from elicit.basis import InputError
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.naming import answer_names

SURVEYJS: Final = "{{{}}} = '{}'"
"""A comparison in SurveyJS."""
XLSFORM: Final = "${{{}}} = '{}'"
"""A comparison in XLSForm."""
_COMPARISON: Final = re.compile(r"\$?\{([A-Za-z]\w*)\} = '(\w+)'", re.ASCII)


def condition_of(funnel: Funnel, node: str, comparison: str) -> str:
    """Return when a node is shown; empty for the first one, which always is.

    Args:
        funnel: the question set.
        node: id of a node.
        comparison: ``SURVEYJS`` or ``XLSFORM``.

    Raises:
        InputError: the condition is not complete.
    """
    ways = funnel.ways[node]
    names = {question.facet: answer_names(funnel.facet_by_id[question.facet], funnel.nones) for question, _ in ways}
    condition = " or ".join(comparison.format(question.id, names[question.facet][option]) for question, option in ways)
    if node != funnel.tree.first:
        refuse_incomplete(condition, node, {question.id for question, _ in ways})
    return condition


def refuse_incomplete(condition: str, question: str, known: Iterable[str]) -> None:
    """Raise InputError, naming the question, unless a condition is made of whole comparisons with known questions.

    Args:
        condition: comparisons with ``or`` between them.
        question: id of the node that has the condition.
        known: ids of the questions that may be compared.
    """
    names = frozenset(known)
    for part in condition.split(" or "):
        comparison = _COMPARISON.fullmatch(part)
        if comparison is None:
            problem = f"the condition '{condition}' is not complete at '{part}'"
            raise InputError(problem, where=f"question '{question}'", remedy="Compare a question with an answer")
        if comparison[1] not in names:
            raise InputError(
                f"the condition compares the unknown question '{comparison[1]}'", where=f"question '{question}'"
            )
