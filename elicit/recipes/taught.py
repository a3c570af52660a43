"""Language models that a recipe teaches to ask, and the questioners that they are."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from elicit.basis import InputError, atomic_folder, stable_hash
from elicit.domains import Domain, Population
from elicit.forward import ChainRules, Order, facet_order, parse_schedule
from elicit.profiles import AnswerModel
from elicit.questioners import FacetQuestioner, WeighingQuestioner
from elicit.questioners.causal import Asker, Script, State, chat_frame, refuse_short, refuse_stranger
from elicit.recipes.fitted import Fitted
from elicit.recipes.fitting import goal_of
from elicit.recipes.language import CHAINS, LanguageRecipe
from elicit.recipes.recipe import OWN_GOAL, Learning
from elicit.training import (
    Leading,
    Lessons,
    Pace,
    PreferenceRow,
    Teacher,
    Tuned,
    Tuning,
    base_tokenizer,
    chain_lessons,
    fine_tune,
    fine_tune_side_by_side,
    led_lessons,
    merged,
    own_model,
    own_tokenizer,
    pair_length,
    prefer,
    preference_rows,
    pretrained,
    refuse_idle,
    refuse_long,
    refuse_tracker,
    teach_marks,
    token_rows,
    with_adapters,
)

Build = Callable[[str, Fitted, AnswerModel], FacetQuestioner]
"""Makes a numeric questioner of its name."""
_EXAMINED = 500
"""Dialogues of validation people at most, for the loss that is reported."""
_FEWER = 4
"""So many times fewer are examined than are learned from: large models would be examined for longer than they learn."""
_LOSS: Final = "loss"


def taught_asker(fitted: Fitted, name: str, build: Build) -> Asker:
    """Return a language model of the recipe; trained when it is first needed.

    Args:
        fitted: what was learned before.
        name: of the model in the recipe.
        build: makes its teacher.
    """
    if name not in fitted.askers:
        origin = {**fitted.origin, "model": name}
        fitted.askers[name] = fitted.kept(
            folder_of(name),
            origin,
            Asker.load,
            _save,
            lambda: (_taught(fitted, name, origin, build), ""),
        )
    return fitted.askers[name]


def refuse_unteachable(recipe: Learning, name: str, domain: Domain) -> None:
    """Raise at once, instead of after hours, what keeps a language model of a recipe from asking in a domain.

    Args:
        recipe: with the language model.
        name: of it.
        domain: what is asked.

    Raises:
        InputError: its teacher's goal is none of the domain, its base has no chat template where one is needed, nobody
            knows its tracker, or it was trained already and cannot ask here.
        UnavailableError: its base is not here, or the package of its tracker.
    """
    model = recipe.language[name]
    if model.teacher in OWN_GOAL:
        goal_of(OWN_GOAL[model.teacher][1], domain, f"teacher of language.{name}")
    if model.trained is not None:
        refuse_stranger(Path(model.trained), domain)
    refuse_tracker(model.tracking)
    if model.base is not None:
        tokenizer = base_tokenizer(model.base)
        if model.state is State.CHAT:
            chat_frame(tokenizer)


def folder_of(name: str) -> str:
    """Return the name of the folder in which a language model is kept among what was learned."""
    return f"language-{name}"


def picker(recipe: LanguageRecipe) -> str:
    """Return who chooses where a model only words: its teacher, or the funnel where it learned from chains."""
    return "funnel" if recipe.teacher == CHAINS else recipe.teacher


def _save(asker: Asker, folder: Path) -> None:
    with atomic_folder(folder) as temporary:
        asker.save(temporary)


def _taught(fitted: Fitted, name: str, origin: dict[str, str], build: Build) -> Asker:
    recipe, domain = fitted.recipe.language[name], fitted.domain
    order = tuple(facet_order(domain, fitted.split.train, Order.GENERALITY).tolist())
    if recipe.trained is not None:
        abroad = Asker.load(Path(recipe.trained)).in_domain(domain, order)
        refuse_short(abroad.script, abroad.context, fitted.questions[-1])
        learned = {f"trained {fact}": value for fact, value in abroad.origin.items()}
        return replace(abroad, origin={**origin, **learned})
    seed = stable_hash("language", fitted.seed, name) % 2**31
    model, tokenizer = _untaught(recipe, domain, seed)
    # A list of lessons holds more than is asked in them.
    listed = None if recipe.listed is None else max(recipe.listed, fitted.questions[-1] + 1)
    script = Script(domain, tokenizer, recipe.state, recipe.marked, order, listed)
    context = int(model.config.get_text_config().max_position_embeddings)
    refuse_short(script, context, fitted.questions[-1])
    lessons = _lessons(fitted, recipe, fitted.split.train, recipe.rows, build, seed)
    few = min(_EXAMINED, -(-recipe.rows // _FEWER))
    examined = _lessons(fitted, recipe, fitted.split.validation, few, build, seed + 1)
    rows, checked = (list(token_rows(script, each)) for each in (lessons, examined))
    refuse_long((len(row["input_ids"]) for row in (*rows, *checked)), context)
    for written in (rows, checked):
        refuse_idle(written)
    marks = script.marks if recipe.marked else ()
    tuning = Tuning(
        learning_rate=recipe.learning_rate,
        batch=recipe.batch,
        accumulate=recipe.accumulate,
        epochs=recipe.epochs,
        muon=recipe.base is None,
        mark_weight=recipe.mark_weight,
        tracking=recipe.tracking,
    )

    def tell(pace: Pace) -> None:
        fitted.tell(f"{name}: step {pace.step} of {pace.steps}, loss {pace.loss:.3f}, {pace.rows:.1f} rows a second")

    with TemporaryDirectory() as scratch:
        folder = Path(scratch) if fitted.keep is None else fitted.keep / f"{folder_of(name)}.checkpoints"
        if recipe.processes > 1:
            side_by_side = partial(fine_tune_side_by_side, adapters=recipe.lora, processes=recipe.processes)
            tuned = side_by_side(
                model, tokenizer, rows, checked, marks, tuning, folder=folder / "lessons", seed=seed, tell=tell
            )
        else:
            model = model if recipe.lora is None else with_adapters(model, recipe.lora)
            tuned = fine_tune(model, tokenizer, rows, checked, marks, tuning, folder / "lessons", seed, tell)
        losses = _losses("", tuned)
        if recipe.preference is not None:
            pairs = _pairs(fitted, recipe, fitted.split.train, recipe.preference.pairs, script, build, seed + 2)
            judged = _pairs(fitted, recipe, fitted.split.validation, _EXAMINED, script, build, seed + 3)
            refuse_long((pair_length(pair) for pair in (*pairs, *judged)), context)
            tuning = replace(
                tuning,
                learning_rate=recipe.preference.learning_rate,
                batch=recipe.preference.batch,
                accumulate=1,
                epochs=1,
            )
            beta = recipe.preference.beta
            tuned = prefer(model, tokenizer, pairs, judged, beta, tuning, folder / "preferences", seed, tell)
            losses |= _losses("preference ", tuned)
        shutil.rmtree(folder, ignore_errors=True)
    fitted.tell(f"{name}: {', '.join(f'{what} {loss}' for what, loss in losses.items())}")
    return Asker(merged(model).eval(), script, bool(lessons.ended.any()), {**origin, **losses})


def losses_of(origin: Mapping[str, str]) -> dict[str, str]:
    """Return how far learning came, of all that a model knows of where it comes from."""
    return {what: loss for what, loss in origin.items() if _LOSS in what.split()}


def _losses(of: str, tuned: Tuned) -> dict[str, str]:
    """Return how far learning came, by what is counted; of few steps nothing is told on the way."""
    losses = {f"{of}{_LOSS}": tuned.loss, f"{of}{_LOSS} on other people": tuned.validation}
    return {what: f"{loss:.3f}" for what, loss in losses.items() if math.isfinite(loss)}


def _pairs(
    fitted: Fitted, recipe: LanguageRecipe, people: Population, number: int, script: Script, build: Build, seed: int
) -> list[PreferenceRow]:
    """Return pairs of questions in states of a model's lessons, as many in each condition."""
    head = fitted.value_head(fitted.recipe.goal)
    found: list[PreferenceRow] = []
    for place, model in enumerate(fitted.models):
        each = -(-number // len(fitted.models))
        lessons = _lessons(fitted, recipe, people, each, build, seed + place, (model,))
        worth = partial(head.gain, condition=model.condition)
        found += preference_rows(script, lessons, worth, lessons.luck)
    return found


def _untaught(recipe: LanguageRecipe, domain: Domain, seed: int) -> tuple[Any, Any]:
    """Return a model and its tokenizer, as they are before it learns to ask."""
    if recipe.base is None:
        tokenizer = own_tokenizer(domain)
        return own_model(tokenizer, recipe.width, recipe.layers, recipe.context, seed), tokenizer
    # What only adapters change can be held in half the memory.
    model, tokenizer = pretrained(recipe.base, "float32" if recipe.lora is None else "bfloat16")
    if recipe.marked:
        teach_marks(model, tokenizer, domain)
    return model, tokenizer


def _lessons(
    fitted: Fitted,
    recipe: LanguageRecipe,
    people: Population,
    number: int,
    build: Build,
    seed: int,
    models: Sequence[AnswerModel] = (),
) -> Lessons:
    turns = fitted.questions[-1]
    if recipe.teacher == CHAINS:
        rules = ChainRules(length=turns, order=recipe.order, seed=seed)
        return chain_lessons(fitted.domain, people, rules, parse_schedule(recipe.schedule), number, turns)
    teachers = [Teacher(build(recipe.teacher, fitted, model), model) for model in models or fitted.models]
    if (recipe.listed or recipe.softness) and not all(
        isinstance(teacher.questioner, WeighingQuestioner) for teacher in teachers
    ):
        problem = f"the teacher '{recipe.teacher}' does not weigh questions, as listed and softness need it"
        raise InputError(problem, where="teacher", remedy="Take 'value' or 'value-rerank'")
    leading = Leading(turns, recipe.started, recipe.starts, recipe.softness, recipe.unanswered, recipe.listed)
    return led_lessons(people, teachers, fitted.domain.option_counts, leading, number, seed, recipe.processes)
