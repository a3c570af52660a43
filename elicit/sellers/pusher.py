"""The naive pusher: offers what sells best, again and again, and says that it has sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.dialogues import Act, Thought
from elicit.sellers.views import Plan, View


@dataclass(frozen=True)
class NaivePusher:
    """Asks for nothing and keeps no house rule.

    Attributes:
        popularity: float[targets]; what sells best comes first.
        offers: how many it makes before it declares the last one sold, whatever was said.
    """

    popularity: NDArray[np.floating]
    offers: int = 3

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        """Return what is done next; see ``Policy``."""
        ranked = np.argsort(-self.popularity, kind="stable").tolist()
        return [self._plan(view, ranked) for view in views]

    def _plan(self, view: View, ranked: Sequence[int]) -> Plan:
        if len(view.offered) >= min(self.offers, len(ranked)):
            return Plan(Act.HAND_OVER, item=view.offered[-1])
        return Plan(Act.OFFER, item=ranked[len(view.offered)], thought=Thought.EXPLICIT)
