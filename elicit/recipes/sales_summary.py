"""What follows from what sellers have sold: means, paired differences, groups of buyers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.measures import SALES, TROUBLE, Difference, GroupRow, SalesResults
from elicit.recipes.sales import Sales
from elicit.recipes.selling import Sold
from elicit.recipes.stage import SALE_NAMES, Table
from elicit.statistics import bootstrap_mean, cramers_v, holm, permutation_p

_TESTED: Final = ("sold", "misfit", "walked_away", "turns")
"""Measures whose differences are tested."""
_PERMUTATIONS: Final = 9999


def summarise_sales(sold: Sold, label: str = "") -> SalesResults:
    """Return means with intervals over people, paired differences, and what came of each group of buyers."""
    recipe = sold.recipe
    means = {name: _mean(table, axis=1) for name, table in sold.tables.items()}
    people, draws, _ = next(iter(sold.tables.values())).shape
    return SalesResults(
        title=recipe.title,
        label=label,
        domain=sold.domain.title,
        people=people,
        draws=draws,
        measures=SALES,
        rows={
            name: dict(zip(SALE_NAMES, _intervals(table, recipe.seed), strict=True)) for name, table in means.items()
        },
        differences=tuple(_differences(recipe, means)),
        groups=tuple(_groups(sold, means)),
        won={name: _shares(sold, table) for name, table in sold.won.items()},
        wish_v=_of_wishes(sold),
        won_v={name: _of_won(sold, table) for name, table in sold.won.items()},
        notes=(
            "What fits is what these people liked; how buyers react (patience, mistakes, giving in) is an assumption "
            "of the recipe and measured on nobody.",
            "Everything was learned once; intervals hold that fixed. P-values are corrected within a market, not over "
            "markets.",
            *sold.notes,
            *(f"{TROUBLE}: {trouble}" for trouble in sold.troubles),
            *(f"{failure}; a seller's own count as refused, others are left out" for failure in sold.failures),
        ),
    )


def _mean(table: Table, axis: int) -> Table:
    """Return the mean over an axis of what is known, NaN where nothing is."""
    known = ~np.isnan(table)
    count = known.sum(axis=axis)
    return np.where(count > 0, np.where(known, table, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)


def _intervals(table: Table, seed: int) -> list[tuple[float, float, float]]:
    parts = zip(*bootstrap_mean(table, seed=seed), strict=True)
    return [(float(mean), float(low), float(high)) for mean, low, high in parts]


def _differences(recipe: Sales, means: Mapping[str, Table]) -> Iterator[Difference]:
    """Yield the differences to the baseline and of the contrasts, measure by measure."""
    pairs = [(recipe.baseline, name) for name in recipe.sellers if name != recipe.baseline]
    pairs += [pair for pair in recipe.contrasts if pair not in pairs]
    if not pairs:
        return
    for measure in _TESTED:
        column = SALE_NAMES.index(measure)
        gaps = np.stack([means[name][:, column] - means[base][:, column] for base, name in pairs], axis=1)
        corrected = holm(permutation_p(gaps, seed=recipe.seed, draws=max(_PERMUTATIONS, 100 * len(pairs))))
        for (base, name), (mean, low, high), p in zip(pairs, _intervals(gaps, recipe.seed), corrected, strict=True):
            yield Difference(name, base, recipe.condition, recipe.turns, measure, mean, low, high, float(p))


def _groups(sold: Sold, means: Mapping[str, Table]) -> Iterator[GroupRow]:
    column = SALE_NAMES.index("sold")
    for variable, values in sold.personas.items():
        for group in sorted(set(values.tolist()) - {""}):
            inside = values == group
            shares = {
                name: _intervals(table[inside, column : column + 1], sold.recipe.seed)[0]
                for name, table in means.items()
            }
            yield GroupRow(variable, group, int(inside.sum()), shares)


def _shares(sold: Sold, won: NDArray[np.intp]) -> dict[str, float]:
    """Return the share of dialogues in which each intent was won."""
    return {intent: float((won == place).mean()) for place, intent in enumerate(sold.wishes)}


def _of_wishes(sold: Sold) -> dict[str, float]:
    """Return, for each persona variable, Cramér's V with what buyers truly want, the mean over the intents."""
    return {
        variable: _mean_known([_association(values, wish) for wish in sold.wishes.values()])
        for variable, values in sold.personas.items()
    }


def _of_won(sold: Sold, won: NDArray[np.intp]) -> dict[str, float]:
    """Return, for each persona variable, Cramér's V with the intent that was won, where one was; the first draw."""
    return {variable: _association(values, won[:, 0]) for variable, values in sold.personas.items()}


def _association(values: NDArray[np.str_], codes: NDArray[np.integer]) -> float:
    """Return Cramér's V over those of whom both are known."""
    known = (values != "") & (codes >= 0)
    return cramers_v(values[known], codes[known])


def _mean_known(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
