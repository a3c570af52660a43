"""What is wrong with a tree: ends in silence, questions that hide each other, what nobody can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from elicit.basis import listed
from elicit.dialogues import value_of
from elicit.domains import Code, Codes, Facet
from elicit.funnels.arriving import arrivals
from elicit.funnels.asking import Stop, broader
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.stock import Stock
from elicit.funnels.tree import End, Question, Tree, answers_to


def problems_of(tree: Tree, stock: Stock) -> tuple[str, ...]:
    """Return what is wrong with a tree, a sentence each; nothing for every tree that was designed for the catalog.

    Checked are the nodes one by one (facets, options, explanations), how they hang together (unknown, unreachable,
    circles), the order on all paths (nothing twice, nothing before what is broader, sensitive questions last), and the
    items left on all paths that differ in what they rule out, 500 to a node at most.

    Args:
        tree: any, also one that was written or changed by hand.
        stock: the catalog that it is for.
    """
    check = _Check(tree, stock)
    loose = [*check.hash(), *check.twins(), *(p for node in tree.nodes for p in check.node(node)), *check.ways()]
    # Paths can be followed only where every branch leads on and none in a circle.
    return tuple(loose or [*check.paths(), *check.items()])


@dataclass(frozen=True)
class _Check:
    tree: Tree
    stock: Stock

    def hash(self) -> Iterator[str]:
        if self.tree.domain_hash != self.stock.domain.hash:
            yield f"the tree is for another state of domain '{self.tree.domain}'"

    def twins(self) -> Iterator[str]:
        for node, times in Counter(node.id for node in self.tree.nodes).items():
            if times > 1:
                yield f"node '{node}' occurs {times} times"

    def node(self, node: Question | End) -> Iterator[str]:
        """Yield what is wrong with a node by itself."""
        if not node.why.strip():
            yield f"node '{node.id}' does not say why"
        yield from self._question(node) if isinstance(node, Question) else self._end(node)

    def _question(self, node: Question) -> Iterator[str]:
        if node.facet not in self.stock.domain.columns:
            yield f"node '{node.id}' asks for the unknown facet '{node.facet}'"
            return
        facet = self.stock.domain.facets[self.stock.domain.columns[node.facet]]
        wanted = list(answers_to(facet, self.stock.nones))
        found = Counter(branch.option for branch in node.branches)
        yield from (f"node '{node.id}' has the option '{o}' {n} times" for o, n in found.items() if n > 1)
        yield from (f"node '{node.id}' has the unknown option '{o}'" for o in found if o not in wanted)
        yield from (f"node '{node.id}' leads nowhere after '{o}'" for o in wanted if o not in found)
        if sorted(found) == sorted(wanted) and [b.option for b in node.branches] != wanted and max(found.values()) == 1:
            yield f"node '{node.id}' has its options in another order than facet '{node.facet}'"

    def _end(self, node: End) -> Iterator[str]:
        if not node.items:
            yield f"end '{node.id}' shows no item"
        strangers = [item for item in node.items if item not in self.stock.domain.target_columns]
        yield from (f"end '{node.id}' shows the unknown item '{item}'" for item in strangers)
        if (node.reason is Stop.NOTHING_FITS) != bool(node.dropped):
            wrong = "drops answers although something fits" if node.dropped else "does not say which answers to give up"
            yield f"end '{node.id}' {wrong}"
        unknown = [facet for facet in node.dropped if facet not in self.stock.domain.columns]
        yield from (f"end '{node.id}' drops the unknown facet '{facet}'" for facet in unknown)

    def ways(self) -> Iterator[str]:
        """Yield branches to nowhere, nodes that nobody reaches, and circles."""
        known = self.tree.by_id
        for node in self.tree.nodes:
            for to in dict.fromkeys(_next(node)):
                if to not in known:
                    yield f"node '{node.id}' leads to the unknown node '{to}'"
        if self.tree.first not in known:
            yield f"the tree starts at the unknown node '{self.tree.first}'"
        reached = self._reached(self.tree.first)
        yield from (f"node '{node}' cannot be reached" for node in known if node not in reached)
        try:
            TopologicalSorter({node.id: _next(node) for node in self.tree.nodes}).prepare()
        except CycleError as error:
            yield f"questions hide each other, their nodes lead in a circle: {' → '.join(reversed(error.args[1]))}"

    def paths(self) -> Iterator[str]:
        """Yield what is asked in a wrong order on some path."""
        found: dict[str, None] = {}
        below = self._below
        for node in self.tree.nodes:
            if isinstance(node, Question):
                found |= dict.fromkeys(self._order(node, {to for b in node.branches for to in below[b.to]}))
        if self._longest > self.tree.questions:
            found[f"a path has {self._longest} questions; allowed are {self.tree.questions}"] = None
        yield from found

    def _order(self, node: Question, later: set[str]) -> Iterator[str]:
        domain = self.stock.domain
        column, finer = domain.columns[node.facet], self._broader
        for facet in sorted(later):
            other = domain.columns[facet]
            if facet == node.facet:
                yield f"facet '{facet}' is asked twice on a path, first at node '{node.id}'"
            if finer[column, other]:
                yield f"facet '{node.facet}' is asked at node '{node.id}' before the broader '{facet}'"
            plain = domain.facets[column].sensitive and not domain.facets[other].sensitive
            if plain and not finer[other].any(where=self.stock.domain.sensitive):
                yield f"the sensitive facet '{node.facet}' is asked at node '{node.id}' before '{facet}'"

    def items(self) -> Iterator[str]:
        """Yield nodes that say something else of the items left than the catalog does, with the first path where."""
        wrong: set[str] = set()
        for node, state in arrivals(self.tree, self.stock, self._ends_first[::-1]):
            if node.id not in wrong and (problems := list(self._left(node, state))):
                wrong.add(node.id)
                yield from (f"{problem}{self._after(state)}" for problem in problems)

    def _left(self, node: Question | End, state: Codes) -> Iterator[str]:
        left = self.stock.left(state)
        if node.items_left != len(left):
            yield f"node '{node.id}' says that {node.items_left} items are left; it is {len(left)}"
        elif isinstance(node, End):
            yield from self._shown(node, state)

    def _shown(self, node: End, state: Codes) -> Iterator[str]:
        kept = state.copy()
        for facet in node.dropped:
            column = self.stock.domain.columns[facet]
            if state[column] < 0:
                yield f"end '{node.id}' drops the answer on '{facet}', but there is none"
            kept[column] = Code.NO_PREFERENCE
        fitting = set(self.stock.left(kept).tolist())
        rows = self.stock.domain.target_columns
        wrong = [item for item in node.items if rows[item] not in fitting]
        yield from (f"end '{node.id}' shows '{item}', which does not fit" for item in wrong)

    def _after(self, state: Codes) -> str:
        """Return the answers of a path in words."""
        codes = zip(self.stock.domain.facets, state.tolist(), strict=True)
        said = [f"{facet.id} = {_answer(facet, code)}" for facet, code in codes if code != Code.NOT_ASKED]
        return f" after {listed(said)}" if said else ""

    def _reached(self, start: str) -> set[str]:
        reached: set[str] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in reached and name in self.tree.by_id:
                reached.add(name)
                waiting += _next(self.tree.by_id[name])
        return reached

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """The facets asked at a node or after it."""
        below: dict[str, set[str]] = {}
        for node in self._ends_first:
            after = {facet for to in _next(node) for facet in below[to]}
            below[node.id] = after | ({node.facet} if isinstance(node, Question) else set())
        return below

    @cached_property
    def _longest(self) -> int:
        """Questions on the longest path."""
        longest: dict[str, int] = {}
        for node in self._ends_first:
            longest[node.id] = max((longest[to] + 1 for to in _next(node)), default=0)
        return longest[self.tree.first]

    @cached_property
    def _ends_first(self) -> list[Question | End]:
        """All nodes, each after those that it leads to."""
        order = TopologicalSorter({node.id: _next(node) for node in self.tree.nodes}).static_order()
        return [self.tree.by_id[name] for name in order]

    @cached_property
    def _broader(self) -> NDArray[np.bool_]:
        return broader(self.stock.domain)


def _answer(facet: Facet, code: int) -> str:
    return NONE_OF_THESE if code == len(facet.options) else value_of(facet, code)


def _next(node: Question | End) -> list[str]:
    return [branch.to for branch in node.branches] if isinstance(node, Question) else []
