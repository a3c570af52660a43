"""In which order facets are asked."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import Codes, Domain, Kind, Population


class Order(StrEnum):
    """The orders that follow from the population alone; an order learned elsewhere is given as facet ids."""

    GENERALITY = "generality"
    """By depth, then by specificity, then by place: the paper's funnel (arXiv 2510.12015)."""
    FREQUENCY = "frequency"
    """By specificity, then by place, whatever the depth: first what most people can say."""


def said_codes(population: Population) -> Codes:
    """Return int8[people, facets]: what each person can really say, −2 where silent.

    Where the data cannot tell silence from dislike (``voiced`` is None), every value counts as said.
    """
    return population.codes if population.voiced is None else population.spoken_codes()


def specificity(domain: Domain, population: Population) -> NDArray[np.float64]:
    """Return −log2 of the share of people in whose profile the facet is present, float64[facets], in bits.

    Present means said: the person has a value and could say it. A value of a multiple choice (kind ``multi``) is
    present only where it is held, for a text profile lists the films somebody likes and not those they don't. Infinite
    where nobody has it.
    """
    said = said_codes(population)
    held = np.array([f.kind is Kind.MULTI and f.is_yes_no for f in domain.facets])
    share = np.where(held, said > 0, said >= 0).sum(axis=0) / max(len(population), 1)
    logs = np.log2(share, where=share > 0, out=np.full(len(share), -np.inf))
    return np.asarray(0.0 - logs, dtype=np.float64)


def facet_order(domain: Domain, population: Population, order: Order | tuple[str, ...]) -> NDArray[np.intp]:
    """Return the facets' columns in the order of asking, int[k]; facets that a given order does not name are left out.

    Raises:
        InputError: a given order is empty, names an unknown facet (names the nearest), or one facet twice.
    """
    if isinstance(order, tuple):
        return _given(domain, order)
    rare = specificity(domain, population)
    keys = (rare, domain.depths) if order is Order.GENERALITY else (rare,)
    return np.lexsort(keys)


def _given(domain: Domain, ids: tuple[str, ...]) -> NDArray[np.intp]:
    if not ids:
        raise InputError("the order names no facet")
    columns = np.array([domain.column(i) for i in ids], dtype=np.intp)
    twice = next((i for place, i in enumerate(ids) if i in ids[:place]), None)
    if twice is not None:
        raise InputError(f"the order names facet '{twice}' twice", remedy="A chain asks for a facet once")
    return columns
