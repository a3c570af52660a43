"""What ``elicit domains check`` says of a catalog file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.padding import Padding
from rich.text import Text

from elicit.basis import counted
from elicit.cli.output import console, print_json
from elicit.domains import CATALOG_SUFFIXES, Catalog, Skipped, built_domains, read_catalog, shipped_domains

_SHOWN: Final = 10
"""Skipped rows shown to a reader; the JSON object holds all."""
_WIDEST: Final = 30
"""Letters of a column's name before the columns beside it move."""
_LONGEST: Final = 60
"""Letters of an example."""


def is_catalog(name: str) -> bool:
    """Whether what is to be checked is a catalog file and no domain."""
    path = Path(name)
    named = path.suffix.lower() in CATALOG_SUFFIXES and not path.is_dir()
    return named or (path.is_file() and name not in {*shipped_domains(), *(folder.name for folder in built_domains())})


def check_catalog(name: str, json: bool) -> None:
    """Print what is understood of a catalog file; exit code 1 if rows were skipped."""
    catalog = read_catalog(name)
    columns = [_column(catalog, column) for column in catalog.table.columns]
    if json:
        print_json(_facts(catalog, columns))
    else:
        _show(catalog, columns)
    if catalog.skipped:
        raise SystemExit(1)


def _column(catalog: Catalog, name: str) -> dict[str, str]:
    return {"name": name, "type": _kind(catalog, name), "example": _example(catalog, name)}


def _kind(catalog: Catalog, name: str) -> str:
    roles = {catalog.id: "id", catalog.label: "name", catalog.price: "price"}
    if name in roles:
        return roles[name]
    listed = catalog.table.is_list(name)
    if name in catalog.texts:
        return "list of free text" if listed else "free text"
    if listed:
        return "list"
    said = {*catalog.table.column(name).slice(0, 1000).to_pylist()} - {None}
    if said and said <= {"yes", "no"}:
        return "yes or no"
    return "number" if catalog.table.is_numeric(name) else "text"


def _example(catalog: Catalog, name: str) -> str:
    said = catalog.table.column(name).drop_null()
    first: Any = said[0].as_py() if len(said) else ""
    text = " ".join(("; ".join(first) if isinstance(first, list) else first).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _facts(catalog: Catalog, columns: Sequence[dict[str, str]]) -> dict[str, Any]:
    return {
        "catalog": catalog.table.source,
        "format": catalog.format,
        "items": len(catalog.table),
        "id": catalog.id,
        "label": catalog.label,
        "price": catalog.price,
        "currency": catalog.currency,
        "texts": list(catalog.texts),
        "columns": list(columns),
        "skipped": [{"where": skipped.where, "why": skipped.why} for skipped in catalog.skipped],
        "notes": list(catalog.notes),
    }


def _show(catalog: Catalog, columns: Sequence[dict[str, str]]) -> None:
    out = console()
    priced = f", prices in {catalog.currency}" if catalog.currency else ""
    size = f"{counted(len(catalog.table), 'item')}, {counted(len(columns), 'column')}"
    out.print(f"{catalog.format}: {size}{priced}\n")
    width = min(_WIDEST, max(len(column["name"]) for column in columns))
    kinds = max(len(column["type"]) for column in columns)
    lines = (f"  {column['name']:{width}}  {column['type']:{kinds}}  {column['example']}" for column in columns)
    # All at once, since each print takes its time and there can be thousands of columns.
    out.print("\n".join(map(str.rstrip, lines)) + "\n", no_wrap=out.is_terminal or None, overflow="ellipsis")
    for note in catalog.notes:
        out.print(Padding(note, (0, 0, 0, 2), expand=False))
    _show_skipped(catalog.skipped)


def _show_skipped(skipped: Sequence[Skipped]) -> None:
    if not skipped:
        return
    out = console()
    out.print(Text(f"\nskipped, {len(skipped):,}:", "bold"))
    for row in skipped[:_SHOWN]:
        out.print(Padding(f"{row.where}: {row.why}", (0, 0, 0, 2), expand=False))
    if len(skipped) > _SHOWN:
        out.print(f"  … and {len(skipped) - _SHOWN:,} more (--json shows all)")
