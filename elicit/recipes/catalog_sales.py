"""Sales in catalogs: real shoppers, who said in words what they want, and sellers who learned from invented ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from elicit.basis import InputError
from elicit.domains import Population
from elicit.funnels import (
    Shopper,
    Wanted,
    invented_shoppers,
    open_catalog,
    read_shoppers,
    wanted_by,
)
from elicit.language import WordUnderstanding
from elicit.recipes.sales import Sales, refuse_unsellable
from elicit.recipes.selling import Market

_PRODUCTS: Final = "products"
_SHOPPERS: Final = "shoppers"


def catalog_markets(recipe: Sales, folder: Path, more: Sequence[Path] = ()) -> tuple[Market, ...]:
    """Return a market for each catalog of a folder.

    Args:
        recipe: the settings.
        folder: with the catalogs in ``products/`` and those who want something of them in ``shoppers/``, a file of JSON
            lines each, whose name begins as that of the catalog does.
        more: further files of shoppers.

    Raises:
        InputError: no catalog, one that cannot be read or has no shoppers, shoppers without a catalog or twice, or the
            recipe cannot be played there.
    """
    catalogs = sorted(path for path in (folder / _PRODUCTS).glob("[!.]*") if path.is_file())
    if not catalogs:
        raise InputError("there is no catalog", where=str(folder / _PRODUCTS), remedy="Put one there")
    files = [*sorted((folder / _SHOPPERS).glob("*.jsonl")), *more]
    _refuse_twins(files)
    shoppers: dict[Path, list[Shopper]] = {catalog: [] for catalog in catalogs}
    for path in files:
        shoppers[_catalog_of(path, catalogs)] += read_shoppers(path)
    found = tuple(_market(recipe, catalog, wanting) for catalog, wanting in shoppers.items())
    for market in found:
        refuse_unsellable(recipe, market.domain, market.people)
    return found


def _refuse_twins(files: Sequence[Path]) -> None:
    """Refuse two files of one name, since shoppers are called after it, and one person counts once."""
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            problem = f"{seen[path.stem]} has shoppers of the same names"
            raise InputError(problem, where=str(path), remedy="Name each file once, or rename one of them")
        seen[path.stem] = path


def _catalog_of(shoppers: Path, catalogs: Sequence[Path]) -> Path:
    """Return the catalog whose name begins with the first word of the name of a file of shoppers."""
    first = re.split(r"[_\W]", shoppers.stem)[0]
    fitting = [catalog for catalog in catalogs if catalog.stem.startswith(first)]
    if len(fitting) != 1:
        problem = f"{len(fitting) or 'no'} catalogs begin with '{first}'"
        raise InputError(problem, where=str(shoppers), remedy="Name the file as its catalog is named")
    return fitting[0]


def _market(recipe: Sales, path: Path, shoppers: Sequence[Shopper]) -> Market:
    if not shoppers:
        raise InputError("nobody wants anything of this catalog", where=str(path), remedy="Add a file of shoppers")
    stock = open_catalog(path).stock
    wanted = wanted_by(stock, shoppers, WordUnderstanding(stock.domain, None))
    buyers = Population(tuple(shopper.id for shopper in shoppers), wanted.codes, wanted.wishes.fits)
    people = invented_shoppers(stock, recipe.shoppers, recipe.seed)
    return Market(path.stem, stock.domain, people, (buyers, wanted.wishes), (_note(path.stem, wanted),))


def _note(label: str, wanted: Wanted) -> str:
    number, lost = len(wanted.codes), int((~wanted.wishes.fits.any(axis=1)).sum())
    many = f"{number} shopper{'s' * (number > 1)}"
    said = f"{label}: {many}, of whose answers {wanted.understood.mean():.0%} tell something that can be asked"
    return f"{said}; nothing fits {lost} of them." if lost else f"{said}."
