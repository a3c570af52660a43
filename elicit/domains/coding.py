"""One rule of a mapping and one column of a table make one coded facet, or, in a multiple choice, one a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import ValidationError

from elicit.basis import InputError, did_you_mean
from elicit.domains.codes import MAX_OPTIONS, SILENT
from elicit.domains.facets import NON_ANSWERS, YES_NO, Facet, Kind, Option
from elicit.domains.folder import first_problem
from elicit.domains.mapping import FacetRule
from elicit.domains.population import Codes
from elicit.domains.tables import Table, shown

OTHER: Final = "other"
MOST_VALUES: Final = 1000
"""A multiple choice with more values than this is free text."""


@dataclass(frozen=True)
class CodedFacet:
    """A facet with its codes, int8[people]; −2 where the person is silent."""

    facet: Facet
    codes: Codes


def code_column(table: Table, rule: FacetRule, missing: Sequence[str]) -> list[CodedFacet]:
    """Code the column of a rule that names one column, an id and a label.

    Args:
        table: the people.
        rule: what the column means.
        missing: cells that mean silence.

    Raises:
        InputError: a cell that fits no option or is no number (names the row), more options than allowed, nobody
            answers.
    """
    makers: dict[Kind, Callable[[Table, FacetRule, Sequence[str]], list[CodedFacet]]] = {
        Kind.SINGLE: _single,
        Kind.NUMBER: _number,
        Kind.MULTI: _multi,
        Kind.OPEN: _open,
    }
    return makers[rule.kind](table, rule, missing)


def _facet(table: Table, rule: FacetRule, options: Sequence[Option], cuts: Sequence[float] = ()) -> Facet:
    reserved = NON_ANSWERS.intersection(option.id for option in options)
    if reserved:
        raise InputError(
            f"'{min(reserved)}' is a non-answer and cannot be an option of facet '{rule.id}'",
            where=table.where(rule.column),
            remedy="Put it into `missing` of the mapping, or give it another name in `values`",
        )

    def fill(text: str) -> str:
        return text.replace("{label}", rule.label)

    try:
        return Facet(
            id=rule.id,
            label=rule.label,
            kind=rule.kind,
            depth=rule.depth,
            parents=rule.parents,
            options=tuple(
                Option(id=o.id, label=fill(o.label), phrasings=tuple(fill(p) for p in o.phrasings)) for o in options
            ),
            wordings=tuple(fill(w) for w in rule.wordings),
            names=rule.names,
            sensitive=rule.sensitive,
            cuts=tuple(cuts),
        )
    except ValidationError as error:
        raise InputError(first_problem(error), where=table.where(rule.column)) from None


def _option(name: str) -> Option:
    return Option(id=name, label=name)


def _refuse_silence(table: Table, rule: FacetRule, answered: NDArray[np.bool_]) -> None:
    if not answered.any():
        raise InputError(f"nobody answers facet '{rule.id}'", where=table.where(rule.column), remedy="Leave it out")


def _cells(table: Table, rule: FacetRule, missing: Sequence[str]) -> Any:
    cells = table.text(rule.column, missing)
    _refuse_silence(table, rule, cells.is_valid().to_numpy())
    return cells


# One choice


def _single(table: Table, rule: FacetRule, missing: Sequence[str]) -> list[CodedFacet]:
    cells = _cells(table, rule, missing)
    names = list(dict.fromkeys(rule.values.values())) or _found(table, rule, cells)
    options = rule.options or [_option(name) for name in names]
    facet = _facet(table, rule, options)
    places = {option.id: place for place, option in enumerate(options)}
    meaning = places | {cell: places[option] for cell, option in rule.values.items()}
    codes = _look_up(cells, meaning)
    _refuse_unknown(table, rule, cells, codes, meaning)
    return [CodedFacet(facet, codes)]


def _found(table: Table, rule: FacetRule, cells: Any) -> list[str]:
    """Return the values found, numbers by size and text by alphabet; none where the options are given."""
    if rule.options:
        return []
    found = pc.unique(pc.drop_null(cells))
    if len(found) > MAX_OPTIONS:
        raise InputError(
            f"facet '{rule.id}' has {len(found)} values; allowed are {MAX_OPTIONS} options",
            where=table.where(rule.column),
            remedy='Use kind = "open" to keep the most frequent ones, or kind = "number" to make bins',
        )
    return sorted(found.to_pylist(), key=_by_size)


def _by_size(value: str) -> tuple[int, float, str]:
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value


def _refuse_unknown(table: Table, rule: FacetRule, cells: Any, codes: Codes, meaning: Mapping[str, int]) -> None:
    unknown = (codes == SILENT) & cells.is_valid().to_numpy()
    if unknown.any():
        person = int(np.argmax(unknown))
        cell = cells[person].as_py()
        raise InputError(
            f"{shown(cell)} is no option of facet '{rule.id}'",
            where=table.where(rule.column, person),
            remedy=did_you_mean(cell[:40], meaning),
        )


def _look_up(cells: Any, meaning: Mapping[str, int]) -> Codes:
    """Return the code of each cell, −2 where it has none, int8[people]."""
    codes = np.array([*meaning.values(), SILENT], dtype=np.int8)
    place = pc.index_in(cells, value_set=pa.array(list(meaning), pa.string()))
    return np.asarray(codes[pc.fill_null(place, len(meaning)).to_numpy()], dtype=np.int8)


# A number


def _number(table: Table, rule: FacetRule, missing: Sequence[str]) -> list[CodedFacet]:
    numbers = table.numbers(rule.column, missing)
    _refuse_silence(table, rule, ~np.isnan(numbers))
    cuts = rule.cuts or _quantile_cuts(numbers, rule.bins)
    names = band_names(cuts, whole=all_whole(numbers))
    if rule.options and len(rule.options) != len(names):
        raise InputError(
            f"facet '{rule.id}' has {len(names)} bins but {len(rule.options)} options",
            where=table.where(rule.column),
            remedy="Give one option a bin, or leave the options out",
        )
    options = rule.options or [_option(name) for name in names]
    return [CodedFacet(_facet(table, rule, options, cuts), binned(numbers, cuts))]


def _quantile_cuts(numbers: NDArray[np.float64], bins: int) -> tuple[float, ...]:
    """Return numbers that cut the people into about equal parts; fewer where many people share a number."""
    known = numbers[~np.isnan(numbers)]
    cuts = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="inverted_cdf"))
    return tuple(cuts[cuts < known.max()].tolist())


def binned(numbers: NDArray[np.float64], cuts: Sequence[float]) -> Codes:
    """Return the bin of each number, int8[people]; a cut belongs to the bin below it, NaN is −2."""
    bins = np.searchsorted(np.array(cuts, dtype=np.float64), numbers, side="left")
    return np.where(np.isnan(numbers), SILENT, bins).astype(np.int8)


def all_whole(numbers: NDArray[np.float64]) -> bool:
    """Whether all numbers but NaN are whole."""
    known = numbers[~np.isnan(numbers)]
    return bool((known == np.floor(known)).all())


def band_names(cuts: Sequence[float], *, whole: bool) -> list[str]:
    """Return the names of the bins between cuts, each cut belonging to the bin below it.

    Args:
        cuts: ascending.
        whole: whether only whole numbers occur, so that "18 to 24" says it.
    """
    if not cuts:
        return ["any"]
    if whole and all(c == int(c) for c in cuts):
        upper = [int(c) for c in cuts]
        middle = [f"{a + 1} to {b}" if a + 1 < b else str(b) for a, b in pairwise(upper)]
        return [f"up to {upper[0]}", *middle, f"{upper[-1] + 1} and over"]
    number = [str(int(c)) if c == int(c) else repr(float(c)) for c in cuts]
    middle = [f"over {a}, up to {b}" for a, b in pairwise(number)]
    return [f"up to {number[0]}", *middle, f"over {number[-1]}"]


# Several choices


def _multi(table: Table, rule: FacetRule, missing: Sequence[str]) -> list[CodedFacet]:
    lists, answered = table.lists(rule.column, rule.separator, missing)
    _refuse_silence(table, rule, answered)
    names, value, person = _pairs(lists, missing)
    count = np.bincount(value, minlength=len(names))
    kept = [v for v in np.lexsort((np.array(names, dtype=np.str_), -count)) if count[v] >= rule.at_least]
    _refuse_too_few_or_many(table, rule, len(kept))
    coded = []
    for v in kept:
        codes = np.where(answered, 0, SILENT).astype(np.int8)
        codes[person[value == v]] = 1
        coded.append(CodedFacet(_value_facet(table, rule, names[v]), codes))
    return coded


def _pairs(lists: Any, missing: Sequence[str]) -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
    """Return the values, and every (value, person) pair once: two int[pairs]."""
    flat = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    person = pc.list_parent_indices(lists).to_numpy()
    said = ~pc.is_in(flat, value_set=pa.array([*missing, "", None], pa.string())).to_numpy(zero_copy_only=False)
    words = flat.filter(pa.array(said)).dictionary_encode()
    pairs = np.unique(np.stack([words.indices.to_numpy(), person[said]], axis=1), axis=0)
    return words.dictionary.to_pylist(), pairs[:, 0].astype(np.intp), pairs[:, 1].astype(np.intp)


def _refuse_too_few_or_many(table: Table, rule: FacetRule, values: int) -> None:
    where = table.where(rule.column)
    if not values:
        raise InputError(
            f"no value of facet '{rule.id}' is held by {rule.at_least} people",
            where=where,
            remedy="Lower `at_least`, or leave the column out",
        )
    if values > MOST_VALUES:
        raise InputError(
            f"facet '{rule.id}' has {values} values; allowed are {MOST_VALUES}",
            where=where,
            remedy="Raise `at_least`, or leave the column out if it is free text",
        )


def _value_facet(table: Table, rule: FacetRule, value: str) -> Facet:
    fields = {
        "id": f"{rule.id}:{value}",
        "label": f"{rule.label}: {value}",
        "wordings": tuple(w.replace("{label}", rule.label).replace("{value}", value) for w in rule.wordings),
    }
    return _facet(table, rule.model_copy(update=fields), YES_NO)


# Free content


def _open(table: Table, rule: FacetRule, missing: Sequence[str]) -> list[CodedFacet]:
    cells = _cells(table, rule, missing)
    names = _most_frequent(cells, rule.most)
    codes = _look_up(cells, {name: place for place, name in enumerate(names)})
    if names[-1] == OTHER:
        codes[(codes == SILENT) & cells.is_valid().to_numpy()] = len(names) - 1
    return [CodedFacet(_facet(table, rule, [_option(name) for name in names]), codes)]


def _most_frequent(cells: Any, most: int) -> list[str]:
    """Return the values, the most frequent first; if there are more than ``most``, the last one is ``other``."""
    found = pc.value_counts(pc.drop_null(cells))
    counts = zip(found.field("counts").to_pylist(), found.field("values").to_pylist(), strict=True)
    names = [name for _, name in sorted(counts, key=lambda pair: (-pair[0], pair[1]))]
    if len(names) <= most:
        return names
    return [*[name for name in names if name != OTHER][: most - 1], OTHER]
