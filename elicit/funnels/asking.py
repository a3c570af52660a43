"""The next question about a catalog, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, did_you_mean
from elicit.beliefs import ItemBelief
from elicit.domains import Code, Codes, Domain
from elicit.funnels.counting import Cells, value_of_answers
from elicit.funnels.stock import Items, Stock
from elicit.questioners import NO_GAIN, STOP, best

Aim = Literal["item", "best"]
AIMS: Final = ("item", "best")
_ALL_LIKE = 1e-12
"""Below this all questions are worth nothing, and none is worth a share of the best."""


class Stop(StrEnum):
    """Why no further question is asked."""

    ONE_LEFT = "one item left"
    ALIKE = "nothing left that tells the items apart"
    BUDGET = "question budget used up"
    NOTHING_FITS = "no item fits"
    NO_ROOM = "the tree may not grow further"


@dataclass(frozen=True)
class Step:
    """What is left after some answers, and what is asked next.

    Attributes:
        left: rows of the items that fit all answers, ascending.
        weights: float32[left], how likely each of them is now.
        facet: column of the next question, −1 where there is none.
        gain: bits that its answer is expected to tell about the wanted item.
        chances: float32[options of the facet], P(answer) if there is one; empty where nothing is asked.
        stop: why nothing is asked; None where something is.
    """

    left: Items
    weights: NDArray[np.float32]
    facet: int = STOP
    gain: float = 0.0
    chances: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    stop: Stop | None = None


@dataclass(frozen=True)
class CatalogQuestioner:
    """Asks what narrows a catalog down, exactly, one step ahead.

    Nothing is asked on which all items left agree, no facet before a broader one that it refines and that still tells
    items apart, and nothing sensitive while something else is left to ask.

    Attributes:
        stock: the catalog.
        aim: ``item`` = bits about the wanted item; ``best`` = how much likelier the wanted item comes to be among the
            ``top`` likeliest (value of information: Howard 1966).
        funnel_weight: in [0, 1], what being broad counts beside the gain: 0 = only the gain, 1 = strictly from broad to
            specific.
        error: share of answers taken to be wrong. Above 0 a near miss is not lost: all items stay in play, and asking
            goes on until one has at least the chance 1 − error, also where the answers as they are leave one or none.
        questions: how many are asked at most; None = as many as there are.
        top: how many items are shown in the end; only for ``best``.
    """

    stock: Stock
    aim: Aim = "item"
    funnel_weight: float = 0.0
    error: float = 0.0
    questions: int | None = None
    top: int = 3

    def __post_init__(self) -> None:
        if self.aim not in AIMS:
            raise InputError(f"unknown aim '{self.aim}'", where="aim", remedy=did_you_mean(self.aim, AIMS))
        if not 0 <= self.funnel_weight <= 1:
            raise InputError(f"{self.funnel_weight} is not between 0 and 1", where="funnel_weight")
        if not 0 <= self.error < 1:
            raise InputError(f"{self.error} is not at least 0 and below 1", where="error")
        if self.questions is not None and self.questions < 1:
            raise InputError(f"{self.questions} questions", where="questions", remedy="Ask at least one")
        if self.top < 1:
            raise InputError(f"{self.top} items", where="top", remedy="Show at least one")

    @cached_property
    def belief(self) -> ItemBelief:
        """What is believed of the wanted item."""
        return self.stock.belief(self.error)

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> NDArray[np.intp]:
        """Return the next question in each row, −1 to stop; see ``FacetQuestioner``."""
        both = np.concatenate([states, allowed.astype(np.int8)], axis=1)
        different, which = np.unique(both, axis=0, return_inverse=True)
        facets = states.shape[1]
        steps = [self.step(row[:facets], row[facets:].astype(np.bool_)).facet for row in different]
        return np.array(steps, dtype=np.intp)[which.ravel()]

    def step(self, state: Codes, allowed: NDArray[np.bool_] | None = None) -> Step:
        """Return what is asked next of one shopper, or why nothing is.

        Args:
            state: int8[facets]; −1 not asked, 0 and above the option answered (their number: none of these), below −1 a
                non-answer, which keeps all.
            allowed: bool[facets], what may be asked; None = all that was not.
        """
        left = self.stock.left(state)
        posterior = self._posterior(state)
        among = left if self.error == 0 else np.flatnonzero(posterior > 0)
        useful = (state == Code.NOT_ASKED) & self._cells.differ(among)
        if allowed is not None:
            useful &= allowed
        sure = len(left) < 2 if self.error == 0 else posterior.max() >= 1 - self.error
        if sure or not useful.any():
            return _stopped(left, posterior, Stop.ONE_LEFT if sure else Stop.ALIKE)
        if self.questions is not None and (state != Code.NOT_ASKED).sum() >= self.questions:
            return _stopped(left, posterior, Stop.BUDGET)
        return self._asked(left, among, posterior, self._proper(state, useful))

    def _posterior(self, state: Codes) -> NDArray[np.float32]:
        """Return how likely each item is, float32[items]; zeros where none of these leaves none."""
        none = state >= self.stock.domain.option_counts
        posterior = self.belief.posterior(np.where(none, np.int8(Code.NO_PREFERENCE), state)[None])[0]
        for facet in np.flatnonzero(none).tolist():
            # No item has that value, so who wants one of those that have another has erred.
            posterior = posterior * np.where(self.stock.fits(facet, int(state[facet])), 1, self.error)
        if none.any() and posterior.any():
            posterior = posterior / posterior.sum()
        return np.asarray(posterior, dtype=np.float32)

    def _asked(self, left: Items, among: Items, posterior: NDArray[np.float32], open_facets: NDArray[np.bool_]) -> Step:
        shares, nothing = self._cells.shares(among, posterior[among])
        gains = self.belief.information_of(shares, nothing)[0]
        if self.error > 0 and gains[open_facets].max() < NO_GAIN:
            return _stopped(left, posterior, Stop.ALIKE)
        worth = gains if self.aim == "item" else self._better(among, posterior, open_facets)
        facet = self._preferred(worth, gains, open_facets)
        options = len(self.stock.domain.facets[facet].options)
        chances = self.belief.chance_of(shares, nothing)[0, :options, facet]
        return Step(left, posterior[left], facet, float(gains[facet]), chances)

    def _preferred(
        self, worth: NDArray[np.floating], gains: NDArray[np.float32], open_facets: NDArray[np.bool_]
    ) -> int:
        """Return the facet of the best trade between worth and breadth; among equals the one that tells more bits."""
        most = worth[open_facets].max()
        share = worth / most if most > _ALL_LIKE else np.zeros(len(worth))
        depths = self.stock.domain.depths
        shallow, deep = depths[open_facets].min(), depths[open_facets].max()
        breadth = (deep - depths) / max(deep - shallow, 1)
        score = np.where(open_facets, (1 - self.funnel_weight) * share + self.funnel_weight * breadth, -np.inf)
        equals = score >= score.max() - NO_GAIN
        return int(best(gains[None], equals[None])[0])

    def _better(
        self, heavy: Items, posterior: NDArray[np.float32], open_facets: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return how much likelier each answer makes the wanted item one of the likeliest, float64[facets]."""
        order = heavy[np.argsort(-posterior[heavy], kind="stable")]
        weights, sizes = posterior[order], self._cells.sizes(heavy)
        now = weights[: self.top].sum(dtype=np.float64)
        worth = np.zeros(len(open_facets))
        for facet in np.flatnonzero(open_facets).tolist():
            tops = self._cells.tops(facet, order, weights, sizes[facet], self.top)
            worth[facet] = value_of_answers(tops, self._answers[facet]) - now
        return np.maximum(worth, 0)

    def _proper(self, state: Codes, useful: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return what may be asked now: what is broader comes first, and what is sensitive last, bool[facets]."""
        waits = (self._broader & useful).any(axis=1)
        ready = useful & ~waits
        plain = ready & ~self.stock.domain.sensitive
        return plain if plain.any() else ready

    @cached_property
    def _broader(self) -> NDArray[np.bool_]:
        return broader(self.stock.domain)

    @cached_property
    def _cells(self) -> Cells:
        return Cells.of(self.stock.codes, self.stock.domain.option_counts)

    @cached_property
    def _answers(self) -> list[NDArray[np.float32]]:
        """P(answer | value, or none), float32[K + 1, K] a facet."""
        return list(self.belief.answer_chances.transpose(2, 0, 1))


def _stopped(left: Items, posterior: NDArray[np.float32], reason: Stop) -> Step:
    """Return the end; where nothing fits, or one item alone, that is the reason."""
    plainly = {0: Stop.NOTHING_FITS, 1: Stop.ONE_LEFT}
    return Step(left, posterior[left], stop=plainly.get(len(left), reason))


def broader(domain: Domain) -> NDArray[np.bool_]:
    """Return which facets each facet refines, at any remove, bool[facets, facets]."""
    table = np.zeros((len(domain.facets), len(domain.facets)), dtype=np.bool_)
    for column, facet in enumerate(domain.facets):
        above = list(facet.parents)
        while above:
            parent = domain.columns[above.pop()]
            table[column, parent] = True
            above += domain.facets[parent].parents
    return table
