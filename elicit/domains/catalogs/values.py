"""Gives the cells of a column one form: yes and no, numbers, lists. Whatever is none of these stays text."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from elicit.domains.catalogs.catalog import is_list
from elicit.domains.catalogs.files import list_array
from elicit.domains.catalogs.quantities import Typed, as_money, as_quantity

_TRUTH: Final = {"yes": "yes", "no": "no", "true": "yes", "false": "no", "y": "yes", "n": "no"}
_BITS: Final = {"1": "yes", "0": "no"}
_FLAG: Final = re.compile(
    r"^(is|has|can|with|includes|supports)(?=[A-Z _.-])|(?<=[a-z _.-])(flag|enabled|available|allowed|included)$"
)
_LONGEST_PART: Final = 40
"""Characters in a part of a list; what is longer is a sentence."""
_SAMPLE: Final = 10_000
"""Cells that decide whether a separator is one."""
_OFTEN: Final = 0.1
"""Share of the cells that must hold a separator before it is one."""


def typed(name: str, column: Any) -> Typed:
    """Return a column's name, its cells in one form, and a note; the column itself if it needs no change."""
    for read in () if is_list(column) else (_as_truth, as_money, as_quantity):
        found = read(name, column)
        if found is not None:
            return found
    lists, divided = (None, "") if is_list(column) else _as_lists(name, column)
    cells, spelled = _in_one_spelling(name, column if lists is None else lists)
    return name, cells, " ".join(filter(None, (divided, spelled)))


def _as_truth(name: str, column: Any) -> Typed | None:
    if (pc.max(pc.utf8_length(column)).as_py() or 9) > len("false"):
        return None
    words = pc.utf8_lower(column)
    found = set(pc.unique(words).drop_null().to_pylist())
    meaning = _BITS if found <= set(_BITS) and _FLAG.search(name) else _TRUTH
    if not found <= set(meaning) or (found <= {"y", "n"} and len(found) == 1):
        return None
    places = pc.index_in(words, value_set=pa.array(list(meaning)))
    cells = pc.take(pa.array(list(meaning.values())), places)
    changed = found - {"yes", "no"}
    return name, cells, f"'{name}' is read as yes or no." if changed else ""


def _as_lists(name: str, column: Any) -> tuple[Any | None, str]:
    for separator in (";", "|", ","):
        if _divides(column, separator):
            pattern = rf"\s*{re.escape(separator)}\s*"
            trimmed = pc.replace_substring_regex(column, pattern=rf"^{pattern}|{pattern}$", replacement="")
            lists = pc.split_pattern_regex(trimmed, pattern=pattern)
            return lists.cast(pa.list_(pa.string())), f"'{name}' is read as lists, divided by '{separator}'."
    return None, ""


def _in_one_spelling(name: str, column: Any) -> tuple[Any, str]:
    """Return a column of text or of lists in which what differs only in capitals is written as it is most often."""
    values = column.combine_chunks().flatten() if is_list(column) else column
    folded = pc.utf8_lower(values)
    if pc.count_distinct(folded).as_py() == pc.count_distinct(values).as_py():
        return column, ""
    usual = _usual_spellings(values)
    places = pc.index_in(folded, value_set=pa.array(list(usual)))
    spelled = pc.take(pa.array(list(usual.values())), places)
    cells = _lists_of(spelled, column) if is_list(column) else spelled
    return cells, f"'{name}' has values that differ only in capitals; these count as one."


def _usual_spellings(values: Any) -> dict[str, str]:
    """Return each value in small letters with the spelling in which it occurs most often."""
    spellings = pc.value_counts(values.drop_null())
    often = sorted(spellings.to_pylist(), key=lambda spelling: -spelling["counts"])
    words = pa.array([spelling["values"] for spelling in often], pa.string())
    usual: dict[str, str] = {}
    for word, small in zip(words.to_pylist(), pc.utf8_lower(words).to_pylist(), strict=True):
        usual.setdefault(small, word)
    return usual


def _lists_of(parts: Any, column: Any) -> Any:
    """Return what the lists of a column hold, spelled anew, as lists; each holds a part once."""
    rest = iter(parts.to_pylist())
    sizes = pc.list_value_length(column).to_pylist()
    lists = [None if size is None else list(dict.fromkeys(islice(rest, size))) for size in sizes]
    return pa.chunked_array([list_array(lists)])


def _divides(column: Any, separator: str) -> bool:
    """Whether a mark divides short values that return in other rows, by the first rows that say something."""
    column = column.drop_null().slice(0, _SAMPLE)
    holds = pc.match_substring(column, pattern=separator)
    holding = pc.sum(holds).as_py() or 0
    if holding < 2 or holding < _OFTEN * len(column):
        return False
    parts = pc.utf8_trim_whitespace(pc.list_flatten(pc.split_pattern(column, separator)))
    short = (pc.quantile(pc.utf8_length(parts), q=0.95)[0].as_py() or 0) <= _LONGEST_PART
    if not short or pc.all(pc.match_substring_regex(parts, pattern=r"^[\d.]*$")).as_py():
        return False
    return separator != "," or 2 * pc.count_distinct(parts).as_py() <= len(parts)
