"""The rule seller: the four thoughts of arXiv 2510.08621, with any strategy for what to turn to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.dialogues import Act, Thought
from elicit.domains import Code, Codes, Domain
from elicit.questioners import STOP, FacetQuestioner, Rules
from elicit.sellers.house import HouseRules
from elicit.sellers.views import Plan, View

Chances = Callable[[Codes], NDArray[np.floating]]
"""States to P(fits | what was told), float[B, targets]: the same reader for every seller."""


class Strategy(Protocol):
    """What a seller would rather turn to."""

    @property
    def questions(self) -> int:
        """How many questions are asked before it is consulted."""

    def scores(self, rows: NDArray[np.intp], states: Codes) -> NDArray[np.floating]:
        """Return how much is to be expected of each intent, float[B, intents].

        Args:
            rows: int[B], of the people.
            states: int8[B, facets], what they have told.
        """


@dataclass(frozen=True)
class RuleSeller:
    """Turns to one intent after the other, offers what is wanted, and goes on to the next where it is not.

    Attributes:
        domain: what can be asked and offered.
        intents: int[intents], columns of the facets that ask for a kind of thing.
        strategy: which intent comes first.
        chances: how likely each item fits.
        house: what is not allowed.
        first: asks the questions that the strategy wants; None where it wants none.
        details: questions that refine a wanted intent and are asked before it offers anything of it, at most.
        rules: what may be asked.
    """

    domain: Domain
    intents: NDArray[np.intp]
    strategy: Strategy
    chances: Chances
    house: HouseRules
    first: FacetQuestioner | None
    rules: Rules
    details: int = 0

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        """Return what is done next; see ``Policy``."""
        states = np.stack([view.state for view in views])
        rows = np.array([view.row for view in views], dtype=np.intp)
        scores, chances = self.strategy.scores(rows, states), self.chances(states)
        asks = self._first_questions(states, luck)
        return [
            self._plan(view, liking, chance, ask)
            for view, liking, chance, ask in zip(views, scores, chances, asks.tolist(), strict=True)
        ]

    def _first_questions(self, states: Codes, luck: Luck) -> NDArray[np.intp]:
        """Return what would be asked before the strategy is consulted, int[B]."""
        if self.first is None:
            return np.full(len(states), STOP, dtype=np.intp)
        return self.first.choose(states, self.rules.allowed(states), luck)

    def _plan(self, view: View, scores: NDArray[np.floating], chances: NDArray[np.floating], ask: int) -> Plan:
        may_ask = self.house.may_ask(view)
        if may_ask and len(view.asked) < self.strategy.questions and ask != STOP and not view.offered:
            return Plan(Act.ASK, ask, thought=Thought.NO_INTENT)
        topics = _Topics.of(view, self.domain, self.intents)
        free = self.house.on_offer(view, self.domain)
        wanted, tepid = (self._best_first(view, these, scores, free) for these in (topics.wanted, topics.tepid))
        if may_ask and (detail := self._detail(view, wanted)) is not None:
            return Plan(Act.ASK, detail, thought=Thought.UNCHANGED)
        if wanted and self.house.may_offer(view):
            return self._offer(view, wanted[0], chances, free)
        if may_ask and topics.open.any():
            return self._steer(topics, scores)
        if tepid and self.house.may_offer(view):
            return self._offer(view, tepid[0], chances, free)
        # What may only not be offered now is offered after a word about something else.
        return Plan(Act.CHAT if wanted or tepid else Act.GIVE_UP)

    def _steer(self, topics: _Topics, scores: NDArray[np.floating]) -> Plan:
        implied = topics.implied & topics.open
        place = _highest(scores, implied if implied.any() else topics.open)
        thought = Thought.IMPLIED if implied.any() else Thought.NO_INTENT
        return Plan(Act.STEER, int(self.intents[place]), thought=thought)

    def _offer(self, view: View, intent: int, chances: NDArray[np.floating], free: NDArray[np.bool_]) -> Plan:
        """Return the offer of the likeliest item of an intent."""
        thought = Thought.UNCHANGED if intent == view.intent else Thought.EXPLICIT
        return Plan(Act.OFFER, intent, _highest(chances, free & self.domain.kinds[:, intent]), thought)

    def _detail(self, view: View, wanted: list[int]) -> int | None:
        """Return what refines a wanted intent and is not asked yet, the best first, None if enough is known."""
        for intent in wanted:
            name = self.domain.facets[intent].id
            refining = [c for c, facet in enumerate(self.domain.facets) if name in facet.parents][: self.details]
            for column in refining:
                if view.state[column] == Code.NOT_ASKED:
                    return column
        return None

    def _best_first(
        self, view: View, topics: NDArray[np.bool_], scores: NDArray[np.floating], free: NDArray[np.bool_]
    ) -> list[int]:
        """Return the columns of intents of which something can be offered: that at hand, then the others by score."""
        places = [p for p in np.flatnonzero(topics).tolist() if (free & self.domain.kinds[:, self.intents[p]]).any()]
        places.sort(key=lambda place: (self.intents[place] != view.intent, -scores[place]))
        return [int(self.intents[place]) for place in places]


@dataclass(frozen=True)
class _Topics:
    """Where the intents stand, bool[intents] each: wanted, of some interest, seen in other answers, never asked."""

    wanted: NDArray[np.bool_]
    tepid: NDArray[np.bool_]
    implied: NDArray[np.bool_]
    open: NDArray[np.bool_]

    @classmethod
    def of(cls, view: View, domain: Domain, intents: NDArray[np.intp]) -> _Topics:
        told, last = view.state[intents], domain.option_counts[intents] - 1
        return cls(
            wanted=told == last,
            tepid=(told > 0) & (told < last),
            implied=np.isin(intents, _shown(view, domain)),
            open=told == Code.NOT_ASKED,
        )


def _shown(view: View, domain: Domain) -> list[int]:
    """Return the columns of the kinds that the buyer has let be seen: parents of what it likes best."""
    liked = np.flatnonzero(view.state == domain.option_counts - 1)
    return [domain.columns[parent] for column in liked for parent in domain.facets[column].parents]


def _highest(values: NDArray[np.floating], allowed: NDArray[np.bool_]) -> int:
    return int(np.where(allowed, values, -np.inf).argmax())
