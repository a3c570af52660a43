"""House rules: what a seller must not do, as data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from elicit.domains import Domain, Frozen
from elicit.sellers.views import View


class HouseRules(Frozen):
    """What a seller must not do.

    Attributes:
        most_refusals: after so many refused offers in a row it must say something else before it offers again.
        most_offers: of things of one kind in a talk.
        most_questions: in a talk.
    """

    most_refusals: int = Field(default=2, ge=1)
    most_offers: int = Field(default=3, ge=1)
    most_questions: int = Field(default=10, ge=0)

    def may_offer(self, view: View) -> bool:
        """Tell whether an offer is allowed now."""
        return view.refusals < self.most_refusals

    def may_ask(self, view: View) -> bool:
        """Tell whether another question is allowed now."""
        return len(view.asked) < self.most_questions

    def on_offer(self, view: View, domain: Domain) -> NDArray[np.bool_]:
        """Return what can still be offered, bool[targets]: nothing twice, nothing of a kind that was offered enough."""
        free = np.ones(len(domain.targets), dtype=np.bool_)
        free[view.offered] = False
        enough = domain.kinds[view.offered].sum(axis=0) >= self.most_offers
        return free & ~domain.kinds[:, enough].any(axis=1)
