"""A short branching question set: what is asked first, where each answer leads, and how it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from elicit.basis import Luck
from elicit.domains import Code, Codes, Domain, Facet, Frozen
from elicit.funnels.asking import Aim, Stop
from elicit.funnels.nones import NONE_OF_THESE
from elicit.questioners import STOP

NO_PREFERENCE: Final = Code.NO_PREFERENCE.name.lower()
"""The answer that every question has besides its options; whoever does not know goes the same way."""


def answers_to(facet: Facet, nones: Collection[str]) -> tuple[str, ...]:
    """Return the ids of all answers to a facet: its options, none of these if it takes that, and no preference.

    Args:
        facet: what is asked.
        nones: ids of the facets that take none of these.
    """
    none = [NONE_OF_THESE] if facet.id in nones else []
    return (*(option.id for option in facet.options), *none, NO_PREFERENCE)


class Branch(Frozen):
    """Where an answer leads.

    Attributes:
        option: id of the option, ``none_of_these`` or ``no_preference``.
        to: id of the next node.
    """

    option: str
    to: str


class Question(Frozen):
    """A node that asks.

    Attributes:
        id: unique in the tree.
        facet: id of what is asked.
        items_left: how many items fit the answers so far.
        gain: bits that the answer is expected to tell about the wanted item.
        why: what the question is good for, one sentence.
        branches: one an option of the facet, in its order, then ``none_of_these`` where the facet takes that, and at
            last ``no_preference``.
    """

    kind: Literal["question"] = "question"
    id: str
    facet: str
    items_left: int = Field(ge=0)
    gain: float = Field(ge=0)
    why: str
    branches: tuple[Branch, ...]


class End(Frozen):
    """A node at which nothing more is asked.

    Attributes:
        id: unique in the tree.
        reason: why nothing more is asked.
        items_left: how many items fit the answers; 0 where none does.
        why: the reason with its numbers, one sentence.
        items: ids of the items to show, the likeliest first; where none fits, of those that fit without what is
            dropped.
        dropped: ids of the facets whose answers must be given up so that something fits.
    """

    kind: Literal["end"] = "end"
    id: str
    reason: Stop
    items_left: int = Field(ge=0)
    why: str
    items: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


Node = Annotated[Question | End, Field(discriminator="kind")]


class Tree(Frozen):
    """A question set over a catalog.

    Attributes:
        domain: name of the domain whose facets are asked.
        domain_hash: of that domain, so that a tree is not used with another one.
        items: how many items the catalog has.
        questions: how many are asked at most on a path.
        aim: what was asked for; see ``CatalogQuestioner``.
        funnel_weight: what being broad counted beside the gain.
        first: id of the node where everybody starts.
        nodes: all nodes, from the start on. Several answers may lead to one node.
    """

    domain: str
    domain_hash: str
    items: int = Field(ge=1)
    questions: int = Field(ge=1)
    aim: Aim = "item"
    funnel_weight: float = Field(default=0.0, ge=0, le=1)
    first: str
    nodes: tuple[Node, ...] = Field(min_length=1)

    @cached_property
    def by_id(self) -> Mapping[str, Question | End]:
        """Id to node."""
        return {node.id: node for node in self.nodes}


@dataclass(frozen=True)
class TreeQuestioner:
    """Asks as a tree says.

    Attributes:
        tree: without problems; see ``problems_of``.
        domain: the domain it was made for.
    """

    tree: Tree
    domain: Domain

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> NDArray[np.intp]:
        """Return the question of the node that the answers lead to, −1 at an end or where it may not be asked."""
        different, which = np.unique(states, axis=0, return_inverse=True)
        facets = np.array([self._facet(self.node(state)) for state in different], dtype=np.intp)[which.ravel()]
        free = allowed[np.arange(len(states)), facets]
        return np.where(free, facets, STOP)

    def node(self, state: Codes) -> Question | End:
        """Return the node that answers int8[facets] lead to."""
        return self._way(state)[-1]

    def cleared(self, state: Codes) -> Codes:
        """Return answers without those to questions to which the others do not lead, or no longer, int8[facets]."""
        asked = [self._facet(node) for node in self._way(state)[:-1]]
        kept = np.full_like(state, Code.NOT_ASKED)
        kept[asked] = state[asked]
        return kept

    def _way(self, state: Codes) -> list[Question | End]:
        """Return the nodes from the first one to that which answers lead to."""
        way = [self.tree.by_id[self.tree.first]]
        while isinstance(node := way[-1], Question):
            code = int(state[self.domain.columns[node.facet]])
            if code == Code.NOT_ASKED:
                break
            # The code of none of these is the place behind the options. Every non-answer goes the way of no preference.
            way.append(self.tree.by_id[node.branches[code if code >= 0 else -1].to])
        return way

    def _facet(self, node: Question | End) -> int:
        return self.domain.columns[node.facet] if isinstance(node, Question) else STOP
