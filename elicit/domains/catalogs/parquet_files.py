"""Reads a Parquet file as columns of text and lists of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from elicit.domains.catalogs.catalog import Rows, is_list
from elicit.domains.tables import as_text, read_table


def read_parquet(path: Path) -> Rows:
    """Read a Parquet file; records of one level become columns ``a.b``, what lies deeper is left out.

    Raises:
        InputError: not a Parquet file, no items, a name that occurs twice.
    """
    table = read_table(path)
    columns, deep = dict[str, Any](), list[str]()
    for name, column in table.columns.items():
        for part, cells in _parts(name, column):
            read = _read(cells)
            if read is None:
                deep.append(f"'{part}' was left out: its cells are no text but {cells.type}.")
            else:
                columns[part] = read
    numbers = np.asarray(table.rows, dtype=np.int64)
    return Rows("Parquet", str(path), columns, numbers, notes=tuple(deep))


def _parts(name: str, column: Any) -> Iterator[tuple[str, Any]]:
    if not pa.types.is_struct(column.type):
        yield name, column
        return
    for place in range(column.type.num_fields):
        yield f"{name}.{column.type.field(place).name}", pc.struct_field(column, place)


def _read(column: Any) -> Any | None:
    """Return a column of text or of lists of text, or None if its cells are neither."""
    kind = column.type.value_type if is_list(column) else column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return None
    if is_list(column):
        return column.cast(pa.list_(pa.string()))
    text = as_text(column)
    return text if isinstance(text, pa.ChunkedArray) else pa.chunked_array([text])
