"""Reads tables of people as columns of text, whatever the format.

======================  ==========================================================================
source                  row numbers in messages
======================  ==========================================================================
``FILE.csv``            as a spreadsheet counts: the header is row 1, blank lines count
``FILE.tsv``            the same
``FILE.parquet``        the first person is row 1
a folder                a dataset written by ``Dataset.save_to_disk``; the first person is row 1
``hf:NAME[:SPLIT]``     a dataset of the Hugging Face hub, split ``train`` unless named; likewise
======================  ==========================================================================

Cells are text: a formula is not computed and a date is not parsed. White space around a cell is dropped, and a whole
number written with a decimal point (``4.0``) is the whole number (``4``), because tools that know no empty integer
write it so.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import InputError, UnavailableError, did_you_mean

_HUB = "hf:"
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 1 << 20
_WHOLE = r"^(-?\d+)\.0+$"
NUMBER = r"(?i)^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^nan$|^[+-]?inf(inity)?$"


@dataclass(frozen=True)
class Table:
    """A table with one row a person, or one row an item where it is a catalog.

    Attributes:
        source: for messages: the file, folder or hub name.
        columns: name to Arrow column, in the order of the file.
        rows: int[rows], the number of each row in the file.
        notes: what was passed over while reading, one sentence each.
    """

    source: str
    columns: Mapping[str, Any]
    rows: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, column: str, person: int | None = None) -> str:
        """Return the place for messages: file, row (of the person or item with this index) and column."""
        row = "" if person is None else f"row {self.rows[person]}, "
        return f"{self.source}, {row}column '{column}'"

    def column(self, name: str) -> Any:
        """Return an Arrow column.

        Raises:
            InputError: no such column; names the nearest one.
        """
        if name not in self.columns:
            raise InputError(f"no column '{name}'", where=self.source, remedy=did_you_mean(name, self.columns))
        return self.columns[name]

    def is_list(self, name: str) -> bool:
        """Whether a cell of the column holds a list."""
        kind = self.column(name).type
        return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))

    def is_text(self, name: str) -> bool:
        """Whether a cell of the column can be read as text: it is no list, no record and no raw bytes."""
        kind = self.column(name).type
        return not (pa.types.is_nested(kind) or pa.types.is_binary(kind))

    def is_numeric(self, name: str, missing: Sequence[str] = ()) -> bool:
        """Whether every cell of a text column that is not silent looks like a number."""
        return bool(_looks_numeric(self.text(name, missing)).all())

    def text(self, name: str, missing: Sequence[str] = ()) -> Any:
        """Return the cells as an Arrow column of text, null where the row is silent.

        Raises:
            InputError: the cells are lists or records.
        """
        column = self.column(name)
        if not self.is_text(name):
            remedy = 'Use kind = "multi"' if self.is_list(name) else "Leave the column out"
            raise InputError(f"the cells are not text ({column.type})", where=self.where(name), remedy=remedy)
        return _silenced(as_text(column), missing)

    def numbers(self, name: str, missing: Sequence[str] = ()) -> NDArray[np.float64]:
        """Return the cells as float64[rows], NaN where the row is silent.

        Raises:
            InputError: a cell that is no number, or an infinite one; names its row.
        """
        text = self.text(name, missing)
        self._refuse(name, text, ~_looks_numeric(text), "is not a number")
        numbers: NDArray[np.float64] = text.cast(pa.float64()).to_numpy().astype(np.float64)
        self._refuse(name, text, np.isinf(numbers), "is not a finite number")
        return numbers

    def lists(self, name: str, separator: str, missing: Sequence[str] = ()) -> tuple[Any, NDArray[np.bool_]]:
        """Return the cells as an Arrow array of lists of text, and whether each row says anything, bool[rows]."""
        if self.is_list(name):
            lists = pc.cast(self.column(name), pa.list_(pa.string()))
        else:
            lists = pc.split_pattern(self.text(name, missing), separator)
        return lists.combine_chunks(), lists.is_valid().to_numpy()

    def _refuse(self, name: str, text: Any, bad: NDArray[np.bool_], what: str) -> None:
        if bad.any():
            person = int(np.argmax(bad))
            raise InputError(
                f"{shown(text[person].as_py())} {what}",
                where=self.where(name, person),
                remedy="If it means silence, put it into `missing` of the mapping",
            )


def shown(cell: str) -> str:
    """Return a cell as messages show it: quoted, on one line, and short."""
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")


def read_table(source: str | Path, encoding: str = "utf-8") -> Table:
    """Read a table of people.

    Args:
        source: a file, a folder or a hub name; see the table at the head of this module.
        encoding: of the text in a CSV or TSV file.

    Raises:
        InputError: no such table, an unknown format, a row of the wrong width, text in another encoding, no people.
        UnavailableError: the hub cannot be reached.
    """
    path = Path(source)
    if str(source).startswith(_HUB):
        table = _plain(str(source), _hub(str(source)))
    elif path.is_dir():
        table = _plain(str(source), _saved(path))
    elif not path.exists():
        raise InputError("no such file", where=str(source))
    elif path.suffix.lower() in _SEPARATORS:
        table = _separated(path, encoding)
    elif path.suffix.lower() == ".parquet":
        table = _plain(str(source), _parquet(path))
    else:
        raise InputError(
            f"a table of the kind '{path.suffix}' cannot be read",
            where=str(source),
            remedy="Save it as .csv, .tsv or .parquet, or name a folder written by Dataset.save_to_disk",
        )
    if not len(table):
        raise InputError("the table is empty: it has no people", where=str(source))
    return table


def _plain(source: str, data: Any) -> Table:
    return Table(source, _named(source, data), np.arange(1, data.num_rows + 1))


def _named(source: str, data: Any) -> dict[str, Any]:
    """Return name to column; a column without a name, as an exported index has, is named after its place."""
    columns: dict[str, Any] = {}
    for place, (name, column) in enumerate(zip(data.column_names, data.columns, strict=True), start=1):
        name = name.strip() or f"column {place}"
        if name in columns:
            raise InputError(f"column '{name}' occurs twice", where=source, remedy="Rename one of them")
        columns[name] = column
    return columns


def _separated(path: Path, encoding: str) -> Table:
    bad: list[tuple[int, int, int]] = []

    def refuse(row: Any) -> str:
        bad.append((row.number, row.expected_columns, row.actual_columns))
        return "error"

    # One thread, because only then does Arrow count rows. Blank lines are read so that rows keep their numbers.
    read = pa_csv.ReadOptions(use_threads=False, encoding=encoding)
    parse = pa_csv.ParseOptions(
        delimiter=_SEPARATORS[path.suffix.lower()],
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=refuse,
    )
    refuse_encoding(path, encoding)
    try:
        with pa_csv.open_csv(path, read_options=read, parse_options=parse) as stream:
            names = stream.schema.names
        as_text = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        _refuse_twins(path, names)
        data = pa_csv.read_csv(path, read_options=read, parse_options=parse, convert_options=as_text)
    except pa.ArrowInvalid as error:
        raise _unreadable(path, bad, error) from None
    table = _without_blank_rows(str(path), data)
    _refuse_open_quote(path, table)
    return table


def _refuse_twins(path: Path, names: Sequence[str]) -> None:
    """Raise InputError for a name that occurs twice; Arrow would read the last such column only."""
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(f"column '{name}' occurs twice", where=f"{path}, row 1", remedy="Rename one of them")


def _refuse_open_quote(path: Path, table: Table) -> None:
    """Raise InputError if the last cell runs over the rest of the file, which Arrow allows."""
    if not len(table):
        return
    name = list(table.columns)[-1]
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 64))
        ends_quoted = stream.read().strip(b"\x00\r\n\t ").endswith(b'"')
    if "\n" in table.columns[name][-1].as_py() and not ends_quoted:
        raise InputError("a quotation mark is left open", where=table.where(name, len(table) - 1))


def refuse_encoding(path: Path, encoding: str, remedy: str = "") -> None:
    """Raise InputError naming the first byte that is not of the encoding, and its line.

    Args:
        path: the file.
        encoding: of its text.
        remedy: what to do about it; unless said, to name the right encoding in a mapping.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    place, line, ended = 0, 1, False
    with path.open("rb") as stream:
        while not ended:
            block = stream.read(_BLOCK)
            ended = not block
            left = decoder.getstate()[0]
            try:
                decoder.decode(block, final=ended)
            except UnicodeDecodeError as wrong:
                near = left + block
                line += near.count(b"\n", 0, wrong.start)
                byte = f"byte {place - len(left) + wrong.start} (0x{near[wrong.start]:02x})"
                raise InputError(
                    f"{byte} is not {encoding}",
                    where=f"{path}, line {line}",
                    remedy=remedy or _right_encoding(path),
                ) from None
            place, line = place + len(block), line + block.count(b"\n")


def _right_encoding(path: Path) -> str:
    with path.open("rb") as stream:
        likely = "utf-16" if stream.read(2) in UTF_16_MARKS else "latin-1"
    return f'Put the right encoding into the mapping, for instance `encoding = "{likely}"`'


def _unreadable(path: Path, bad: list[tuple[int, int, int]], error: pa.ArrowInvalid) -> InputError:
    """Return the error that says why Arrow could not read the file."""
    with path.open("rb") as stream:
        if not stream.read(_BLOCK).strip():
            return InputError("the table is empty: it has no people", where=str(path))
    if bad:
        number, expected, actual = bad[0]
        return InputError(
            f"{actual} fields where the header has {expected}",
            where=f"{path}, row {number}",
            remedy="A cell that holds the separator must stand in quotation marks",
        )
    return InputError(f"cannot be read ({str(error).splitlines()[0]})", where=str(path))


def _without_blank_rows(source: str, data: Any) -> Table:
    filled = np.zeros(data.num_rows, dtype=np.bool_)
    for column in data.columns:
        filled |= pc.not_equal(column, "").to_numpy()
    # Blank lines at the end of a file are no matter; inside it they may be a mistake.
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    blank = int((~filled[:last]).sum())
    notes = (f"{blank} empty rows of the table were left out.",) if blank else ()
    return Table(source, _named(source, data.filter(pa.array(filled))), np.flatnonzero(filled) + 2, notes)


def _parquet(path: Path) -> Any:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"not a Parquet file ({str(error).splitlines()[0]})", where=str(path)) from None


def _saved(folder: Path) -> Any:
    import datasets

    if (folder / "dataset_dict.json").exists():
        splits = sorted(p.name for p in folder.iterdir() if (p / "state.json").exists())
        raise InputError(
            f"the folder holds several splits ({', '.join(splits)})",
            where=str(folder),
            remedy=f"Name the folder of one, for instance {folder / splits[0]}" if splits else "",
        )
    if not (folder / "state.json").exists():
        raise InputError(
            "the folder holds no table", where=str(folder), remedy="Expected one written by Dataset.save_to_disk"
        )
    return _arrow(datasets.load_from_disk(str(folder)), datasets.ClassLabel)


def _hub(source: str) -> Any:
    import datasets
    from datasets.exceptions import DatasetNotFoundError

    name, _, split = source.removeprefix(_HUB).partition(":")
    try:
        data = datasets.load_dataset(name, split=split or "train")
    except DatasetNotFoundError:
        raise InputError(f"the hub has no dataset '{name}' that you may read", where=source) from None
    except OSError as error:
        raise UnavailableError(f"{source}: the hub cannot be reached ({type(error).__name__})") from None
    except ValueError as error:
        raise InputError(str(error).splitlines()[0], where=source) from None
    return _arrow(data, datasets.ClassLabel)


def _arrow(data: Any, class_label: type[Any]) -> Any:
    """Return a dataset as an Arrow table, classes by their names."""
    table = data.with_format("arrow")[:]
    for place, (name, feature) in enumerate(data.features.items()):
        if isinstance(feature, class_label):
            codes = table.column(name)
            known = pc.if_else(pc.greater_equal(codes, 0), codes, None)
            table = table.set_column(place, name, pc.take(pa.array(feature.names), known))
    return table


def as_text(column: Any) -> Any:
    """Return an Arrow column whose cells are no lists or records as text: trimmed, truth as yes and no."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "yes", "no")
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    if not pc.any(pc.match_substring(trimmed, pattern=".0")).as_py():
        return trimmed
    return pc.replace_substring_regex(trimmed, pattern=_WHOLE, replacement=r"\1")


def _looks_numeric(text: Any) -> NDArray[np.bool_]:
    looks: NDArray[np.bool_] = pc.fill_null(pc.match_substring_regex(text, pattern=NUMBER), True).to_numpy()
    return looks


def _silenced(text: Any, missing: Sequence[str]) -> Any:
    if not missing:
        return text
    silent = pc.is_in(text, value_set=pa.array(missing, pa.string()))
    return pc.if_else(silent, None, text)
