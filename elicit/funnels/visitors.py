"""Invented shoppers, to learn from where nobody is known. What they do says nothing about people."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.domains import SILENT, Codes, Population
from elicit.funnels.stock import Stock

_CARES: Final = 0.5
"""Chance that a shopper minds what a facet asks for."""
_SPENDS_MORE: Final = 0.5
"""Chance that a budget reaches one bin further than it must."""


def invented_shoppers(stock: Stock, number: int, seed: int) -> Population:
    """Return shoppers who each have an item in mind and mind about half of what it is like.

    The item is drawn by the prior of the stock. A budget is the price of the item or more. Who does not want a feature
    does not mind it. Everything fits that is as minded, so at least the item in mind does.

    Args:
        stock: what there is.
        number: of shoppers.
        seed: of all draws.

    Returns:
        Profiles with −2 for what is not minded; ``liked`` says what fits.
    """
    ids = tuple(f"invented-{place}" for place in range(1, number + 1))
    luck = Luck.of(seed, ids)
    shares = np.cumsum(stock.weights, dtype=np.float64)
    items = np.searchsorted(shares / shares[-1], luck.uniform("in mind"), side="right")
    facets = stock.domain.facets
    codes = np.where(luck.table("cares", len(facets)) < _CARES, stock.codes[items], np.int8(SILENT))
    for column, facet in enumerate(facets):
        if facet.id in stock.ceilings:
            codes[:, column] = _budgets(codes[:, column], len(facet.options), luck.uniform("spends", column))
        if facet.is_yes_no:
            codes[codes[:, column] == 0, column] = SILENT
    codes = np.where(codes < 0, np.int8(SILENT), codes)
    return Population(ids, codes, fitting(stock, codes))


def _budgets(bins: Codes, options: int, draws: NDArray[np.float64]) -> Codes:
    """Return the bins of budgets: those of the prices, or further ones, each less likely than the one before."""
    further = np.floor(np.log(1 - draws) / np.log(_SPENDS_MORE)).astype(np.int64)
    return np.where(bins < 0, bins, np.minimum(bins + further, options - 1)).astype(np.int8)


def fitting(stock: Stock, codes: Codes) -> NDArray[np.bool_]:
    """Return which items fit all that each shopper minds, bool[shoppers, items].

    Args:
        stock: what there is.
        codes: int8[shoppers, facets]; below 0 = not minded.
    """
    fits = np.ones((len(codes), len(stock)), dtype=np.bool_)
    for column in range(codes.shape[1]):
        for code in np.unique(codes[codes[:, column] >= 0, column]).tolist():
            fits[codes[:, column] == code] &= stock.fits(column, code)
    return fits
