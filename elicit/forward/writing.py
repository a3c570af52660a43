"""Chains and rows on disk: JSON Lines to read, JSON Lines and Hugging Face data sets to train on, and a card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elicit.basis import InputError, atomic_folder, refuse_foreign
from elicit.domains import Domain, Population
from elicit.forward.card import card, chain_facts
from elicit.forward.chains import Chain, ChainRules, build_chains
from elicit.forward.pairs import PairRow, Worth, pair_rows
from elicit.forward.rows import (
    MessagesRow,
    PromptOnlyRow,
    PromptRow,
    TextRow,
    messages_rows,
    prompt_only_rows,
    prompt_rows,
    text_rows,
)
from elicit.forward.schedules import PROGRESSIVE, Schedule
from elicit.forward.splits import Split
from elicit.forward.writer import Writer

MARK: Final = "elicit.json"
"""The file by which a folder is known as ours."""

Row = PromptRow | MessagesRow | TextRow | PromptOnlyRow | PairRow


@dataclass(frozen=True)
class Weighing:
    """What decides which of two questions is preferred.

    Attributes:
        worth: what questions are expected to bring.
        source: what it was learned from, for the card.
    """

    worth: Worth
    source: str


def write_chains(
    domain: Domain,
    population: Population,
    folder: Path,
    rules: ChainRules | None = None,
    schedule: Schedule = PROGRESSIVE,
    marked: bool = False,
    weighing: Weighing | None = None,
    writer: Writer | None = None,
) -> dict[str, object]:
    """Write the chains of all people and the rows for training; the folder appears whole or not at all.

    ``chains.jsonl`` · ``FORMAT/SPLIT.jsonl`` for ``messages``, ``text`` (with marks if ``marked``),
    ``prompt-completion`` and ``prompt-only``, with ``weighing`` also for ``preference`` · ``datasets/FORMAT`` (the same
    rows for ``datasets.load_from_disk``) · ``README.md`` (dataset card) · ``elicit.json`` (the returned facts).
    The same arguments give the same bytes, with a ``writer`` if it replies in the same way. Works without a network,
    with a ``writer`` if that does.

    Returns:
        What decided the chains and what was counted in them, for instance ``people``, ``exchanges``, ``rows``.

    Raises:
        InputError: nobody has anything to say, an order that does not fit the domain, no two questions of which one is
            worth more, or the folder holds something that we did not write; see also :meth:`Writer.reword`.
        UnavailableError: see :meth:`Writer.reword`.
    """
    rules = rules or ChainRules()
    refuse_foreign(folder)
    chains = build_chains(domain, population, rules)
    if not any(c.exchanges for c in chains):
        raise InputError("nobody has an answer to put into a chain", where=f"domain '{domain.name}'")
    written = writer.reword(domain, chains, schedule, rules.seed) if writer is not None else None
    if written is not None:
        chains = written.chains
    rows = _rows(domain, chains, schedule, rules.seed, marked, weighing)
    facts = chain_facts(domain, population, chains, rules, schedule)
    facts["marked"] = marked
    if weighing is not None:
        facts["preference"] = weighing.source
    if written is not None:
        facts["writer"] = dict(written.counts)
    facts["rows"] = {name: sum(map(len, parts.values())) for name, parts in rows.items()}
    with atomic_folder(folder) as new:
        _write_lines(new / "chains.jsonl", chain_records(domain, chains))
        files = {name: _write_splits(new, name, parts) for name, parts in rows.items()}
        _save_datasets(new / "datasets", rows)
        (new / "README.md").write_text(card(facts, files), encoding="utf-8")
        (new / MARK).write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return facts


def _rows(
    domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int, marked: bool, weighing: Weighing | None
) -> dict[str, dict[Split, list[Row]]]:
    """Return the rows of each format by split."""
    rows = {
        "messages": _by_split(messages_rows(domain, chains, schedule, seed)),
        "text": _by_split(text_rows(domain, chains, schedule, seed, marked)),
        "prompt-completion": _by_split(prompt_rows(domain, chains, schedule, seed)),
        "prompt-only": _by_split(prompt_only_rows(domain, chains, schedule, seed)),
    }
    if weighing is not None:
        rows["preference"] = _by_split(pair_rows(domain, chains, schedule, seed, weighing.worth))
        if not rows["preference"]:
            raise InputError("no question is worth more than another", where=f"domain '{domain.name}'")
    return rows


def chain_records(domain: Domain, chains: Sequence[Chain]) -> Iterator[dict[str, object]]:
    """Yield each chain as it stands in ``chains.jsonl``."""
    for chain in chains:
        yield {
            "person": chain.person,
            "split": chain.split.value,
            "persona": dict(chain.persona),
            "exchanges": [
                {
                    "facet": e.facet,
                    "depth": domain.facets[domain.column(e.facet)].depth,
                    "question": e.question.text,
                    "options": e.question.options,
                    "answer": e.answer.text,
                    "value": e.answer.value,
                }
                for e in chain.exchanges
            ],
        }


def _by_split(rows: Iterable[Row]) -> dict[Split, list[Row]]:
    """Return the rows of each split that has any, in the order of the splits."""
    parts: dict[Split, list[Row]] = {split: [] for split in Split}
    for row in rows:
        parts[Split(row["split"])].append(row)
    return {split: part for split, part in parts.items() if part}


def _write_splits(new: Path, name: str, parts: Mapping[Split, Sequence[Row]]) -> dict[Split, str]:
    (new / name).mkdir()
    paths = {split: f"{name}/{split.value}.jsonl" for split in parts}
    for split, path in paths.items():
        _write_lines(new / path, parts[split])
    return paths


def _write_lines(path: Path, records: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _save_datasets(folder: Path, rows: Mapping[str, Mapping[Split, list[Row]]]) -> None:
    import datasets  # takes seconds to import

    with _no_progress_bars():
        for name, parts in rows.items():
            tables = {split.value: datasets.Dataset.from_list(part) for split, part in parts.items()}
            datasets.DatasetDict(tables).save_to_disk(folder / name)


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            enable_progress_bars()
