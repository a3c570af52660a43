"""Paired differences between questioners who met the same people with the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean, one_thread
from elicit.measures import Difference, Results
from elicit.recipes.observing import Key, mean_known
from elicit.statistics import crossed_bootstrap, holm, permutation_p

COMPARED = ("ndcg", "profile_bits")
"""Measures whose differences are tested."""
SCORED = ("person", "questioner", "condition", "training", "questions")
"""Columns that say whose score it is."""
_PERMUTATIONS = 9999
_PERMUTATIONS_A_TEST = 100
"""At least: the smallest possible p-value, 1 / (1 + permutations), must survive the correction for all tests."""


def differences(
    scores: Mapping[str, NDArray[np.float64]], keys: Sequence[Key], counts: Sequence[int], baseline: str, seed: int
) -> tuple[Difference, ...]:
    """Return what each questioner has more than the baseline in the same condition.

    Args:
        scores: measure to float64[people, trainings, keys, counts].
        keys: condition and questioner of each table.
        counts: numbers of questions.
        baseline: a questioner.
        seed: of the resampling.
    """
    pairs = [(k, keys.index((c, baseline))) for k, (c, name) in enumerate(keys) if name != baseline]
    return tuple(
        difference
        for measure in (m for m in COMPARED if m in scores and pairs)
        for difference in _of_measure(measure, scores[measure], keys, pairs, counts, seed)
    )


def _of_measure(
    measure: str,
    table: NDArray[np.float64],
    keys: Sequence[Key],
    pairs: Sequence[tuple[int, int]],
    counts: Sequence[int],
    seed: int,
) -> list[Difference]:
    gaps = np.stack([table[:, :, k] - table[:, :, b] for k, b in pairs], axis=2)
    interval = crossed_bootstrap(gaps, seed=seed)
    draws = max(_PERMUTATIONS, _PERMUTATIONS_A_TEST * gaps[0, 0].size)
    corrected = holm(permutation_p(mean_known(gaps, axis=1), seed=seed, draws=draws))
    found = []
    for n, (k, b) in enumerate(pairs):
        condition, questioner = keys[k]
        for c, count in enumerate(counts):
            mean, low, high = (float(part[n, c]) for part in interval)
            p = float(corrected[n, c])
            found.append(Difference(questioner, keys[b][1], condition, count, measure, mean, low, high, p))
    return found


def against(results: Results, scores: pa.Table, baseline: str, seed: int) -> Results:
    """Return results whose differences are those to another questioner of the same run.

    Args:
        results: of a finished evaluation.
        scores: what ``scores_table`` returned.
        baseline: who the others are compared with.
        seed: of the run.

    Raises:
        InputError: nobody of that name asked in this run.
        ValueError: the scores are not those of this run.
    """
    asked = results.questioners
    if baseline not in asked:
        raise InputError(
            f"'{baseline}' did not ask in this run", where="--baseline", remedy=did_you_mean(baseline, asked)
        )
    keys = list(dict.fromkeys((row.condition, row.questioner) for row in results.rows))
    counts = sorted({row.questions for row in results.rows if row.questions})
    with one_thread():
        rows = _rows(scores, keys, counts)
        if len(rows) != results.people:
            raise ValueError("the scores are not of as many people as the results")
        tables = {m: np.asarray(scores[m], dtype=np.float64)[rows] for m in compared(results)}
        return replace(results, differences=differences(tables, keys, counts, baseline, seed))


def compared(results: Results) -> tuple[str, ...]:
    """Return the measures of results whose differences are tested."""
    return tuple(measure.name for measure in results.measures if measure.name in COMPARED)


def _rows(scores: pa.Table, keys: Sequence[Key], counts: Sequence[int]) -> NDArray[np.intp]:
    """Return where each score stands, int[people, trainings, keys, counts]."""
    person, questioner, condition, training, questions = (np.asarray(scores[name]) for name in SCORED)
    trainings = np.unique(training)
    places = []
    for c, q in keys:
        own = np.flatnonzero((condition == c) & (questioner == q))
        places += [own[(training[own] == t) & (questions[own] == n)] for t in trainings for n in counts]
    if any(not np.array_equal(person[these], person[places[0]]) for these in places):
        raise ValueError("the scores do not hold the same people in every row of the results")
    return np.stack(places, axis=1).reshape(-1, len(keys), len(trainings), len(counts)).swapaxes(1, 2)
