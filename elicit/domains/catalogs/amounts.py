"""Reads numbers as people write them: with points, commas, spaces and apostrophes between the digits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from elicit.basis import counted

_GROUPS: Final = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
_SHAPE: Final = re.compile(r"\d*(?:[.,]\d+)*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
_COMMA_DECIMAL: Final = r"^[^,]*,\d{1,2}(?:[^\d.,]|$)|\.\d{3},\d{1,2}(?:\D|$)"
_POINT_DECIMAL: Final = r"^[^.]*\.\d{1,2}(?:[^\d.,]|$)|,\d{3}\.\d{1,2}(?:\D|$)"


def decimal_comma(column: Any) -> bool | None:
    """Whether the cells of an Arrow column of text write decimals after a comma; None if they do not tell."""
    if not any(pc.any(pc.match_substring(column, pattern=mark)).as_py() for mark in ",."):
        return None
    comma, point = (
        bool(pc.any(pc.match_substring_regex(column, pattern=pattern)).as_py())
        for pattern in (_COMMA_DECIMAL, _POINT_DECIMAL)
    )
    return comma if comma != point else None


def amount(text: str, comma: bool | None = None) -> Decimal | None:
    """Return the number that digits and the marks between them stand for.

    Two kinds of marks explain each other: the last one is the decimal mark. One mark before exactly three digits is
    the open case; a comma then divides thousands and a point does not, unless ``comma`` says how the column is written.

    Args:
        text: without sign, unit or currency.
        comma: decimals stand after a comma (True) or a point (False); None = not known.
    """
    digits = _GROUPS.sub("", text.strip())
    if digits.isdecimal():
        return Decimal(digits)
    if not _SHAPE.fullmatch(digits) or not any(c.isdigit() for c in digits):
        return None
    decimal = _decimal_mark(digits, bool(comma))
    whole, _, part = digits.partition(decimal) if decimal else (digits, "", "")
    marks = set(re.findall(r"[.,]", whole))
    if re.search(r"[.,]", part) or len(marks) > 1 or (marks and not _THOUSANDS.fullmatch(whole)):
        return None
    return Decimal(f"{re.sub('[.,]', '', whole) or 0}.{part or 0}")


def finite(name: str, column: Any) -> tuple[Any, str]:
    """Return an Arrow column, and a note; where its cells are numbers, those too large to count with are silent."""
    if not pa.types.is_string(column.type):
        return column, ""
    try:
        endless = pc.is_inf(column.cast(pa.float64()))
    except pa.ArrowInvalid:
        return column, ""
    lost = pc.sum(endless).as_py() or 0
    if not lost:
        return column, ""
    note = f"{counted(lost, 'number')} of '{name}' too large to count with left out."
    return pc.if_else(endless, pa.scalar(None, pa.string()), column), note


def plain(number: Decimal) -> str:
    """Return a number without exponent and without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal_mark(digits: str, comma: bool) -> str:
    """Return the mark before the decimals, or nothing if there are none."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rindex)
    mark = "." if points else ","
    if points + commas != 1:
        return ""
    head, tail = digits.split(mark)
    thousands = len(tail) == 3 and head not in {"", "0"} and (mark == ".") == comma
    return "" if thousands else mark
