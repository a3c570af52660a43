"""Runs an evaluation: split, fit, ask, score; what follows from the scores is in ``summary``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from elicit.basis import InputError, UnavailableError
from elicit.dialogues import Transcript
from elicit.domains import Domain, Population
from elicit.profiles import AnswerModel
from elicit.recipes.fitting import goal_of, possible_models
from elicit.recipes.observing import Key, Observed, Part, draws, joined, observe
from elicit.recipes.processes import processes, tell_parent
from elicit.recipes.recipe import OWN_GOAL, Evaluation
from elicit.recipes.split import Split, split_people
from elicit.recipes.taught import refuse_unteachable
from elicit.runs import RunFolder, provenance

Progress = Callable[[str, int, int], None]
"""Called with what is being done, parts done and parts planned."""


@dataclass(frozen=True)
class Evaluated:
    """Everything an evaluation observed.

    Attributes:
        recipe: as used.
        domain: what was asked.
        ids: held-out people, in the order of all tables.
        observed: by condition and questioner; tables are float64[people, trainings, …].
        full: measure to float64[people, trainings], what the reader makes of the whole profile.
        classes: classes a start, chosen in each split and training.
        skipped: condition to the reason why it was left out.
        absent: questioner to the reason why it was left out.
        troubles: what went wrong in learning.
        transcripts: of the first split, training and luck seed, by condition and questioner, for examples.
        first: the first split.
        questions: after how many questions was scored.
    """

    recipe: Evaluation
    domain: Domain
    ids: tuple[str, ...]
    observed: Mapping[Key, Observed]
    full: Mapping[str, NDArray[np.float64]]
    classes: tuple[int, ...]
    skipped: Mapping[str, str]
    absent: Mapping[str, str]
    troubles: tuple[str, ...]
    transcripts: Mapping[Key, Transcript]
    first: Split
    questions: tuple[int, ...]


def planned_dialogues(recipe: Evaluation, domain: Domain, population: Population) -> int:
    """Return how many dialogues an evaluation plays, without playing any.

    Raises:
        InputError: too few people, no condition that these data allow, or a goal that the domain cannot have.
    """
    recipe, _ = _who_can_ask(recipe, domain)
    models, _ = _models(recipe, population)
    tested = sum(len(split.test) for split in split_people(recipe, population))
    return tested * len(recipe.questioners) * recipe.training_seeds * sum(draws(recipe, model) for model in models)


def run_facts(recipe: Evaluation, domain: Domain, population: Population) -> dict[str, Any]:
    """Return the provenance of a run: versions, commit, seed and hashes."""
    return {
        **provenance(),
        "kind": "evaluation",
        "recipe_hash": recipe.hash,
        "seed": recipe.seed,
        "domain": domain.name,
        "domain_hash": domain.hash,
        "people_hash": population.hash,
        "invented": domain.invented,
    }


def evaluate(
    recipe: Evaluation,
    domain: Domain,
    population: Population,
    folder: RunFolder | None = None,
    progress: Progress = lambda doing, done, total: None,
    workers: int = 1,
) -> Evaluated:
    """Play and score everything a recipe asks for; parts that the folder already holds are read, not played again.

    More questions than there are facets are not asked.

    Args:
        recipe: the settings.
        domain: what is asked.
        population: everybody.
        folder: of the run; without one nothing is written.
        progress: called before each step.
        workers: processes that play at the same time, each a condition of a split and training; more than one need a
            folder, through which they share what was learned.

    Raises:
        InputError: too few people, no condition that these data allow, a goal that the domain cannot have, or a
            questioner that cannot be built.
        UnavailableError: one of several processes was ended from outside.
    """
    recipe, absent = _who_can_ask(recipe, domain)
    models, skipped = _models(recipe, population)
    splits = list(split_people(recipe, population))
    jobs = [(split, training) for split in splits for training in range(recipe.training_seeds)]
    if workers > 1 and folder is not None:
        parts = _side_by_side(recipe, domain, models, jobs, folder, progress, workers)
    else:
        parts = _one_by_one(recipe, domain, models, jobs, folder, progress)
    return Evaluated(
        recipe=recipe,
        domain=domain,
        ids=tuple(i for split in splits for i in split.test.ids),
        observed={key: _together([part.observed[key] for part in parts], len(splits)) for key in parts[0].observed},
        full={name: _table([part.full[name] for part in parts], len(splits)) for name in parts[0].full},
        classes=tuple(part.classes for part in parts),
        skipped=skipped,
        absent=absent,
        troubles=tuple(
            f"{_title(recipe, *job)}, {trouble}"
            for job, part in zip(jobs, parts, strict=True)
            for trouble in part.troubles
        ),
        transcripts=parts[0].transcripts,
        first=splits[0],
        questions=recipe.numbers(len(domain.facets)),
    )


Job = tuple[Split, int]


def _one_by_one(
    recipe: Evaluation,
    domain: Domain,
    models: list[AnswerModel],
    jobs: list[Job],
    folder: RunFolder | None,
    progress: Progress,
) -> list[Part]:
    steps = 1 + len(models) * len(recipe.questioners)
    parts = []
    for number, (split, training) in enumerate(jobs):

        def tell(
            doing: str, done: int, before: int = number * steps, name: str = _title(recipe, split, training)
        ) -> None:
            progress(f"{name}: {doing}", before + done, len(jobs) * steps)

        parts.append(observe(recipe, domain, split, training, models, folder, tell))
    progress("done", len(jobs) * steps, len(jobs) * steps)
    return parts


def _side_by_side(
    recipe: Evaluation,
    domain: Domain,
    models: list[AnswerModel],
    jobs: list[Job],
    folder: RunFolder,
    progress: Progress,
    workers: int,
) -> list[Part]:
    # Condition by condition: who is done with one training can already ask what another has learned.
    tasks = [(job, model) for model in models for job in jobs]
    progress("learning and asking", 0, len(tasks))
    try:
        with processes(workers, folder.path) as working:
            futures = {
                working.submit(_observed_aloud, recipe, domain, job, model, folder): (job, model)
                for job, model in tasks
            }
            ended: list[Part] = []
            for future in working.finished(futures, lambda doing: progress(doing, len(ended), len(tasks))):
                ended.append(future.result())
                job, model = futures[future]
                progress(f"{_title(recipe, *job)}, {model.condition}: done", len(ended), len(tasks))
            parts = [future.result() for future in futures]
        return [joined(parts[place :: len(jobs)]) for place in range(len(jobs))]
    except BrokenProcessPool:
        raise UnavailableError(_abrupt_end(recipe, folder, workers)) from None


def _observed_aloud(recipe: Evaluation, domain: Domain, job: Job, model: AnswerModel, folder: RunFolder) -> Part:
    """Observe one condition in one of several processes, and tell the others' parent what is done."""
    title = _title(recipe, *job)
    return observe(recipe, domain, *job, [model], folder, lambda doing, done: tell_parent(f"{title}: {doing}"))


def _abrupt_end(recipe: Evaluation, folder: RunFolder, workers: int) -> str:
    """Return what may have ended a process, which could not say so itself, and what to do about it."""
    problem = f"one of {workers} processes ended abruptly; perhaps there is not memory enough for so many"
    remedy = "Go on with fewer --workers"
    if outsiders := [f"'{name}'" for name in recipe.questioners if ":" in name]:
        problem += f", or the code of questioner {' or '.join(outsiders)} ends its process"
        remedy = "Mend that code, or go on with fewer --workers"
    return f"{problem}. {remedy}: --resume {folder.path}"


def _title(recipe: Evaluation, split: Split, training: int) -> str:
    return split.name if recipe.training_seeds == 1 else f"{split.name}, training {training + 1}"


def _together(parts: list[Observed], splits: int) -> Observed:
    """Return what was observed in all splits and trainings."""
    unanswered: dict[int, NDArray[np.int64]] = {}
    for part in parts:
        for depth, counts in part.unanswered.items():
            unanswered[depth] = unanswered.get(depth, np.zeros(2, dtype=np.int64)) + counts
    return Observed(
        curves={name: _table([part.curves[name] for part in parts], splits) for name in parts[0].curves},
        whole={name: _table([part.whole[name] for part in parts], splits) for name in parts[0].whole},
        unanswered=unanswered,
    )


def _table(blocks: list[NDArray[np.float64]], splits: int) -> NDArray[np.float64]:
    """Return float64[people of all splits, trainings, …] of a block a split and training."""
    trainings = len(blocks) // splits
    return np.concatenate(
        [np.stack(blocks[n * trainings : (n + 1) * trainings], axis=1) for n in range(splits)], axis=0
    )


def scores_table(evaluated: Evaluated) -> pa.Table:
    """Return a row a person, questioner, condition, training and number of questions, with every measure."""
    tables = []
    people = len(evaluated.ids)
    for (condition, questioner), seen in evaluated.observed.items():
        for training in range(evaluated.recipe.training_seeds):
            for count in evaluated.questions:
                columns: dict[str, Any] = {
                    "person": evaluated.ids,
                    "questioner": [questioner] * people,
                    "condition": [condition] * people,
                    "training": [training] * people,
                    "questions": [count] * people,
                }
                columns |= {name: curves[:, training, count] for name, curves in seen.curves.items()}
                tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def _who_can_ask(recipe: Evaluation, domain: Domain) -> tuple[Evaluation, dict[str, str]]:
    """Return the recipe without questioners whose own goal the domain cannot have, and why they were left out."""
    goal_of(recipe.goal, domain)
    for name in recipe.language:
        refuse_unteachable(recipe, name, domain)
    absent = {}
    for name in (name for name in recipe.questioners if name in OWN_GOAL):
        try:
            goal_of(OWN_GOAL[name][1], domain, f"questioner '{name}'")
        except InputError as error:
            if name == recipe.baseline:
                raise
            absent[name] = error.what
    asking = tuple(name for name in recipe.questioners if name not in absent)
    return recipe.model_copy(update={"questioners": asking}), absent


def _models(recipe: Evaluation, population: Population) -> tuple[list[AnswerModel], dict[str, str]]:
    """Return the answer models of the recipe that the data allow, and why the others were left out."""
    allowed, skipped = possible_models(recipe.conditions, population)
    if not allowed:
        raise InputError("none of the recipe's conditions is possible: " + "; ".join(skipped.values()))
    return allowed, skipped
