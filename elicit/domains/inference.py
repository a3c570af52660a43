"""Guesses a mapping for a table that has none."""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow.compute as pc

from elicit.basis import InputError
from elicit.domains.facets import NON_ANSWERS, Kind
from elicit.domains.mapping import MISSING, FacetRule, PersonaRule, TableMapping
from elicit.domains.tables import Table

_MISSING: Final = (*MISSING, *sorted(NON_ANSWERS))
_FEW: Final = 12
"""A column with at most so many values is a choice between them."""
_ID = re.compile(r"(^|[_\s.-]|user|person|respondent|participant)id$", re.IGNORECASE)
_PERSONAS: Final = {
    "age": "age", "gender": "gender", "sex": "gender", "occupation": "occupation", "profession": "occupation",
    "education": "education",
}  # fmt: skip
_AGES: Final = (17, 24, 34, 44, 54)


def infer_mapping(table: Table) -> tuple[TableMapping, tuple[str, ...]]:
    """Guess a mapping from the columns, and say in notes what was guessed.

    In this order: a column called like an id whose cells all differ is the id; ``age``, ``gender``, ``occupation``
    and ``education`` are personas; lists are multiple choices; few values are a choice; many numbers are cut into
    thirds; text that repeats is open. Passed over are columns without an answer, with one value only, with text that
    hardly repeats, and with records. A cell that says ``unknown`` or ``refused`` is silence.

    Raises:
        InputError: no column is left for a facet.
    """
    notes: list[str] = []
    name = ""
    personas: dict[str, PersonaRule] = {}
    facets: list[FacetRule] = []
    for column in table.columns:
        variable = _PERSONAS.get(column.casefold(), "")
        if not name and _is_id(table, column):
            name = column
            notes.append(f"Column '{column}' is taken as the people's ids.")
        elif variable and variable not in personas and _says_something(table, column):
            personas[variable] = _persona(table, column)
            notes.append(f"Column '{column}' is taken as the persona variable '{variable}'.")
        else:
            kind, why = _kind(table, column)
            if kind is None:
                notes.append(f"Column '{column}' was passed over: {why}.")
            else:
                facets.append(FacetRule(column=column, kind=kind))
    if not facets:
        raise InputError("no column looks like a facet", where=table.source, remedy="Write a mapping file")
    return TableMapping(id=name, missing=_MISSING, personas=personas, facets=tuple(facets)), tuple(notes)


def _kind(table: Table, column: str) -> tuple[Kind | None, str]:
    """Return the kind of facet, or None and why there is none."""
    if table.is_list(column):
        return Kind.MULTI, ""
    if not table.is_text(column):
        return None, "its cells are not text"
    cells = table.text(column, _MISSING)
    said, distinct = _said(cells), _distinct(cells)
    numeric = table.is_numeric(column, _MISSING)
    if distinct < 2:
        return None, "all who answer say the same" if distinct else "nobody answers it"
    if distinct == said and not numeric:
        return None, "everybody says something else"
    if distinct <= _FEW:
        return Kind.SINGLE, ""
    if numeric:
        return Kind.NUMBER, ""
    return (Kind.OPEN, "") if 2 * distinct <= said else (None, "its text hardly repeats")


def _is_id(table: Table, column: str) -> bool:
    return bool(_ID.search(column)) and table.is_text(column) and _distinct(table.text(column, _MISSING)) == len(table)


def _says_something(table: Table, column: str) -> bool:
    return table.is_text(column) and _distinct(table.text(column, _MISSING)) > 0


def _persona(table: Table, column: str) -> PersonaRule:
    banded = table.is_numeric(column, _MISSING) and _distinct(table.text(column, _MISSING)) > _FEW
    return PersonaRule(column=column, cuts=_AGES if banded else ())


def _said(cells: Any) -> int:
    return len(cells) - int(cells.null_count)


def _distinct(cells: Any) -> int:
    return int(pc.count_distinct(cells).as_py())
