"""What a sales recipe says, and the sellers that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import Field, PositiveInt, model_validator

from elicit.basis import InputError, did_you_mean
from elicit.dialogues import Speaker
from elicit.domains import SIX_INTENTS, Domain, Population
from elicit.language import rendered
from elicit.models import ChatModel, ModelSettings, check_model, is_model_spec
from elicit.profiles import answer_model, intents_of
from elicit.recipes.fitted import Fitted
from elicit.recipes.parts import build_questioner, open_questioner
from elicit.recipes.prompts import about
from elicit.recipes.recipe import Learning, read_as, refuse_odd_name, refuse_repeats
from elicit.recipes.simulation import RULE
from elicit.recipes.strategies import STRATEGIES, Strategist, StrategyTable, refuse_strategy
from elicit.sellers import HouseRules, ModelSeller, NaivePusher, Policy, QuestionerSeller, RuleSeller
from elicit.users import Case, ModelParty, Party, RuleBuyer, SpokenBuyer, Temper

PUSHER: Final = "pusher"
CATALOGS: Final = "catalogs"
"""The domain of a recipe that is played in every catalog of a folder."""
_RULE, _ASKING = "rule-", "asking-"
SELLER_PROMPT: Final = "seller.jinja"
BUYER_PROMPT: Final = "buyer.jinja"
_MOST_ITEMS: Final = 120
"""A longer list is no help to a model; it may then offer what it knows by itself."""
_FIRST: Final = "static-ndcg"
"""Who asks the questions that a strategy wants first."""


class Sales(Learning):
    """Sellers on held-out people.

    Attributes:
        sellers: ``pusher``; ``rule-STRATEGY``; ``asking-QUESTIONER``, which asks by it, language models
            of the recipe among them, and offers by expected utility; or a chat model (``hf:NAME``, ``http…``).
        user: who buys: ``rule``, or a chat model, whose decisions are read from its words.
        model: settings of the chat models, as in simulations.
        budget: money that they may cost in all; None = any.
        baseline: whom the others are compared with.
        contrasts: further pairs that are compared, the second with the first.
        condition: how buyers answer.
        luck_seeds: how often everybody is sold to, with other luck.
        turns: of the seller, at most.
        first_questions: that ``inferred`` and ``elicited`` ask before they turn to anything.
        preferred: how many intents a strategy by lift puts first.
        tables: strategies of one's own, by name, each what people of a group are turned to first.
        details: questions that refine what is wanted and are asked before it is offered, at most.
        asking_cost: share of what an offer is worth that another question is taken to cost.
        buyer: how buyers react.
        house: what sellers must not do; the pusher does not care.
        strengths: for the domain ``six-intents``, how strongly an occupation pulls; one sale of its own for each.
        each: likewise, how many people there are of each persona.
        shoppers: for the domain ``catalogs``, how many are invented for each catalog to learn from.
        keep_dialogues: of every seller the dialogues of the first draw with so many buyers of each split are kept for
            readers.
    """

    sellers: tuple[str, ...] = Field(min_length=1)
    baseline: str
    user: str = RULE
    model: Mapping[str, Any] = {}
    budget: float | None = Field(default=None, ge=0)
    contrasts: tuple[tuple[str, str], ...] = ()
    condition: str = "truthful"
    luck_seeds: int = Field(default=5, ge=1)
    turns: PositiveInt = 10
    first_questions: PositiveInt = 2
    preferred: PositiveInt = 2
    tables: Mapping[str, StrategyTable] = {}
    details: int = Field(default=0, ge=0)
    asking_cost: float = Field(default=0.02, ge=0, lt=1)
    buyer: Temper = Temper()
    house: HouseRules = HouseRules()
    strengths: tuple[float, ...] = ()
    each: PositiveInt = 15
    shoppers: PositiveInt = 1000
    keep_dialogues: int = Field(default=20, ge=0)
    decides_nothing: ClassVar[frozenset[str]] = frozenset({"budget"})

    @model_validator(mode="after")
    def _known(self) -> Sales:
        for field in ("sellers", "contrasts", "strengths"):
            refuse_repeats(field, getattr(self, field))
        for name in self.tables:
            refuse_odd_name("tables", name)
            if name in STRATEGIES:
                raise ValueError(f"tables.{name}: '{name}' is a strategy already; give the table another name")
        for name in self.sellers:
            self._refuse_unknown_seller(name)
        for name in (self.baseline, *(name for pair in self.contrasts for name in pair)):
            if name not in self.sellers:
                raise ValueError(f"'{name}' is compared, but is not among the sellers")
        if (self.domain == SIX_INTENTS) != bool(self.strengths):
            raise ValueError(f"strengths belong to the domain '{SIX_INTENTS}', which needs at least one")
        if self.user != RULE:
            self.model_settings(self.user)
        try:
            answer_model(self.condition)
        except InputError as error:
            raise ValueError(str(error)) from None
        return self

    def _refuse_unknown_seller(self, name: str) -> None:
        if name.startswith(_ASKING):
            self.refuse_unknown(name.removeprefix(_ASKING))
            return
        if is_model_spec(name):
            self.model_settings(name)
            return
        known = [PUSHER, *(_RULE + strategy for strategy in (*STRATEGIES, *self.tables))]
        if name not in known:
            raise ValueError(f"unknown seller '{name}'. {did_you_mean(name, [*known, _ASKING])}")

    def model_settings(self, spec: str) -> ModelSettings:
        """Return the settings of a chat model."""
        return ModelSettings(spec=spec, **dict(self.model))


def read_sales(name: str) -> tuple[Sales, str]:
    """Return a sales recipe and its text, by the name of a shipped one or by file.

    Raises:
        InputError: no such recipe, or something in it that cannot be used.
    """
    return read_as(Sales, name)


def refuse_unsellable(recipe: Sales, domain: Domain, people: Population) -> None:
    """Raise InputError if a recipe cannot be played with these people, before anything is learned."""
    if not domain.targets:
        problem = "nothing can be sold: there is no target"
        raise InputError(problem, where=f"domain '{domain.name}'", remedy="Name targets")
    if not len(intents_of(domain)) and any(name.startswith(_RULE) for name in recipe.sellers):
        problem = "nothing can be sold: no target is of a kind, and sellers by rule turn to kinds"
        raise InputError(problem, where=f"domain '{domain.name}'", remedy="Name kinds of targets, or other sellers")
    answer_model(recipe.condition).truth(people)
    for name in (recipe.user, *recipe.sellers):
        if is_model_spec(name):
            check_model(recipe.model_settings(name))
        if name.startswith(_RULE):
            refuse_strategy(name.removeprefix(_RULE), domain, people, recipe.tables)


def model_seller(recipe: Sales, domain: Domain, model: ChatModel, settings: ModelSettings) -> ModelSeller:
    """Return a chat model as a seller; it is told what there is, and nothing about the buyers."""
    items = domain.targets if len(domain.targets) <= _MOST_ITEMS else ()
    system = rendered(
        SELLER_PROMPT,
        subject=domain.title,
        items=items,
        refusals=recipe.house.most_refusals,
        turns=recipe.turns,
    )
    return ModelSeller(model, settings, system, domain, recipe.seed)


def model_buyer(recipe: Sales, rule: RuleBuyer, model: ChatModel, settings: ModelSettings) -> Party:
    """Return a chat model as a buyer; it is told its persona, its profile and what it would be glad of."""
    domain, people = rule.domain, rule.people
    truth = rule.model.truth(people)

    def system(case: Case) -> str:
        glad = [domain.targets[column].label for column in np.flatnonzero(rule.wishes.fits[case.row])[:_MOST_ITEMS]]
        return rendered(BUYER_PROMPT, subject=domain.title, glad=glad, **about(domain, people, truth, case.row))

    return SpokenBuyer(ModelParty(Speaker.USER, model, settings, system, recipe.seed, rule=rule))


def build_policy(name: str, recipe: Sales, fitted: Fitted, buyers: Population) -> Policy:
    """Build a seller by its name in recipes.

    Args:
        name: see :class:`Sales`.
        recipe: the settings.
        fitted: what was learned from other people than the buyers.
        buyers: whose personas a seller may know, and nothing else.

    Raises:
        InputError: an outsider's questioner that cannot be imported, or a language model that cannot be trained.
    """
    model = answer_model(recipe.condition)
    popularity = fitted.split.train.liked.mean(axis=0)
    if name == PUSHER:
        return NaivePusher(popularity)
    belief = fitted.belief(model)
    if name.startswith(_ASKING):
        questioner = open_questioner(name.removeprefix(_ASKING), fitted, model)
        return QuestionerSeller(fitted.domain, questioner, belief, fitted.rules, recipe.house, recipe.asking_cost)
    strategist = Strategist(fitted, model, buyers, recipe.first_questions, recipe.preferred, recipe.tables)
    strategy = strategist.strategy(name.removeprefix(_RULE))
    return RuleSeller(
        domain=fitted.domain,
        intents=intents_of(fitted.domain),
        strategy=strategy,
        chances=belief.targets,
        house=recipe.house,
        first=build_questioner(_FIRST, fitted, model) if strategy.questions else None,
        rules=fitted.rules,
        details=recipe.details,
    )
