"""Observes one part of an evaluation: one split, learned from once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, draw_seed, one_thread, stable_hash
from elicit.dialogues import Transcript
from elicit.domains import Domain
from elicit.forward import PROGRESSIVE, ChainRules, said_codes
from elicit.language import Phrasebook, question_texts
from elicit.measures import (
    Reader,
    asked_again,
    calibration_error,
    counterfactual_change,
    counterfactual_changes,
    funnel_shape,
    questions_asked,
    rouge_l,
    swapped,
    unanswered,
    unanswered_by_depth,
    unreadable,
    worded_badly,
)
from elicit.profiles import AnswerModel, answer_model
from elicit.questioners import Asked, Questioner, RandomQuestioner, SpeakingQuestioner, next_questions
from elicit.recipes.fitted import Fitted
from elicit.recipes.parts import open_questioner
from elicit.recipes.recipe import Evaluation
from elicit.recipes.split import Split
from elicit.runs import RunFolder, play
from elicit.training import chain_lessons

Key = tuple[str, str]
"""Condition and questioner."""
Table = NDArray[np.float64]
_HEEDED = (6, 9)
"""After how many answers listening is measured where language models ask."""
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Observed:
    """What was observed of one questioner in one condition.

    Attributes:
        curves: measure to float64[people, 0 … turn limit], means over luck seeds.
        whole: measure to float64[people], means over luck seeds.
        unanswered: depth to [without answer, asked].
    """

    curves: Mapping[str, Table]
    whole: Mapping[str, Table]
    unanswered: Mapping[int, NDArray[np.int64]]


@dataclass(frozen=True)
class Part:
    """What was observed of one split after one training.

    Attributes:
        observed: by condition and questioner.
        full: measure to float64[people], what the reader makes of the whole profile.
        classes: classes a start of the mixture.
        troubles: what went wrong in learning.
        transcripts: of the first luck seed, by condition and questioner.
    """

    observed: Mapping[Key, Observed]
    full: Mapping[str, Table]
    classes: int
    troubles: tuple[str, ...]
    transcripts: Mapping[Key, Transcript]


def joined(parts: Sequence[Part]) -> Part:
    """Return what was observed in several conditions of the same split and training."""
    return replace(
        parts[0],
        observed={key: seen for part in parts for key, seen in part.observed.items()},
        troubles=tuple(dict.fromkeys(trouble for part in parts for trouble in part.troubles)),
        transcripts={key: talk for part in parts for key, talk in part.transcripts.items()},
    )


def draws(recipe: Evaluation, model: AnswerModel) -> int:
    """Return how many draws of luck are played: one where answers do not depend on it."""
    return recipe.luck_seeds if model.by_luck else 1


def part_name(recipe: Evaluation, split: Split, training: int) -> str:
    """Return the name of a part in files."""
    name = split.name.replace(" ", "_")
    return name if recipe.training_seeds == 1 else f"{name}-training{training}"


def shard_name(part: str, condition: str, questioner: str, draw: int) -> str:
    """Return the name of the dialogues of one questioner, condition and draw."""
    return "-".join([part, condition, questioner, str(draw)]).replace(":", "@")


def observe(
    recipe: Evaluation,
    domain: Domain,
    split: Split,
    training: int,
    models: Sequence[AnswerModel],
    folder: RunFolder | None = None,
    tell: Tell = lambda doing, done: None,
) -> Part:
    """Learn, ask and score, or read what the folder already holds.

    Args:
        recipe: the settings.
        domain: what is asked.
        split: who learns and who is tested.
        training: number of the training, from 0.
        models: how people answer.
        folder: of the run.
        tell: called before each step with what is done and the number of steps before it.

    Raises:
        InputError: a questioner that cannot be built, or a damaged file of the run.
    """
    name = part_name(recipe, split, training)
    keep = None if folder is None else folder.path / "learned" / name
    # The first training is the one that a recipe without trainings makes.
    seed = stable_hash("training", recipe.seed, training) % 2**31 if training else recipe.seed
    tell(f"learning from {len(split.train)} people", 0)
    observed: dict[Key, Observed] = {}
    fitted = Fitted(recipe, domain, split, seed, keep, lambda doing: tell(doing, 1 + len(observed)))
    transcripts: dict[Key, Transcript] = {}
    with one_thread():
        full = Reader(fitted.belief(answer_model("truthful")), domain.depths).score(split.test.codes, split.test)
    for model in models:
        for questioner in recipe.questioners:
            tell(f"{questioner}, {model.condition}", 1 + len(observed))
            key = (model.condition, questioner)
            observed[key], transcripts[key] = _observe(recipe, fitted, model, questioner, name, folder)
    return Part(observed, full, fitted.classes, tuple(fitted.troubles), transcripts)


def _observe(
    recipe: Evaluation, fitted: Fitted, model: AnswerModel, name: str, part: str, folder: RunFolder | None
) -> tuple[Observed, Transcript]:
    """Play one questioner in one condition and score it; also return the first dialogues."""
    test = fitted.split.test
    questioner = open_questioner(name, fitted, model)
    reader = Reader(fitted.belief(model), fitted.domain.depths)
    scores: dict[str, list[Table]] = {}
    whole: dict[str, list[Table]] = {}
    missed: dict[int, NDArray[np.int64]] = {}
    plays = [_play(fitted, model, name, questioner, part, folder, draw) for draw in range(draws(recipe, model))]
    with one_thread():
        for draw, transcript in enumerate(plays):
            curves, wasted = reader.follow(transcript, test)
            luck = test.luck(draw_seed(fitted.recipe.seed, draw))
            measures = _whole(fitted, model, reader, transcript, luck, curves) | {"redundancy": wasted}
            # What a language model would ask otherwise takes it as long as the dialogues: the first draw is enough.
            if draw == 0 or not isinstance(questioner, SpeakingQuestioner):
                measures |= _listening(fitted, model, transcript, questioner, luck)
            if recipe.language:
                measures |= {
                    "unreadable": unreadable(transcript),
                    "again": asked_again(transcript),
                    **worded_badly(transcript, fitted.domain),
                }
            for into, found in ((scores, curves), (whole, measures)):
                for measure, values in found.items():
                    into.setdefault(measure, []).append(values)
            for depth, counts in unanswered_by_depth(transcript, fitted.domain.depths).items():
                missed[depth] = missed.get(depth, np.zeros(2, dtype=np.int64)) + np.array(counts)
    if recipe.language:
        # Chains are the same in all conditions.
        again = isinstance(questioner, SpeakingQuestioner) and model.condition != recipe.conditions[0]
        with one_thread():
            likeness = np.full(len(test), np.nan) if again else _likeness_to_chains(fitted, questioner)
        whole["rouge_l"] = [likeness]
    observed = Observed(
        {measure: mean_known(np.stack(repeats), axis=0) for measure, repeats in scores.items()},
        {measure: mean_known(np.stack(repeats), axis=0) for measure, repeats in whole.items()},
        missed,
    )
    return observed, plays[0]


def _play(
    fitted: Fitted,
    model: AnswerModel,
    name: str,
    questioner: Questioner,
    part: str,
    folder: RunFolder | None,
    draw: int,
) -> Transcript:
    """Return the dialogues of one draw of luck: those that the folder holds, or else played and kept there."""
    test = fitted.split.test
    shard = shard_name(part, model.condition, name, draw)
    transcript = folder.read_shard(shard) if folder else None
    if transcript is None:
        transcript = play(
            questioner,
            model,
            model.truth(test),
            fitted.domain.option_counts,
            fitted.rules,
            test.luck(draw_seed(fitted.recipe.seed, draw)),
            fitted.questions[-1],
        )
        if folder:
            folder.write_shard(shard, test.ids, transcript)
    return transcript


def _whole(
    fitted: Fitted,
    model: AnswerModel,
    reader: Reader,
    transcript: Transcript,
    luck: Luck,
    curves: Mapping[str, Table],
) -> dict[str, Table]:
    """Return the measures of whole dialogues, float64[people]."""
    domain, people = fitted.domain, fitted.split.test
    shape = funnel_shape(transcript, domain.depths)
    facets = len(domain.facets)
    last = transcript.states(transcript.asked.shape[1], facets)
    everybody = np.ones(len(people))
    other = swapped(transcript, model, model.truth(people), domain.option_counts, luck)
    misled = reader.score(other.states(other.asked.shape[1], facets), people)
    return {
        "asked": questions_asked(transcript),
        "funnel": shape.tau,
        "closing": funnel_shape(transcript, domain.option_counts.max() - domain.option_counts).tau,
        "ties": shape.ties * everybody,
        "swap_bits": misled["profile_bits"] - curves["profile_bits"][:, -1],
        **({"swap_ndcg": curves["ndcg"][:, -1] - misled["ndcg"]} if "ndcg" in curves else {}),
        "unanswered": unanswered(transcript),
        "calibration": calibration_error(reader.belief, last, people) * everybody,
    }


def _listening(
    fitted: Fitted, model: AnswerModel, transcript: Transcript, questioner: Questioner, luck: Luck
) -> dict[str, Table]:
    """Return how often another answer leads to another question, float64[people]; in more ways where models learn."""
    counts, people = fitted.domain.option_counts, fitted.split.test
    changes = counterfactual_changes(transcript, questioner, fitted.rules, counts, luck)
    found = {"adaptivity": mean_known(changes, axis=1)}
    if fitted.recipe.language:
        for after in _HEEDED:
            found[f"heeds_{after}"] = changes[:, after] if after < changes.shape[1] else np.full(len(people), np.nan)
        wandering = play(RandomQuestioner(), model, model.truth(people), counts, fitted.rules, luck, _HEEDED[0])
        elsewhere = counterfactual_change(wandering, questioner, fitted.rules, counts, luck)
        found[f"heeds_random_{_HEEDED[0]}"] = elsewhere
    return found


def _likeness_to_chains(fitted: Fitted, questioner: Questioner) -> Table:
    """Return how like the words of a questioner are to those of everybody's own chain, the paper's way; ROUGE-L."""
    domain, people, turns = fitted.domain, fitted.split.test, fitted.questions[-1]
    talkative = np.flatnonzero((said_codes(people) >= 0).any(axis=1))
    found = np.full((len(people), turns), np.nan)
    if not len(talkative):
        return found[:, 0]
    rules = ChainRules(length=turns, seed=fitted.recipe.seed)
    chains = chain_lessons(domain, people.take(talkative), rules, PROGRESSIVE, len(talkative), turns)
    book = Phrasebook(domain, chains.luck)
    for turn in range(int((chains.talks.asked >= 0).sum(axis=1).max())):
        facets = chains.talks.asked[:, turn].tolist()
        rows = np.flatnonzero(chains.talks.asked[:, turn] >= 0)
        talks = chains.talks.part(rows, turn)
        allowed = fitted.rules.allowed(talks.states(turn, len(domain.facets)))
        asked = next_questions(questioner, talks, allowed, chains.luck.rows(rows))
        references = [book.question(row, facets[row]).text for row in rows.tolist()]
        found[talkative[rows], turn] = rouge_l(_worded(domain, asked), references)
    return mean_known(found, axis=1)


def _worded(domain: Domain, asked: Asked) -> list[str]:
    """Return the words of questions, no words for none."""
    return [
        words or ("" if facet < 0 else question_texts(domain.facets[facet])[0])
        for facet, words in zip(asked.facets.tolist(), asked.words, strict=True)
    ]


def mean_known(values: Table, axis: int) -> Table:
    """Return the mean along an axis of what is not NaN, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)
