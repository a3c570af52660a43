"""Ways through a question set, so many that every answer is given on one of them."""

from __future__ import annotations

from dataclasses import dataclass

from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.tree import Branch, Question


@dataclass(frozen=True)
class Walk:
    """A way from the first question to an end.

    Attributes:
        answers: id of each question node and of the option chosen there, in order.
        end: id of the end that is reached.
    """

    answers: tuple[tuple[str, str], ...]
    end: str


def walks(funnel: Funnel) -> tuple[Walk, ...]:
    """Return ways through a question set; every branch of every question is on at least one of them."""
    covered: set[tuple[str, str]] = set()
    found = [] if funnel.questions else [Walk((), funnel.tree.first)]
    for question in funnel.questions:
        for branch in question.branches:
            if (question.id, branch.option) not in covered:
                found.append(_through(funnel, question, branch, covered))
    return tuple(found)


def _through(funnel: Funnel, question: Question, branch: Branch, covered: set[tuple[str, str]]) -> Walk:
    """Return a walk over a branch, and note what it covers."""
    answers = [*_way_to(funnel, question.id), (question.id, branch.option)]
    covered.update(answers)
    node = funnel.tree.by_id[branch.to]
    while isinstance(node, Question):
        name = node.id
        taken = next((b for b in node.branches if (name, b.option) not in covered), node.branches[0])
        answers.append((name, taken.option))
        covered.add(answers[-1])
        node = funnel.tree.by_id[taken.to]
    return Walk(tuple(answers), node.id)


def _way_to(funnel: Funnel, node: str) -> list[tuple[str, str]]:
    """Return the answers that lead to a node."""
    answers: list[tuple[str, str]] = []
    while node != funnel.tree.first:
        question, option = funnel.ways[node][0]
        answers.append((question.id, option))
        node = question.id
    return answers[::-1]
