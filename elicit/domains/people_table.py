"""From a table and its mapping to a domain and its people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import ValidationError

from elicit.basis import InputError, did_you_mean
from elicit.domains.codes import SILENT
from elicit.domains.coding import CodedFacet, all_whole, band_names, binned, code_column
from elicit.domains.domain import Domain
from elicit.domains.facets import Facet, Target
from elicit.domains.folder import first_problem
from elicit.domains.inference import infer_mapping
from elicit.domains.mapping import ColumnChoice, FacetRule, PersonaRule, TableMapping, TargetRule, read_mapping
from elicit.domains.population import Population
from elicit.domains.tables import Table, read_table, shown

_LONGEST_PERSONA: Final = 80


@dataclass(frozen=True)
class TableBuild:
    """What was made of a table.

    Attributes:
        domain: facets and targets.
        population: the people; a silent cell is −2, and ``voiced`` is False there.
        notes: what a person should know who did not look into the table, one sentence each: columns passed over,
            facets on which all agree, too few people. Also in the card.
    """

    domain: Domain
    population: Population
    notes: tuple[str, ...]


def build_from_table(source: str | Path, mapping: Path | None = None) -> TableBuild:
    """Read a table of people into a domain and a population.

    Args:
        source: a file, a folder or a hub name; see :func:`read_table`.
        mapping: a mapping file (see :mod:`elicit.domains.mapping`); None infers one (see :func:`infer_mapping`).

    Raises:
        InputError: the table or the mapping cannot be used; names the row, the column or the facet.
        UnavailableError: the hub cannot be reached.
    """
    if mapping is None:
        table = read_table(source)
        rules, inferred = infer_mapping(table)
        return code_table(replace(table, notes=table.notes + inferred), rules, where=str(source))
    rules = read_mapping(mapping)
    return code_table(mapped_table(source, rules), rules, where=str(mapping))


def mapped_table(source: str | Path, rules: TableMapping) -> Table:
    """Read the table that a mapping explains; of a folder, the file that the mapping names.

    Raises:
        InputError: as :func:`read_table`, or the folder does not hold that file.
    """
    if rules.table and Path(source).is_dir():
        path = Path(source, rules.table)
        if not path.is_file():
            raise InputError(f"the folder holds no '{rules.table}'", where=str(source), remedy="Name the file itself")
        source = path
    return read_table(source, rules.encoding)


def code_table(table: Table, rules: TableMapping, where: str, prose: str = "") -> TableBuild:
    """Code a table by a mapping.

    Args:
        table: the people.
        rules: what the columns mean.
        where: place of the mapping, for messages.
        prose: what the card says of the domain, in Markdown; else its title and source.

    Raises:
        InputError: as :func:`build_from_table`.
    """
    targets = _target_columns(table, rules)
    coded = coded_facets(table, rules, targets)
    liked, silences = _liked(table, rules, targets)
    notes = (*table.notes, *_constant(coded), *silences, *_few_people(table))
    population = Population(
        ids=_ids(table, rules),
        codes=np.stack([c.codes for c in coded], axis=1),
        liked=liked,
        personas={name: _persona(table, rule, rules.missing) for name, rule in rules.personas.items()},
        voiced=np.stack([c.codes != SILENT for c in coded], axis=1),
    )
    domain = _domain(table, rules, where, [c.facet for c in coded], targets)
    card = (f"{prose}\n## This build\n" if prose else _head(domain)) + "\n" + _facts(domain, population, notes)
    return TableBuild(domain.model_copy(update={"card": card}), population, notes)


def coded_facets(table: Table, rules: TableMapping, targets: Mapping[str, str]) -> list[CodedFacet]:
    """Return the facets of a mapping with their codes, in the order of the mapping.

    Args:
        table: one row a person, or an item.
        rules: what the columns mean.
        targets: columns that are no facets.

    Raises:
        InputError: as :func:`build_from_table`.
    """
    return [c for rule in _one_column_each(table, rules, targets) for c in code_column(table, rule, rules.missing)]


def _domain(
    table: Table, rules: TableMapping, where: str, facets: Sequence[Facet], targets: Mapping[str, str]
) -> Domain:
    stem, name = names_of(table, rules)
    try:
        return Domain(
            name=name,
            title=rules.title or stem,
            source=rules.source,
            invented=rules.invented,
            facets=tuple(facets),
            targets=tuple(Target(id=column, label=label) for column, label in targets.items()),
        )
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None


def names_of(table: Table, rules: TableMapping) -> tuple[str, str]:
    """Return the name of the file, without its ending, and the name of the domain that is made of it."""
    stem = Path(table.source.removeprefix("hf:")).stem
    return stem, rules.name or re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "table"


# Which columns


def _choose(table: Table, choice: ColumnChoice, taken: set[str]) -> dict[str, str]:
    """Return column to label: those named in full, and those found by patterns and not taken."""
    out = {name for pattern in choice.without for name in _matches(table, pattern)}
    labels = {name: label for column, label in choice.labels.items() for name in _matches(table, column)}
    chosen: dict[str, str] = {}
    for pattern in choice.columns:
        for name in _matches(table, pattern):
            if name == pattern or name not in taken | out:
                chosen[name] = labels.get(name, name)
    return chosen


def _matches(table: Table, pattern: str) -> list[str]:
    if pattern in table.columns or "*" not in pattern:
        table.column(pattern)
        return [pattern]
    found = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    names = [name for name in table.columns if found.fullmatch(name)]
    if not names:
        raise InputError(f"no column fits '{pattern}'", where=table.source, remedy=did_you_mean(pattern, table.columns))
    return names


def _named_in_full(table: Table, rules: TableMapping) -> set[str]:
    named = {rule.column for rule in rules.facets} | {rule.column for rule in rules.personas.values()} | {rules.id}
    return named | {name for rule in rules.facets for name in rule.columns if name in table.columns}


def lost_columns(table: Table, rules: TableMapping) -> list[str]:
    """Return the columns that a mapping names in full and that the table does not have."""
    choices: list[ColumnChoice] = [*rules.facets, *([rules.targets] if rules.targets else [])]
    chosen = [name for choice in choices for name in choice.columns if "*" not in name]
    personas = [rule.column for rule in rules.personas.values()]
    named = [*(rule.column for rule in rules.facets), *chosen, rules.id, *personas]
    return [name for name in dict.fromkeys(named) if name and name not in table.columns]


def _target_columns(table: Table, rules: TableMapping) -> dict[str, str]:
    """Return target column to label."""
    if rules.targets is None:
        return {}
    columns = _choose(table, rules.targets, _named_in_full(table, rules))
    asked = {rule.column for rule in rules.facets} | {name for rule in rules.facets for name in rule.columns}
    both = [name for name in columns if name in asked]
    if both:
        raise InputError(
            "is both a facet and a target, so that asking would give the answer away",
            where=f"{table.source}, column '{both[0]}'",
            remedy="Take it out of one of them",
        )
    if not columns:
        raise InputError("no column is left for the targets", where=table.source)
    return columns


def _one_column_each(table: Table, rules: TableMapping, targets: Mapping[str, str]) -> list[FacetRule]:
    """Return one rule a facet column, patterns resolved, in the order of the mapping."""
    taken = _named_in_full(table, rules) | set(targets)
    single: list[FacetRule] = []
    for rule in map(rules.scaled, rules.facets):
        if rule.column:
            table.column(rule.column)
            single.append(rule.model_copy(update={"id": rule.id or rule.column, "label": rule.label or rule.column}))
            continue
        ids = {name: facet for column, facet in rule.ids.items() for name in _matches(table, column)}
        for name, label in _choose(table, rule, taken).items():
            taken.add(name)
            single.append(rule.model_copy(update={"column": name, "id": ids.get(name, name), "label": label}))
    if not single:
        raise InputError("no column is left for the facets", where=table.source)
    return single


# People


def _ids(table: Table, rules: TableMapping) -> tuple[str, ...]:
    if not rules.id:
        return tuple(str(row) for row in table.rows)
    cells = table.text(rules.id, rules.missing)
    silent = pc.is_null(cells).to_numpy()
    if silent.any():
        raise InputError("the person has no name", where=table.where(rules.id, int(np.argmax(silent))))
    word = cells.combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.unique(word, return_index=True)[1][word]
    twin = first != np.arange(len(word))
    if twin.any():
        person = int(np.argmax(twin))
        raise InputError(
            f"{shown(cells[person].as_py())} already stands in row {table.rows[first[person]]}",
            where=table.where(rules.id, person),
            remedy="Each person needs one row",
        )
    return tuple(cells.to_pylist())


def _persona(table: Table, rule: PersonaRule, missing: Sequence[str]) -> NDArray[np.str_]:
    if not rule.cuts:
        return _short_text(table, rule.column, missing)
    numbers = table.numbers(rule.column, missing)
    names = band_names(rule.cuts, whole=all_whole(numbers))
    # Silence is −2; the empty text stands where that index points to.
    return np.array([*names, "", ""], dtype=np.str_)[binned(numbers, rule.cuts)]


def _short_text(table: Table, column: str, missing: Sequence[str]) -> NDArray[np.str_]:
    cells = table.text(column, missing).fill_null("")
    # NumPy gives every cell the room of the longest, so one essay would fill the memory.
    long = pc.greater(pc.utf8_length(cells), _LONGEST_PERSONA).to_numpy()
    if long.any():
        person = int(np.argmax(long))
        raise InputError(
            f"{shown(cells[person].as_py())} is longer than {_LONGEST_PERSONA} characters",
            where=table.where(column, person),
            remedy="A persona variable is a word or a few",
        )
    return np.array(cells.to_pylist(), dtype=np.str_)


def _liked(table: Table, rules: TableMapping, targets: Mapping[str, str]) -> tuple[NDArray[np.bool_], list[str]]:
    """Return bool[people, targets], and a note if some cells are silent."""
    if rules.targets is None:
        return np.empty((len(table), 0), dtype=np.bool_), []
    columns = [_fond(table, rules.targets, column, rules.missing) for column in targets]
    silent = sum(int(s.sum()) for _, s in columns)
    note = f"{silent} cells of the targets are empty and count as not liked."
    return np.stack([fond for fond, _ in columns], axis=1), [note] if silent else []


def _fond(
    table: Table, rule: TargetRule, column: str, missing: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether each person likes the target, and whether the cell is silent, bool[people] both."""
    if rule.at_least is not None:
        numbers = table.numbers(column, missing)
        if rule.within:
            _refuse_outside(table, column, numbers, *rule.within)
        return numbers >= rule.at_least, np.isnan(numbers)
    cells = table.text(column, missing)
    return pc.fill_null(pc.equal(cells, rule.like), False).to_numpy(), pc.is_null(cells).to_numpy()


def _refuse_outside(table: Table, column: str, numbers: NDArray[np.float64], least: float, most: float) -> None:
    outside = (numbers < least) | (numbers > most)
    if outside.any():
        person = int(np.argmax(outside))
        raise InputError(
            f"{numbers[person]:g} does not lie between {least:g} and {most:g}",
            where=table.where(column, person),
            remedy="If it means silence, put it into `missing` of the mapping",
        )


# What a person should know


def _constant(coded: Sequence[CodedFacet]) -> list[str]:
    notes = []
    for c in coded:
        said = np.unique(c.codes[c.codes != SILENT])
        if len(said) == 1:
            notes.append(f"Facet '{c.facet.id}': all who answer say '{c.facet.options[said[0]].id}'.")
    return notes


def _few_people(table: Table) -> list[str]:
    few = "There is only one person: nothing can be learned from it, and no evaluation accepts it."
    return [few] if len(table) == 1 else []


def _head(domain: Domain) -> str:
    invented = "**The people are invented.** No result on them says anything about people.\n\n"
    source = domain.source or "The mapping names no source."
    return f"# {domain.title}\n\n{invented if domain.invented else ''}{source}\n"


def _facts(domain: Domain, population: Population, notes: Sequence[str]) -> str:
    silent = float((population.codes == SILENT).mean())
    lines = [
        f"- People: {len(population)}; facets: {len(domain.facets)}; targets: {len(domain.targets)}.",
        f"- Silent cells: {silent:.1%}; a silent cell is *unknown*, whoever asks.",
        *(f"- {note}" for note in notes),
    ]
    return "\n".join(lines) + "\n"
