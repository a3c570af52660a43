"""Finds which column of a file with reviews says what they are about, and which holds their texts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyarrow.compute as pc
from pydantic import field_validator

from elicit.basis import InputError, resource
from elicit.domains.catalogs.catalog import Catalog, Rows, is_list
from elicit.domains.catalogs.column_words import column_words
from elicit.domains.catalogs.roles import LINK, share_matching
from elicit.domains.facets import Frozen
from elicit.domains.tables import NUMBER, shown

_FEW_WORDS: Final = r"\S+\s+\S+\s+\S+"
_LETTER: Final = r"\pL"
_PLAIN_ID: Final = "id"
_MOST: Final = 0.5
"""Share of the cells that must look as expected; of the rows that must be about an item where no name says so."""
_NAMED: Final = 8
"""Columns that a message names."""
TWINS: Final = -1
"""In place of a row: several items are called so."""


class ReviewColumns(Frozen):
    """Names of columns in small letters, the best first: see ``data/catalogs/review-columns.toml``."""

    items: tuple[str, ...]
    texts: tuple[str, ...]
    of_catalogs: tuple[str, ...]

    @field_validator("*", mode="before")
    @classmethod
    def _divided(cls, given: str) -> Any:
        return tuple(" ".join(name.split()) for name in given.split(","))


@cache
def review_columns() -> ReviewColumns:
    """Return the names that ship."""
    text = resource("data", "catalogs", "review-columns.toml").read_text(encoding="utf-8")
    return ReviewColumns.model_validate(tomllib.loads(text))


@dataclass(frozen=True)
class Match:
    """A column of reviews that says which items they are about.

    Attributes:
        column: of the reviews.
        key: the column of the catalog that it repeats.
        places: value in small letters to the row of the catalog.
        rows: how many reviews have such a value.
    """

    column: str
    key: str
    places: Mapping[str, int]
    rows: int

    @property
    def rank(self) -> tuple[int, bool]:
        """What is better is greater."""
        return self.rows, column_words(self.column) != _PLAIN_ID


def find_about(rows: Rows, catalog: Catalog) -> Match:
    """Return the column whose cells are items of the catalog in most rows.

    Raises:
        InputError: there is none; names both files.
    """
    keys = _keys(catalog)
    texts = {name: column for name, column in rows.columns.items() if not is_list(column)}
    tried = [
        Match(name, key, places, _matching(column, places))
        for name, column in texts.items()
        for key, places in keys.items()
    ]
    fitting = [match for match in tried if match.rows and _can_be_meant(match, texts[match.column])]
    if fitting:
        return max(fitting, key=lambda match: match.rank)
    raise _no_match(rows, catalog, next(iter(keys)), texts)


def _keys(catalog: Catalog) -> dict[str, dict[str, int]]:
    """Return the columns by which an item can be called, with the row of each value."""
    table = catalog.table
    others = [name for name in table.columns if column_words(name) in review_columns().items and table.is_text(name)]
    return {
        name: _places(table.text(name).to_pylist())
        for name in dict.fromkeys([catalog.id, catalog.label, *others])
        if name and name not in catalog.texts
    }


def _places(values: Sequence[str | None]) -> dict[str, int]:
    places: dict[str, int] = {}
    for row, value in enumerate(values):
        if value is not None:
            places[folded(value)] = TWINS if folded(value) in places else row
    return places


def folded(value: str) -> str:
    """Return an id or a name in a form in which spellings of it are the same."""
    return " ".join(value.casefold().split())


def _can_be_meant(match: Match, column: Any) -> bool:
    """Tell whether cells can be meant as items: the column is called so, or they are no numbers and mostly fit."""
    called = column_words(match.column)
    if called in review_columns().items or called == column_words(match.key):
        return True
    return share_matching(column, NUMBER) < _MOST < match.rows / len(column)


def _matching(column: Any, places: Mapping[str, int]) -> int:
    return sum(places.get(folded(value or ""), TWINS) != TWINS for value in column.to_pylist())


def _no_match(rows: Rows, catalog: Catalog, key: str, texts: Mapping[str, Any]) -> InputError:
    """Return the error that says that no review is about an item: by its ids if there are any, else by the columns."""
    example = shown(catalog.table.text(key).drop_null()[0].as_py())
    remedy = f"Give each review the '{key}' of its item as the catalog writes it, for instance {example}"
    called = [name for known in review_columns().items for name in _called(texts, known) if known != _PLAIN_ID]
    said: Any = texts[called[0]].drop_null() if called else ()
    if len(said):
        problem = f"no review is about an item of {catalog.table.source}: '{called[0]}' says {shown(said[0].as_py())}"
    else:
        known = ", ".join(f"'{name}'" for name in list(rows.columns)[:_NAMED])
        problem = f"no column says which item of {catalog.table.source} a review is about; there are {known}"
    return InputError(problem, where=rows.source, remedy=remedy)


def _called(columns: Mapping[str, Any], known: str) -> list[str]:
    return [name for name in columns if column_words(name) == known]


def find_text(rows: Rows, about: str) -> str:
    """Return the column with the texts: called so, else that of the longest cells of several words.

    Args:
        rows: of the file.
        about: the column that says what a review is about.

    Raises:
        InputError: there is none; says which columns there are.
    """
    others = {name: column for name, column in rows.columns.items() if name != about}
    named = (name for known in review_columns().texts for name in _called(others, known))
    called = next((name for name in named if _reads_like_text(_parts(others[name]), _LETTER)), "")
    if called:
        return called
    long = {name: _parts(c) for name, c in others.items() if _reads_like_text(_parts(c), _FEW_WORDS)}
    if long:
        return max(long, key=lambda name: pc.mean(pc.utf8_length(long[name])).as_py())
    known = ", ".join(f"'{name}'" for name in list(rows.columns)[:_NAMED])
    raise InputError(
        f"no column has the texts of the reviews; there are {known}",
        where=rows.source,
        remedy="Call the column with the texts 'text' or 'review'",
    )


def _parts(column: Any) -> Any:
    return column.combine_chunks().flatten() if is_list(column) else column


def _reads_like_text(cells: Any, pattern: str) -> bool:
    return share_matching(cells, pattern) > _MOST and share_matching(cells, LINK) < _MOST
