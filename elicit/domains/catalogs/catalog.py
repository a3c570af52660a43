"""What is made of a catalog file, and what lies between the file and that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from elicit.domains.tables import Table


@dataclass(frozen=True)
class Skipped:
    """A row or record of the file that is no item of the catalog.

    Attributes:
        where: ``file:line``, or the file and the number of the row or record.
        why: what is wrong with it, without a full stop.
    """

    where: str
    why: str


@dataclass(frozen=True)
class Catalog:
    """The items of a catalog file.

    Attributes:
        table: one row an item; columns of text, or of lists of text; null where the file is silent.
        id: column with ids, all different; empty = the row numbers.
        label: column with the names that people read; no cell is null.
        price: column with prices as plain decimal numbers, null where there is none; empty = no prices.
        currency: of the prices, as the file writes it; empty = unknown.
        texts: columns of free text, either of text or of lists.
        skipped: what was left out, in the order of the file.
        notes: what was guessed, folded and converted, one sentence each.
        format: of the file, in words.
        names: column to what people also call it.
    """

    table: Table
    id: str
    label: str
    price: str
    currency: str
    texts: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    format: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The rows of a catalog file as they were read, before anything is understood.

    Attributes:
        format: of the file, in words.
        source: the file.
        columns: name to Arrow column of text or of lists of text.
        numbers: int[rows], the number of each row or record in the file.
        lines: int[rows], the line each row begins at; None where the file has no lines to speak of.
        unit: what the numbers count: ``row`` or ``record``.
        skipped: what could not be read.
        notes: what was passed over, one sentence each.
    """

    format: str
    source: str
    columns: Mapping[str, Any]
    numbers: NDArray[np.int64]
    lines: NDArray[np.int64] | None = None
    unit: str = "row"
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self, index: int) -> str:
        """Return the place of a row for messages."""
        if self.lines is not None:
            return f"{self.source}:{self.lines[index]}"
        return f"{self.source}, {self.unit} {self.numbers[index]}"

    def kept(self, keep: NDArray[np.bool_], skipped: tuple[Skipped, ...] = ()) -> Rows:
        """Return some of the rows, bool[rows], and say in ``skipped`` why the others were left out."""
        if keep.all():
            return self
        mask = pa.array(keep)
        return replace(
            self,
            columns={name: column.filter(mask) for name, column in self.columns.items()},
            numbers=self.numbers[keep],
            lines=None if self.lines is None else self.lines[keep],
            skipped=self.skipped + skipped,
        )


def is_list(column: Any) -> bool:
    """Whether the cells of an Arrow column are lists."""
    return bool(pa.types.is_list(column.type) or pa.types.is_large_list(column.type))
