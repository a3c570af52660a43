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


@dataclass(frozen=True)
class ComparedRun:
    """The dialogues of one run that count.

    Attributes:
        name: to tell it from the others.
        values: person and draw to measure to value.
        left_out: dialogues of the run that do not count.
    """

    name: str
    values: Mapping[Pair, Mapping[str, float]]
    left_out: int


@dataclass(frozen=True)
class Comparison:
    """Runs compared on the dialogues that count in all of them.

    Attributes:
        runs: names; the first is the baseline.
        pairs: dialogues compared in each run; ``people`` how many persons they belong to.
        left_out: run to dialogues that are in it but not compared.
        measures: in the order of display.
        equal: measures that are the same for every person in all runs, or known nowhere.
        means: run to measure to mean.
        differences: of each later run to the first.
    """

    runs: tuple[str, ...]
    pairs: int
    people: int
    left_out: Mapping[str, int]
    measures: tuple[Measure, ...]
    equal: tuple[Measure, ...]
    means: Mapping[str, Mapping[str, float]]
    differences: tuple[Difference, ...]


def compare_runs(runs: Sequence[ComparedRun], questions: int, condition: str, seed: int = 0) -> Comparison:
    """Compare runs dialogue by dialogue; all dialogues of one person are one observation.

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
    measures = tuple(m for m in TALKS if all(m.name in run.values[common[0]] for run in runs))
    persons, who = np.unique([person for person, _ in common], return_inverse=True)
    tables = [_by_person(run, common, measures, who, len(persons)) for run in runs]
    # What never differs is not tested: it would only make the correction of the others harsher.
    told_apart = [n for n in range(len(measures)) if _differ([table[:, n] for table in tables])]
    equal = tuple(m for n, m in enumerate(measures) if n not in told_apart)
    measures = tuple(measures[n] for n in told_apart)
    tables = [table[:, told_apart] for table in tables]
    return Comparison(
        runs=tuple(run.name for run in runs),
        pairs=len(common),
        people=len(persons),
        left_out={run.name: run.left_out + len(run.values) - len(common) for run in runs},
        measures=measures,
        equal=equal,
        means={
            run.name: {m.name: float(np.nanmean(table[:, n])) for n, m in enumerate(measures)}
            for run, table in zip(runs, tables, strict=True)
        },
        differences=_differences(runs, tables, measures, questions, condition, seed),
    )


def _by_person(
    run: ComparedRun, pairs: Sequence[Pair], measures: Sequence[Measure], who: NDArray[np.intp], people: int
) -> NDArray[np.float64]:
    """Return each person's mean over its dialogues, float64[people, measures]; NaN where nothing is known."""
    values = np.array([[run.values[pair][m.name] for m in measures] for pair in pairs], dtype=np.float64)
    known = ~np.isnan(values)
    counts, sums = np.zeros((people, len(measures))), np.zeros((people, len(measures)))
    np.add.at(counts, who, known)
    np.add.at(sums, who, np.where(known, values, 0))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _differ(columns: Sequence[NDArray[np.float64]]) -> bool:
    known = all(not np.isnan(column).all() for column in columns)
    return known and any((column != columns[0])[~np.isnan(column)].any() for column in columns[1:])


def _differences(
    runs: Sequence[ComparedRun],
    tables: Sequence[NDArray[np.float64]],
    measures: Sequence[Measure],
    questions: int,
    condition: str,
    seed: int,
) -> tuple[Difference, ...]:
    if not measures:
        return ()
    gaps = np.stack([table - tables[0] for table in tables[1:]], axis=1)
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
