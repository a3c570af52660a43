"""Runs a simulation: builds the two sides, lets them talk, scores what was told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from elicit.basis import file_hash
from elicit.dialogues import Dialogue, Failure, Speaker
from elicit.domains import Domain, Population
from elicit.language import Understanding, prompts_hash
from elicit.models import Budget, open_models
from elicit.recipes.parties import PROMPTS, build_agent, build_understanding, build_user
from elicit.recipes.prepared import Prepared
from elicit.recipes.recipe import OUTSIDER
from elicit.recipes.simulation import WORDS, Simulation
from elicit.runs import Conversation, Hearing, TalkLog, provenance
from elicit.users import Party

Progress = Callable[[str, int, int], None]


def simulation_facts(recipe: Simulation, domain: Domain, population: Population, has_encoder: bool) -> dict[str, Any]:
    """Return the provenance of a run: versions, commit, seed, hashes, and who talks with whom."""
    return {
        **provenance(),
        "kind": "simulation",
        "recipe_hash": recipe.hash,
        "seed": recipe.seed,
        "domain": domain.name,
        "domain_hash": domain.hash,
        "people_hash": population.hash,
        "invented": domain.invented,
        "agent": recipe.agent,
        "user": recipe.user,
        "user_hash": recipe.user_hash,
        "prompts_hash": prompts_hash(PROMPTS),
        "understanding": _understood_by(recipe, has_encoder),
        "source_of_functions": _source_hash(recipe),
        "condition": recipe.condition,
        "questions": recipe.questions,
        "dialogues": recipe.dialogues,
    }


def _source_hash(recipe: Simulation) -> str:
    """Return the SHA-256 of each module of a function that takes part, first 16 hex digits; empty without any."""
    modules = (spec.partition(":")[0] for spec in (recipe.agent, recipe.user) if OUTSIDER.fullmatch(spec))
    sources = (getattr(sys.modules.get(module), "__file__", None) for module in modules)
    return " ".join(file_hash(Path(source))[:16] for source in sources if source)


def _understood_by(recipe: Simulation, has_encoder: bool) -> str:
    """Return what finds the meaning of words, ``codes`` where both sides say it themselves."""
    if not recipe.in_words:
        return "codes"
    words = "words and encoder" if has_encoder else "words"
    return words if recipe.understanding == WORDS else f"{recipe.understanding}, else {words}"


def simulate(
    prepared: Prepared,
    folder: Path,
    understanding: Understanding,
    persons: Mapping[Speaker, Party] = {},
    progress: Progress = lambda doing, done, total: None,
) -> None:
    """Play every dialogue that the folder does not hold yet; each is on disk as soon as it is over.

    Args:
        prepared: what is simulated.
        folder: of the run.
        understanding: of what a side says in words only; with a model in the recipe, of what that leaves.
        persons: who sits at the keyboard, by side, where the recipe says ``person``.
        progress: called with what is being done, how many dialogues are over and how many are planned.

    Raises:
        InputError: a side that cannot be built, or another process on the folder.
        RunStoppedError: a model that every dialogue needs is not there, or the money is spent.
    """
    asyncio.run(_simulate(prepared, folder, understanding, persons, progress))


async def _simulate(
    prepared: Prepared, folder: Path, understanding: Understanding, persons: Mapping[Speaker, Party], progress: Progress
) -> None:
    recipe = prepared.recipe
    cache = folder / "cache.sqlite" if recipe.cache else None
    async with open_models(recipe.model_settings(), Budget(recipe.budget), cache) as models:
        user = persons.get(Speaker.USER) or build_user(prepared, models)
        agent = persons.get(Speaker.AGENT) or build_agent(prepared, models)
        meaning = build_understanding(recipe, prepared.domain, models, understanding)
        hearing = Hearing(prepared.domain, prepared.people.codes, meaning, user.invents)
        talk = Conversation(user, agent, hearing, recipe.questions + 1, 1 if persons else recipe.at_once)
        with TalkLog(folder, prepared.problem_of) as log:
            missing = (case for case in prepared.cases() if case.id not in log.done)

            def keep(record: Dialogue | Failure) -> None:
                log.keep(record)
                progress(f"{agent.name} with {user.name}", len(log.done), recipe.dialogues)

            await talk.play(missing, keep)
