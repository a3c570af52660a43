"""Years in texts and labels: "the 80s", "before 1980", "recent ones"."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from elicit.language.quantities import quantities
from elicit.language.spelling import plain

Span = tuple[float, float]
_DECADES: Final = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
_DECADE: Final = re.compile(rf"\b(?:(19|20)?(\d)0'?s|({'|'.join(_DECADES)}))\b")
_OLD: Final = re.compile(r"\b(old|older|oldies?|classics?|vintage|early|golden age|black[- ]and[- ]white)\b")
_NEW: Final = re.compile(r"\b(new|newer|newest|recent|modern|latest|contemporary|nowadays|today's)\b")
_IN_LABEL: Final = re.compile(
    r"\s*\b(made|from|released)?\s*\b(in|before|after|since|the)\s+(the\s+)?\d{4}s?(\s+or\s+\w+)?\b"
)
_YEARS: Final = (1900, 2100)


def span_of(text: str) -> Span | None:
    """Return the years that a text names, with infinite ends where they are open or only "old" or "new" is said."""
    text = plain(text)
    if found := _DECADE.search(text):
        return _decade(found)
    for quantity in quantities(text):
        if any(_YEARS[0] <= end <= _YEARS[1] for end in (quantity.low, quantity.high)):
            return quantity.low, quantity.high
    if _OLD.search(text):
        return -math.inf, -math.inf
    return (math.inf, math.inf) if _NEW.search(text) else None


def label_span(label: str) -> Span | None:
    """Return the years that a label names in figures; words like "old" and years in brackets do not count."""
    found = _IN_LABEL.search(label)
    return span_of(found.group()) if found else None


def without_span(label: str) -> str:
    """Return a label without its years."""
    return _IN_LABEL.sub("", label)


def nearest(span: Span, spans: Mapping[str, Span]) -> str:
    """Return which of several spans shares most with one, else lies nearest to it."""
    return max(spans, key=lambda name: _shared(span, spans[name]))


def _shared(a: Span, b: Span) -> float:
    """Return the years in common, or minus the years between; open ends reach as far as years go."""
    (a_low, a_high), (b_low, b_high) = _closed(a), _closed(b)
    return min(a_high, b_high) - max(a_low, b_low)


def _closed(span: Span) -> Span:
    low, high = (min(max(end, _YEARS[0]), _YEARS[1]) for end in span)
    return low, high


def _decade(found: re.Match[str]) -> Span:
    century, digit, name = found.groups()
    tens = _DECADES.index(name) + 2 if name else int(digit)
    start = (int(century) * 100 if century else 2000 if tens < 2 else 1900) + tens * 10
    return float(start), float(start + 9)
