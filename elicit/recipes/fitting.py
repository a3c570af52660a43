"""How the parts of a recipe are learned: population model, network, what is wanted, and who can answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, one_thread
from elicit.beliefs import (
    Course,
    Crossed,
    Goal,
    LearningSettings,
    Network,
    NetworkSettings,
    Origin,
    StrippingSettings,
    train_network,
)
from elicit.domains import Domain, Population
from elicit.forward import parse_schedule
from elicit.profiles import AnswerModel, Mixture, MixtureSettings, answer_model, choose_classes, fit_starts, pool
from elicit.recipes.recipe import GOALS, MixtureRecipe, NetworkRecipe, Wanted
from elicit.recipes.split import Split

_PARTS: Final = 4
"""Mixtures that are fitted without a part of the people each, while the network learns."""
_PART_STARTS: Final = 3
_BEYOND: Final = 5
"""Answers that half of the training states may have beyond those of a dialogue."""


def goal_of(wanted: Wanted, domain: Domain, where: str = "goal") -> Goal:
    """Return what is wanted of the people of a domain.

    Args:
        wanted: the name of a goal, or facets.
        domain: what is asked.
        where: it is wanted, for messages.

    Raises:
        InputError: targets where the domain has none, or a facet that it has not.
    """
    if wanted not in GOALS and not (isinstance(wanted, tuple) and wanted):
        raise InputError(f"{wanted!r} is neither one of {', '.join(GOALS)} nor a tuple of facets", where=where)
    if wanted in ("targets", "all", "ndcg") and not domain.targets:
        problem = f"domain '{domain.name}' has no targets, which '{wanted}' is about"
        raise InputError(problem, where=where, remedy="The goal 'profile' needs none")
    everything = domain.columns if wanted in ("profile", "all") else ()
    chosen = everything if isinstance(wanted, str) else wanted
    facets = np.zeros(len(domain.facets), dtype=bool)
    facets[[domain.column(facet, where) for facet in chosen]] = True
    return Goal(facets, targets=wanted in ("targets", "all"), ranking=wanted == "ndcg")


def population_model(recipe: MixtureRecipe, domain: Domain, split: Split, seed: int) -> tuple[Mixture, int]:
    """Return the mixture of a split's training people, all starts averaged, and the number of classes a start.

    Args:
        recipe: its settings.
        domain: what is asked.
        split: who learns, and who chooses the number of classes.
        seed: of the starts.
    """
    settings = MixtureSettings(classes=recipe.classes, starts=recipe.starts, smoothing=recipe.smoothing)
    with one_thread():
        classes = choose_classes(split.train, split.validation, domain.option_counts, settings, seed)
        return pool(fit_starts(split.train, domain.option_counts, classes, settings, seed)), classes


def crossed(
    train: Population, option_counts: NDArray[np.int64], mixture: Mixture, classes: int, smoothing: float
) -> Crossed:
    """Return mixtures that were fitted without a part of the training people each.

    Args:
        train: who the mixture was fitted on.
        option_counts: int[facets].
        mixture: of all of them.
        classes: classes a start.
        smoothing: see ``MixtureSettings``.
    """
    part = np.arange(len(train)) % min(_PARTS, len(train))
    settings = MixtureSettings(starts=_PART_STARTS, smoothing=smoothing)
    others = [train.take(np.flatnonzero(part != n)) for n in range(part.max() + 1)]
    parts = [pool(fit_starts(people, option_counts, classes, settings, n)) for n, people in enumerate(others)]
    return Crossed(mixture, parts, part)


def taught_network(
    recipe: NetworkRecipe,
    domain: Domain,
    split: Split,
    models: Sequence[AnswerModel],
    mixtures: Crossed,
    questions: int,
    seed: int,
    origin: Origin,
    personas: bool = False,
) -> tuple[Network, Course]:
    """Train the masked network that a recipe describes.

    Args:
        recipe: its settings.
        domain: what is asked.
        split: who learns, and who says when to stop.
        models: the ways of answering that it shall know.
        mixtures: what it corrects.
        questions: the longest dialogue.
        seed: of everything that is drawn.
        origin: kept with it; see ``save_learned``.
        personas: whether it is told the persona of half of the people.
    """
    learning = LearningSettings(hidden=recipe.hidden, epochs=recipe.epochs, learning_rate=recipe.learning_rate)
    stripping = StrippingSettings(parse_schedule(recipe.schedule), questions + _BEYOND, recipe.live_share)
    return train_network(
        split.train,
        split.validation,
        domain.option_counts,
        domain.depths,
        models,
        mixtures,
        NetworkSettings(learning, stripping, recipe.rows, recipe.consistency, personas=personas),
        seed,
        origin,
    )


def possible_models(conditions: Sequence[str], population: Population) -> tuple[list[AnswerModel], dict[str, str]]:
    """Return the answer models that the data allow, and why the others are left out."""
    allowed, skipped = [], {}
    for name in conditions:
        model = answer_model(name)
        try:
            model.truth(population)
        except InputError as error:
            skipped[name] = error.what
        else:
            allowed.append(model)
    return allowed, skipped
