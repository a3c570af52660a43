"""The questioner-seller: asks by any questioner, and offers when the best offer beats another question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import Belief
from elicit.dialogues import Act, Thought
from elicit.domains import Codes
from elicit.questioners import STOP, FacetQuestioner, Rules
from elicit.sellers.house import HouseRules
from elicit.sellers.views import Plan, View


@dataclass(frozen=True)
class QuestionerSeller:
    """Weighs an offer now against an offer after one more question.

    Attributes:
        questioner: says which question is asked.
        belief: how likely each item fits, and each answer is given.
        rules: what may be asked.
        house: what is not allowed.
        cost: share of what an offer is worth that is lost by asking first, since buyers do not wait for ever.
    """

    questioner: FacetQuestioner
    belief: Belief
    rules: Rules
    house: HouseRules
    cost: float = 0.02

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        """Return what is done next; see ``Policy``."""
        states = np.stack([view.state for view in views])
        free = np.ones((len(views), self.belief.targets(states[:1]).shape[1]), dtype=np.bool_)
        for row, view in zip(free, views, strict=True):
            row[view.offered] = False
        chances = np.where(free, self.belief.targets(states), -np.inf)
        asks = self.questioner.choose(states, self.rules.allowed(states), luck)
        later = self._later(states, np.asarray(asks), free)
        return [
            self._plan(view, chance, ask, after)
            for view, chance, ask, after in zip(views, chances, asks.tolist(), later.tolist(), strict=True)
        ]

    def _plan(self, view: View, chances: NDArray[np.floating], ask: int, later: float) -> Plan:
        can_offer = self.house.may_offer(view) and np.isfinite(chances.max())
        can_ask = self.house.may_ask(view) and ask != STOP
        if can_offer and (not can_ask or chances.max() >= later * (1 - self.cost)):
            return Plan(Act.OFFER, item=int(chances.argmax()), thought=Thought.EXPLICIT)
        return Plan(Act.ASK, ask, thought=Thought.IMPLIED) if can_ask else Plan(Act.GIVE_UP)

    def _later(self, states: Codes, asks: NDArray[np.intp], free: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Return how likely the best offer is expected to fit after the answer to one more question, float[B]."""
        rows, columns = np.arange(len(states)), np.maximum(asks, 0)
        chance = self.belief.marginals(states)[rows, columns]
        expected = np.zeros(len(states))
        for code in range(chance.shape[1]):
            after = states.copy()
            after[rows, columns] = np.minimum(code, self.belief.option_counts[columns] - 1)
            best = np.where(free, self.belief.targets(after), -np.inf).max(axis=1)
            expected += np.where(chance[:, code] > 0, chance[:, code] * best, 0)
        return expected
