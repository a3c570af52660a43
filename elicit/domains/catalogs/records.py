"""Makes one row of a nested record: names of two levels are joined by a point, what lies deeper is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elicit.domains.catalogs.catalog import Rows, Skipped
from elicit.domains.catalogs.files import Cell, Columns

_KINDS = {str: "text", bool: "a truth value", list: "a list", type(None): "null"}


@dataclass
class Records:
    """Records of a file being taken in, one after the other.

    Attributes:
        source: the file.
        lined: records are counted by lines.
    """

    source: str
    lined: bool = False
    _columns: Columns = field(default_factory=Columns)
    _numbers: list[int] = field(default_factory=list)
    _skipped: list[Skipped] = field(default_factory=list)
    _deep: dict[str, None] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._numbers)

    def take(self, number: int, record: Any) -> None:
        """Take a record with its number, or the number of its line; what is no object is skipped."""
        if not isinstance(record, dict):
            kind = _KINDS.get(type(record), "a number")
            self.skip(number, f"no object but {kind}")
            return
        self._columns.add(dict(self._cells(record)))
        self._numbers.append(number)

    def skip(self, number: int, why: str) -> None:
        """Skip a record."""
        place = f":{number}" if self.lined else f", record {number}"
        self._skipped.append(Skipped(self.source + place, why))

    def note(self, sentence: str) -> None:
        """Say something of the records, once."""
        self._notes[sentence] = None

    def rows(self, form: str) -> Rows:
        """Return what was taken; ``form`` is the format of the file, in words."""
        deep = [f"'{name}' was left out where it holds records within records." for name in self._deep]
        numbers = np.array(self._numbers, dtype=np.int64)
        return Rows(
            format=form,
            source=self.source,
            columns=self._columns.finish(),
            numbers=numbers,
            lines=numbers if self.lined else None,
            unit="record",
            skipped=tuple(self._skipped),
            notes=(*self._notes, *deep),
        )

    def _cells(self, record: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Cell]]:
        for key, value in record.items():
            name = above + (key.strip() or "nameless")
            if isinstance(value, dict) and not above:
                yield from self._cells(value, f"{name}.")
            elif isinstance(value, dict) or (isinstance(value, list) and not all(map(_is_plain, value))):
                self._deep[name] = None
            elif isinstance(value, list):
                yield name, [text for text in map(_text, value) if text is not None] or None
            else:
                yield name, _text(value)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if value is None else str(value)
