"""From a catalog file to a :class:`Catalog`: reads it, cleans it, finds what is what, and gives cells one form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from elicit.basis import InputError, counted
from elicit.domains.catalogs.amounts import finite
from elicit.domains.catalogs.catalog import Catalog, Rows, Skipped, is_list
from elicit.domains.catalogs.cleaning import clean
from elicit.domains.catalogs.files import empty_catalog
from elicit.domains.catalogs.json_files import read_json, read_json_lines
from elicit.domains.catalogs.parquet_files import read_parquet
from elicit.domains.catalogs.prices import Prices, currency_called, read_prices
from elicit.domains.catalogs.roles import Roles, find_roles, free_texts
from elicit.domains.catalogs.schema_org import read_page
from elicit.domains.catalogs.separated import read_separated
from elicit.domains.catalogs.shopify import fold, is_shopify
from elicit.domains.catalogs.values import typed
from elicit.domains.tables import Table, shown

_READERS: Final[Mapping[str, Callable[[Path], Rows]]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), read_separated),
    **dict.fromkeys((".json", ".jsonld"), read_json),
    **dict.fromkeys((".jsonl", ".ndjson"), read_json_lines),
    **dict.fromkeys((".html", ".htm"), read_page),
    ".parquet": read_parquet,
}
CATALOG_SUFFIXES: Final = tuple(_READERS)
"""Ends of the names of files that can be catalogs."""
_STRANGERS: Final = {b"PK\x03\x04": "a workbook or an archive", b"\x1f\x8b": "a packed file", b"%PDF": "a PDF file"}


def read_catalog(source: str | Path) -> Catalog:
    """Read the file of a product catalog; its format shows in its name and in what it holds.

    Rows and records that cannot be used are skipped and named. The columns are guessed, and the guesses noted.

    Args:
        source: a file; :mod:`elicit.domains.catalogs` lists the formats.

    Raises:
        InputError: no such file, an unknown format, text in another encoding, a quotation mark left open, no items, no
            column for their names.
    """
    rows = read_rows(Path(source))
    if is_shopify(rows.columns):
        rows = fold(rows)
    rows = _without_silent_columns(_without_silent_rows(rows))
    _refuse_nothing(rows)
    roles = find_roles(rows.source, rows.columns)
    rows = _unique(_with_names(rows, roles.label), roles.id)
    _refuse_nothing(rows)
    return _catalog(rows, roles)


def read_rows(path: Path) -> Rows:
    """Read a file whose format shows in its name and in what it holds, and make plain text of its cells.

    Raises:
        InputError: no such file, an unknown format, text in another encoding, an open quotation mark, nothing in it.
    """
    return _clean(_read(path))


def _read(path: Path) -> Rows:
    if not path.exists():
        raise InputError("no such file", where=str(path))
    if path.is_dir():
        raise InputError("a folder, not a catalog file", where=str(path), remedy="Name the file in it")
    with path.open("rb") as stream:
        head = stream.read(4)
    stranger = next((what for mark, what in _STRANGERS.items() if head.startswith(mark)), "")
    reader = _READERS.get(path.suffix.lower())
    if head == b"PAR1":
        reader = read_parquet
    if stranger or reader is None:
        raise InputError(
            f"{stranger or f'a catalog of the kind {path.suffix!r}'} cannot be read",
            where=str(path),
            remedy=f"Save it as one of {', '.join(CATALOG_SUFFIXES)}",
        )
    rows = reader(path)
    if not rows.columns and not rows.skipped:
        raise empty_catalog(path)
    return rows


def _clean(rows: Rows) -> Rows:
    # Columns are given up one by one, so that a large file never stands in memory twice.
    columns = dict(rows.columns)
    rows, names = replace(rows, columns={}), _plain_names(list(columns))
    return replace(rows, columns={names[name]: clean(columns.pop(name)) for name in list(columns)})


def _plain_names(names: Sequence[str]) -> dict[str, str]:
    """Return each name of a column as plain text on one line; as it is where another is called so."""
    cleaned = clean(pa.chunked_array([pa.array(names, pa.string())])).to_pylist()
    plain = [" ".join(new.split()) if new else name for name, new in zip(names, cleaned, strict=True)]
    times = Counter([*names, *plain])
    return {name: name if new == name or times[new] > 1 else new for name, new in zip(names, plain, strict=True)}


def _refuse_nothing(rows: Rows) -> None:
    if len(rows):
        return
    if not rows.skipped:
        raise empty_catalog(Path(rows.source))
    first = rows.skipped[0]
    raise InputError(f"no item is left: {first.why}", where=first.where)


def _without_silent_rows(rows: Rows) -> Rows:
    said = np.zeros(len(rows), dtype=np.bool_)
    for column in rows.columns.values():
        if said.all():
            break
        said |= column.is_valid().to_numpy()
    blank = tuple(Skipped(rows.place(int(i)), "nothing in it") for i in np.flatnonzero(~said))
    return rows.kept(said, blank)


def _without_silent_columns(rows: Rows) -> Rows:
    silent = [name for name, column in rows.columns.items() if column.null_count == len(column)]
    if not silent or not len(rows):
        return rows
    some = ", ".join(f"'{name}'" for name in silent[:5]) + (", …" if len(silent) > 5 else "")
    what = counted(len(silent), "column") + (
        " without anything in it" if len(silent) == 1 else " without anything in them"
    )
    note = f"{what} left out: {some}."
    said = {name: column for name, column in rows.columns.items() if name not in set(silent)}
    return replace(rows, columns=said, notes=(*rows.notes, note))


def _with_names(rows: Rows, label: str) -> Rows:
    named = rows.columns[label].is_valid().to_numpy()
    nameless = (Skipped(rows.place(int(i)), f"no name (column '{label}' is empty)") for i in np.flatnonzero(~named))
    return rows.kept(named, tuple(nameless))


def _unique(rows: Rows, name: str) -> Rows:
    """Give rows without an id the number of the row, and skip those whose id an earlier row has."""
    if not name:
        return rows
    column = rows.columns[name].combine_chunks()
    silent = column.is_null().to_numpy(zero_copy_only=False)
    notes = rows.notes
    if silent.any():
        numbers = pa.array([f"{rows.unit} {number}" for number in rows.numbers[silent]], pa.string())
        column = pc.replace_with_mask(column, pa.array(silent), numbers)
        notes = (*notes, f"{counted(int(silent.sum()), 'item')} without an id got the number of the {rows.unit}.")
    words = column.dictionary_encode().indices.to_numpy()
    first = np.unique(words, return_index=True)[1][words]
    again = first != np.arange(len(words))
    twins = (
        Skipped(rows.place(int(i)), f"id {shown(column[i].as_py())} already stands at {rows.place(int(first[i]))}")
        for i in np.flatnonzero(again)
    )
    rows = replace(rows, columns={**rows.columns, name: pa.chunked_array([column])}, notes=notes)
    return rows.kept(~again, tuple(twins))


def _catalog(rows: Rows, roles: Roles) -> Catalog:
    prices = None
    if roles.price:
        _, called = currency_called(roles.price)
        prices = read_prices(rows.columns[roles.price], rows.columns.get(roles.currency), called)
    columns, notes = dict[str, Any](), list[str]()
    for name, column in rows.columns.items():
        new, cells, said = _in_one_form(name, column, roles, prices)
        columns[name if new in rows.columns or new in columns else new] = cells
        notes += said
    taken = (roles.id, roles.label, roles.price, roles.currency)
    return Catalog(
        table=Table(rows.source, columns, rows.numbers),
        id=roles.id,
        label=roles.label,
        price=roles.price,
        currency=prices.currency if prices else "",
        texts=free_texts(columns, taken),
        skipped=in_order(rows),
        notes=(*rows.notes, *roles.notes(), *notes, *_few(columns, roles, len(rows))),
        format=rows.format,
    )


def _in_one_form(name: str, column: Any, roles: Roles, prices: Prices | None) -> tuple[str, Any, list[str]]:
    """Return a column's new name, its cells in one form, and notes."""
    if name in {roles.id, roles.label, roles.currency}:
        return name, column, []
    if prices is not None and name == roles.price:
        new, cells, said = name, prices.cells, tuple(prices.notes(name))
    else:
        new, cells, note = typed(name, column)
        said = (note,)
    cells, large = finite(name, cells)
    return new, cells, [note for note in (*said, large) if note]


def in_order(rows: Rows) -> tuple[Skipped, ...]:
    """Return what was skipped in the order of the file; a place ends with a number."""
    return tuple(sorted(rows.skipped, key=lambda skipped: int(re.split(r"[: ]", skipped.where)[-1])))


def _few(columns: Mapping[str, Any], roles: Roles, items: int) -> list[str]:
    if items == 1:
        return ["There is only one item: there is nothing to choose between."]
    alike = all(_same(column) for name, column in columns.items() if name != roles.id)
    return ["All items are identical: nothing tells them apart."] if alike else []


def _same(column: Any) -> bool:
    if column.null_count:
        return bool(column.null_count == len(column))
    first = column[0].as_py()
    if not is_list(column):
        return bool(pc.all(pc.equal(column, first)).as_py())
    return all(cells == first for cells in column.to_pylist())
