"""Finds which columns hold ids, names, prices, currencies and free text, by their names and by what is in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyarrow.compute as pc

from elicit.basis import InputError
from elicit.domains.catalogs.catalog import is_list
from elicit.domains.catalogs.column_names import column_names
from elicit.domains.catalogs.column_words import column_words
from elicit.domains.catalogs.prices import currency_called, read_prices
from elicit.domains.tables import NUMBER

_LONG: Final = 60
"""Characters of a cell, on average, that make a column free text."""
_LONG_PART: Final = 25
"""Characters of a part of a list, likewise."""
_SAMPLE: Final = 1000
"""Cells that decide whether a column has prices."""
_LONGEST_NAME: Final = 200
LINK: Final = r"^(https?://|//|www\.)\S+$"


@dataclass(frozen=True)
class Roles:
    """Columns by what they are for; an empty name = there is none."""

    id: str
    label: str
    price: str
    currency: str

    def notes(self) -> tuple[str, ...]:
        """Say what was guessed."""
        said = [f"Column '{self.label}' is taken as the names."]
        said.append(
            f"Column '{self.id}' is taken as the ids." if self.id else "No column has ids; rows go by their numbers."
        )
        said.append(f"Column '{self.price}' is taken as the prices." if self.price else "No column has prices.")
        if self.currency:
            said.append(f"Column '{self.currency}' is taken as the currencies of the prices.")
        return tuple(said)


def find_roles(source: str, columns: Mapping[str, Any]) -> Roles:
    """Find ids, names, prices and currencies.

    Args:
        source: for messages: the file.
        columns: name to Arrow column of plain text, or of lists of text.

    Raises:
        InputError: no column has names; says which columns there are.
    """
    texts = {name: column for name, column in columns.items() if not is_list(column)}
    label = _label(texts)
    if not label:
        known = ", ".join(f"'{name}'" for name in list(columns)[:12]) + (", …" if len(columns) > 12 else "")
        raise InputError(
            f"no column for the names of the items; there are {known}" if columns else "no column has anything in it",
            where=source,
            remedy="Call the column with the names 'name' or 'title'",
        )
    others = {name: column for name, column in texts.items() if name != label}
    price = next(_named(others, column_names().prices, _has_prices, _price_words), "")
    currency = next(filter(_is_called_currency, texts), "") if price else ""
    return Roles(_id(texts, {label, price}), label, price, currency)


def free_texts(columns: Mapping[str, Any], taken: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of free text: called like a description, or with long cells."""
    return tuple(name for name, column in columns.items() if name not in taken and _is_free(name, column))


def _label(texts: Mapping[str, Any]) -> str:
    called = next(_named(texts, column_names().names, _has_names), "")
    return called or next((name for name, column in texts.items() if _reads_like_names(name, column)), "")


def _id(texts: Mapping[str, Any], taken: set[str]) -> str:
    """Return the first column called like an id whose cells all differ, else one whose cells mostly do."""
    others = {name: column for name, column in texts.items() if name not in taken}
    for least in (1.0, 0.5):
        fitting = _named(others, column_names().ids, lambda column, least=least: _differ(column) >= least)  # type: ignore[misc]
        found = next(fitting, "")
        if found:
            return found
    return ""


def _price_words(name: str) -> str:
    return column_words(currency_called(name)[0])


def _named(
    columns: Mapping[str, Any],
    known: Sequence[str],
    fits: Callable[[Any], bool],
    called: Callable[[str], str] = column_words,
) -> Iterator[str]:
    """Yield the columns that are called like one of the known names and fit, the best names first."""
    words: dict[str, list[str]] = {}
    for name in columns:
        words.setdefault(called(name), []).append(name)
    yield from (name for call in known for name in words.get(call, ()) if fits(columns[name]))


def _is_called_currency(name: str) -> bool:
    return f" {column_words(name)}".endswith(tuple(f" {known}" for known in column_names().currencies))


def _is_called_text(name: str) -> bool:
    return _text_words().search(column_words(name)) is not None


@cache
def _text_words() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, column_names().texts))})\b")


def _said(column: Any) -> int:
    return len(column) - int(column.null_count)


def share_matching(column: Any, pattern: str) -> float:
    """Return the share of the cells that match, of those that say something."""
    matching = pc.sum(pc.match_substring_regex(column, pattern=pattern)).as_py() or 0
    return float(matching / max(1, _said(column)))


def _differ(column: Any) -> float:
    """Return how many of the cells differ, as a share; 0 if many are silent."""
    said = _said(column)
    return float(pc.count_distinct(column).as_py() / said) if 2 * said >= max(1, len(column)) else 0.0


def _has_names(column: Any) -> bool:
    return _said(column) > 0 and share_matching(column, r"\pL") > 0.5 and share_matching(column, LINK) < 0.5


def _reads_like_names(name: str, column: Any) -> bool:
    """Whether cells of a column that is not called so can be names: several short words, different in every row."""
    if column_words(name) in column_names().ids or _is_called_text(name) or not _said(column):
        return False
    return bool(
        _said(column) == len(column)
        and _differ(column) == 1
        and pc.max(pc.utf8_length(column)).as_py() <= _LONGEST_NAME
        and share_matching(column, r"\pL+[\s-]+\S") > 0.8
        and share_matching(column, LINK) == 0
    )


def _has_prices(column: Any) -> bool:
    """Whether half of the first cells that say something are prices, in whatever currencies."""
    first = column.drop_null().slice(0, _SAMPLE)
    return len(first) > 0 and 2 * read_prices(first).unread <= len(first)


def _is_free(name: str, column: Any) -> bool:
    if not _said(column):
        return False
    parts = column.combine_chunks().flatten() if is_list(column) else column
    length = pc.mean(pc.utf8_length(parts)).as_py() or 0
    # A list of features has short ones too ("cordless").
    called = _is_called_text(name) and (is_list(column) or length >= len("a few words"))
    if not called and length < (_LONG_PART if is_list(column) else _LONG):
        return False
    return share_matching(parts, LINK) <= 0.5 and share_matching(parts, NUMBER) <= 0.5
