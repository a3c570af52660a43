"""The questioners of PEP by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean
from elicit.beliefs import Guesses
from elicit.domains import Population
from elicit.profiles import Mixture
from elicit.questioners.gain import GainQuestioner, Score
from elicit.questioners.orders import OrderedQuestioner
from elicit.questioners.pep.latent import LatentBelief, fit_latent
from elicit.questioners.pep.linear import LinearBelief, LinearModel, fit_linear
from elicit.questioners.pep.pairs import PairsBelief, PairTables, count_pairs
from elicit.questioners.pep.released import MODELS, ReleasedBelief, Statistics, count_criteria
from elicit.questioners.pep.rules import once_each
from elicit.questioners.pep.selection import RULES, ReleasedQuestioner, fixed_order
from elicit.questioners.protocol import FacetQuestioner


@dataclass(frozen=True)
class PepFit:
    """What PEP learns from one training table; each model is fitted when it is first asked for.

    Attributes:
        train: people to learn from.
        validation: people who choose the number of types and of components.
        option_counts: int[facets].
        seed: of the starts of ``pep-latent``.
    """

    train: Population
    validation: Population
    option_counts: NDArray[np.int64]
    seed: int

    def questioner(
        self, name: str, error: float = 0.0, answerable: NDArray[np.floating] | None = None
    ) -> FacetQuestioner:
        """Build a questioner; arguments and errors as in :func:`pep_questioner`."""
        _check(name)
        if name == _FIXED:
            return OrderedQuestioner(fixed_order(self.statistics))
        if name in _RELEASED:
            model, rule = _RELEASED[name]
            return ReleasedQuestioner(ReleasedBelief(self.statistics, model), RULES[rule])
        return GainQuestioner(once_each(_SCORES[name](self, error)), answerable)

    def belief(self, name: str, error: float = 0.0) -> Guesses:
        """Return the belief behind a name; that of the released fixed order is the prior.

        Raises:
            InputError: unknown name.
        """
        _check(name)
        if name == _FIXED:
            return ReleasedBelief(self.statistics, "prior")
        if name in _RELEASED:
            return ReleasedBelief(self.statistics, _RELEASED[name][0])
        make: Mapping[str, Callable[[float], Guesses]] = {
            "pairs": self.pairs_belief,
            "latent": self.latent_belief,
            "linear": self.linear_belief,
        }
        return make[name.split("-")[1]](error)

    def pairs_belief(self, error: float) -> PairsBelief:
        """Return the belief of ``pep-pairs`` where this share of given answers is wrong."""
        return PairsBelief(self.pairs, error)

    def latent_belief(self, error: float) -> LatentBelief:
        """Return the belief of ``pep-latent`` where this share of given answers is wrong."""
        return LatentBelief(self.latent, self.option_counts, error)

    def linear_belief(self, error: float) -> LinearBelief:
        """Return the belief of ``pep-linear`` where this share of given answers is wrong."""
        return LinearBelief(self.linear, error)

    @cached_property
    def statistics(self) -> Statistics:
        """What the released models count."""
        return count_criteria(self.train.codes, self.option_counts)

    @cached_property
    def pairs(self) -> PairTables:
        """The tables of ``pep-pairs``."""
        return count_pairs(self.train.codes, self.option_counts)

    @cached_property
    def latent(self) -> Mixture:
        """The mixture of ``pep-latent``."""
        return fit_latent(self.train, self.validation, self.option_counts, self.seed)

    @cached_property
    def linear(self) -> LinearModel:
        """The components of ``pep-linear``."""
        return fit_linear(self.train, self.validation, self.option_counts)


_SCORES: Mapping[str, Callable[[PepFit, float], Score]] = {
    "pep-pairs": lambda fit, error: fit.pairs_belief(error).whole,
    "pep-pairs-others": lambda fit, error: fit.pairs_belief(error).others,
    "pep-latent": lambda fit, error: fit.latent_belief(error).whole,
    "pep-latent-others": lambda fit, error: fit.latent_belief(error).others,
    "pep-latent-type": lambda fit, error: fit.latent_belief(error).information,
    "pep-linear": lambda fit, error: fit.linear_belief(error).whole,
    "pep-linear-others": lambda fit, error: fit.linear_belief(error).others,
    "pep-linear-type": lambda fit, error: fit.linear_belief(error).information,
}
_RELEASED = {
    f"pep-released-{model}{'' if rule == 'binary-ig' else f'-{rule}'}": (model, rule)
    for model in MODELS
    for rule in RULES
}
_FIXED = "pep-released-fixed"
PEP_MODELS = ("pep-latent", "pep-pairs", "pep-linear", *(f"pep-released-{model}" for model in MODELS))
"""The names that stand for the models themselves, each with its main rule."""
PEP = (*_SCORES, *_RELEASED, _FIXED)
"""All names. Coherent: the model alone asks by ``whole``; released: by ``binary-ig``."""


def pep_questioner(
    name: str,
    train: Population,
    validation: Population,
    option_counts: NDArray[np.int64],
    error: float,
    answerable: NDArray[np.floating] | None,
    seed: int,
) -> FacetQuestioner:
    """Fit what one name needs and return its questioner; for several names make one :class:`PepFit`.

    Args:
        name: one of :data:`PEP`.
        train: people to learn from.
        validation: people who choose the number of types and of components.
        option_counts: int[facets].
        error: share of given answers that are wrong; the released models do not allow for it.
        answerable: float[facets], chance that a person can answer, a factor of coherent gains; None = always.
        seed: of the starts of ``pep-latent``.

    Raises:
        InputError: unknown name.
    """
    return PepFit(train, validation, option_counts, seed).questioner(name, error, answerable)


def pep_belief(
    name: str,
    train: Population,
    validation: Population,
    option_counts: NDArray[np.int64],
    error: float,
    seed: int,
) -> Guesses:
    """Fit what one name needs and return the belief it asks by; arguments and errors as in :func:`pep_questioner`."""
    return PepFit(train, validation, option_counts, seed).belief(name, error)


def _check(name: str) -> None:
    if name not in PEP:
        raise InputError(f"unknown questioner '{name}'", remedy=did_you_mean(name, PEP))
