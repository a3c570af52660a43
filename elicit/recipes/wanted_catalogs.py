"""A folder of catalogs, with shoppers who said in words what they want of them, and guides that others wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elicit.basis import InputError, read_text
from elicit.funnels import Shopper, Stock, Wanted, open_catalog, read_shoppers, wanted_by
from elicit.language import WordUnderstanding
from elicit.models import Encoder

_PRODUCTS, _SHOPPERS, _GUIDES = "products", "shoppers", "guides.json"
_HEADING: Final = 8
"""Words of a line at most that is a heading."""


@dataclass(frozen=True)
class WantedCatalog:
    """A catalog and those who want something of it.

    Attributes:
        label: name of its file.
        stock: what there is.
        shoppers: in their own words.
        wanted: what was understood of them.
        headings: of a guide to buying such things; empty without one.
    """

    label: str
    stock: Stock
    shoppers: tuple[Shopper, ...]
    wanted: Wanted
    headings: tuple[str, ...]


def wanted_catalogs(
    folder: Path, more: Sequence[Path] = (), encoder: Encoder | None = None
) -> tuple[WantedCatalog, ...]:
    """Read the catalogs of a folder with their shoppers.

    Args:
        folder: with the catalogs in ``products/`` and those who want something of them in ``shoppers/``, a file of JSON
            lines each, whose name begins as that of the catalog does; perhaps with ``guides.json``, name to text.
        more: further files of shoppers.
        encoder: merges what the catalogs' texts say in several ways; shoppers are understood without it.

    Raises:
        InputError: no catalog, one that cannot be read or has no shoppers, or shoppers without a catalog or twice.
    """
    catalogs = sorted(path for path in (folder / _PRODUCTS).glob("[!.]*") if path.is_file())
    if not catalogs:
        raise InputError("there is no catalog", where=str(folder / _PRODUCTS), remedy="Put one there")
    shoppers: dict[Path, list[Shopper]] = {catalog: [] for catalog in catalogs}
    files = [*sorted((folder / _SHOPPERS).glob("*.jsonl")), *more]
    _refuse_twins(files)
    for path in files:
        shoppers[_catalog_of(path.stem, catalogs, str(path))] += read_shoppers(path)
    headings = {_catalog_of(name, catalogs, str(folder / _GUIDES)): text for name, text in _guides(folder / _GUIDES)}
    return tuple(_wanted(path, wanting, headings.get(path, ""), encoder) for path, wanting in shoppers.items())


def _refuse_twins(files: Sequence[Path]) -> None:
    """Refuse two files of one name, since shoppers are called after it, and one person counts once."""
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            problem = f"{seen[path.stem]} has shoppers of the same names"
            raise InputError(problem, where=str(path), remedy="Name each file once, or rename one of them")
        seen[path.stem] = path


def _catalog_of(name: str, catalogs: Sequence[Path], where: str) -> Path:
    """Return the catalog whose name begins with the first word of another name."""
    first = re.split(r"[_\W]", name)[0]
    fitting = [catalog for catalog in catalogs if catalog.stem.startswith(first)]
    if len(fitting) != 1:
        problem = f"{len(fitting) or 'no'} catalogs begin with '{first}'"
        raise InputError(problem, where=where, remedy="Name it as its catalog is named")
    return fitting[0]


def _guides(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        return
    try:
        guides = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error.msg})", where=f"{path}:{error.lineno}") from None
    if not isinstance(guides, Mapping) or not all(isinstance(text, str) for text in guides.values()):
        raise InputError("not an object of names and texts", where=str(path))
    yield from guides.items()


def _wanted(path: Path, shoppers: Sequence[Shopper], guide: str, encoder: Encoder | None) -> WantedCatalog:
    if not shoppers:
        raise InputError("nobody wants anything of this catalog", where=str(path), remedy="Add a file of shoppers")
    stock = open_catalog(path, encoder=encoder).stock
    wanted = wanted_by(stock, shoppers, WordUnderstanding(stock.domain, None))
    lines = (line.strip() for line in guide.split("\n"))
    headings = tuple(line for line in lines if 0 < len(line.split()) <= _HEADING and not line.endswith("."))
    return WantedCatalog(path.stem, stock, tuple(shoppers), wanted, headings)
