"""Folds the product export of Shopify, which has a row a variant and a row a further picture, into one row an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from elicit.basis import counted
from elicit.domains.catalogs.catalog import Rows, Skipped
from elicit.domains.catalogs.files import list_array
from elicit.domains.catalogs.prices import read_prices

_HANDLE: Final = "Handle"
_TITLE: Final = "Title"
_PRICE: Final = "Variant Price"
_GRAMS: Final = "Variant Grams"
_TAGS: Final = "Tags"
_OPTIONS: Final = (1, 2, 3)
_DEFAULT: Final = "Default Title"
"""What an item without variants has as its only option."""
_LEFT_OUT: Final = (
    "Variant ",
    "Option",
    "Image ",
    "SEO ",
    "Gift Card",
    "Cost per item",
    "Included /",
    "Price /",
    "Compare",
)
"""Beginnings of columns about single variants, pictures, search engines and the shop's own sums."""


def is_shopify(columns: Mapping[str, Any]) -> bool:
    """Whether columns are those of the product export of Shopify."""
    return {_HANDLE, _TITLE, _PRICE} <= set(columns)


def fold(rows: Rows) -> Rows:
    """Fold the rows of each handle into one item.

    Options become list columns that are called like the option. The price is the lowest one of the variants.
    """
    rows = _with_handles(rows)
    codes = rows.columns[_HANDLE].combine_chunks().dictionary_encode().indices.to_numpy()
    heads = _heads(codes, rows.columns[_TITLE].is_null().to_numpy())
    prices, varied = _lowest(rows.columns[_PRICE], codes)
    columns = {
        name: column.take(pa.array(heads)) for name, column in rows.columns.items() if not name.startswith(_LEFT_OUT)
    }
    if _TAGS in columns:
        columns[_TAGS] = pc.split_pattern_regex(columns[_TAGS], pattern=r"\s*,\s*").cast(pa.list_(pa.string()))
    for option, values in _options(rows, codes).items():
        columns[option if option not in columns else f"{option} (option)"] = pa.chunked_array([values])
    columns |= {"Price": prices} | _weight(rows, heads)
    notes = [f"{counted(len(rows), 'row')} were folded into {counted(len(heads), 'item')} by '{_HANDLE}'."]
    if varied:
        notes.append(f"{counted(varied, 'item')} with variants of several prices: the lowest price was taken.")
    return Rows(
        format="a Shopify product export",
        source=rows.source,
        columns=columns,
        numbers=rows.numbers[heads],
        lines=None if rows.lines is None else rows.lines[heads],
        skipped=rows.skipped,
        notes=(*rows.notes, *notes),
    )


def _with_handles(rows: Rows) -> Rows:
    known = rows.columns[_HANDLE].is_valid().to_numpy()
    unknown = tuple(
        Skipped(rows.place(int(i)), f"no handle (column '{_HANDLE}' is empty)") for i in np.flatnonzero(~known)
    )
    return rows if known.all() else replace(rows.kept(known, unknown))


def _heads(codes: NDArray[np.int32], untitled: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return int[items], the row of each handle that describes the item: its first with a title."""
    order = np.lexsort((np.arange(len(codes)), untitled, codes))
    heads: NDArray[np.int64] = order[np.unique(codes[order], return_index=True)[1]]
    return heads


def _lowest(column: Any, codes: NDArray[np.int32]) -> tuple[Any, int]:
    """Return the lowest price of each handle, and how many handles have several."""
    cells = read_prices(column).cells
    numbers = cells.cast(pa.float64()).to_numpy()
    order = np.lexsort((numbers, codes))
    first = np.unique(codes[order], return_index=True)[1]
    highest = np.full(len(first), -np.inf)
    np.fmax.at(highest, codes, numbers)
    lowest = numbers[order[first]]
    # The text of the file is kept with the currency, if there is any.
    return column.take(pa.array(order[first])), int((highest > lowest).sum())


def _options(rows: Rows, codes: NDArray[np.int32]) -> dict[str, Any]:
    """Return the values of each option as lists, one an item."""
    items = int(codes.max()) + 1 if len(codes) else 0
    found: dict[str, list[list[str]]] = {}
    for place in _OPTIONS:
        names, values = (rows.columns.get(f"Option{place} {what}") for what in ("Name", "Value"))
        if names is None or values is None:
            continue
        called: dict[int, str] = {}
        for item, name, value in zip(codes.tolist(), names.to_pylist(), values.to_pylist(), strict=True):
            option = called.setdefault(item, name) if name else called.get(item)
            if option and value and value != _DEFAULT:
                values_of = found.setdefault(option, [[] for _ in range(items)])[item]
                if value not in values_of:
                    values_of.append(value)
    return {option: list_array([cells or None for cells in lists]) for option, lists in found.items()}


def _weight(rows: Rows, heads: NDArray[np.int64]) -> dict[str, Any]:
    """Return the weight of each item's first variant, where any has one; unset weights are exported as 0."""
    if _GRAMS not in rows.columns:
        return {}
    grams = rows.columns[_GRAMS].take(pa.array(heads))
    known = pc.if_else(pc.match_substring_regex(grams, pattern=r"^0(\.0*)?$"), pa.scalar(None, pa.string()), grams)
    return {"Weight (g)": known}
