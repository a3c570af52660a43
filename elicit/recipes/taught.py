"""Language models that a recipe teaches to ask, and the questioners that they are."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from elicit.basis import atomic_folder, stable_hash
from elicit.domains import Population
from elicit.forward import ChainRules, Order, facet_order, parse_schedule
from elicit.profiles import AnswerModel
from elicit.questioners import FacetQuestioner
from elicit.questioners.causal import Asker, Script
from elicit.recipes.fitted import Fitted
from elicit.recipes.language import CHAINS, LanguageRecipe
from elicit.training import (
    Leading,
    Lessons,
    Pace,
    Teacher,
    Tuning,
    chain_lessons,
    fine_tune,
    led_lessons,
    own_model,
    own_tokenizer,
    refuse_long,
    token_rows,
)

Build = Callable[[str, Fitted, AnswerModel], FacetQuestioner]
"""Makes a numeric questioner of its name."""
_EXAMINED = 500
"""Dialogues of validation people, for the loss that is reported."""


def taught_asker(fitted: Fitted, name: str, build: Build, tell: Callable[[Pace], None] = lambda pace: None) -> Asker:
    """Return a language model of the recipe; trained when it is first needed.

    Args:
        fitted: what was learned before.
        name: of the model in the recipe.
        build: makes its teacher.
        tell: called now and then while it is trained.
    """
    if name not in fitted.askers:
        origin = {**fitted.origin, "model": name}
        fitted.askers[name] = fitted.kept(
            f"language-{name}",
            origin,
            Asker.load,
            _save,
            lambda: (_taught(fitted, name, origin, build, tell), ""),
        )
    return fitted.askers[name]


def picker(recipe: LanguageRecipe) -> str:
    """Return who chooses where a model only words: its teacher, or the funnel where it learned from chains."""
    return "funnel" if recipe.teacher == CHAINS else recipe.teacher


def _save(asker: Asker, folder: Path) -> None:
    with atomic_folder(folder) as temporary:
        asker.save(temporary)


def _taught(fitted: Fitted, name: str, origin: dict[str, str], build: Build, tell: Callable[[Pace], None]) -> Asker:
    recipe, domain = fitted.recipe.language[name], fitted.domain
    seed = stable_hash("language", fitted.seed, name) % 2**31
    tokenizer = own_tokenizer(domain)
    model = own_model(tokenizer, recipe.width, recipe.layers, recipe.context, seed)
    order = facet_order(domain, fitted.split.train, Order.GENERALITY)
    script = Script(domain, tokenizer, recipe.state, recipe.marked, tuple(order.tolist()))
    lessons = _lessons(fitted, recipe, fitted.split.train, recipe.rows, build, seed)
    examined = _lessons(fitted, recipe, fitted.split.validation, _EXAMINED, build, seed + 1)
    rows, checked = (list(token_rows(script, each)) for each in (lessons, examined))
    refuse_long(rows, recipe.context)
    tuning = Tuning(
        learning_rate=recipe.learning_rate,
        batch=recipe.batch,
        accumulate=recipe.accumulate,
        epochs=recipe.epochs,
        mark_weight=recipe.mark_weight,
    )
    marks = script.marks if recipe.marked else ()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) if fitted.keep is None else fitted.keep / f"language-{name}-checkpoints"
        fine_tune(model, tokenizer, rows, checked, marks, tuning, folder, seed, tell)
        shutil.rmtree(folder, ignore_errors=True)
    return Asker(model.eval(), script, bool(lessons.ended.any()), origin)


def _lessons(
    fitted: Fitted, recipe: LanguageRecipe, people: Population, number: int, build: Build, seed: int
) -> Lessons:
    turns = fitted.questions[-1]
    if recipe.teacher == CHAINS:
        rules = ChainRules(length=turns, order=recipe.order, seed=seed)
        return chain_lessons(fitted.domain, people, rules, parse_schedule(recipe.schedule), number, turns)
    teachers = [Teacher(build(recipe.teacher, fitted, model), model) for model in fitted.models]
    leading = Leading(turns, recipe.started, recipe.starts, recipe.unanswered)
    return led_lessons(people, teachers, fitted.domain.option_counts, leading, number, seed)
