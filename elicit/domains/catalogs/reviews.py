"""What buyers wrote about the items of a catalog: a file with one review a row, or a column of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from elicit.basis import InputError, counted, listed
from elicit.domains.catalogs.catalog import Catalog, Rows, Skipped, is_list
from elicit.domains.catalogs.column_words import column_words
from elicit.domains.catalogs.files import NoItemsError
from elicit.domains.catalogs.reader import in_order, read_rows
from elicit.domains.catalogs.review_roles import TWINS, Match, find_about, find_text, folded, review_columns
from elicit.domains.tables import shown

_NONE: Final = -2
"""In place of a row: no item is called so."""


@dataclass(frozen=True)
class Reviews:
    """What buyers wrote about items.

    Attributes:
        source: the file.
        items: int[reviews], the row of the catalog that each is about.
        texts: one a review.
        skipped: rows that are no review of an item of the catalog, in the order of the file.
        notes: what was guessed and left out, one sentence each.
    """

    source: str
    items: NDArray[np.intp]
    texts: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Reviews) -> Reviews:
        return Reviews(
            source=self.source,
            items=np.concatenate([self.items, other.items]),
            texts=self.texts + other.texts,
            skipped=self.skipped + other.skipped,
            notes=self.notes + other.notes,
        )


def read_reviews(path: Path, catalog: Catalog) -> Reviews:
    """Read a file with one review a row; its format shows in its name and in what it holds.

    Which column says what a review is about, and which holds its text, is guessed from names and cells and noted. Rows
    without text, and rows about what the catalog does not have, are skipped and named.

    Args:
        path: of a file in a format of catalogs.
        catalog: of the items that the reviews are about.

    Raises:
        InputError: the file cannot be read, no column matches items, no column has texts, no review is left.
    """
    try:
        rows = read_rows(path)
    except NoItemsError as error:
        raise InputError("the file is empty: it has no reviews", where=error.where, remedy="Export it again") from None
    about = find_about(rows, catalog)
    text = find_text(rows, about.column)
    rows = _with_text(rows, text)
    rows, places = _of_items(rows, about, catalog)
    owners, texts = _texts(rows.columns[text])
    notes = (
        f"Of {path.name}, column '{about.column}' is taken as the item that a review is about ('{about.key}' of the "
        f"catalog), column '{text}' as what it says.",
        _count(path.name, rows, texts, places, catalog),
    )
    return Reviews(rows.source, places[owners], texts, in_order(rows), notes)


def split_reviews(catalog: Catalog) -> tuple[Catalog, Reviews | None]:
    """Return a catalog without its columns of reviews, and what stands in these; None where it has none.

    Each part of a list is a review, and each line of a text.
    """
    named = [n for n in catalog.texts if column_words(n) in review_columns().of_catalogs]
    if not named:
        return catalog, None
    columns = {n: column for n, column in catalog.table.columns.items() if n not in named}
    bare = replace(
        catalog,
        table=replace(catalog.table, columns=columns),
        texts=tuple(n for n in catalog.texts if n not in named),
    )
    found = [_texts(_by_lines(catalog.table.column(name))) for name in named]
    texts = tuple(text for _, own in found for text in own)
    what = listed([f"'{name}'" for name in named])
    note = f"{counted(len(texts), 'review')} were read from {what} of the catalog."
    return bare, Reviews(catalog.table.source, np.concatenate([own for own, _ in found]), texts, notes=(note,))


def _by_lines(column: Any) -> Any:
    return column if is_list(column) else pc.split_pattern(column, "\n")


def _texts(column: Any) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return the rows that texts stand in, int[texts], and the texts; the parts of a list are texts of their own."""
    column = column.combine_chunks()
    if not is_list(column):
        return np.arange(len(column)), tuple(column.to_pylist())
    owners, parts = pc.list_parent_indices(column).to_numpy(), pc.list_flatten(column).to_pylist()
    kept = [place for place, part in enumerate(parts) if part and part.strip()]
    return owners[kept].astype(np.intp), tuple(parts[place] for place in kept)


def _with_text(rows: Rows, text: str) -> Rows:
    said = rows.columns[text].is_valid().to_numpy()
    silent = tuple(Skipped(rows.place(int(i)), f"no text (column '{text}' is empty)") for i in np.flatnonzero(~said))
    return _some(rows.kept(said, silent))


def _of_items(rows: Rows, about: Match, catalog: Catalog) -> tuple[Rows, NDArray[np.intp]]:
    """Return the rows about items, and the rows of these in the catalog, int[rows]."""
    values = rows.columns[about.column].to_pylist()
    places = np.array([about.places.get(folded(v or ""), _NONE) for v in values], dtype=np.intp)
    name = Path(catalog.table.source).name

    def why(row: int) -> str:
        value = shown(values[row] or "")
        if places[row] == TWINS:
            return f"several items of {name} are called {value}"
        return f"no item {value} in {name}" if values[row] else f"no item (column '{about.column}' is empty)"

    strange = tuple(Skipped(rows.place(row), why(row)) for row in np.flatnonzero(places < 0).tolist())
    return _some(rows.kept(places >= 0, strange)), places[places >= 0]


def _some(rows: Rows) -> Rows:
    if not len(rows):
        first = rows.skipped[-1]
        raise InputError(f"no review is left: {first.why}", where=first.where)
    return rows


def _count(name: str, rows: Rows, texts: Sequence[str], places: NDArray[np.intp], catalog: Catalog) -> str:
    heard = len(np.unique(places))
    left = f"; {counted(len(rows.skipped), 'row')} left out" if rows.skipped else ""
    return f"{name}: {counted(len(texts), 'review')} of {heard:,} of the {counted(len(catalog.table), 'item')}{left}."
