"""Catalog files planted by tests, and what is read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError
from elicit.domains import Catalog, read_catalog


def plant(folder: Path, name: str, content: str | bytes | list[Any] | dict[str, Any]) -> Path:
    """Write a file: text as it is, lists and objects as JSON."""
    path = folder / name
    if isinstance(content, list | dict):
        content = json.dumps(content, ensure_ascii=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(catalog: Catalog, column: str) -> list[Any]:
    found: list[Any] = catalog.table.column(column).to_pylist()
    return found


def skipped(catalog: Catalog) -> list[tuple[str, str]]:
    """Return the places without the folder, and the reasons."""
    return [(s.where.removeprefix(str(Path(catalog.table.source).parent) + "/"), s.why) for s in catalog.skipped]


def refusal(path: Path) -> str:
    """Return the message with which a file is refused, without the folder."""
    with pytest.raises(InputError) as caught:
        read_catalog(path)
    return str(caught.value).removeprefix(str(path.parent) + "/")
