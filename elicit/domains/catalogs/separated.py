"""Reads a table of separated values row by row, so that a bad row costs no more than itself."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import pyarrow as pa

from elicit.basis import InputError, counted
from elicit.domains.catalogs.catalog import Rows, Skipped
from elicit.domains.catalogs.files import empty_catalog, text_array, text_encoding

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE: Final = 100
"""Rows from which the separator is guessed."""
_PIECE: Final = 500_000
"""Cells that are held as Python objects before they become Arrow columns."""
_PIECE_LETTERS: Final = 1 << 23
"""Likewise characters."""
_LONGEST: Final = 1 << 24
"""Characters in a cell; more than that is no description but a quotation mark left open."""


def read_separated(path: Path) -> Rows:
    """Read a table of separated values; the first row names the columns.

    Rows with more or fewer fields than the header are skipped. Blank rows are passed over.

    Raises:
        InputError: not UTF-8, no items, a name that occurs twice, a quotation mark that is left open.
    """
    encoding = text_encoding(path)
    with path.open(encoding=encoding, newline="") as stream, _long_cells():
        separator = _separator(path, stream)
        stream.seek(0)
        return _Reading(path, separator).read(stream)


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _separator(path: Path, stream: TextIO) -> str:
    """Return the separator by which most of the first rows have as many fields as the header."""
    text = "".join(line for line, _ in zip(stream, range(_SAMPLE), strict=False))
    usual = "\t" if path.suffix.lower() in {".tsv", ".tab"} else ","
    return max(_SEPARATORS, key=lambda separator: (*_fit(text, separator), separator == usual))


def _fit(text: str, separator: str) -> tuple[float, int]:
    widths = [len(row) for row in csv.reader(text.splitlines(keepends=True), delimiter=separator) if row]
    if not widths or widths[0] == 1:
        return 0.0, 1
    return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]


class _Lines:
    """Lines of a file, of which those of the present record are remembered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._taken, self.count = stream, list[str](), 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self.count += 1
        self._taken.append(line)
        return line

    def record(self) -> tuple[int, list[str]]:
        """Return the first line's number and the lines since the last call."""
        taken, self._taken = self._taken, []
        return self.count - len(taken) + 1, taken


@dataclass
class _Reading:
    """One file being read."""

    path: Path
    separator: str
    header: list[str] = field(default_factory=list)
    chunks: list[list[Any]] = field(default_factory=list)
    piece: list[list[str]] = field(default_factory=list)
    letters: int = 0
    numbers: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    blank: int = 0

    def read(self, stream: TextIO) -> Rows:
        lines = _Lines(stream)
        blanks, start, raw = 0, 1, list[str]()
        for number, row in enumerate(self._records(lines), start=1):
            start, raw = lines.record()
            if not _filled(row):
                blanks += 1
            elif not self.header:
                self.header = _names(self.path, row)
            else:
                # Blank lines at the end of a file are no matter.
                self.blank, blanks = self.blank + blanks, 0
                self._take(number, start, row, raw)
        self._refuse_open_quote(start, raw)
        return self._rows()

    def _records(self, lines: _Lines) -> Iterator[list[str]]:
        try:
            yield from csv.reader(lines, delimiter=self.separator)
        except csv.Error as error:
            start, raw = lines.record()
            self._refuse_open_quote(start, raw)
            raise InputError(f"cannot be read ({error})", where=f"{self.path}:{start}") from None

    def _take(self, number: int, start: int, row: list[str], raw: Sequence[str]) -> None:
        if len(row) == len(self.header):
            self._keep(number, start, row)
        elif len(raw) > 1 and _misquoted(raw, self.separator):
            self._rescue(number, start, raw)
        else:
            self._skip(start, row)

    def _rescue(self, number: int, start: int, raw: Sequence[str]) -> None:
        """Take lines one by one that a stray quotation mark made one row."""
        for line, text in enumerate(raw, start=start):
            row = next(csv.reader([text], delimiter=self.separator), [])
            if len(row) == len(self.header) and _open_quote([text], self.separator) is None:
                self._keep(number, line, row)
            elif _filled(row):
                self._skip(line, row)

    def _keep(self, number: int, line: int, row: list[str]) -> None:
        self.piece.append(row)
        self.numbers.append(number)
        self.starts.append(line)
        self.letters += sum(map(len, row))
        if len(self.piece) * len(self.header) >= _PIECE or self.letters >= _PIECE_LETTERS:
            self._end_piece()

    def _skip(self, line: int, row: Sequence[str]) -> None:
        why = f"{counted(len(row), 'field')} where the header has {len(self.header)}"
        self.skipped.append(Skipped(f"{self.path}:{line}", why))

    def _end_piece(self) -> None:
        self.chunks.append([text_array(cells) for cells in zip(*self.piece, strict=True)])
        self.piece, self.letters = [], 0

    def _refuse_open_quote(self, start: int, raw: Sequence[str]) -> None:
        line = _open_quote(raw, self.separator)
        if line is not None:
            raise InputError(
                "a quotation mark is left open",
                where=f"{self.path}:{start + line}",
                remedy="Close it, or write it twice inside quotation marks if it belongs to the text",
            )

    def _rows(self) -> Rows:
        if self.piece:
            self._end_piece()
        if not self.chunks and not self.skipped:
            raise empty_catalog(self.path)
        columns = (
            pa.chunked_array([chunk[place] for chunk in self.chunks], pa.string()) for place in range(len(self.header))
        )
        read = {",": "CSV", "\t": "TSV"}.get(self.separator, f"a table separated by {_SEPARATORS[self.separator]}")
        blank = f"{counted(self.blank, 'empty row')} of the table {'was' if self.blank == 1 else 'were'} left out."
        return Rows(
            format=read,
            source=str(self.path),
            columns=dict(zip(self.header, columns, strict=True)),
            numbers=np.array(self.numbers, dtype=np.int64),
            lines=np.array(self.starts, dtype=np.int64),
            skipped=tuple(self.skipped),
            notes=(blank,) if self.blank else (),
        )


def _filled(row: Sequence[str]) -> bool:
    return any(map(str.strip, row))


def _names(path: Path, row: Sequence[str]) -> list[str]:
    names = [name.strip() or f"column {place}" for place, name in enumerate(row, start=1)]
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise InputError(f"column '{name}' occurs twice", where=f"{path}, row 1", remedy="Rename one of them")
    return names


def _misquoted(raw: Sequence[str], separator: str) -> bool:
    """Whether something follows a closing quotation mark, as if it had been opened by mistake."""
    try:
        list(csv.reader(raw, delimiter=separator, strict=True))
    except csv.Error:
        return True
    return False


def _open_quote(raw: Sequence[str], separator: str) -> int | None:
    """Return which of the lines of a record opens a quotation mark that is never closed."""
    text = "".join(raw)
    for cell in re.finditer(rf'(?:^|[{re.escape(separator)}\r\n])"(?:[^"]|"")*+("?)', text):
        if not cell[1]:
            return text.count("\n", 0, text.index('"', cell.start()))
    return None
