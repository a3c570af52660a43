"""A question set with all that is shown of it: what every export is made from, and the JSON that can be read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Final

from pydantic import Field, ValidationError, model_validator

from elicit.basis import InputError
from elicit.domains import Domain, Facet, Frozen, Target, first_problem
from elicit.funnels.checking import problems_of
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.stock import Stock
from elicit.funnels.tree import NO_PREFERENCE, End, Question, Tree, answers_to
from elicit.funnels.words import words

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""What SurveyJS, XLSForm and expressions in both take as the name of a question."""


class Funnel(Frozen):
    """A question set with all that is shown of it.

    Attributes:
        title: for headings.
        no_preference: how the answer reads that every question has besides its options.
        none_of_these: how the answer reads of who wants something else than all options, where there is that answer.
        facets: those that are asked, in the order of the domain.
        items: those that an end shows, in the order of the catalog.
        tree: where each answer leads. The ids of its nodes are names of letters, digits and underscores; no answer
            leads back, and every node but the first can be reached.
    """

    title: str
    no_preference: str = Field(default="No preference", min_length=1)
    none_of_these: str = Field(default_factory=lambda: words().answers.none, min_length=1)
    facets: tuple[Facet, ...]
    items: tuple[Target, ...]
    tree: Tree

    @model_validator(mode="after")
    def _consistent(self) -> Funnel:
        for problem in (p for check in (_names, _ways, _questions, _ends) for p in check(self)):
            raise ValueError(problem)
        return self

    @cached_property
    def facet_by_id(self) -> Mapping[str, Facet]:
        """Facet id to facet."""
        return {facet.id: facet for facet in self.facets}

    @cached_property
    def item_by_id(self) -> Mapping[str, Target]:
        """Item id to item."""
        return {item.id: item for item in self.items}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The nodes that ask, each after all that lead to it."""
        return tuple(node for node in self._ordered if isinstance(node, Question))

    @cached_property
    def ends(self) -> tuple[End, ...]:
        """The nodes that do not ask."""
        return tuple(node for node in self._ordered if isinstance(node, End))

    @cached_property
    def nones(self) -> frozenset[str]:
        """Ids of the facets that take none of these."""
        return frozenset(q.facet for q in self.questions if any(b.option == NONE_OF_THESE for b in q.branches))

    @property
    def nodes(self) -> tuple[Question | End, ...]:
        """The questions, and then the ends."""
        return (*self.questions, *self.ends)

    @cached_property
    def ways(self) -> Mapping[str, tuple[tuple[Question, str], ...]]:
        """Node id to the answers that lead there, each a question and the id of the option."""
        found: dict[str, list[tuple[Question, str]]] = {node.id: [] for node in self.tree.nodes}
        for question in self.questions:
            for branch in question.branches:
                found[branch.to].append((question, branch.option))
        return {node: tuple(answers) for node, answers in found.items()}

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """Node id to the most questions from there on, its own counted."""
        longest: dict[str, int] = {end.id: 0 for end in self.ends}
        for question in reversed(self.questions):
            longest[question.id] = 1 + max(longest[branch.to] for branch in question.branches)
        return longest

    @cached_property
    def _ordered(self) -> tuple[Question | End, ...]:
        places = {node.id: place for place, node in enumerate(self.tree.nodes)}
        sorter = TopologicalSorter(_comes_after(self.tree))
        sorter.prepare()
        names: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=places.__getitem__)
            names += ready
            sorter.done(*ready)
        return tuple(self.tree.by_id[name] for name in names)


def funnel_of(tree: Tree, stock: Stock) -> Funnel:
    """Return a question set with what is shown of it.

    Raises:
        InputError: something is wrong with the tree, see ``problems_of``; or a node has an id that is no name.
    """
    if problems := problems_of(tree, stock):
        raise InputError(problems[0], where=f"question set for '{tree.domain}'", remedy=_more(len(problems) - 1))
    domain = stock.domain
    try:
        return Funnel(title=domain.title, facets=_asked(tree, domain), items=_shown(tree, domain), tree=tree)
    except ValidationError as error:
        raise InputError(first_problem(error), where=f"question set for '{tree.domain}'") from None


def funnel_json(funnel: Funnel) -> str:
    """Return a question set as JSON, which ``read_funnel`` reads."""
    return funnel.model_dump_json(indent=2) + "\n"


def read_funnel(text: str, where: str = "") -> Funnel:
    """Return the question set that stands in a text of JSON.

    Args:
        text: what ``funnel_json`` returned, perhaps changed by hand.
        where: it stands, for messages.

    Raises:
        InputError: not JSON, a field that is missing or unknown, or parts that do not fit each other.
    """
    try:
        return Funnel.model_validate_json(text)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None


def _more(number: int) -> str:
    return f"{number} further problems were found" if number > 1 else "One further problem was found" if number else ""


def _asked(tree: Tree, domain: Domain) -> tuple[Facet, ...]:
    asked = {node.facet for node in tree.nodes if isinstance(node, Question)}
    return tuple(facet for facet in domain.facets if facet.id in asked)


def _shown(tree: Tree, domain: Domain) -> tuple[Target, ...]:
    shown = {item for node in tree.nodes if isinstance(node, End) for item in node.items}
    return tuple(target for target in domain.targets if target.id in shown)


def _comes_after(tree: Tree) -> dict[str, list[str]]:
    """Return node id to the nodes that lead there."""
    before: dict[str, list[str]] = {node.id: [] for node in tree.nodes}
    for node in tree.nodes:
        for branch in node.branches if isinstance(node, Question) else ():
            before[branch.to].append(node.id)
    return before


def _names(funnel: Funnel) -> Iterator[str]:
    known: set[str] = set()
    for node in funnel.tree.nodes:
        if not _NAME.fullmatch(node.id):
            yield f"node '{node.id}' is not named by a letter and then letters, digits and underscores only"
        # SurveyJS does not tell small letters from capitals.
        if node.id.lower() in known:
            yield f"node '{node.id}' occurs twice"
        known.add(node.id.lower())


def _ways(funnel: Funnel) -> Iterator[str]:
    tree = funnel.tree
    if tree.first not in tree.by_id:
        yield f"the tree starts at the unknown node '{tree.first}'"
    for node in tree.nodes:
        for branch in node.branches if isinstance(node, Question) else ():
            if branch.to not in tree.by_id:
                yield f"node '{node.id}' leads to the unknown node '{branch.to}'"
    before = _comes_after(tree)
    yield from (f"no answer leads to node '{node}'" for node in before if not before[node] and node != tree.first)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        yield f"answers lead in a circle: {' → '.join(error.args[1])}"


def _questions(funnel: Funnel) -> Iterator[str]:
    for node in funnel.questions:
        if node.facet not in funnel.facet_by_id:
            yield f"node '{node.id}' asks for the unknown facet '{node.facet}'"
            continue
        wanted = answers_to(funnel.facet_by_id[node.facet], funnel.nones)
        if tuple(branch.option for branch in node.branches) != wanted:
            then = f"'{NONE_OF_THESE}' and '{NO_PREFERENCE}'" if node.facet in funnel.nones else f"'{NO_PREFERENCE}'"
            yield f"node '{node.id}' has not one branch for each option of '{node.facet}' and then {then}"


def _ends(funnel: Funnel) -> Iterator[str]:
    for node in funnel.ends:
        if not node.items:
            yield f"end '{node.id}' shows no item"
        lost = next((item for item in node.items if item not in funnel.item_by_id), None)
        if lost is not None:
            yield f"end '{node.id}' shows the unknown item '{lost}'"
        unknown = next((facet for facet in node.dropped if facet not in funnel.facet_by_id), None)
        if unknown is not None:
            yield f"end '{node.id}' drops the unknown facet '{unknown}'"
