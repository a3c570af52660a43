"""What is wrong with the questions about a catalog, whoever worded them: the linters of questions and of wordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from elicit.domains import Facet, Kind
from elicit.funnels.names import SIZE, kind_of
from elicit.funnels.stock import Stock
from elicit.language import Finding, QuestionFault, WordingFault, question_faults, question_texts, wording_problems

_OF_WORDINGS: Final = {
    WordingFault.TWIN_WORDING: "Let each say what it asks for",
    WordingFault.UNFILLED_BRACE: "Write the word itself",
}
"""The faults of wordings that matter, with what to do: a funnel asks in one wording, and its answers are chosen."""


@dataclass(frozen=True)
class QuestionProblem:
    """A fault of a question.

    Attributes:
        facet: id of what it asks for.
        question: its words; those of the first wording where the fault lies in the answers.
        fault: which.
        found: what shows it.
        remedy: what to do.
    """

    facet: str
    question: str
    fault: str
    found: str
    remedy: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"Question '{self.facet}': {self.fault} ({self.found})"


def question_problems(stock: Stock) -> tuple[QuestionProblem, ...]:
    """Return the faults of all wordings of what can be asked, facet by facet.

    Nothing has to be among the answers for those who want none of them, since "no preference" can always be chosen, and
    no number that no item has. Budgets overlap, because "up to" is what they mean, and so do names of sizes ("Twin",
    "Twin XL").
    """
    facets = stock.domain.facets
    twins = [problem for problem in wording_problems(facets) if problem.fault in _OF_WORDINGS]
    found = []
    for facet in facets:
        first = question_texts(facet)[0]
        found += [
            QuestionProblem(facet.id, first, str(twin.fault), twin.detail, _OF_WORDINGS[twin.fault])
            for twin in twins
            if twin.facet == facet.id
        ]
        found += _problems(facet, _allowed(stock, facet))
    return tuple(found)


def _allowed(stock: Stock, facet: Facet) -> frozenset[QuestionFault]:
    """Return what is no fault of the answers of a facet."""
    overlaps = facet.id in stock.ceilings or kind_of(Counter(option.label for option in facet.options)) == SIZE
    return frozenset(
        ({QuestionFault.OVERLAP} if overlaps else set()) | ({QuestionFault.GAP} if facet.kind is Kind.NUMBER else set())
    )


def _problems(facet: Facet, allowed: Collection[QuestionFault]) -> Iterator[QuestionProblem]:
    """Yield what the linter finds but for what is allowed, what lies in the answers once."""
    told: set[Finding] = set()
    for text in question_texts(facet):
        for finding in question_faults(text, [option.label for option in facet.options], choices_are_all=False):
            fault = finding.fault
            if finding in told or fault in allowed:
                continue
            if fault.of_options:
                told.add(finding)
            yield QuestionProblem(facet.id, text, str(fault), finding.found, finding.remedy)
