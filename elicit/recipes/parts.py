"""Builds the parts of an evaluation from people: beliefs, reader, questioners."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck
from elicit.beliefs import MixtureBelief, facet_gain, target_gain
from elicit.domains import Domain
from elicit.profiles import (
    AnswerModel,
    Mixture,
    MixtureSettings,
    choose_classes,
    fit_starts,
    pool,
)
from elicit.questioners import (
    EntropyQuestioner,
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    Rules,
    SkippingQuestioner,
    funnel_order,
    learn_static_order,
    popular_order,
)
from elicit.recipes.recipe import Evaluation
from elicit.recipes.split import Split
from elicit.users import in_one_line

_TEACHING_DRAWS = 4


@dataclass(frozen=True)
class Fitted:
    """What was learned from the training and validation people of a split.

    Attributes:
        recipe: the settings.
        domain: what is asked.
        split: who learned.
        mixture: the population model, all starts averaged.
        classes: number of classes a start.
    """

    recipe: Evaluation
    domain: Domain
    split: Split
    mixture: Mixture
    classes: int

    def belief(self, model: AnswerModel) -> MixtureBelief:
        """Return the belief in a condition: the common reader, and what questioners ask by."""
        if model.error not in self._beliefs:
            self._beliefs[model.error] = MixtureBelief(self.mixture, self.domain.option_counts, model.error)
        return self._beliefs[model.error]

    @property
    def questions(self) -> tuple[int, ...]:
        """After how many questions to score: the recipe's numbers, but no more questions than there are facets."""
        return tuple(sorted({min(count, len(self.domain.facets)) for count in self.recipe.questions}))

    @cached_property
    def rules(self) -> Rules:
        """What may be asked."""
        return Rules.of(self.domain)

    @cached_property
    def _beliefs(self) -> dict[float, MixtureBelief]:
        # A belief keeps tables that take longer to make than a batch takes to ask.
        return {}


def fit(recipe: Evaluation, domain: Domain, split: Split) -> Fitted:
    """Fit the population model on a split's training people, choosing on its validation people."""
    settings = MixtureSettings(
        classes=recipe.mixture.classes, starts=recipe.mixture.starts, smoothing=recipe.mixture.smoothing
    )
    classes = choose_classes(split.train, split.validation, domain.option_counts, settings, recipe.seed)
    starts = fit_starts(split.train, domain.option_counts, classes, settings, recipe.seed)
    return Fitted(recipe, domain, split, pool(starts), classes)


def build_questioner(name: str, fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    """Build a questioner by its name in recipes.

    Raises:
        InputError: an outsider's ``module:name`` that cannot be imported.
    """
    if name in _BUILDERS:
        return _BUILDERS[name](fitted, model)
    maker = imported(name)
    questioner: FacetQuestioner = maker(fitted, model)
    return questioner


def imported(name: str, what: str = "questioner") -> Callable[..., Any]:
    """Import ``module:name``; the current folder is importable.

    Args:
        name: of the module and of something that can be called.
        what: for messages.

    Raises:
        InputError: no such module or name.
    """
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(f"cannot import '{error.name}'", where=f"{what} '{name}'") from None
    # An outsider's module may do anything while it is read.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        raise InputError(f"module '{module}' cannot be read: {in_one_line(error)}", where=f"{what} '{name}'") from None
    if not hasattr(found, attribute):
        raise InputError(f"module '{module}' has no '{attribute}'", where=f"{what} '{name}'")
    maker: Callable[..., Any] = getattr(found, attribute)
    if not callable(maker):
        raise InputError(f"'{attribute}' of module '{module}' cannot be called", where=f"{what} '{name}'")
    return maker


def _popular(fitted: Fitted) -> NDArray[np.intp]:
    return popular_order(fitted.domain, fitted.split.train)


def _static(fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    teachers = fitted.split.validation
    # Where answers depend on luck, each person teaches several times, so that the order does not learn one draw.
    draws = _TEACHING_DRAWS if model.error else 1
    order = learn_static_order(
        fitted.belief(model),
        np.tile(teachers.codes, (draws, 1)),
        model,
        np.tile(model.truth(teachers), (draws, 1)),
        Luck.of(fitted.recipe.seed, [f"{i} {draw}" for draw in range(draws) for i in teachers.ids]),
        fitted.questions[-1],
    )
    return OrderedQuestioner(order)


def _mixture(fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    return GainQuestioner(fitted.belief(model).information, _answerable(fitted, model))


def _mixture_goal(fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    belief, goal = fitted.belief(model), fitted.recipe.goal
    if goal == "targets":
        if not fitted.domain.targets:
            raise InputError(f"domain '{fitted.domain.name}' has no targets", where="goal")
        return GainQuestioner(lambda states: target_gain(belief, states), _answerable(fitted, model))
    wanted = fitted.domain.columns if goal == "profile" else goal
    columns = np.array([fitted.domain.column(facet) for facet in wanted], dtype=np.intp)
    return GainQuestioner(lambda states: facet_gain(belief, states, columns), _answerable(fitted, model))


def _answerable(fitted: Fitted, model: AnswerModel) -> NDArray[np.floating]:
    """Return the share of training people who can answer each facet, float[facets]."""
    return np.asarray((model.truth(fitted.split.train) >= 0).mean(axis=0))


_BUILDERS: Mapping[str, Callable[[Fitted, AnswerModel], FacetQuestioner]] = {
    "random": lambda fitted, model: RandomQuestioner(),
    "popular": lambda fitted, model: OrderedQuestioner(_popular(fitted)),
    "frequency-skip": lambda fitted, model: SkippingQuestioner(_popular(fitted), fitted.belief(model)),
    "funnel": lambda fitted, model: OrderedQuestioner(funnel_order(fitted.domain, fitted.split.train)),
    "static": _static,
    "entropy": lambda fitted, model: EntropyQuestioner(fitted.belief(model)),
    "mixture": _mixture,
    "mixture-goal": _mixture_goal,
}
