"""Growing a tree over a catalog, best first: where most shoppers come and most is to be told."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, one_thread
from elicit.domains import Code, Codes
from elicit.funnels.asking import Aim, CatalogQuestioner, Step, Stop
from elicit.funnels.relaxing import smallest_relaxation
from elicit.funnels.stock import Stock
from elicit.funnels.tree import Branch, End, Node, Question, Tree, answers_to
from elicit.funnels.writing import end_node, question_node, relaxed_node
from elicit.questioners import STOP

_NO_PREFERENCE_SHARE = 0.2
"""How many answers are taken to be ``no_preference``; the share of "I don't know" of noisy people."""
_TWO = 2
"""Answers to a facet of which each fits something wherever items differ in it."""


def design_tree(
    stock: Stock,
    *,
    questions: int = 6,
    nodes: int = 500,
    aim: Aim = "item",
    funnel_weight: float = 0.0,
    top: int = 3,
) -> Tree:
    """Return a branching question set that narrows a catalog down.

    Each question is the one that ``CatalogQuestioner`` asks there. The node grows first that most shoppers come to and
    whose question tells most (chance × bits); what may not grow further is an end, with the items that are left.
    Answers after which the same items are left, as likely, and the same has been asked, lead to one node, unless other
    answers would have to be given up where nothing fits further on.

    Args:
        stock: the catalog.
        questions: how many are asked at most on a path.
        nodes: how many nodes the tree may have, ends counted.
        aim: what is asked for, ``item`` or ``best``.
        funnel_weight: in [0, 1], what being broad counts beside the gain.
        top: how many items are shown in the end; only for ``best``.

    Raises:
        InputError: no question, no node, a weight outside [0, 1], an unknown aim.
    """
    if nodes < 1:
        raise InputError(f"{nodes} nodes", where="nodes", remedy="Allow at least one")
    questioner = CatalogQuestioner(stock, aim, funnel_weight, questions=questions, top=top)
    growth = _Growth(questioner, nodes)
    with one_thread():
        growth.grow()
    written = growth.written()
    return Tree(
        domain=stock.domain.name,
        domain_hash=stock.domain.hash,
        items=len(stock),
        questions=questions,
        aim=aim,
        funnel_weight=funnel_weight,
        first=written[0].id,
        nodes=written,
    )


@dataclass
class _Draft:
    """A node in the making; it keeps no more of what is left than it shows.

    Attributes:
        state: int8[facets], the answers on the first path found.
        facet: column of what is asked, −1 where nothing is.
        chances: float32[options], P(answer); empty where nothing is asked.
        chance: share of all shoppers who come here.
        gain: bits that the question is expected to tell; 0 where nothing is asked.
        question: what is written if the node grows; None where nothing is asked.
        end: what is written if it does not.
        branches: places of the next nodes, one an answer; empty as long as it did not grow.
    """

    state: Codes
    facet: int
    chances: NDArray[np.float32]
    chance: float
    gain: float
    question: Question | None
    end: End
    branches: list[int] = field(default_factory=list)


@dataclass
class _Growth:
    """A tree in the making."""

    questioner: CatalogQuestioner
    most: int
    drafts: list[_Draft] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)
    waiting: list[tuple[float, int]] = field(default_factory=list)

    def grow(self) -> None:
        """Grow until nothing is waiting."""
        self._add(*self._draft(np.full(len(self.questioner.stock.domain.facets), Code.NOT_ASKED, dtype=np.int8), 1.0))
        while self.waiting:
            _, place = heapq.heappop(self.waiting)
            if not self.drafts[place].branches and self._may_have_room(place):
                self._branch(place)

    def _may_have_room(self, place: int) -> bool:
        """Return whether the next nodes have room if the answers that nothing fits share one."""
        chances = self.drafts[place].chances
        return len(self.drafts) + int((chances > 0).sum()) + bool((chances == 0).any()) + 1 <= self.most

    def _branch(self, place: int) -> None:
        """Let a node grow if there is room for all that is new."""
        draft = self.drafts[place]
        after = [
            self._draft(_answered(draft.state, draft.facet, code), chance) for code, chance in self._answers(draft)
        ]
        if len(self.drafts) + len({key for _, key in after} - self.known.keys()) <= self.most:
            draft.branches = [self._add(new, key) for new, key in after]

    def _answers(self, draft: _Draft) -> list[tuple[int, float]]:
        """Return the code of each answer to a node, and the share of all shoppers who give it."""
        given = [draft.chance * (1 - _NO_PREFERENCE_SHARE) * float(chance) for chance in draft.chances]
        if self.questioner.stock.takes_none[draft.facet]:
            # Every shopper wants some item, and none has none of the options.
            given.append(0.0)
        return [*enumerate(given), (int(Code.NO_PREFERENCE), draft.chance * _NO_PREFERENCE_SHARE)]

    def _add(self, draft: _Draft, key: bytes) -> int:
        """Return the place of a node, new or known."""
        place = self.known.setdefault(key, len(self.drafts))
        if place == len(self.drafts):
            self.drafts.append(draft)
        else:
            self.drafts[place].chance += draft.chance
        if draft.facet != STOP:
            heapq.heappush(self.waiting, (-self.drafts[place].chance * draft.gain, place))
        return place

    def _draft(self, state: Codes, chance: float) -> tuple[_Draft, bytes]:
        """Return the node for some answers, and what is the same for all nodes that are equal to it."""
        stock, step = self.questioner.stock, self.questioner.step(state)
        if step.stop is Stop.NOTHING_FITS:
            relaxation = smallest_relaxation(stock, state)
            key = _digest(relaxation.left, np.array(relaxation.dropped))
            return _Draft(state, step.facet, step.chances, chance, 0.0, None, relaxed_node(stock, relaxation)), key
        question = question_node(stock, step) if step.facet != STOP else None
        key = _digest(step.left, np.round(step.weights, 6), state != Code.NOT_ASKED, self._missed(state, step))
        return _Draft(state, step.facet, step.chances, chance, step.gain, question, end_node(stock, state, step)), key

    def _missed(self, state: Codes, step: Step) -> NDArray[np.bool_]:
        """Return what decides which answers to give up further on: the answers that each item misses, bool[any].

        Empty where nothing more is asked, or something fits every answer that may still be given: where items differ in
        a facet of two answers, both do.
        """
        stock = self.questioner.stock
        open_facets = np.flatnonzero((state == Code.NOT_ASKED) & (stock.domain.option_counts + stock.takes_none > _TWO))
        if step.facet == STOP or not any(np.ptp(stock.codes[step.left, facet]) for facet in open_facets):
            return np.zeros(0, dtype=np.bool_)
        missed = np.zeros((len(state), len(stock)), dtype=np.bool_)
        if (state >= 0).any():
            missed[state >= 0] = stock.misses(state).T
        return missed.ravel()

    def written(self) -> tuple[Node, ...]:
        """Return the nodes as they are met level by level, with ids and branches."""
        places = self._by_level()
        ids = {place: f"n{number}" for number, place in enumerate(places, start=1)}
        return tuple(self._written(self.drafts[place], ids, ids[place]) for place in places)

    def _written(self, draft: _Draft, ids: Mapping[int, str], own: str) -> Node:
        if not draft.branches or draft.question is None:
            return draft.end.model_copy(update={"id": own})
        stock = self.questioner.stock
        to = zip(answers_to(stock.domain.facets[draft.facet], stock.nones), draft.branches, strict=True)
        branches = tuple(Branch(option=option, to=ids[place]) for option, place in to)
        return draft.question.model_copy(update={"id": own, "branches": branches})

    def _by_level(self) -> list[int]:
        places = [0]
        seen = {0}
        for place in places:
            fresh = [n for n in dict.fromkeys(self.drafts[place].branches) if n not in seen]
            seen.update(fresh)
            places += fresh
        return places


def _answered(state: Codes, facet: int, code: int) -> Codes:
    after = state.copy()
    after[facet] = code
    return after


def _digest(*parts: NDArray[np.generic]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part.tobytes())
    return digest.digest()
