"""How fast questions lead to an item, and what asking from broad to specific costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.dialogues import Transcript
from elicit.domains import Population
from elicit.funnels import CatalogQuestioner, Stock, learned_order
from elicit.measures.dialogues import funnel_shape
from elicit.profiles import AnswerModel, Truthful
from elicit.questioners import (
    FacetQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    Rules,
    SkippingQuestioner,
    popular_order,
)
from elicit.runs import play

_MOST = 1000
"""Shoppers at most; larger catalogs are measured on a sample of the items."""


@dataclass(frozen=True)
class Shoppers:
    """People who want one item each.

    Attributes:
        rows: int[shoppers], the item each wants.
        weights: float64[shoppers], what each counts, sums to one.
    """

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, stock: Stock, most: int = _MOST) -> Shoppers:
        """Return one shopper for every item that is wanted, or as many as allowed, evenly spread over the wanting."""
        rows = np.flatnonzero(stock.weights > 0)
        if len(rows) <= most:
            weights = stock.weights[rows].astype(np.float64)
            return cls(rows, weights / weights.sum())
        reach = np.cumsum(stock.weights[rows].astype(np.float64))
        places = np.searchsorted(reach, (np.arange(most) + 0.5) / most * reach[-1])
        return cls(rows[places], np.full(most, 1 / most))


@dataclass(frozen=True)
class Narrowing:
    """What was reached with each shopper.

    Attributes:
        needed: int[shoppers], questions after which the item was told from all that it can be told from; the number
            asked where that did not happen.
        found: bool[shoppers], whether it happened.
        left: int[shoppers], items left in the end.
        bits: float64[shoppers], what was still open of the item in the end.
        tau: float64[shoppers], Kendall's tau-b of turn and depth, NaN where all questions have one depth.
        weights: float64[shoppers], what each counts.
    """

    needed: NDArray[np.int64]
    found: NDArray[np.bool_]
    left: NDArray[np.int64]
    bits: NDArray[np.float64]
    tau: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def expected(self) -> float:
        """Expected questions."""
        return float(self.needed @ self.weights)

    @property
    def worst(self) -> int:
        """Questions for the shopper who needs most."""
        return int(self.needed.max())

    @property
    def expected_left(self) -> float:
        """Expected number of items left in the end."""
        return float(self.left @ self.weights)

    @property
    def expected_bits(self) -> float:
        """Expected bits of the item that are still open in the end."""
        return float(self.bits @ self.weights)

    @property
    def mean_tau(self) -> float:
        """Mean tau-b over the shoppers who have one, NaN if nobody has."""
        known = ~np.isnan(self.tau)
        return float(np.average(self.tau[known], weights=self.weights[known])) if known.any() else float("nan")


def narrow(questioner: FacetQuestioner, stock: Stock, questions: int | None = None, most: int = _MOST) -> Narrowing:
    """Return how questions narrow a catalog down for people who say what is true of the item they want.

    Who has a ceiling names the lowest that fits. Where the catalog does not say, the answer is ``unknown``.

    Args:
        questioner: who asks.
        stock: the catalog.
        questions: turn limit; None = as many as there are facets.
        most: shoppers at most.
    """
    shoppers = Shoppers.of(stock, most)
    limit = len(stock.domain.facets) if questions is None else questions
    talks = talk_with(questioner, stock, shoppers, Truthful(), limit)
    course = [_Course(stock, talks, place, row) for place, row in enumerate(shoppers.rows.tolist())]
    return Narrowing(
        needed=np.array([each.needed for each in course]),
        found=np.array([each.found for each in course]),
        left=np.array([len(each.last) for each in course]),
        bits=np.array([_bits(stock.weights[each.last]) for each in course]),
        tau=funnel_shape(talks, stock.domain.depths).tau,
        weights=shoppers.weights,
    )


def talk_with(
    questioner: FacetQuestioner, stock: Stock, shoppers: Shoppers, model: AnswerModel, questions: int, seed: int = 0
) -> Transcript:
    """Return the dialogues with some shoppers; the seed is that of their luck."""
    names = stock.ids
    luck = Luck.of(seed, [f"{place} {names[row]}" for place, row in enumerate(shoppers.rows)])
    spoken, domain = stock.spoken[shoppers.rows], stock.domain
    return play(questioner, model, spoken, domain.option_counts, Rules.of(domain), luck, questions)


@dataclass(frozen=True)
class _Course:
    """What was left for one shopper after each question."""

    stock: Stock
    talks: Transcript
    place: int
    row: int

    @cached_property
    def asked(self) -> int:
        return int((self.talks.asked[self.place] >= 0).sum())

    @cached_property
    def needed(self) -> int:
        return next((n for n in range(self.asked + 1) if self._alone(self._left(n))), self.asked)

    @property
    def found(self) -> bool:
        return self._alone(self.last)

    @cached_property
    def last(self) -> NDArray[np.intp]:
        return self._left(self.asked)

    def _alone(self, left: NDArray[np.intp]) -> bool:
        return bool((self.stock.groups[left] == self.stock.groups[self.row]).all())

    def _left(self, questions: int) -> NDArray[np.intp]:
        state = self.talks.part(np.array([self.place]), questions).states(questions, len(self.stock.domain.facets))[0]
        return self.stock.left(state)


@dataclass(frozen=True)
class CurvePoint:
    """What one funnel weight leads to.

    Attributes:
        funnel_weight: what being broad counts beside the gain.
        told: bits of the item told by the questions, expected.
        left: items left after them, expected.
        needed: questions until the item is found, without a limit, expected.
        tau: mean Kendall's tau-b of turn and depth within the limit: 1 = from broad to specific.
    """

    funnel_weight: float
    told: float
    left: float
    needed: float
    tau: float


def funnel_curve(
    stock: Stock, funnel_weights: Sequence[float], questions: int = 6, most: int = _MOST
) -> tuple[CurvePoint, ...]:
    """Return gain against the shape of a funnel, a point a funnel weight.

    Args:
        stock: the catalog.
        funnel_weights: each in [0, 1].
        questions: asked at most, except for ``needed``.
        most: shoppers at most.
    """
    start = _bits(stock.weights[stock.weights > 0])
    points = []
    for weight in funnel_weights:
        questioner = CatalogQuestioner(stock, funnel_weight=weight)
        short, whole = narrow(questioner, stock, questions, most), narrow(questioner, stock, most=most)
        told = start - short.expected_bits
        points.append(CurvePoint(weight, told, short.expected_left, whole.expected, short.mean_tau))
    return tuple(points)


def rivals(stock: Stock) -> dict[str, FacetQuestioner]:
    """Return who asks about a catalog without a funnel: ``fixed`` (the best order), ``frequency-skip``, ``random``."""
    nobody = np.zeros((len(stock), 0), dtype=np.bool_)
    order = popular_order(stock.domain, Population(stock.ids, stock.codes, nobody))
    return {
        "fixed": OrderedQuestioner(learned_order(stock)),
        "frequency-skip": SkippingQuestioner(order, stock.belief()),
        "random": RandomQuestioner(),
    }


def _bits(weights: NDArray[np.float32]) -> float:
    shares = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    return float(-(shares * np.log2(shares)).sum())
