"""Runs a simulation: builds the two sides, lets them talk, scores what was told."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from elicit.basis import InputError, file_hash, write_text
from elicit.dialogues import Dialogue, Failure, Speaker, Turn, code_of, value_of
from elicit.domains import Domain, Population
from elicit.language import Understanding
from elicit.measures import Reader, told
from elicit.models import Budget, open_models
from elicit.profiles import answer_model
from elicit.recipes.fitted import Fitted
from elicit.recipes.fitting import goal_of
from elicit.recipes.parties import build_agent, build_understanding, build_user, prompts_hash
from elicit.recipes.recipe import OUTSIDER, OWN_GOAL, Evaluation
from elicit.recipes.simulation import WORDS, Simulation
from elicit.recipes.split import split_people
from elicit.runs import Conversation, Hearing, TalkLog, provenance
from elicit.users import Case, Party

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Prepared:
    """A simulation that is ready to be played.

    Attributes:
        recipe: the settings.
        fitted: what was learned from other people than those who are simulated.
    """

    recipe: Simulation
    fitted: Fitted

    @property
    def domain(self) -> Domain:
        """What can be asked."""
        return self.fitted.domain

    @property
    def people(self) -> Population:
        """The held-out people who are simulated."""
        return self.fitted.split.test

    def cases(self) -> Iterator[Case]:
        """Yield the planned dialogues: everybody once, then everybody again with new luck."""
        for number in range(self.recipe.dialogues):
            draw, row = divmod(number, len(self.people))
            person = self.people.ids[row]
            yield Case(f"{person}/{draw}", person, row, draw)

    def problem_of(self, record: Dialogue | Failure) -> str | None:
        """Return what is wrong with a record that a run of this simulation cannot have, None if nothing is."""
        draw = record.id.removeprefix(f"{record.person}/")
        row = self.rows.get(record.person)
        is_place = row is not None and draw.isascii() and draw.isdigit()
        if row is None or not is_place or int(draw) * len(self.people) + row >= self.recipe.dialogues:
            return f"dialogue '{record.id}' of '{record.person}' is not planned in this run"
        try:
            self.codes_of(record.turns)
        except InputError as error:
            return str(error)
        return None

    def codes_of(self, turns: Sequence[Turn]) -> dict[int, int]:
        """Return column to code of what the user has told.

        Raises:
            InputError: a facet or a value that the domain does not have.
        """
        columns = ((self.domain.column(facet), value) for facet, value in told(turns).items())
        return {column: code_of(self.domain.facets[column], value) for column, value in columns}

    @cached_property
    def rows(self) -> dict[str, int]:
        """Person to row."""
        return {person: row for row, person in enumerate(self.people.ids)}

    @cached_property
    def reader(self) -> Reader:
        """Scores what was told, the same for every agent."""
        return Reader(self.fitted.belief(answer_model(self.recipe.condition)), self.domain.depths)


def prepare(recipe: Simulation, domain: Domain, population: Population) -> Prepared:
    """Say who is simulated, and let the reader learn from other people.

    Raises:
        InputError: too few people, a condition that these data do not allow, or an agent whose goal the domain has not.
    """
    if recipe.agent in OWN_GOAL:
        goal_of(OWN_GOAL[recipe.agent][1], domain, f"agent '{recipe.agent}'")
    settings = _as_evaluation(recipe)
    split = next(split_people(settings, population))
    answer_model(recipe.condition).truth(split.test)
    return Prepared(recipe, Fitted(settings, domain, split, settings.seed))


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
        "prompts_hash": prompts_hash(),
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


def write_people(prepared: Prepared, folder: Path) -> None:
    """Write what a reader of the dialogues wants beside them: ``facets.jsonl`` and ``profiles.jsonl``."""
    domain, people = prepared.domain, prepared.people
    write_text(folder / "facets.jsonl", "".join(facet.model_dump_json() + "\n" for facet in domain.facets))
    lines = []
    for row in range(min(len(people), prepared.recipe.dialogues)):
        codes = zip(domain.facets, people.codes[row].tolist(), strict=True)
        profile = {facet.id: value_of(facet, code) for facet, code in codes if code >= 0}
        persona = {name: str(values[row]) for name, values in people.personas.items()}
        lines.append(
            json.dumps({"person": people.ids[row], "persona": persona, "profile": profile}, ensure_ascii=False)
        )
    write_text(folder / "profiles.jsonl", "".join(line + "\n" for line in lines))


def _as_evaluation(recipe: Simulation) -> Evaluation:
    """Return the settings with which the reader is fitted and questioners are built."""
    return Evaluation(
        title=recipe.title,
        domain=recipe.domain,
        seed=recipe.seed,
        questions=(0, recipe.questions),
        conditions=(recipe.condition,),
        test_folds=(0,),
        mixture=recipe.mixture,
    )
