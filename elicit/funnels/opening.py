"""A catalog, ready to be asked about, and the mapping that a person can edit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import tomli_w

from elicit.domains import Catalog, Reviews, read_catalog
from elicit.domains.mapping import read_mapping_as
from elicit.funnels.facets import CatalogMapping, catalog_mapping, enriched
from elicit.funnels.linting import QuestionProblem, question_problems
from elicit.funnels.reader import Reader
from elicit.funnels.reviewed import in_order_of_talk, spoken, with_reviews, with_spoken
from elicit.funnels.sayings import Voices
from elicit.funnels.stock import Stock
from elicit.funnels.stocking import stock_of
from elicit.models import Encoder

_HEAD: Final = """\
# What can be asked about this catalog. Change labels, wordings, options, bins (`cuts`) or depths (0 is broadest), or
# take facets out; then name this file with --mapping. Columns that the catalog lacks were read from its texts; where
# they begin with "people say:" from its reviews, which have to be named again, with --reviews. What stands in
# `none_of_these` can also be answered with "None of these"; take a name out, and it cannot.
"""


@dataclass(frozen=True)
class OpenedCatalog:
    """A catalog with all that can be asked about it.

    Attributes:
        catalog: with the columns that its texts brought.
        mapping: what can be asked.
        stock: the same, coded.
        notes: what was guessed and left out, one sentence each.
        reviews: of its items, with notes on what was read from them; None = there are none.
    """

    catalog: Catalog
    mapping: CatalogMapping
    stock: Stock
    notes: tuple[str, ...]
    reviews: Reviews | None = None

    @cached_property
    def problems(self) -> tuple[QuestionProblem, ...]:
        """The faults that the linters find in the questions."""
        return question_problems(self.stock)


def open_catalog(
    path: Path,
    mapping: Path | None = None,
    prior: str = "",
    reviews: Path | None = None,
    encoder: Encoder | None = None,
    reader: Reader | None = None,
) -> OpenedCatalog:
    """Read a catalog, and what its columns, its texts and its reviews say.

    Args:
        path: of a file that :func:`read_catalog` reads.
        mapping: what can be asked, a file of :func:`mapping_text`; None = what tells the items apart.
        prior: a column that says how much each item is sold or liked; empty = all alike.
        reviews: a file that :func:`read_reviews` reads; None = those in columns of the catalog, if any.
        encoder: merges what its texts say in several ways; None = rules only.
        reader: a chat model that reads its texts too; None = rules only.

    Raises:
        InputError: the catalog, the mapping or the reviews cannot be used, or nothing tells the items apart.
        UnavailableError: the reader's model cannot be reached or used, or has replied to nothing.
    """
    bare, found = with_reviews(read_catalog(path), reviews)
    catalog, where, notes = enriched(bare, encoder, reader), str(mapping or path), tuple[str, ...]()
    voices = Voices.of(found, len(catalog.table)) if found else None
    if mapping is not None:
        rules = read_mapping_as(CatalogMapping, mapping)
        catalog = with_spoken(catalog, voices, rules.facets, where)
    elif found and voices:
        catalog, asked = spoken(catalog, voices)
        rules, notes = catalog_mapping(catalog, prior)
        rules, heard = in_order_of_talk(rules, catalog, voices, asked)
        found = replace(found, notes=(*found.notes, *heard))
    else:
        rules, notes = catalog_mapping(catalog, prior)
    told = (*catalog.notes, *(found.notes if found else ()), *notes)
    return OpenedCatalog(catalog, rules, stock_of(catalog, rules, where, prior), told, found)


def mapping_text(mapping: CatalogMapping) -> str:
    """Return a mapping as a file that a person can edit."""
    raw = mapping.model_dump(mode="json", exclude_defaults=True)
    raw["facets"] = [_short(facet) for facet in raw["facets"]]
    return _HEAD + "\n" + tomli_w.dumps(raw)


def catalog_text(catalog: Catalog) -> str:
    """Return a catalog, with what was read from its texts, as a file of JSON lines that :func:`read_catalog` reads."""
    columns = {name: column.to_pylist() for name, column in catalog.table.columns.items()}
    if catalog.price:
        prices = catalog.table.text(catalog.price).to_pylist()
        columns[catalog.price] = [None if price is None else f"{catalog.currency}{price}" for price in prices]
    rows = (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _short(facet: Mapping[str, Any]) -> dict[str, Any]:
    """Return a facet whose options stand as their names, where these are all there is."""
    named = [option.get("label") == option["id"] and len(option) == 2 for option in facet.get("options", ())]
    if not named or not all(named):
        return dict(facet)
    return {**facet, "options": [option["id"] for option in facet["options"]]}
