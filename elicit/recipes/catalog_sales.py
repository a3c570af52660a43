"""Sales in catalogs: real shoppers, who said in words what they want, and sellers who learned from invented ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from elicit.basis import counted
from elicit.domains import Population
from elicit.funnels import invented_shoppers
from elicit.recipes.sales import Sales, refuse_unsellable
from elicit.recipes.selling import Market
from elicit.recipes.wanted_catalogs import WantedCatalog, wanted_catalogs


def catalog_markets(recipe: Sales, folder: Path, more: Sequence[Path] = ()) -> tuple[Market, ...]:
    """Return a market for each catalog of a folder; see :func:`wanted_catalogs`.

    Args:
        recipe: the settings.
        folder: with catalogs and shoppers.
        more: further files of shoppers.

    Raises:
        InputError: the folder cannot be used, or the recipe cannot be played there.
    """
    found = tuple(_market(recipe, catalog) for catalog in wanted_catalogs(folder, more))
    for market in found:
        refuse_unsellable(recipe, market.domain, market.people)
    return found


def _market(recipe: Sales, catalog: WantedCatalog) -> Market:
    stock, wishes = catalog.stock, catalog.wanted.wishes
    ids = tuple(shopper.id for shopper in catalog.shoppers)
    buyers = Population(ids, catalog.wanted.codes, wishes.fits)
    people = invented_shoppers(stock, recipe.shoppers, recipe.seed)
    return Market(catalog.label, stock.domain, people, (buyers, wishes), (_note(catalog),))


def _note(catalog: WantedCatalog) -> str:
    wanted, number = catalog.wanted, len(catalog.shoppers)
    lost, share = int((~wanted.wishes.fits.any(axis=1)).sum()), f"{wanted.understood.mean():.0%}"
    said = f"{catalog.label}: {counted(number, 'shopper')}, of whose answers {share} tell something that can be asked"
    return f"{said}; nothing fits {lost} of them." if lost else f"{said}."
