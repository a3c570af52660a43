"""Questioners that follow an order: at random, by popularity, by hand-made funnel, or learned on real people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import Belief, entropy
from elicit.domains import Codes, Domain, Population
from elicit.questioners.protocol import STOP, Choices, best


@dataclass(frozen=True)
class RandomQuestioner:
    """Asks any allowed facet, each equally likely."""

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return a random allowed facet a row; the draw is keyed by person and number of questions asked."""
        turns = (states != -1).sum(axis=1)
        left = allowed.sum(axis=1)
        place = np.minimum((luck.uniform("random questioner", turns) * left).astype(np.intp), left - 1)
        nth = allowed.cumsum(axis=1) == (place + 1)[:, None]
        return np.where(left > 0, nth.argmax(axis=1), STOP)


@dataclass(frozen=True)
class OrderedQuestioner:
    """Asks facets in a fixed order and stops after the last.

    Attributes:
        order: int[n], columns of facets.
    """

    order: NDArray[np.intp]

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the first facet of the order that is still allowed."""
        choice = np.full(len(states), STOP, dtype=np.intp)
        open_rows = np.arange(len(states))
        for facet in self.order:
            free = allowed[open_rows, facet]
            choice[open_rows[free]] = facet
            open_rows = open_rows[~free]
            if not len(open_rows):
                break
        return choice


@dataclass(frozen=True)
class SkippingQuestioner:
    """Asks in a fixed order but skips what the belief already holds decided.

    Attributes:
        order: int[n], columns of facets.
        belief: what decides.
        decided: a facet is skipped when one of its options is at least this probable.
    """

    order: NDArray[np.intp]
    belief: Belief
    decided: float = 0.9

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the first undecided facet of the order; once all are decided, the first that is left."""
        plain = OrderedQuestioner(self.order)
        open_facets = allowed & (self.belief.marginals(states).max(axis=2) < self.decided)
        choice = plain.choose(states, open_facets, luck)
        return np.where(choice == STOP, plain.choose(states, allowed, luck), choice)


def popular_order(domain: Domain, people: Population) -> NDArray[np.intp]:
    """Return all facets, the most widely held first, int[facets].

    Yes/no facets come first, by the share of people who say yes (the classic sign-up list of popular items); the others
    follow by the share of people who can answer and do not give the most common answer.
    """
    yes_no = np.array([f.is_yes_no for f in domain.facets])
    counts = option_table(domain, people.codes)
    answered = counts.sum(axis=1)
    yes = counts[:, 1] if counts.shape[1] > 1 else np.zeros(len(counts))
    held = np.where(yes_no, yes, answered - counts.max(axis=1)) / max(len(people), 1)
    return np.lexsort((-held, ~yes_no))


def funnel_order(domain: Domain, people: Population) -> NDArray[np.intp]:
    """Return all facets from broad to specific, within a depth the most uncertain first, int[facets]."""
    counts = option_table(domain, people.codes)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.lexsort((-entropy(share.astype(np.float32)), domain.depths))


def option_table(domain: Domain, codes: Codes) -> NDArray[np.int64]:
    """Return how many people gave each option, int[facets, K]."""
    return np.stack([(codes == k).sum(axis=0) for k in range(int(domain.option_counts.max()))], axis=1)


@dataclass(frozen=True)
class EntropyQuestioner:
    """Asks what the belief is least sure of (uncertainty sampling).

    Attributes:
        belief: what is known.
    """

    belief: Belief

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the allowed facet with the highest marginal entropy."""
        return best(entropy(self.belief.marginals(states)), allowed)
