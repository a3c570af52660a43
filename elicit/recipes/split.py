"""Who learns, who chooses and who is tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import Population
from elicit.recipes.recipe import Lesson

_FEWEST = 20
"""Fewer people than this cannot be split into learners, choosers and testers."""
_FEWEST_LEARNERS = 2
"""Each is read as somebody of whom others told; one alone has nobody who could."""


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


def split_people(recipe: Lesson, people: Population) -> Iterator[Split]:
    """Yield the splits of a recipe.

    Fold k holds the people whose place lies from k / folds up to (k + 1) / folds (see ``Population.places``); those who
    choose have the next places, with 0 after 1, so that each fold has choosers of its own.

    Raises:
        InputError: too few people, a fold without people, or a held-out person who is not there.
    """
    _refuse_few(people)
    order = np.argsort(people.places(), kind="stable")
    if recipe.test_ids:
        yield _tested("held out", recipe, people, order, _rows_of(recipe.test_ids, people))
        return
    folds = (people.places()[order] * recipe.folds).astype(np.intp)
    for fold in recipe.test_folds or range(recipe.folds):
        onwards = np.roll(order, -int(np.searchsorted(folds, fold, side="right")))
        yield _tested(f"fold{fold}", recipe, people, onwards, order[folds == fold][: recipe.test_people])


def _tested(name: str, recipe: Lesson, people: Population, order: NDArray[np.intp], test: NDArray[np.intp]) -> Split:
    if not len(test):
        raise InputError(f"nobody of the {len(people)} people is in {name}", remedy="More people, or fewer folds")
    return _split(name, recipe, people, order, test)


def learners(recipe: Lesson, people: Population) -> Split:
    """Return a split in which nobody is tested: all people learn or choose.

    Raises:
        InputError: too few people.
    """
    _refuse_few(people)
    order = np.argsort(people.places(), kind="stable")
    return _split("everybody", recipe, people, order, order[:0])


def _refuse_few(people: Population) -> None:
    if len(people) < _FEWEST:
        raise InputError(f"{len(people)} people are too few to learn from", remedy=f"At least {_FEWEST} are needed")


def _split(name: str, recipe: Lesson, people: Population, order: NDArray[np.intp], test: NDArray[np.intp]) -> Split:
    rest = order[~np.isin(order, test)]
    choosers = recipe.validation_people or max(1, round(recipe.validation * len(rest)))
    taught = rest[choosers:][: recipe.train_people]
    if len(taught) < _FEWEST_LEARNERS:
        problem = f"{choosers} validation people leave {len(taught) or 'nobody'} to learn from"
        where = "validation_people" if recipe.validation_people else "validation"
        raise InputError(problem, where=where, remedy=f"At least {_FEWEST_LEARNERS} must learn")
    return Split(name, people.take(taught), people.take(rest[:choosers]), people.take(test))


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
