"""What questions are expected to tell, learned from the people who train."""

from __future__ import annotations

from typing import Final

import numpy as np

from elicit.basis import InputError, one_thread
from elicit.beliefs import MixtureBelief, facet_gain
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes, Domain, Population
from elicit.forward import Split as Part
from elicit.forward import Weighing, said_codes
from elicit.forward import split_people as parts_of
from elicit.recipes.fitting import population_model
from elicit.recipes.recipe import MixtureRecipe
from elicit.recipes.split import Split

_FEWEST: Final = 20
"""People of the train split; fewer say hardly more of the others than chance."""


def profile_weighing(domain: Domain, population: Population, seed: int) -> Weighing:
    """Return how many bits of the whole profile each question is expected to tell, in a state without errors.

    The gain is that of a class mixture of the people in ``train``, times the share of them who can answer; the people
    in ``validation`` choose the number of classes, and nobody in ``test`` is looked at.

    Args:
        domain: what is asked.
        population: everybody, cut as chains are.
        seed: of the fit.

    Raises:
        InputError: too few people in ``train``.
    """
    split = _split(population)
    if len(split.train) < _FEWEST:
        raise InputError(
            f"{len(split.train)} people in the train split are too few to learn which question is worth more",
            where=f"domain '{domain.name}'",
            remedy=f"At least {_FEWEST} are needed there",
        )
    mixture, classes = population_model(MixtureRecipe(), domain, split, seed)
    belief = MixtureBelief(mixture, domain.option_counts)
    everything = np.arange(len(domain.facets))
    answerable = (said_codes(split.train) >= 0).mean(axis=0, dtype=np.float32)

    def worth(states: Codes) -> Floats:
        with one_thread():
            return np.asarray(facet_gain(belief, states, everything) * answerable)

    learned = f"a mixture of {classes} classes a start, learned from {len(split.train):,} people in train"
    return Weighing(worth, f"expected bits of the whole profile, by {learned}")


def _split(population: Population) -> Split:
    parts = np.array(parts_of(population))
    train, validation, test = (
        population.take(np.flatnonzero(parts == part)) for part in (Part.TRAIN, Part.VALIDATION, Part.TEST)
    )
    return Split("chains", train, validation, test)
