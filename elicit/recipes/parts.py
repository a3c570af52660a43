"""Builds questioners by their names in recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs import Belief, Goal, facet_gain, supposed_gain, target_gain
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles import AnswerModel, learned_condition
from elicit.questioners import (
    EntropyQuestioner,
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    Questioner,
    RandomQuestioner,
    RerankingQuestioner,
    SkippingQuestioner,
    StoppingQuestioner,
    funnel_order,
    popular_order,
)
from elicit.questioners.causal import CausalQuestioner, RerankedQuestioner, Way
from elicit.questioners.gain import Judge
from elicit.questioners.pep import PEP
from elicit.recipes.fitted import Fitted
from elicit.recipes.language import Asking, asked_by
from elicit.recipes.outsiders import Outsider
from elicit.recipes.recipe import OWN_GOAL, PEP_STATIC, Wanted
from elicit.recipes.switch import choose_switch
from elicit.recipes.taught import picker, taught_asker

_PROPOSED = 16
"""Questions that the value head proposes to the network: on validation people as good as 32, and better than 8."""


def open_questioner(name: str, fitted: Fitted, model: AnswerModel) -> Questioner:
    """Build a questioner by its name in recipes; a language model of the recipe is trained unless it is kept.

    Raises:
        InputError: an outsider's ``module:name`` that cannot be imported, or a language model that cannot be trained.
        UnavailableError: an outsider's function that fails.
    """
    meant = asked_by(name, fitted.recipe.language)
    return build_questioner(name, fitted, model) if meant is None else _speaking(fitted, model, *meant)


def build_questioner(name: str, fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    """Build a questioner of the numeric core by its name in recipes.

    Raises:
        InputError: an outsider's ``module:name`` that cannot be imported.
        UnavailableError: an outsider's function that fails.
    """
    if name in _BUILDERS:
        return _BUILDERS[name](fitted, model)
    like, wanted = OWN_GOAL.get(name, (name, fitted.recipe.goal))
    if like in _LEARNERS:
        return _LEARNERS[like](fitted, model, wanted)
    if name in PEP:
        return fitted.pep.questioner(name, model.error, fitted.answerable(model))
    if name in PEP_STATIC:
        guesses = fitted.pep.belief(PEP_STATIC[name], model.error)
        return OrderedQuestioner(fitted.taught_order(model, fitted.split.validation, fitted.recipe.goal, guesses))
    return Outsider.invite(name, fitted, model)


def _popular(fitted: Fitted) -> NDArray[np.intp]:
    return popular_order(fitted.domain, fitted.split.train)


def _mixture(fitted: Fitted, model: AnswerModel) -> FacetQuestioner:
    return GainQuestioner(fitted.mixture_belief(model).information, fitted.answerable(model))


def _static(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    return OrderedQuestioner(fitted.static_order(model, wanted))


def _mixture_goal(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    belief, goal = fitted.mixture_belief(model), fitted.goal(wanted)
    if goal.ranking:
        return _supposing(fitted, model, belief, goal)
    facets = np.flatnonzero(goal.facets)

    def score(states: Codes) -> Floats:
        gain = np.zeros(states.shape, dtype=np.float32)
        gain += facet_gain(belief, states, facets) if len(facets) else 0
        gain += target_gain(belief, states) if goal.targets else 0
        return gain

    return GainQuestioner(score, fitted.answerable(model))


def _network(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    return _supposing(fitted, model, fitted.network_belief(model), fitted.goal(wanted))


def _supposing(fitted: Fitted, model: AnswerModel, belief: Belief, goal: Goal) -> FacetQuestioner:
    """Return a questioner that supposes every answer to every question."""

    def score(states: Codes) -> Floats:
        everything = np.broadcast_to(np.arange(states.shape[1]), states.shape)
        return supposed_gain(belief, states, goal, everything)

    return GainQuestioner(score, fitted.answerable(model))


def _value_rerank(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    head, judge = fitted.value_head(wanted), _judge(fitted, model, wanted)
    return RerankingQuestioner(lambda states: head.gain(states, learned_condition(model)), judge, _PROPOSED)


def _judge(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> Judge:
    """Return what the network expects of some questions."""
    belief, goal, answerable = fitted.network_belief(model), fitted.goal(wanted), fitted.answerable(model)

    def judge(states: Codes, proposed: NDArray[np.intp]) -> NDArray[np.floating]:
        return supposed_gain(belief, states, goal, proposed) * answerable[proposed]

    return judge


def _speaking(fitted: Fitted, model: AnswerModel, name: str, way: Asking) -> Questioner:
    """Return a language model as a questioner."""
    asker = taught_asker(fitted, name, build_questioner)
    if way is Asking.RERANK:
        return RerankedQuestioner(asker, _judge(fitted, model, fitted.recipe.goal), _PROPOSED)
    if way is Asking.HYBRID:
        return CausalQuestioner(asker, Way.HELD, build_questioner(picker(fitted.recipe.language[name]), fitted, model))
    return CausalQuestioner(asker, Way(way.value))


def _value(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> GainQuestioner:
    head = fitted.value_head(wanted)
    return GainQuestioner(lambda states: head.gain(states, learned_condition(model)))


def _value_stop(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    return StoppingQuestioner(_value(fitted, model, wanted), fitted.recipe.stop_at)


def _static_value(fitted: Fitted, model: AnswerModel, wanted: Wanted) -> FacetQuestioner:
    return choose_switch(fitted, model, _value(fitted, model, wanted), wanted)


_BUILDERS: Mapping[str, Callable[[Fitted, AnswerModel], FacetQuestioner]] = {
    "random": lambda fitted, model: RandomQuestioner(),
    "popular": lambda fitted, model: OrderedQuestioner(_popular(fitted)),
    "frequency-skip": lambda fitted, model: SkippingQuestioner(_popular(fitted), fitted.belief(model)),
    "funnel": lambda fitted, model: OrderedQuestioner(funnel_order(fitted.domain, fitted.split.train)),
    "entropy": lambda fitted, model: EntropyQuestioner(fitted.belief(model)),
    "mixture": _mixture,
}
_LEARNERS: Mapping[str, Callable[[Fitted, AnswerModel, Wanted], FacetQuestioner]] = {
    "static": _static,
    "mixture-goal": _mixture_goal,
    "network": _network,
    "value": _value,
    "value-rerank": _value_rerank,
    "value-stop": _value_stop,
    "static-value": _static_value,
}
"""Those who learn what to ask for, by what is wanted."""
