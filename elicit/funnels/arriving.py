"""With which answers shoppers come to each node of a tree: the ways that differ in what they rule out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from elicit.domains import Code, Codes
from elicit.funnels.stock import Stock
from elicit.funnels.tree import End, Question, Tree

MOST_WAYS: Final = 500
"""To one node; further ones are not followed. Every node is on one that is."""


def arrivals(
    tree: Tree, stock: Stock, nodes: Sequence[Question | End], most: int = MOST_WAYS
) -> Iterator[tuple[Question | End, Codes]]:
    """Yield each node with each state in which shoppers come to it, int8[facets].

    Of ways whose answers the same items fit, facet by facet, one stands for all.

    Args:
        tree: in which every branch leads on, and none in a circle.
        stock: the catalog that it is for.
        nodes: of the tree, each after all that lead to it.
        most: states of one node at most.
    """
    alike: dict[str, list[int]] = {}
    states: dict[str, dict[bytes, Codes]] = {node.id: {} for node in nodes}
    start = np.full(len(stock.domain.facets), Code.NOT_ASKED, dtype=np.int8)
    states[tree.first][start.tobytes()] = start
    for node in nodes:
        found = states.pop(node.id)
        yield from ((node, state) for state in found.values())
        if not isinstance(node, Question):
            continue
        column = stock.domain.columns[node.facet]
        if node.facet not in alike:
            alike[node.facet] = _alike(stock, column, len(node.branches))
        for key, state in found.items():
            for code, same, branch in zip(_codes(node), alike[node.facet], node.branches, strict=True):
                if len(states[branch.to]) < most:
                    states[branch.to].setdefault(_with(_read(key), column, same).tobytes(), _with(state, column, code))


def _codes(node: Question) -> list[int]:
    """Return the code of each answer."""
    return [*range(len(node.branches) - 1), int(Code.NO_PREFERENCE)]


def _alike(stock: Stock, column: int, answers: int) -> list[int]:
    """Return for each answer to a facet the code of the first that the same items fit; no preference is the last."""
    first: dict[bytes, int] = {}
    fits = [stock.fits(column, code).tobytes() for code in range(answers - 1)]
    return [first.setdefault(fitting, code) for code, fitting in enumerate(fits)] + [int(Code.NO_PREFERENCE)]


def _read(key: bytes) -> Codes:
    return np.frombuffer(key, dtype=np.int8)


def _with(state: Codes, column: int, code: int) -> Codes:
    after = state.copy()
    after[column] = code
    return after
