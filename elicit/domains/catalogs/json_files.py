"""Reads lists of objects in JSON, and files with one object a line."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Final, TextIO

from elicit.basis import InputError
from elicit.domains.catalogs.catalog import Rows
from elicit.domains.catalogs.files import empty_catalog, text_encoding
from elicit.domains.catalogs.json_text import decode, members, without_comments
from elicit.domains.catalogs.records import Records
from elicit.domains.catalogs.schema_org import FORMAT, is_linked, take_products

_SAMPLE: Final = 1 << 16
"""Characters in which schema.org shows, if it does."""
_LINKED: Final = re.compile(r'"@(?:type|graph|context)"\s*:')


def read_json(path: Path) -> Rows:
    """Read a list of objects, one key that holds such a list, or schema.org Products.

    Raises:
        InputError: not UTF-8, no JSON (names line and column), no list of objects, several lists of objects.
    """
    with path.open(encoding=text_encoding(path)) as stream:
        head = stream.read(_SAMPLE)
        if not head.strip():
            raise empty_catalog(path)
        if _has_lines(head):
            return read_json_lines(path)
        try:
            return _read(path, stream, head)
        except json.JSONDecodeError as error:
            stream.seek(0)
            text = stream.read()
            bare = without_comments(text)
            if bare == text:
                raise _unreadable(path, error) from None
    try:
        return _read(path, io.StringIO(bare), bare[:_SAMPLE])
    except json.JSONDecodeError as error:
        raise _unreadable(path, error) from None


def read_json_lines(path: Path) -> Rows:
    """Read one object a line; lines that hold none are skipped.

    Raises:
        InputError: not UTF-8, no items.
    """
    encoding = text_encoding(path)
    records = Records(str(path), lined=True)
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(stream, start=1):
            if number == 1 and line.lstrip().startswith("["):
                return read_json(path)
            if line.strip():
                _take_line(records, number, line)
    return records.rows("JSON Lines")


def _take_line(records: Records, number: int, line: str) -> None:
    try:
        record = decode(line.strip())
    except json.JSONDecodeError as error:
        records.skip(number, f"no JSON: {error.msg} (column {error.colno})")
        return
    if is_linked(record):
        take_products(records, record, number)
    else:
        records.take(number, record)


def _has_lines(head: str) -> bool:
    """Whether a text that calls itself JSON has one object a line."""
    lines = [line.strip() for line in head.splitlines()[:3] if line.strip()]
    return len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines[:2])


def _unreadable(path: Path, error: json.JSONDecodeError) -> InputError:
    remedy = "A file with one object a line is called .jsonl" if error.msg == "Extra data" else ""
    return InputError(f"no JSON: {error.msg}", where=f"{path}:{error.lineno}, column {error.colno}", remedy=remedy)


def _read(path: Path, stream: TextIO, head: str) -> Rows:
    stream.seek(0)
    if _LINKED.search(head):
        return _linked(path, stream.read())
    taken: dict[str, Records] = {}
    for key, number, value in members(stream):
        taken.setdefault(key, Records(str(path))).take(number, value)
    full = {key: records for key, records in taken.items() if len(records)}
    if len(full) > 1:
        names = ", ".join(f"'{key}'" for key in full)
        raise InputError(f"several keys hold items ({names})", where=str(path), remedy="Keep one of them")
    if not full and head.lstrip().startswith("{"):
        stream.seek(0)
        return _single(path, stream.read())
    ((key, records),) = (full or taken or {"": Records(str(path))}).items()
    if key:
        records.note(f"Key '{key}' holds the items.")
    return records.rows("JSON")


def _linked(path: Path, text: str) -> Rows:
    records = Records(str(path))
    take_products(records, decode(text))
    if not len(records):
        raise InputError("there is no Product in it", where=str(path), remedy='A Product says "@type": "Product"')
    return records.rows(FORMAT)


def _single(path: Path, text: str) -> Rows:
    """Read an object without a list of objects: it is the only item, or no catalog."""
    document = decode(text)
    if not any(type(value) is str for value in document.values()):
        if not any(document.values()):
            raise empty_catalog(path)
        keys = ", ".join(f"'{key}'" for key in list(document)[:8])
        raise InputError(
            f"no list of objects; the keys are {keys}",
            where=str(path),
            remedy="A catalog is a list of objects, or has one key that holds such a list",
        )
    records = Records(str(path))
    records.take(1, document)
    return records.rows("JSON")
