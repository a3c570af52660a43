"""Scores the dialogues of a run from what is on disk, a chunk at a time, and sums them up."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import atomic_path, one_thread
from elicit.dialogues import Dialogue, EndReason, Failure, Fault, Speaker, Turn, Usage
from elicit.domains import Code
from elicit.measures import FINISHED, TALKS, Measure, TalkResults, TalkRow, talk_counts
from elicit.recipes.prepared import Prepared
from elicit.runs import read_failures, read_finished
from elicit.statistics import bootstrap_mean

Item = TypeVar("Item")
_CHUNK: Final = 1024
_OF_TARGETS: Final = {"ndcg", "target_bits"}
_ZERO_WHERE_FAILED: Final = ("ndcg", "accuracy", "learned")
"""In a dialogue in which the agent failed; bits left are those of a person whom nobody has asked."""


@dataclass
class _Sums:
    """What is added up over all dialogues: a few numbers for each, so that a hundred thousand take a few megabytes."""

    statuses: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    usage: dict[Speaker, Usage] = field(default_factory=dict)
    people: array[int] = field(default_factory=lambda: array("l"))
    values: array[float] = field(default_factory=lambda: array("f"))

    def add(self, row: TalkRow, person: int, usage: Mapping[Speaker, Usage]) -> None:
        self.statuses[row.status] += 1
        self.ends[row.end] += 1
        for side, used in usage.items():
            self.usage[side] = self.usage.get(side, Usage()) + used
        if row.counted:
            self.people.append(person)
            self.values.extend(row.values.values())


def score_talks(prepared: Prepared, folder: Path, facts: Mapping[str, Any]) -> TalkResults:
    """Score a run, write ``scores.parquet``, and return the results.

    The means are over dialogues that count, the intervals over people: all dialogues of a person belong together.
    """
    sums = _Sums()
    with one_thread(), atomic_path(folder / "scores.parquet") as temporary:
        _write(temporary, _rows(prepared, folder, sums))
        return _results(prepared, sums, facts)


def _rows(prepared: Prepared, folder: Path, sums: _Sums) -> Iterator[list[TalkRow]]:
    scorer = _Scorer(prepared)
    for chunk in _chunks(read_finished(folder)):
        yield scorer.added(scorer.finished(chunk), chunk, sums)
    for failures in _chunks(read_failures(folder)):
        yield scorer.added(scorer.failed(failures), failures, sums)


class _Scorer:
    """Turns dialogues into rows."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._names = [measure.name for measure in _measured(prepared)]

    def finished(self, dialogues: Sequence[Dialogue]) -> list[TalkRow]:
        scores = self._read([d.turns for d in dialogues], [d.person for d in dialogues])
        rows = []
        for dialogue, score in zip(dialogues, scores, strict=True):
            counted = dialogue.end is not EndReason.USER_EMPTY
            values = score | talk_counts(dialogue.turns)
            status = FINISHED if counted else Fault.USER.value
            rows.append(self._row(dialogue, status, dialogue.end.value, values if counted else {}))
        return rows

    def failed(self, failures: Sequence[Failure]) -> list[TalkRow]:
        scores = self._read([() for _ in failures], [f.person for f in failures])
        rows = []
        for failure, score in zip(failures, scores, strict=True):
            own = failure.fault is Fault.AGENT
            values = score | talk_counts(failure.turns) | dict.fromkeys(_ZERO_WHERE_FAILED, 0.0)
            rows.append(self._row(failure, failure.fault.value, failure.kind, values if own else {}))
        return rows

    def added(self, rows: list[TalkRow], records: Sequence[Dialogue | Failure], sums: _Sums) -> list[TalkRow]:
        for row, record in zip(rows, records, strict=True):
            sums.add(row, self._prepared.rows[row.person], record.usage)
        return rows

    def _row(self, record: Dialogue | Failure, status: str, end: str, values: Mapping[str, float]) -> TalkRow:
        draw = int(record.id.rpartition("/")[2])
        every = {name: float(values.get(name, np.nan)) for name in self._names}
        return TalkRow(record.id, record.person, draw, status, end, bool(values), every)

    def _read(self, dialogues: Sequence[Sequence[Turn]], people: Sequence[str]) -> list[dict[str, float]]:
        states = np.full((len(people), len(self._prepared.domain.facets)), Code.NOT_ASKED, dtype=np.int8)
        for state, turns in zip(states, dialogues, strict=True):
            for column, code in self._prepared.codes_of(turns).items():
                state[column] = code
        them = self._prepared.people.take([self._prepared.rows[p] for p in people])
        scores = self._prepared.reader.score(states, them)
        return [{name: float(values[row]) for name, values in scores.items()} for row in range(len(people))]


def _results(prepared: Prepared, sums: _Sums, facts: Mapping[str, Any]) -> TalkResults:
    recipe = prepared.recipe
    measures = _measured(prepared)
    return TalkResults(
        title=recipe.title,
        domain=prepared.domain.title,
        invented=prepared.domain.invented,
        agent=recipe.agent,
        user=recipe.user,
        condition=recipe.condition,
        planned=recipe.dialogues,
        statuses={name: sums.statuses.get(name, 0) for name in (FINISHED, *Fault)},
        ends=dict(sums.ends.most_common()),
        counted=len(sums.people),
        measures=measures,
        values=_means(sums, [m.name for m in measures], recipe.seed),
        usage=sums.usage,
        facts={name: str(value) for name, value in facts.items()},
        notes=tuple(_notes(prepared, np.unique(sums.people))),
    )


def _notes(prepared: Prepared, rows: NDArray[np.intp]) -> Iterator[str]:
    """Yield what the figures are to be held against, for the people who are in them."""
    dialogues, people = prepared.recipe.dialogues, len(prepared.people)
    if dialogues > people:
        yield f"{people:,} people took part, again and again with new luck; intervals are over people."
    with_taste = rows[prepared.people.liked[rows].any(axis=1)] if prepared.domain.targets else rows[:0]
    if len(with_taste):
        them = prepared.people.take(with_taste)
        nothing = np.full_like(them.codes, Code.NOT_ASKED)
        means = (prepared.reader.score(codes, them)["ndcg"].mean() for codes in (nothing, them.codes))
        before, whole = (f"{mean:.3f}".removeprefix("0") for mean in means)
        yield f"The common reader has NDCG@10 {before} before any question, and {whole} with the whole profile."


def _measured(prepared: Prepared) -> tuple[Measure, ...]:
    """Return the measures that the domain allows."""
    return tuple(m for m in TALKS if m.name not in _OF_TARGETS or prepared.domain.targets)


def _means(sums: _Sums, names: Sequence[str], seed: int) -> dict[str, tuple[float, float, float]]:
    """Return measure to mean and interval; the dialogues of one person are one observation."""
    if not sums.values:
        return {}
    values = np.array(sums.values, dtype=np.float64).reshape(len(sums.people), len(names))
    _, who = np.unique(np.array(sums.people), return_inverse=True)
    known = ~np.isnan(values)
    counts, totals = (np.zeros((who.max() + 1, len(names))) for _ in range(2))
    np.add.at(counts, who, known)
    np.add.at(totals, who, np.where(known, values, 0))
    interval = bootstrap_mean(np.where(counts > 0, totals / np.maximum(counts, 1), np.nan), seed=seed)
    return {
        name: (float(mean), float(low), float(high))
        for name, mean, low, high in zip(names, *interval, strict=True)
        if not np.isnan(mean)
    }


def _write(path: Path, chunks: Iterable[list[TalkRow]]) -> None:
    writer = None
    for rows in chunks:
        table = pa.Table.from_pylist([row.flat() for row in rows])
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
