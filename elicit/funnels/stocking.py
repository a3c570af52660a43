"""From a catalog and its mapping to what a shop has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from elicit.basis import InputError
from elicit.domains import Catalog, Domain, Facet, Kind, Target, first_problem
from elicit.domains.people_table import coded_facets, names_of
from elicit.domains.tables import Table
from elicit.funnels.facets import CatalogMapping
from elicit.funnels.nones import has_rest, refuse_no_choice
from elicit.funnels.stock import Stock

_YES: Final = 1


def stock_of(catalog: Catalog, mapping: CatalogMapping, where: str, prior: str = "") -> Stock:
    """Return a coded catalog.

    Items without an id have the number of their row. The kinds of an item are the yes/no facets that it has. An answer
    to the price means "up to".

    Args:
        catalog: with all columns that the mapping names.
        mapping: what can be asked.
        where: place of the mapping, for messages.
        prior: a column of numbers, how much each item is sold or liked; empty = all alike.

    Raises:
        InputError: a column that is not there, a cell that fits no option, a price that is no number or in another
            currency than the mapping's, none of these for what is no choice, an item without a name or id, a weight
            below zero.
    """
    table = catalog.table
    coded = coded_facets(table, mapping, {})
    facets = tuple(c.facet for c in coded)
    codes = np.stack([c.codes for c in coded], axis=1)
    stem, name = names_of(table, mapping)
    try:
        domain = Domain(
            name=name,
            title=mapping.title or stem,
            source=mapping.source,
            invented=mapping.invented,
            facets=facets,
            targets=_targets(catalog, mapping, facets, codes),
        )
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None
    ceilings, nones = _ceilings(catalog, mapping, where), _nones(domain, mapping, table, where)
    return Stock(domain, codes, _weights(catalog, mapping, prior), ceilings, nones)


def _nones(domain: Domain, mapping: CatalogMapping, table: Table, where: str) -> frozenset[str]:
    """Return the facets that take none of these, without those that say so by an option of theirs."""
    place = f"{where}, none_of_these"
    # Who takes a facet out may leave its name here.
    named = [id for id in mapping.none_of_these if id in domain.columns or id not in table.columns]
    nones = frozenset(id for id in named if not has_rest(domain.facets[domain.column(id, place)]))
    for id in sorted(nones):
        refuse_no_choice(domain, id, place)
    return nones


def _ceilings(catalog: Catalog, mapping: CatalogMapping, where: str) -> frozenset[str]:
    """Return the facets of the price."""
    if mapping.price and mapping.currency and catalog.currency not in {"", mapping.currency}:
        raise InputError(
            f"the prices are in '{catalog.currency}', but those of the mapping in '{mapping.currency}'",
            where=where,
            remedy="Change `currency`, and the options of the price",
        )
    prices = {
        rule.id or rule.column: rule.kind for rule in mapping.facets if rule.column and rule.column == mapping.price
    }
    for id, kind in prices.items():
        if kind is not Kind.NUMBER:
            raise InputError(
                f"the price is of kind '{kind}', so nobody can name a budget",
                where=f"{where}, facet '{id}'",
                remedy="Make it one of kind 'number', or take out the line `price`",
            )
    return frozenset(prices)


def _targets(
    catalog: Catalog, mapping: CatalogMapping, facets: Sequence[Facet], codes: NDArray[np.int8]
) -> tuple[Target, ...]:
    table = catalog.table
    labels = _all_said(table, mapping.label, "name")
    ids = _all_said(table, mapping.id, "id") if mapping.id else [str(row) for row in table.rows]
    prices = table.numbers(mapping.price).tolist() if mapping.price else [np.nan] * len(table)
    flags = [column for column, facet in enumerate(facets) if facet.is_yes_no]
    return tuple(
        Target(
            id=id,
            label=label,
            kinds=tuple(facets[column].id for column in flags if codes[row, column] == _YES),
            price=None if np.isnan(price) else price,
        )
        for row, (id, label, price) in enumerate(zip(ids, labels, prices, strict=True))
    )


def _all_said(table: Table, column: str, role: str) -> list[str]:
    """Return the cells of a column in which none may be silent."""
    cells: list[str | None] = table.text(column).to_pylist()
    if None in cells:
        where = table.where(column, cells.index(None))
        raise InputError(f"the item has no {role}", where=where, remedy="Name another column in the mapping")
    return [cell for cell in cells if cell is not None]


def _weights(catalog: Catalog, mapping: CatalogMapping, prior: str) -> NDArray[np.float32] | None:
    """Return the weights of a column, what is not said as the mean of the others."""
    if not prior:
        return None
    numbers = catalog.table.numbers(prior, mapping.missing)
    mean = np.nanmean(numbers) if not np.isnan(numbers).all() else 1.0
    weights = np.where(np.isnan(numbers), mean, numbers)
    if (weights < 0).any():
        row = int(np.argmax(weights < 0))
        raise InputError("a weight below zero", where=catalog.table.where(prior, row), remedy="Name another column")
    total = weights.sum()
    return np.asarray(weights / total if total > 0 else weights, dtype=np.float32)
