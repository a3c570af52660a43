"""What can be asked about a catalog: its columns, and what its texts say, as the rules of a mapping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import YES_NO, Catalog, Kind, Option
from elicit.domains.coding import OTHER
from elicit.domains.mapping import FacetRule, TableMapping
from elicit.domains.tables import Table
from elicit.funnels.bins import bin_labels, budget_labels, cuts_of
from elicit.funnels.extracting import same_said, traits_of
from elicit.funnels.item_texts import ItemText
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.traits import Origin, Trait, enough
from elicit.funnels.words import words
from elicit.language.spelling import stems

_UNIT: Final = re.compile(r"^(.*\S)\s*\(([^()]{1,12})\)$")
_FLAG: Final = frozenset(option.id for option in YES_NO)
_MOST_OPTIONS: Final = 9
_MOST_FACETS: Final = 40
_PRICE: Final = "price"
_BROAD, _USUAL, _DETAIL = 0, 1, 2


class CatalogMapping(TableMapping):
    """What the columns of a catalog mean: a mapping of a table, with the roles that only items have.

    Attributes:
        label: column with the names that people read.
        price: column with prices; empty = none.
        currency: of the prices.
        none_of_these: ids of the choices to which that is an answer too. Where rare values are the option ``other``,
            that is it already.
    """

    label: str
    price: str = ""
    currency: str = ""
    none_of_these: tuple[str, ...] = ()


def enriched(catalog: Catalog) -> Catalog:
    """Return a catalog with a column for everything that its texts say and no column does."""
    table, roles = catalog.table, {catalog.id, catalog.label, *catalog.texts}
    told = [name for name in table.columns if name not in roles and table.is_text(name)]
    columns = [tuple(table.text(name, _MISSING).to_pylist()) for name in told]
    known = {stems(name) for name in table.columns}
    subject = {word for stem in stems(Path(table.source).stem) for word in (stem, stem.removesuffix("s"))}
    traits = traits_of(_texts(catalog), frozenset(subject))
    fresh = {
        trait.name: pa.chunked_array([pa.array(trait.values, pa.string())])
        for trait in traits
        if stems(trait.name) not in known and not _said_by(trait, columns)
    }
    note = f"Read from the texts: {', '.join(fresh)}." if fresh else "The texts say nothing that tells items apart."
    return replace(catalog, table=replace(table, columns={**table.columns, **fresh}), notes=(*catalog.notes, note))


def _said_by(trait: Trait, columns: Sequence[tuple[str | None, ...]]) -> bool:
    """Tell whether a column says the same; that two flags agree says nothing."""
    return trait.origin is not Origin.MENTIONED and any(same_said(trait.values, column) for column in columns)


def _texts(catalog: Catalog) -> list[ItemText]:
    labels = catalog.table.text(catalog.label).to_pylist()
    columns = [_parts(catalog.table, name) for name in catalog.texts]
    rows = zip(*columns, strict=True) if columns else iter([()] * len(labels))
    return [
        ItemText(label or "", tuple(part for cell in cells for part in cell))
        for label, cells in zip(labels, rows, strict=True)
    ]


def _parts(table: Table, name: str) -> list[list[str]]:
    if table.is_list(name):
        return [[part for part in cell or () if part] for cell in table.column(name).to_pylist()]
    return [cell.split("\n") if cell else [] for cell in table.text(name).to_pylist()]


def catalog_mapping(catalog: Catalog, prior: str = "") -> tuple[CatalogMapping, tuple[str, ...]]:
    """Return what can be asked, as a mapping that a person can edit, and notes on what was left out.

    The price comes first. Numbers are cut into bins, yes/no columns become flags, other text becomes a choice between
    its most frequent values; names of single items, columns that say the same of all and columns that say next to
    nothing are left out. Broad facets come before details.

    Args:
        catalog: with the columns that its texts brought (:func:`enriched`).
        prior: a column that says how much items are sold or liked, which nobody is asked; empty = none.

    Raises:
        InputError: nothing is left to ask for.
    """
    table, roles = catalog.table, {catalog.id, catalog.label, catalog.price, prior, *catalog.texts}
    rules, notes = [], []
    if catalog.price and (price := _price(catalog)) is not None:
        rules.append((np.inf, price))
    for name in table.columns:
        if name in roles:
            continue
        rule, why = _rule(table, name)
        if rule is None:
            notes.append(f"Column '{name}' was passed over: {why}.")
        else:
            rules.append((_told(table, rule), rule))
    if not rules:
        raise InputError("nothing tells the items apart", where=table.source, remedy="Add columns that do")
    best = sorted(rules, key=lambda pair: -pair[0])
    notes += [f"Column '{rule.column}' was passed over: others tell more." for _, rule in best[_MOST_FACETS:]]
    kept = sorted((rule for _, rule in best[:_MOST_FACETS]), key=lambda rule: rule.depth)
    mapping = CatalogMapping(
        id=catalog.id,
        label=catalog.label,
        price=catalog.price,
        currency=catalog.currency,
        none_of_these=tuple(rule.column for rule in kept if _offers_all(table, rule)),
        facets=tuple(kept),
    )
    return mapping, tuple(notes)


def _price(catalog: Catalog) -> FacetRule | None:
    """Return the facet of the price, None where all cost the same."""
    numbers = catalog.table.numbers(catalog.price)
    cuts = cuts_of(numbers)
    if not cuts:
        return None
    asked = words().questions
    return FacetRule(
        column=catalog.price,
        id=_PRICE,
        label=_PRICE,
        kind=Kind.NUMBER,
        depth=_BROAD,
        cuts=cuts,
        options=_options(budget_labels(cuts, catalog.currency)),
        wordings=asked.price,
        names=asked.price_names,
    )


def _options(labels: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(id=label, label=label) for label in labels)


def _rule(table: Table, name: str) -> tuple[FacetRule | None, str]:
    """Return the rule for a column, or None and why there is none."""
    items = len(table)
    if words().popularity.intersection(stems(name)):
        return None, "it says how liked an item is, which can be a prior"
    if table.is_list(name):
        wordings = _worded(words().questions.flag, "{value}")
        rule = FacetRule(
            column=name, kind=Kind.MULTI, depth=_USUAL, at_least=enough(items), label=name, wordings=wordings
        )
        return rule, ""
    if not table.is_text(name):
        return None, "its cells are not text"
    counts = _counts(table, name)
    if counts.total() < enough(items):
        return None, "it says next to nothing"
    if len(counts) < 2:
        return None, "it says the same of all"
    if set(counts) <= _FLAG:
        return _flag(name), ""
    if table.is_numeric(name, _MISSING):
        return _number(table, name), ""
    if counts.most_common(1)[0][1] == 1:
        return None, "it says something else of each"
    return _choice(name, counts, items), ""


_MISSING: Final = ("",)


def _flag(name: str) -> FacetRule:
    return FacetRule(
        column=name, label=name, depth=_USUAL, options=YES_NO, wordings=_worded(words().questions.flag, name)
    )


def _number(table: Table, name: str) -> FacetRule:
    match = _UNIT.match(name)
    about, unit = match.groups() if match else (name, "")
    numbers = table.numbers(name, _MISSING)
    cuts = cuts_of(numbers)
    return FacetRule(
        column=name,
        label=about,
        kind=Kind.NUMBER,
        depth=_depth(numbers),
        cuts=cuts,
        options=_options(bin_labels(numbers, cuts, unit)),
        wordings=_worded(words().questions.number, about),
        names=(unit,) if unit else (),
    )


def _depth(numbers: NDArray[np.float64]) -> int:
    """Return how broad a number is: a detail where half of the items do not tell it."""
    return _DETAIL if np.isnan(numbers).mean() > 0.5 else _USUAL


def _counts(table: Table, name: str) -> Counter[str]:
    """Return how often each value of a column occurs."""
    return Counter(cell for cell in table.text(name, _MISSING).to_pylist() if cell is not None)


def _choice(name: str, counts: Counter[str], items: int) -> FacetRule:
    repeated = sum(count > 1 for count in counts.values())
    # Of many values those of single items are one option together: nobody reads them all.
    most = len(counts) if len(counts) < _MOST_OPTIONS else min(max(repeated, 2), _MOST_OPTIONS - 1) + 1
    said = counts.total() / items
    return FacetRule(
        column=name,
        label=name,
        kind=Kind.OPEN,
        depth=_DETAIL if said < 0.5 or len(counts) > _MOST_OPTIONS else _USUAL,
        most=most,
        wordings=_worded(words().questions.choice, name),
    )


def _offers_all(table: Table, rule: FacetRule) -> bool:
    """Tell whether a choice offers each value by itself, so that who wants another has no answer among them."""
    if rule.kind is not Kind.OPEN:
        return False
    values = _counts(table, rule.column).keys()
    return len(values) <= rule.most and values.isdisjoint({OTHER, NONE_OF_THESE})


def _worded(wordings: Sequence[str], about: str) -> tuple[str, ...]:
    return tuple(wording.format(label=about) for wording in wordings)


def _told(table: Table, rule: FacetRule) -> float:
    """Return how many bits a column tells of an item, of lists those of their fullness."""
    if table.is_list(rule.column):
        return 1.0
    counts = _counts(table, rule.column)
    shares = np.array(list(counts.values())) / counts.total()
    return float(-(shares * np.log2(shares)).sum() * counts.total() / len(table))
