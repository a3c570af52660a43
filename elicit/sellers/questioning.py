"""The questioner-seller: asks by any questioner, and offers when the best offer beats another question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import Belief
from elicit.dialogues import Act, Thought
from elicit.domains import Codes, Domain
from elicit.questioners import STOP, UNREADABLE, Asked, Questioner, Rules, next_questions
from elicit.sellers.house import HouseRules
from elicit.sellers.views import Plan, View, transcript_of

_GONE: Final = -1.0
"""The chance of what cannot be offered any more, below every other."""


@dataclass(frozen=True)
class QuestionerSeller:
    """Weighs an offer now against an offer after one more question.

    Attributes:
        domain: what can be asked and offered.
        questioner: says which question is asked; a language model in its own words.
        belief: how likely each item fits, and each answer is given.
        rules: what may be asked.
        house: what is not allowed.
        cost: share of what an offer is worth that is lost by asking first, since buyers do not wait for ever.
    """

    domain: Domain
    questioner: Questioner
    belief: Belief
    rules: Rules
    house: HouseRules
    cost: float = 0.02

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        """Return what is done next; see ``Policy``."""
        states = np.stack([view.state for view in views])
        free = np.stack([self.house.on_offer(view, self.domain) for view in views])
        chances = np.where(free, self.belief.targets(states), _GONE)
        asks = self._asks(views, states, luck)
        later = self._later(states, asks.facets, free)
        return [
            self._plan(view, chance, ask, words, after)
            for view, chance, ask, words, after in zip(
                views, chances, asks.facets.tolist(), asks.words, later.tolist(), strict=True
            )
        ]

    def _asks(self, views: Sequence[View], states: Codes, luck: Luck) -> Asked:
        """Return what would be asked next, for talks with as many questions together."""
        allowed = self.rules.allowed(states)
        facets, words = np.full(len(views), STOP, dtype=np.intp), [""] * len(views)
        alike: dict[int, list[int]] = defaultdict(list)
        for place, view in enumerate(views):
            alike[len(view.asked)].append(place)
        for places in alike.values():
            rows = np.array(places, dtype=np.intp)
            talks = transcript_of([views[place] for place in places])
            asked = next_questions(self.questioner, talks, allowed[rows], luck.rows(rows))
            facets[rows] = asked.facets
            for place, text in zip(places, asked.words, strict=True):
                words[place] = text
        return Asked(facets, tuple(words))

    def _plan(self, view: View, chances: NDArray[np.floating], ask: int, words: str, later: float) -> Plan:
        anything = bool(chances.max() > _GONE)
        can_offer = anything and self.house.may_offer(view)
        can_ask = self.house.may_ask(view) and ask not in (STOP, UNREADABLE)
        if can_offer and (not can_ask or chances.max() >= later * (1 - self.cost)):
            return Plan(Act.OFFER, item=int(chances.argmax()), thought=Thought.EXPLICIT)
        if can_ask:
            return Plan(Act.ASK, ask, thought=Thought.IMPLIED, words=words)
        # What may only not be offered now is offered after a word about something else.
        return Plan(Act.CHAT if anything else Act.GIVE_UP)

    def _later(self, states: Codes, asks: NDArray[np.intp], free: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Return how likely the best offer is expected to fit after the answer to one more question, float[B]."""
        rows, columns = np.arange(len(states)), np.maximum(asks, 0)
        chance = self.belief.marginals(states)[rows, columns]
        expected = np.zeros(len(states))
        for code in range(chance.shape[1]):
            after = states.copy()
            after[rows, columns] = np.minimum(code, self.belief.option_counts[columns] - 1)
            expected += chance[:, code] * np.where(free, self.belief.targets(after), 0).max(axis=1)
        return expected
