"""Runs an evaluation: split, fit, ask, score, compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from elicit.basis import InputError, draw_seed, one_thread
from elicit.domains import Domain, Population
from elicit.measures import (
    Reader,
    calibration_error,
    counterfactual_adaptivity,
    funnel_shape,
    redundancy,
    unanswered,
    unanswered_by_depth,
)
from elicit.profiles import AnswerModel, answer_model
from elicit.questioners import FacetQuestioner
from elicit.recipes.parts import Fitted, build_questioner, fit
from elicit.recipes.recipe import Evaluation
from elicit.recipes.split import split_people
from elicit.runs import RunFolder, Transcript, play, provenance

Progress = Callable[[str, int, int], None]
"""Called with what is being done, parts done and parts planned."""
Key = tuple[str, str]
"""Condition and questioner."""


@dataclass
class Observed:
    """What was observed of one questioner in one condition, people of all splits one after another.

    Attributes:
        curves: measure to blocks of float64[people, luck seeds, 0 … turn limit].
        whole: measure to blocks of float64[people] (means over luck seeds), one a split.
        unanswered: depth to [without answer, asked].
    """

    curves: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)
    whole: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)
    unanswered: dict[int, NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluated:
    """Everything an evaluation observed.

    Attributes:
        recipe: as used.
        domain: what was asked.
        ids: held-out people, in the order of all tables.
        observed: by condition and questioner.
        full: measure to float64[people], what the reader makes of the whole profile.
        classes: classes a start, chosen in each split.
        skipped: condition to the reason why it was left out.
        transcripts: of the first split and luck seed, by condition and questioner, for examples.
        first: the first split, fitted.
    """

    recipe: Evaluation
    domain: Domain
    ids: tuple[str, ...]
    observed: Mapping[Key, Observed]
    full: Mapping[str, NDArray[np.float64]]
    classes: tuple[int, ...]
    skipped: Mapping[str, str]
    transcripts: Mapping[Key, Transcript]
    first: Fitted


def planned_dialogues(recipe: Evaluation, population: Population) -> int:
    """Return how many dialogues an evaluation plays, without playing any."""
    conditions, _ = _conditions(recipe, population)
    tested = sum(len(split.test) for split in split_people(recipe, population))
    return tested * len(conditions) * len(recipe.questioners) * recipe.luck_seeds


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
) -> Evaluated:
    """Play and score everything a recipe asks for; parts that the folder already holds are read, not played again.

    Without a folder nothing is written. More questions than there are facets are not asked.

    Raises:
        InputError: too few people, no condition that these data allow, or a questioner that cannot be built.
    """
    conditions, skipped = _conditions(recipe, population)
    splits = list(split_people(recipe, population))
    total = len(splits) * (1 + len(conditions) * len(recipe.questioners))
    observed: dict[Key, Observed] = {}
    transcripts: dict[Key, Transcript] = {}
    full: list[dict[str, NDArray[np.float64]]] = []
    fits: list[Fitted] = []
    done = 0
    for split in splits:
        progress(f"{split.name}: learning from {len(split.train)} people", done, total)
        fitted = fit(recipe, domain, split)
        fits.append(fitted)
        full.append(_full_profile(fitted))
        done += 1
        for model in conditions:
            for name in recipe.questioners:
                progress(f"{split.name}: {name}, {model.condition}", done, total)
                key = (model.condition, name)
                seen = observed.setdefault(key, Observed())
                first = _observe(fitted, model, name, folder, seen)
                transcripts.setdefault(key, first)
                done += 1
    progress("done", total, total)
    return Evaluated(
        recipe=recipe,
        domain=domain,
        ids=tuple(i for split in splits for i in split.test.ids),
        observed=observed,
        full={name: np.concatenate([block[name] for block in full]) for name in full[0]},
        classes=tuple(f.classes for f in fits),
        skipped=skipped,
        transcripts=transcripts,
        first=fits[0],
    )


def scores_table(evaluated: Evaluated) -> pa.Table:
    """Return a row a person, questioner, condition, luck seed and number of questions, with every measure."""
    tables = []
    recipe = evaluated.recipe
    for (condition, questioner), seen in evaluated.observed.items():
        curves = {name: np.concatenate(blocks) for name, blocks in seen.curves.items()}
        for seed in range(recipe.luck_seeds):
            for count in evaluated.first.questions:
                columns: dict[str, Any] = {
                    "person": evaluated.ids,
                    "questioner": [questioner] * len(evaluated.ids),
                    "condition": [condition] * len(evaluated.ids),
                    "luck_seed": [seed] * len(evaluated.ids),
                    "questions": [count] * len(evaluated.ids),
                }
                columns |= {name: values[:, seed, count] for name, values in curves.items()}
                tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def _conditions(recipe: Evaluation, population: Population) -> tuple[list[AnswerModel], dict[str, str]]:
    """Return the answer models that the data allow, and why the others were left out."""
    allowed, skipped = [], {}
    for name in recipe.conditions:
        model = answer_model(name)
        try:
            model.truth(population)
        except InputError as error:
            skipped[name] = error.what
        else:
            allowed.append(model)
    if not allowed:
        raise InputError("none of the recipe's conditions is possible: " + "; ".join(skipped.values()))
    return allowed, skipped


def _full_profile(fitted: Fitted) -> dict[str, NDArray[np.float64]]:
    test = fitted.split.test
    reader = Reader(fitted.belief(answer_model("truthful")), fitted.domain.depths)
    with one_thread():
        return reader.score(test.codes, test)


def _observe(fitted: Fitted, model: AnswerModel, name: str, folder: RunFolder | None, seen: Observed) -> Transcript:
    """Play one questioner in one condition on one split, score it into ``seen``, and return the first dialogues."""
    test = fitted.split.test
    questioner = build_questioner(name, fitted, model)
    reader = Reader(fitted.belief(model), fitted.domain.depths)
    curves: dict[str, list[NDArray[np.float64]]] = {}
    whole: dict[str, list[NDArray[np.float64]]] = {}
    plays = list(_plays(fitted, model, name, questioner, folder))
    with one_thread():
        for luck_seed, transcript in enumerate(plays):
            for measure, values in _curves(reader, transcript, test, fitted.questions[-1]).items():
                curves.setdefault(measure, []).append(values)
            for measure, values in _whole(fitted, reader, transcript, questioner, luck_seed).items():
                whole.setdefault(measure, []).append(values)
            for depth, counts in unanswered_by_depth(transcript, fitted.domain.depths).items():
                seen.unanswered[depth] = seen.unanswered.get(depth, np.zeros(2, dtype=np.int64)) + np.array(counts)
    for measure, repeats in curves.items():
        seen.curves.setdefault(measure, []).append(np.stack(repeats, axis=1))
    for measure, repeats in whole.items():
        seen.whole.setdefault(measure, []).append(mean_known(np.stack(repeats), axis=0))
    return plays[0]


def _plays(
    fitted: Fitted, model: AnswerModel, name: str, questioner: FacetQuestioner, folder: RunFolder | None
) -> Iterator[Transcript]:
    recipe, domain, split = fitted.recipe, fitted.domain, fitted.split
    for luck_seed in range(recipe.luck_seeds):
        shard = "-".join([split.name, model.condition, name, str(luck_seed)]).replace(":", "@").replace(" ", "_")
        transcript = folder.read_shard(shard) if folder else None
        if transcript is None:
            transcript = play(
                questioner,
                model,
                model.truth(split.test),
                domain.option_counts,
                fitted.rules,
                split.test.luck(draw_seed(recipe.seed, luck_seed)),
                fitted.questions[-1],
            )
            if folder:
                folder.write_shard(shard, split.test.ids, transcript)
        yield transcript


def _curves(
    reader: Reader, transcript: Transcript, people: Population, questions: int
) -> dict[str, NDArray[np.float64]]:
    """Return each measure after 0, 1, … questions, float64[people, questions + 1]."""
    facets = people.codes.shape[1]
    scores = [reader.score(transcript.states(n, facets), people) for n in range(questions + 1)]
    return {name: np.stack([s[name] for s in scores], axis=1) for name in scores[0]}


def _whole(
    fitted: Fitted, reader: Reader, transcript: Transcript, questioner: FacetQuestioner, luck_seed: int
) -> dict[str, NDArray[np.float64]]:
    domain, people = fitted.domain, fitted.split.test
    shape = funnel_shape(transcript, domain.depths)
    luck = people.luck(draw_seed(fitted.recipe.seed, luck_seed))
    last = transcript.states(transcript.asked.shape[1], len(domain.facets))
    everybody = np.ones(len(people))
    return {
        "funnel": shape.tau,
        "ties": shape.ties * everybody,
        "adaptivity": counterfactual_adaptivity(transcript, questioner, fitted.rules, domain.option_counts, luck),
        "redundancy": redundancy(transcript, reader.belief),
        "unanswered": unanswered(transcript),
        "calibration": calibration_error(reader.belief, last, people) * everybody,
    }


def mean_known(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the mean along an axis of what is not NaN, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)
