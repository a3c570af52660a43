"""Builds the two sides of a simulation: questioners, models, functions, the rule user."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from elicit.dialogues import Speaker
from elicit.domains import Domain
from elicit.language import ModelUnderstanding, Understanding, rendered
from elicit.models import OpenModels, check_model, is_model_spec
from elicit.profiles import answer_model
from elicit.recipes.outsiders import imported
from elicit.recipes.parts import build_questioner
from elicit.recipes.prepared import Prepared
from elicit.recipes.prompts import about
from elicit.recipes.recipe import QUESTIONERS
from elicit.recipes.simulation import PERSON, RULE, Simulation
from elicit.runs import QuestionerAgent
from elicit.users import Case, FunctionParty, ModelParty, Party, RuleUser

PROMPTS = ("agent.jinja", "user.jinja")
"""Of models that ask and of models that answer."""
_MOST_TOPICS = 40
"""More topics than these are no help to a model that asks."""


def build_user(prepared: Prepared, models: OpenModels) -> Party:
    """Build who answers.

    Raises:
        InputError: a function that cannot be imported.
    """
    recipe = prepared.recipe
    rule = RuleUser(
        prepared.domain, prepared.people, answer_model(recipe.condition), recipe.seed, opening=recipe.opening
    )
    if recipe.user == RULE:
        return rule
    if not is_model_spec(recipe.user):
        function = imported(recipe.user, "user")
        return FunctionParty(Speaker.USER, function, recipe.user, recipe.timeout, prepared.domain.columns)
    return ModelParty(
        side=Speaker.USER,
        model=models[Speaker.USER],
        settings=recipe.model_settings()["user"],
        system=user_prompt(prepared),
        seed=recipe.seed,
        rule=rule,
        falls_back=recipe.fallback == "rule",
    )


def build_agent(prepared: Prepared, models: OpenModels) -> Party:
    """Build who asks.

    Raises:
        InputError: a function that cannot be imported.
    """
    recipe = prepared.recipe
    if recipe.agent in QUESTIONERS:
        return QuestionerAgent(
            name=recipe.agent,
            questioner=build_questioner(recipe.agent, prepared.fitted, answer_model(recipe.condition)),
            domain=prepared.domain,
            rules=prepared.fitted.rules,
            people=prepared.people.ids,
            seed=recipe.seed,
            questions=recipe.questions,
        )
    if not is_model_spec(recipe.agent):
        function = imported(recipe.agent, "agent")
        return FunctionParty(Speaker.AGENT, function, recipe.agent, recipe.timeout, prepared.domain.columns)
    prompt = agent_prompt(prepared)
    return ModelParty(
        side=Speaker.AGENT,
        model=models[Speaker.AGENT],
        settings=recipe.model_settings()["agent"],
        system=lambda case: prompt,
        seed=recipe.seed,
    )


def build_understanding(
    recipe: Simulation, domain: Domain, models: OpenModels, otherwise: Understanding
) -> Understanding:
    """Build what finds the meaning of words: a model, if the recipe names one, before what understands without."""
    model = models.get("understanding")
    return otherwise if model is None else ModelUnderstanding(model, domain, otherwise)


def check_sides(recipe: Simulation) -> None:
    """Look for everything that a run needs, so that one that cannot be played is not begun.

    Raises:
        InputError: a function, file or model that is not there.
        UnavailableError: a library that is not installed.
    """
    for settings in recipe.model_settings().values():
        check_model(settings)
    for side, spec in (("agent", recipe.agent), ("user", recipe.user)):
        if not is_model_spec(spec) and spec not in {*QUESTIONERS, RULE, PERSON}:
            imported(spec, side)


def agent_prompt(prepared: Prepared) -> str:
    """Return the system message of a model that asks; it knows the broadest topics, and nothing about the person."""
    domain = prepared.domain
    broadest = sorted(domain.facets, key=lambda facet: facet.depth)
    return rendered(
        "agent.jinja",
        subject=domain.title,
        questions=prepared.recipe.questions,
        topics=[facet.label for facet in broadest[:_MOST_TOPICS]],
    )


def user_prompt(prepared: Prepared) -> Callable[[Case], str]:
    """Return what makes the system message of a model that plays a person: persona and hidden profile."""
    domain, people = prepared.domain, prepared.people
    truth = answer_model(prepared.recipe.condition).truth(people)

    def prompt(case: Case) -> str:
        return rendered("user.jinja", subject=domain.title, **about(domain, people, truth, case.row))

    return prompt


def persons_named(agent: str, user: str) -> Sequence[Speaker]:
    """Return the sides that a person plays."""
    return [side for side, spec in ((Speaker.AGENT, agent), (Speaker.USER, user)) if spec == PERSON]
