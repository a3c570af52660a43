"""How well catalogs are asked about: over their items, and with people who said what they want of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, one_thread
from elicit.domains import Code, Codes
from elicit.funnels import CatalogQuestioner, Stock, TreeQuestioner, Wanted, design_tree
from elicit.language import WordUnderstanding
from elicit.measures.funnels import narrow, rivals
from elicit.measures.shoppers import recall_after
from elicit.profiles import Truthful
from elicit.questioners import FacetQuestioner, Rules
from elicit.runs import play
from elicit.statistics import Interval, bootstrap_mean, cluster_bootstrap

FUNNEL: Final = "funnel"
WRITTEN: Final = "funnel as written"
BASELINE: Final = "frequency-skip"
ALL_SAID: Final = "all that they said"
NOTHING: Final = "nothing asked"
_ERROR: Final = 0.05
_TIES: Final = 50
"""Random orders of items that are equally likely."""


@dataclass(frozen=True)
class Compared:
    """A measure of several ways of asking, pooled over catalogs.

    Attributes:
        values: name to mean and 95 % interval.
        ahead: name to the same less that of the baseline, paired; without the baseline.
    """

    values: Mapping[str, Interval]
    ahead: Mapping[str, Interval]


def _to_the_end(stock: Stock, weight: float) -> dict[str, FacetQuestioner]:
    return {FUNNEL: CatalogQuestioner(stock, funnel_weight=weight), **rivals(stock)}


def _in_few(stock: Stock, questions: int, weight: float) -> dict[str, FacetQuestioner]:
    """Return who asks a few questions of people who may err, which a tree that is written down does not allow for."""
    written = TreeQuestioner(design_tree(stock, questions=questions, funnel_weight=weight), stock.domain)
    asking = CatalogQuestioner(stock, error=_ERROR, funnel_weight=weight)
    return {FUNNEL: asking, WRITTEN: written, **rivals(stock)}


def questions_to_item(stocks: Sequence[Stock], seed: int, funnel_weight: float = 0.0) -> Compared:
    """Return how many questions it takes until an item is told from all that can be told from it, each wanted once."""
    found = [
        {
            name: narrow(asker, stock).needed.astype(np.float64)
            for name, asker in _to_the_end(stock, funnel_weight).items()
        }
        for stock in stocks
    ]
    return _compared(found, lambda table: bootstrap_mean(table, seed=seed))


def pooled_recall(
    stocks: Sequence[Stock], questions: int, top: int, draws: int, seed: int, funnel_weight: float = 0.0
) -> Compared:
    """Return how often the wanted item is among the first shown after 0, 1, 2 … questions to undecided shoppers.

    A fifth of their answers is ``no_preference``, and 5 % are wrong. Every interval holds float64[questions + 1].
    """
    found = [
        {
            name: recall_after(asker, stock, questions=questions, top=top, draws=draws, seed=seed)
            for name, asker in _in_few(stock, questions, funnel_weight).items()
        }
        for stock in stocks
    ]
    return _compared(found, lambda table: cluster_bootstrap(table, seed=seed))


def _compared(
    found: Sequence[Mapping[str, NDArray[np.float64]]], mean: Callable[[NDArray[np.float64]], Interval]
) -> Compared:
    """Pool what was found in each catalog, name to float64[people, ...]."""
    tables = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    ahead = {name: mean(table - tables[BASELINE]) for name, table in tables.items() if name != BASELINE}
    return Compared({name: mean(table) for name, table in tables.items()}, ahead)


@dataclass(frozen=True)
class Served:
    """What shoppers are shown in the end.

    Attributes:
        fits: float64[shoppers], chance that something fits among what is shown; NaN for those whom nothing fits.
        respects: float64[shoppers], chance that nothing is shown that breaks the deal.
        asked: float64[shoppers], questions to which they had an answer.
    """

    fits: NDArray[np.float64]
    respects: NDArray[np.float64]
    asked: NDArray[np.float64]

    @classmethod
    def joined(cls, parts: Sequence[Served]) -> Served:
        """Return what the shoppers of several catalogs are shown."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def served(
    stock: Stock, wanted: Wanted, questions: int, top: int, seed: int, funnel_weight: float = 0.0
) -> dict[str, Served]:
    """Return what shoppers are shown after some questions, by who asks; beside it after all they said, and nothing.

    Args:
        stock: the catalog.
        wanted: what the shoppers want.
        questions: asked at most.
        top: items shown.
        seed: of the order of items that are equally likely.
        funnel_weight: in [0, 1], what being broad counts beside the gain.
    """
    codes = np.where(wanted.codes >= 0, wanted.codes, np.int8(Code.NO_PREFERENCE))
    states = {NOTHING: np.full_like(codes, Code.NOT_ASKED), ALL_SAID: codes}
    for name, asker in _in_few(stock, questions, funnel_weight).items():
        states[name] = _asked(asker, stock, wanted.codes, questions)
    return {name: _served(stock, wanted, state, top, seed) for name, state in states.items()}


def _asked(asker: FacetQuestioner, stock: Stock, codes: Codes, questions: int) -> Codes:
    """Return what is known of shoppers after some questions, int8[shoppers, facets]."""
    luck, domain = Luck.of(0, [str(place) for place in range(len(codes))]), stock.domain
    with one_thread():
        talks = play(asker, Truthful(), codes, domain.option_counts, Rules.of(domain), luck, questions)
    return talks.states(talks.asked.shape[1], codes.shape[1])


def _served(stock: Stock, wanted: Wanted, states: Codes, top: int, seed: int) -> Served:
    posterior = np.round(stock.belief(_ERROR).posterior(states).astype(np.float64), 7)
    random = np.random.default_rng(seed)
    fits, respects = np.zeros(len(states)), np.zeros(len(states))
    for _ in range(_TIES):
        order = np.lexsort((random.random(posterior.shape), -posterior), axis=1)[:, :top]
        fits += np.take_along_axis(wanted.wishes.fits, order, axis=1).any(axis=1) / _TIES
        respects += ~np.take_along_axis(wanted.wishes.barred, order, axis=1).any(axis=1) / _TIES
    fits[~wanted.wishes.fits.any(axis=1)] = np.nan
    return Served(fits, respects, (states >= 0).sum(axis=1).astype(np.float64))


@dataclass(frozen=True)
class Coverage:
    """How the facets of a catalog meet the questions that others ask about such things.

    Attributes:
        questions: different questions of others.
        met: of these, those for which a facet is found.
        facets: of the catalog.
        asked: of these, those that a question of others asks for.
        answers: answers of shoppers.
        told: of these, those that tell something that can be asked.
    """

    questions: int
    met: int
    facets: int
    asked: int
    answers: int
    told: int

    @classmethod
    def joined(cls, parts: Iterable[Coverage]) -> Coverage:
        """Return the counts of several catalogs added up."""
        return cls(*map(sum, zip(*map(astuple, parts), strict=True)))


def coverage(stock: Stock, questions: Sequence[str], answers: int, told: float) -> Coverage:
    """Return how facets meet questions, by our own understanding of the questions and not by hand.

    Args:
        stock: the catalog.
        questions: of others.
        answers: of shoppers.
        told: share of the answers that tell something that can be asked.
    """
    understanding = WordUnderstanding(stock.domain, None)
    found = [understanding.asked_for(question) for question in dict.fromkeys(questions)]
    asked = {facet for facets in found for facet in facets}
    return Coverage(
        len(found), sum(map(bool, found)), len(stock.domain.facets), len(asked), answers, round(told * answers)
    )
