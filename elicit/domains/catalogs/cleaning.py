"""Makes plain text of cells: no markup of descriptions, no entities, no characters that cannot be seen.

What only looks dangerous, such as ``=HYPERLINK(…)`` or ``<script>``, stays as the plain text it is; whoever prints it
escapes it.
"""

from __future__ import annotations

import html
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from elicit.domains.catalogs.catalog import is_list
from elicit.domains.catalogs.files import list_array
from elicit.domains.facets import NON_ANSWERS
from elicit.domains.mapping import MISSING

SILENT: Final = (
    *(*MISSING, "n/a", "null", "NULL", "-", "–", "—", "#N/A", "inf", "-inf", "Infinity", "-Infinity"),
    *(*sorted(NON_ANSWERS), "Unknown", "UNKNOWN"),
)
"""Cells that say nothing."""
_HIDDEN: Final = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
)
_SPACES: Final = r"[ \t\x{a0}\x{2007}\x{202f}]{2,}|[\t\x{a0}\x{2007}\x{202f}]"
_ENTITY: Final = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
_SUSPECT: Final = rf"{_HIDDEN}|[\t\r\n\x{{a0}}\x{{2007}}\x{{202f}}]|  |^ | $|<[a-zA-Z/!]|{_ENTITY}"
_ATTRIBUTES: Final = r"""(?:\s(?:"[^"]*"|'[^']*'|[^<>])*)?/?>"""
_UNSEEN: Final = r"(?is)<!--.*?-->|<style\b[^>]*>.*?</style\s*>"
_BLOCKS: Final = (
    r"(?i)</?(?:p|br|div|li|ul|ol|dl|dt|dd|table|thead|tbody|tfoot|tr|caption|h[1-6]|hr|section|article|header|footer"
    r"|main|nav|aside|figure|figcaption|blockquote|pre|center|address)" + _ATTRIBUTES
)
_FIELDS: Final = r"(?i)</?(?:td|th)" + _ATTRIBUTES
_INLINE: Final = (
    r"(?i)</?(?:a|b|i|u|em|strong|span|font|small|big|sub|sup|img|picture|source|video|iframe|code|mark|abbr|cite|label"
    r"|del|ins|strike|wbr|meta|link|colgroup|o:p)" + _ATTRIBUTES
)


def clean(column: Any) -> Any:
    """Return an Arrow column of text, or of lists of text, as plain text; null where nothing is said."""
    # Chunk by chunk, since each step makes a copy.
    cleaner = _clean_lists if is_list(column) else _clean_text
    return pa.chunked_array([cleaner(chunk) for chunk in column.chunks], column.type)


def _clean_text(chunk: Any) -> Any:
    if _any(chunk, _SUSPECT):
        chunk = _unescaped(_without_markup(chunk))
        for pattern, instead in ((r"\r\n?", "\n"), (_HIDDEN, ""), (_SPACES, " "), (r" ?\n\s*", "\n")):
            chunk = pc.replace_substring_regex(chunk, pattern=pattern, replacement=instead)
        chunk = pc.utf8_trim_whitespace(chunk)
    if not pc.all(pc.string_is_ascii(chunk)).as_py():
        # One letter can be written in several ways that look the same.
        chunk = pc.utf8_normalize(chunk, form="NFC")
    silent = pc.is_in(chunk, value_set=pa.array(SILENT))
    return pc.if_else(silent, pa.scalar(None, pa.string()), chunk) if pc.any(silent).as_py() else chunk


def _without_markup(chunk: Any) -> Any:
    if _any(chunk, r"<[a-zA-Z/!]"):
        for pattern, instead in ((_UNSEEN, " "), (_BLOCKS, "\n"), (_FIELDS, " "), (_INLINE, "")):
            chunk = pc.replace_substring_regex(chunk, pattern=pattern, replacement=instead)
    return chunk


def _unescaped(chunk: Any) -> Any:
    escaped = pc.fill_null(pc.match_substring_regex(chunk, pattern=_ENTITY), False)
    if not pc.any(escaped).as_py():
        return chunk
    plain = [html.unescape(cell) for cell in chunk.filter(escaped).to_pylist()]
    return pc.replace_with_mask(chunk, escaped, pa.array(plain, pa.string()))


def _clean_lists(chunk: Any) -> Any:
    """Clean what the lists hold; what says nothing is no part of a list, and a list of nothing is silence."""
    rest = iter(_clean_text(chunk.flatten()).to_pylist())
    sizes = pc.fill_null(pc.list_value_length(chunk), 0).to_pylist()
    lists = [[part for part in islice(rest, size) if part is not None] for size in sizes]
    return list_array([cells or None for cells in lists])


def _any(chunk: Any, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(chunk, pattern=pattern)).as_py())
