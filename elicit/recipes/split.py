"""Who learns, who chooses and who is tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import Population
from elicit.recipes.recipe import Evaluation

_FEWEST = 10
"""Fewer people than this cannot be split into learners, choosers and testers."""


@dataclass(frozen=True)
class Split:
    """Three groups of people without anybody in common.

    Attributes:
        name: ``fold0`` and so on.
        train: learn the population model.
        validation: choose settings and teach the static order.
        test: are asked; nothing is chosen on them.
    """

    name: str
    train: Population
    validation: Population
    test: Population


def split_people(recipe: Evaluation, people: Population) -> Iterator[Split]:
    """Yield the splits of a recipe.

    A person's place depends on the seed and their id alone. Fold k holds every ``folds``-th person in the order of a
    seeded draw, from the k-th on.

    Raises:
        InputError: too few people, or a held-out person who is not there.
    """
    if len(people) < _FEWEST:
        raise InputError(f"{len(people)} people are too few to evaluate on", remedy=f"At least {_FEWEST} are needed")
    order = np.argsort(people.luck(recipe.seed).uniform("fold"), kind="stable")
    if recipe.test_ids:
        yield _split("held out", recipe, people, order, _rows_of(recipe.test_ids, people))
        return
    for fold in recipe.test_folds:
        yield _split(f"fold{fold}", recipe, people, order, order[fold :: recipe.folds][: recipe.test_people])


def _split(name: str, recipe: Evaluation, people: Population, order: NDArray[np.intp], test: NDArray[np.intp]) -> Split:
    rest = order[~np.isin(order, test)]
    choosers = recipe.validation_people or max(1, round(recipe.validation * len(rest)))
    if choosers >= len(rest):
        raise InputError(f"{choosers} validation people leave nobody to learn from", where="validation_people")
    return Split(name, people.take(rest[choosers:]), people.take(rest[:choosers]), people.take(test))


def _rows_of(ids: tuple[str, ...], people: Population) -> NDArray[np.intp]:
    place = {person: row for row, person in enumerate(people.ids)}
    missing = [i for i in ids if i not in place]
    if missing:
        raise InputError(
            f"{len(missing)} of the {len(ids)} held-out people are not in the data (the first is '{missing[0]}')",
            where="test_ids",
            remedy="These are other data than the recipe was written for; use folds instead of test_ids",
        )
    return np.array([place[i] for i in ids], dtype=np.intp)
