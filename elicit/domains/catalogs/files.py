"""What all readers of catalog files share: the encoding of a text file, and columns grown piece by piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from elicit.basis import InputError, whole_letters
from elicit.domains.tables import UTF_16_MARKS, refuse_encoding

_PIECE: Final = 5000
"""Records that are held as Python objects before they become Arrow columns."""
Cell = str | list[str] | None


def text_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, or UTF-16 with its mark.

    Raises:
        InputError: it is in neither; names the byte and the line.
    """
    with path.open("rb") as stream:
        marked = stream.read(2) in UTF_16_MARKS
    remedy = "Save the file as UTF-8 (a spreadsheet calls it 'CSV UTF-8')"
    refuse_encoding(path, "utf-16" if marked else "utf-8", remedy)
    return "utf-16" if marked else "utf-8-sig"


class NoItemsError(InputError):
    """A file holds nothing."""


def empty_catalog(path: Path) -> NoItemsError:
    """Return the error for a file without items."""
    return NoItemsError("the catalog is empty: it has no items", where=str(path), remedy="Export it again")


def text_array(cells: Sequence[str | None]) -> Any:
    """Return cells as an Arrow array of text; half letters, which no file can hold, become question marks."""
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if c is None else whole_letters(c) for c in cells], pa.string())


class Columns:
    """Arrow columns that grow by one record after the other; records may have different keys."""

    def __init__(self) -> None:
        self._records = 0
        self._piece: dict[str, list[Cell]] = {}
        self._sizes: list[int] = []
        self._pieces: dict[str, dict[int, Any]] = {}

    def add(self, record: Mapping[str, Cell]) -> None:
        """Add a record: name to text or to a list of text."""
        for name, cell in record.items():
            cells = self._piece.setdefault(name, [])
            cells.extend([None] * (self._records - len(cells)))
            cells.append(cell)
        self._records += 1
        if self._records == _PIECE:
            self._end_piece()

    def finish(self) -> dict[str, Any]:
        """Return name to column, in the order in which the names came."""
        self._end_piece()
        return {name: self._column(pieces) for name, pieces in self._pieces.items()}

    def _end_piece(self) -> None:
        for name, cells in self._piece.items():
            cells.extend([None] * (self._records - len(cells)))
            self._pieces.setdefault(name, {})[len(self._sizes)] = _array(cells)
        self._sizes.append(self._records)
        self._piece, self._records = {}, 0

    def _column(self, pieces: Mapping[int, Any]) -> Any:
        listed = any(pa.types.is_list(piece.type) for piece in pieces.values())
        kind = pa.list_(pa.string()) if listed else pa.string()
        chunks = [
            _listed(pieces[place]) if listed and place in pieces else pieces.get(place, pa.nulls(size, kind))
            for place, size in enumerate(self._sizes)
        ]
        return pa.chunked_array(chunks, kind)


def _array(cells: Sequence[Cell]) -> Any:
    texts = [c for c in cells if not isinstance(c, list)]
    if len(texts) == len(cells):
        return text_array(texts)
    lists = [[c] if isinstance(c, str) else c for c in cells]
    return list_array(lists)


def list_array(lists: Sequence[list[str] | None]) -> Any:
    """Return lists as an Arrow array of lists of text."""
    parts = text_array([part for cells in lists for part in cells or ()])
    ends = np.cumsum([0, *(len(cells or ()) for cells in lists)]).astype(np.int32)
    silent = pa.array([cells is None for cells in lists])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), parts, mask=silent)


def _listed(piece: Any) -> Any:
    return (
        piece if pa.types.is_list(piece.type) else list_array([None if c is None else [c] for c in piece.to_pylist()])
    )
