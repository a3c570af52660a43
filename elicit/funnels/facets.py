"""What can be asked about a catalog: its columns, and what its texts say, as the rules of a mapping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import model_validator

from elicit.basis import InputError
from elicit.domains import YES_NO, Catalog, Kind, Option
from elicit.domains.coding import MOST_VALUES, OTHER
from elicit.domains.mapping import FacetRule, TableMapping
from elicit.domains.tables import Table
from elicit.funnels.bins import bin_labels, budget_labels, cuts_of
from elicit.funnels.extracting import same_said, traits_of
from elicit.funnels.flags import with_flags_worded
from elicit.funnels.item_texts import ItemText
from elicit.funnels.merging import Merged, merged_by_meaning
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.phrases import a_few
from elicit.funnels.reader import Reader
from elicit.funnels.traits import Origin, Trait, enough
from elicit.funnels.words import words
from elicit.language.spelling import stems
from elicit.models import Encoder

_UNIT: Final = re.compile(r"^(.*\S)\s*\(([^()]{1,12})\)$")
_FLAG: Final = frozenset(option.id for option in YES_NO)
_MOST_OPTIONS: Final = 9
_MOST_FACETS: Final = 40
_PRICE: Final = "price"
_OF_PEOPLE: Final = {"targets", "personas", "table", "encoding"}
"""Keys of a mapping that say nothing of a catalog."""
BROAD, USUAL, DETAIL = 0, 1, 2
"""How broad a facet is, its depth."""


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

    @model_validator(mode="after")
    def _of_items(self) -> CatalogMapping:
        foreign = self.model_fields_set & _OF_PEOPLE
        if foreign:
            raise ValueError(f"'{min(foreign)}' is a key for tables of people; a catalog has none. Take it out")
        return self


def enriched(catalog: Catalog, encoder: Encoder | None = None, reader: Reader | None = None) -> Catalog:
    """Return a catalog with a column for everything that its texts say and no column does.

    Args:
        catalog: as it was read.
        encoder: merges what means the same; None = only what the rules find to be the same.
        reader: a chat model that reads the texts beside the rules; None = the rules only.

    Raises:
        UnavailableError: the reader's model cannot be reached or used, or has replied to nothing.
    """
    table, roles = catalog.table, {catalog.id, catalog.label, *catalog.texts}
    told = [name for name in table.columns if name not in roles and table.is_text(name)]
    columns = [tuple(table.text(name, _MISSING).to_pylist()) for name in told]
    known = {stems(name) for name in table.columns}
    texts = _texts(catalog)
    by_model = reader.traits(Path(table.source).stem, texts) if reader else ()
    traits = traits_of(texts, _subject(catalog), by_model)
    fresh = [trait for trait in traits if stems(trait.name) not in known and not _said_by(trait, columns)]
    merged = merged_by_meaning(fresh, _columns(table, told), encoder) if encoder else Merged(tuple(fresh))
    added = {trait.name: pa.chunked_array([pa.array(trait.values, pa.string())]) for trait in merged.traits}
    note = f"Read from the texts: {', '.join(added)}." if added else "The texts say nothing that tells items apart."
    notes = (*catalog.notes, *(reader.notes if reader else ()), note, *merged.notes)
    return replace(catalog, table=replace(table, columns={**table.columns, **added}), notes=notes, names=merged.names)


def _columns(table: Table, told: Sequence[str]) -> list[Trait]:
    """Return columns of the catalog as traits."""
    origins = [Origin.MEASURED if table.is_numeric(name, _MISSING) else Origin.MARKED for name in told]
    cells = [tuple(table.text(name, _MISSING).to_pylist()) for name in told]
    return [Trait(*each) for each in zip(told, cells, origins, strict=True)]


def _subject(catalog: Catalog) -> frozenset[str]:
    """Return the stems of what all items are, by the name of the file."""
    named = stems(Path(catalog.table.source).stem)
    return frozenset(word for stem in named for word in (stem, stem.removesuffix("s")))


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
    rules, notes = list[tuple[float, str, Callable[[], FacetRule]]](), list[str]()
    if catalog.price and (price := _price(catalog)) is not None:
        rules.append((np.inf, catalog.price, lambda: price))
    for name in table.columns:
        if name in roles:
            continue
        rule, why = _rule(table, name)
        if rule is None:
            notes.append(f"Column '{name}' was passed over: {why}.")
        else:
            rules.append((_told(table, name), name, rule))
    if not rules:
        raise InputError("nothing tells the items apart", where=table.source, remedy="Add columns that do")
    best = sorted(rules, key=lambda rule: -rule[0])
    notes += [f"Column '{name}' was passed over: others tell more." for _, name, _ in best[_MOST_FACETS:]]
    # Bins are cut for these alone, since a catalog can have thousands of columns.
    made = [_called(make(), catalog) for _, _, make in best[:_MOST_FACETS]]
    kept = sorted(made, key=lambda rule: rule.depth)
    facets = with_flags_worded(kept, a_few(_texts(catalog)), _subject(catalog))
    mapping = CatalogMapping(
        id=catalog.id,
        label=catalog.label,
        price=catalog.price,
        currency=catalog.currency,
        none_of_these=tuple(rule.column for rule in facets if _offers_all(table, rule)),
        facets=facets,
    )
    return mapping, tuple(notes)


def _called(rule: FacetRule, catalog: Catalog) -> FacetRule:
    """Return a rule with what else its column is called."""
    further = catalog.names.get(rule.column, ())
    return rule.model_copy(update={"names": (*rule.names, *further)}) if further else rule


def _price(catalog: Catalog) -> FacetRule | None:
    """Return the facet of the price, None where all cost the same."""
    numbers = catalog.table.numbers(catalog.price)
    cuts = cuts_of(numbers)
    if not cuts:
        return None
    asked = words().questions
    return FacetRule(
        column=catalog.price,
        # Another column can be called so, where the prices are in one called 'cost'.
        id=_PRICE if _PRICE not in catalog.table.columns else catalog.price,
        label=_PRICE,
        kind=Kind.NUMBER,
        depth=BROAD,
        cuts=cuts,
        options=_options(budget_labels(cuts, catalog.currency)),
        wordings=asked.price,
        names=asked.price_names,
    )


def _options(labels: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(id=label, label=label) for label in labels)


def _rule(table: Table, name: str) -> tuple[Callable[[], FacetRule] | None, str]:
    """Return what makes the rule for a column, or None and why there is none."""
    items = len(table)
    if words().popularity.intersection(stems(name)):
        return None, "it says how liked an item is, which can be a prior"
    if table.is_list(name):
        often = _values_held(table, name, enough(items))
        if not often:
            return None, "it says something else of each"
        return (partial(_list, name, items), "") if often <= MOST_VALUES else (None, "it says too many things")
    if not table.is_text(name):
        return None, "its cells are not text"
    counts = _counts(table, name)
    if counts.total() < enough(items):
        return None, "it says next to nothing"
    if len(counts) < 2:
        return None, "it says the same of all"
    if set(counts) <= _FLAG:
        return partial(_flag, name), ""
    if table.is_numeric(name, _MISSING):
        return partial(_number, table, name), ""
    if counts.most_common(1)[0][1] == 1:
        return None, "it says something else of each"
    return partial(_choice, name, counts, items), ""


_MISSING: Final = ("",)


def _values_held(table: Table, name: str, least: int) -> int:
    """Return how many values of a column of lists are held by at least so many items."""
    held = Counter(value for cell in table.column(name).to_pylist() for value in set(cell or ()))
    return sum(count >= least for count in held.values())


def _list(name: str, items: int) -> FacetRule:
    wordings = _worded(words().questions.flag, "{value}")
    return FacetRule(column=name, kind=Kind.MULTI, depth=USUAL, at_least=enough(items), label=name, wordings=wordings)


def _flag(name: str) -> FacetRule:
    return FacetRule(
        column=name, label=name, depth=USUAL, options=YES_NO, wordings=_worded(words().questions.flag, name)
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
        wordings=_number_wordings(about, unit),
        names=_number_names(about, unit),
    )


def _number_wordings(about: str, unit: str) -> tuple[str, ...]:
    asked = words().questions
    if things := _counted(about):
        return tuple(wording.format(things=things) for wording in asked.count)
    amounts = {known.id for known in words().units if known.is_amount}
    return _worded(asked.amount if unit in amounts else asked.number, about)


def _number_names(about: str, unit: str) -> tuple[str, ...]:
    return tuple(name for name in (unit, _counted(about)) if name)


def _counted(about: str) -> str:
    """Return the things whose number it is, empty if it is no such number."""
    head = words().counted.partition("{things}")[0]
    return about.removeprefix(head) if about.startswith(head) else ""


def _depth(numbers: NDArray[np.float64]) -> int:
    """Return how broad a number is: a detail where half of the items do not tell it."""
    return DETAIL if np.isnan(numbers).mean() > 0.5 else USUAL


def _counts(table: Table, name: str) -> Counter[str]:
    """Return how often each value of a column occurs."""
    return Counter(cell for cell in table.text(name, _MISSING).to_pylist() if cell is not None)


def _choice(name: str, counts: Counter[str], items: int) -> FacetRule:
    repeated = sum(count > 1 for count in counts.values())
    # Of many values those of single items are one option together: nobody reads them all.
    most = len(counts) if len(counts) < _MOST_OPTIONS else min(repeated, _MOST_OPTIONS - 1) + 1
    said = counts.total() / items
    return FacetRule(
        column=name,
        label=name,
        kind=Kind.OPEN,
        depth=DETAIL if said < 0.5 or len(counts) > _MOST_OPTIONS else USUAL,
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


def _told(table: Table, name: str) -> float:
    """Return how many bits a column tells of an item, of lists those of their fullness."""
    if table.is_list(name):
        return 1.0
    counts = _counts(table, name)
    shares = np.array(list(counts.values())) / counts.total()
    return float(-(shares * np.log2(shares)).sum() * counts.total() / len(table))
