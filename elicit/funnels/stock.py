"""What a shop has: a catalog as a coded table, and which answers an item fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean
from elicit.beliefs import ItemBelief
from elicit.domains import Code, Codes, Domain, Facet, Kind
from elicit.funnels.nones import refuse_no_choice

Items = NDArray[np.intp]
"""Rows of the catalog."""
_FALL = 0.5
"""How much less likely an answer is with each bin that it lies farther from the wanted item."""


@dataclass(frozen=True)
class Stock:
    """A catalog that questions shall lead through.

    Attributes:
        domain: what can be asked; its targets are the items.
        codes: int8[items, facets]; below 0 = the catalog does not say, which fits every answer.
        prior: float32[items], sums to one: how often each item is wanted (sales, ratings); None = all alike. An item of
            weight 0 is never wanted and never left.
        ceilings: ids of number facets whose answers mean "up to": an item fits every answer at or above its own bin.
        nones: ids of choices to which none of these is an answer too. Its code is the number of options, so what fits
            it are the items of which the catalog does not say.
    """

    domain: Domain
    codes: Codes
    prior: NDArray[np.float32] | None = None
    ceilings: frozenset[str] = frozenset()
    nones: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _refuse_codes(self.domain, self.codes)
        for facet in sorted(self.ceilings):
            _refuse_ceiling(self.domain, facet)
        for facet in sorted(self.nones):
            refuse_no_choice(self.domain, facet, where="nones")
        if self.prior is not None:
            _refuse_prior(self.prior, len(self.codes))

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the items, in the order of the rows."""
        return tuple(target.id for target in self.domain.targets)

    def belief(self, error: float = 0.0) -> ItemBelief:
        """Return what is believed of the wanted item after some answers.

        A wrong answer of a number facet is the less likely the farther it lies off; of any other facet, all are alike.
        Who has a ceiling most likely names the lowest that fits, each higher one half as likely as the one below.

        Args:
            error: share of answers that the wanted item does not fit; 0 = what does not fit is gone.
        """
        tables = [answer_table(facet, facet.id in self.ceilings, error) for facet in self.domain.facets]
        options = int(self.domain.option_counts.max())
        padded = [np.pad(table, (0, options - len(table))) for table in tables]
        likelihood = np.stack(padded, axis=2).astype(np.float32)
        return ItemBelief(self.codes, self.domain.option_counts, error, self.weights, likelihood=likelihood)

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """How likely each item is before any answer, float32[items], sums to one."""
        even = np.ones(len(self)) if self.prior is None else self.prior.astype(np.float64)
        return np.asarray(even / even.sum(), dtype=np.float32)

    @cached_property
    def rank(self) -> Items:
        """The place of each item when the likeliest comes first, int[items]; among equals the first row."""
        rank = np.empty(len(self), dtype=np.intp)
        rank[np.argsort(-self.weights, kind="stable")] = np.arange(len(self))
        return rank

    @cached_property
    def groups(self) -> Items:
        """A number for each item, the same for items that no question tells apart, int[items]."""
        said = np.maximum(self.codes, Code.NOT_ASKED)
        return np.asarray(np.unique(said, axis=0, return_inverse=True)[1].ravel(), dtype=np.intp)

    @cached_property
    def takes_none(self) -> NDArray[np.bool_]:
        """Whether none of these is an answer to each facet, bool[facets]."""
        return np.array([facet.id in self.nones for facet in self.domain.facets])

    @property
    def spoken(self) -> Codes:
        """What somebody says who wants each item, int8[items, facets]: ``unknown`` where the catalog does not say."""
        return np.where(self.codes < 0, np.int8(Code.UNKNOWN), self.codes)

    def misses(self, state: Codes) -> NDArray[np.bool_]:
        """Return which answers each item does not fit, bool[items, answered facets in order of column].

        Args:
            state: int8[facets].
        """
        return np.stack([~self.fits(facet, int(state[facet])) for facet in np.flatnonzero(state >= 0).tolist()], axis=1)

    def fits(self, facet: int, answer: int) -> NDArray[np.bool_]:
        """Return which items fit an answer to one facet, bool[items]."""
        column = self.codes[:, facet]
        if self.domain.facets[facet].id in self.ceilings:
            return np.asarray(column <= answer)
        return np.asarray((column == answer) | (column < 0))

    def left(self, state: Codes) -> Items:
        """Return the rows of the items that fit all answers, ascending.

        Args:
            state: int8[facets]; non-answers keep all items, none of these those of which the catalog does not say.
        """
        keep = self.weights > 0
        for facet in np.flatnonzero(state >= 0).tolist():
            keep &= self.fits(facet, int(state[facet]))
        return np.flatnonzero(keep)

    def best_of(self, rows: Items, most: int) -> Items:
        """Return at most so many of some items, the likeliest before any answer first."""
        ranks = self.rank[rows]
        few = rows if len(rows) <= most else rows[np.argpartition(ranks, most)[:most]]
        return few[np.argsort(self.rank[few])]


def answer_table(facet: Facet, ceiling: bool, error: float) -> NDArray[np.float64]:
    """Return P(answer | value of the wanted item), float64[values, answers].

    Args:
        facet: what is asked.
        ceiling: whether an answer means "up to".
        error: share of answers that do not fit.
    """
    places = np.arange(len(facet.options))
    apart = places - places[:, None]
    fits = apart >= 0 if ceiling else apart == 0
    near = _FALL ** np.abs(apart) if facet.kind is Kind.NUMBER else np.ones(fits.shape)
    right, wrong = near * fits, near * ~fits
    total = wrong.sum(axis=1, keepdims=True)
    slips = np.where(total > 0, error, 0)
    slipped = slips * wrong / np.maximum(total, 1e-300)
    return np.asarray((1 - slips) * right / right.sum(axis=1, keepdims=True) + slipped)


def _refuse_codes(domain: Domain, codes: Codes) -> None:
    items, facets = len(domain.targets), len(domain.facets)
    if codes.dtype != np.int8 or codes.shape != (items, facets):
        found = f"{codes.dtype}{list(codes.shape)}"
        raise InputError(
            f"the codes are {found}, not int8[{items}, {facets}]",
            where=f"catalog '{domain.name}'",
            remedy="There is one row an item of the domain and one column a facet",
        )
    if not items:
        raise InputError("there is no item", where=f"catalog '{domain.name}'", remedy="A catalog needs at least one")
    rows, columns = np.nonzero(codes >= domain.option_counts)
    if len(rows):
        facet, code = domain.facets[columns[0]], codes[rows[0], columns[0]]
        raise InputError(
            f"code {code}, but there are {len(facet.options)} options",
            where=f"item '{domain.targets[rows[0]].id}', facet '{facet.id}'",
            remedy="Codes count from 0",
        )


def _refuse_ceiling(domain: Domain, facet: str) -> None:
    if domain.facets[domain.column(facet, where="ceilings")].kind is not Kind.NUMBER:
        numbers = [f.id for f in domain.facets if f.kind is Kind.NUMBER]
        problem = f"facet '{facet}' is no number, so no answer to it means 'up to'"
        raise InputError(problem, where="ceilings", remedy=did_you_mean(facet, numbers))


def _refuse_prior(prior: NDArray[np.float32], items: int) -> None:
    if prior.shape != (items,):
        problem = f"weights of shape {list(prior.shape)} for {items} items"
    elif not np.isfinite(prior).all():
        problem = f"the weight of row {int(np.flatnonzero(~np.isfinite(prior))[0])} is not a number"
    elif (prior < 0).any():
        problem = f"the weight of row {int(np.flatnonzero(prior < 0)[0])} is below zero"
    elif not prior.any():
        problem = "all weights are zero"
    else:
        return
    raise InputError(problem, where="prior", remedy="Give one weight an item, 0 or more, or none at all")
