"""Runs of dialogues against each other: the same person, the same draw of luck, another agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.measures.results import Difference, Measure
from elicit.measures.talks import TALKS
from elicit.statistics import bootstrap_mean, holm, permutation_p

_PERMUTATIONS: Final = 9999
Pair = tuple[str, int]
"""Person and draw."""


UNPAIRED: Final = "unpaired"
"""Why a dialogue that counts is not compared: its counterpart in another run does not count, or is not there."""


@dataclass(frozen=True)
class ComparedRun:
    """The dialogues of one run that count.

    Attributes:
        name: to tell it from the others.
        values: person and draw to measure to value; NaN where it is not defined.
        left_out: why dialogues of the run do not count (a status of :class:`TalkRow`) to how many.
    """

    name: str
    values: Mapping[Pair, Mapping[str, float]]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """Runs compared on the dialogues that count in all of them.

    Attributes:
        runs: names; the first is the baseline.
        pairs: dialogues compared in each run; ``people`` how many persons they belong to.
        left_out: run to reason to dialogues that are in it but not compared; :data:`UNPAIRED` is one of the reasons.
        measures: those with a difference, in the order of display.
        equal: measures that are the same for every person in all runs.
        unknown: measures that no dialogue has in all runs.
        means: run to measure to the mean over people of the dialogues in which all runs have it; without ``unknown``.
        differences: of each later run to the first.
    """

    runs: tuple[str, ...]
    pairs: int
    people: int
    left_out: Mapping[str, Mapping[str, int]]
    measures: tuple[Measure, ...]
    equal: tuple[Measure, ...]
    unknown: tuple[Measure, ...]
    means: Mapping[str, Mapping[str, float]]
    differences: tuple[Difference, ...]


def compare_runs(runs: Sequence[ComparedRun], questions: int, condition: str, seed: int = 0) -> Comparison:
    """Compare runs dialogue by dialogue; all dialogues of one person are one observation.

    A value that one run lacks in a dialogue is left out in all, so that every difference is that of the means.

    Args:
        runs: two or more; the first is the baseline.
        questions: of the runs, for the rows.
        condition: of the runs, for the rows.
        seed: of bootstrap and permutation.

    Returns:
        means, and differences with 95 % bootstrap intervals and permutation p-values corrected by Holm over all.

    Raises:
        ValueError: no dialogue counts in all runs.
    """
    common = [pair for pair in runs[0].values if all(pair in run.values for run in runs)]
    if not common:
        raise ValueError("no dialogue with the same person and draw counts in all of these runs")
    measures = [m for m in TALKS if all(m.name in run.values[common[0]] for run in runs)]
    by_person = _by_person(runs, common, [m.name for m in measures])
    known = np.asarray(np.isfinite(by_person).any(axis=(0, 1)))
    # What never differs is not tested: it would only make the correction of the others harsher.
    told_apart = (np.nan_to_num(by_person - by_person[0]) != 0).any(axis=(0, 1))
    tested = _where(measures, told_apart)
    return Comparison(
        runs=tuple(run.name for run in runs),
        pairs=len(common),
        people=by_person.shape[1],
        left_out={run.name: _left_out(run, len(common)) for run in runs},
        measures=tested,
        equal=_where(measures, known & ~told_apart),
        unknown=_where(measures, ~known),
        means={
            run.name: {m.name: float(np.nanmean(table[:, n])) for n, m in enumerate(measures) if known[n]}
            for run, table in zip(runs, by_person, strict=True)
        },
        differences=_differences(runs, by_person[..., told_apart], tested, questions, condition, seed),
    )


def _by_person(runs: Sequence[ComparedRun], pairs: Sequence[Pair], names: Sequence[str]) -> NDArray[np.float64]:
    """Return each person's mean over its dialogues, float64[runs, people, measures]; NaN where nothing is known."""
    persons, who = np.unique([person for person, _ in pairs], return_inverse=True)
    values = np.array([[[run.values[p][name] for name in names] for p in pairs] for run in runs], dtype=np.float64)
    known = ~np.isnan(values).any(axis=0)
    counts, sums = np.zeros((len(persons), len(names))), np.zeros((len(runs), len(persons), len(names)))
    np.add.at(counts, who, known)
    for total, table in zip(sums, values, strict=True):
        np.add.at(total, who, np.where(known, table, 0))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _where(measures: Sequence[Measure], chosen: NDArray[np.bool_]) -> tuple[Measure, ...]:
    return tuple(measure for measure, is_chosen in zip(measures, chosen, strict=True) if is_chosen)


def _left_out(run: ComparedRun, pairs: int) -> dict[str, int]:
    numbers = {**run.left_out, UNPAIRED: len(run.values) - pairs}
    return {reason: number for reason, number in numbers.items() if number}


def _differences(
    runs: Sequence[ComparedRun],
    by_person: NDArray[np.float64],
    measures: Sequence[Measure],
    questions: int,
    condition: str,
    seed: int,
) -> tuple[Difference, ...]:
    if not measures:
        return ()
    gaps = np.moveaxis(by_person[1:] - by_person[0], 0, 1)
    interval = bootstrap_mean(gaps, seed=seed)
    corrected = holm(permutation_p(gaps, seed=seed, draws=max(_PERMUTATIONS, 100 * gaps[0].size)))
    return tuple(
        Difference(
            questioner=run.name,
            baseline=runs[0].name,
            condition=condition,
            questions=questions,
            measure=measure.name,
            difference=float(interval.mean[r, m]),
            low=float(interval.low[r, m]),
            high=float(interval.high[r, m]),
            p=float(corrected[r, m]),
        )
        for r, run in enumerate(runs[1:])
        for m, measure in enumerate(measures)
    )
