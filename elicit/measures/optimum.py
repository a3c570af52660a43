"""The fewest questions that can lead to an item: what every way of asking is held against."""

from __future__ import annotations

import numpy as np

from elicit.basis import InputError
from elicit.funnels import FEW, Stock, tree_costs


def optimum_tree_cost(stock: Stock) -> float:
    """Return the expected questions of the best tree that tells all items apart that can be told apart.

    Args:
        stock: at most 16 items, no gaps, no ceilings.

    Raises:
        InputError: a larger catalog, or one in which an item fits several answers.
    """
    where = f"catalog '{stock.domain.name}'"
    if len(stock) > FEW:
        raise InputError(f"{len(stock)} items are too many for trying every tree", where=where, remedy="At most 16")
    if stock.ceilings or (stock.codes < 0).any():
        raise InputError("some item fits several answers, so there is no such tree", where=where)
    wanted = stock.weights > 0
    costs = tree_costs(stock.codes[wanted], stock.weights[wanted])
    return float(costs.min(initial=np.inf)) if np.isfinite(costs).any() else 0.0
