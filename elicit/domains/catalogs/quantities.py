"""Numbers with units: ``1.2 kg`` and ``850 g`` in a column become numbers in one unit, which the column's name says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from elicit.basis import counted
from elicit.domains.catalogs.amounts import amount, decimal_comma, plain
from elicit.domains.catalogs.prices import MONEY, read_prices
from elicit.domains.tables import NUMBER

MOST: Final = 0.9
"""Share of the cells that must be of a kind before the column is."""
_FAMILIES: Final[Sequence[dict[str, str]]] = (
    {"mg": "0.001", "g": "1", "kg": "1000", "oz": "28.349523125", "lb": "453.59237"},
    {"mm": "1", "cm": "10", "m": "1000", "km": "1000000", "inch": "25.4", "ft": "304.8"},
    {"KB": "0.001", "MB": "1", "GB": "1000", "TB": "1000000"},
    {"ml": "1", "cl": "10", "l": "1000", "fl oz": "29.5735295625"},
    {"W": "1", "kW": "1000"},
    {"Wh": "1", "kWh": "1000"},
    {"mAh": "1", "Ah": "1000"},
    {"s": "1", "min": "60", "h": "3600", "days": "86400"},
    {"months": "1", "years": "12"},
    {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    *({unit: "1"} for unit in ("V", "%", "dB", "MP", "px", "rpm", "lm", "nits", "bar", "°C", "°F", "Mbps", "mph")),
)
"""Units that can be converted into each other, with their sizes. A terabyte has a thousand gigabytes."""
_SPELLINGS: Final = {
    "inch": ('"', "″", "”", "''", "in", "in.", "inches"),
    "ft": ("'", "′", "feet", "foot", "ft."),
    "m": ("meter", "meters", "metre", "metres"),
    "cm": ("centimeter", "centimeters", "centimetre", "centimetres"),
    "mm": ("millimeter", "millimeters", "millimetre", "millimetres"),
    "lb": ("lbs", "lbs.", "lb.", "pound", "pounds"),
    "oz": ("oz.", "ounce", "ounces"),
    "fl oz": ("fl. oz.", "fl. oz", "fl.oz.", "fluid ounces"),
    "g": ("gram", "grams", "gr"),
    "kg": ("kilogram", "kilograms", "kgs", "kilo"),
    "l": ("liter", "liters", "litre", "litres", "ltr"),
    "ml": ("milliliter", "milliliters"),
    "W": ("watt", "watts"),
    "V": ("volt", "volts"),
    "s": ("sec", "secs", "second", "seconds"),
    "min": ("mins", "min.", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "days": ("day",),
    "months": ("month", "mo"),
    "years": ("year", "yr", "yrs"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "MP": ("megapixel", "megapixels"),
    "px": ("pixel", "pixels"),
    "%": ("percent",),
}
_EXACT: Final = {"m", "s", "g"}
"""Units whose capital letters are sizes and other things."""
_FAMILY: Final = {unit: place for place, family in enumerate(_FAMILIES) for unit in family}
_SIZE: Final = {unit: Decimal(size) for family in _FAMILIES for unit, size in family.items()}
_UNITS: Final = {
    **{unit.casefold(): unit for unit in _SIZE},
    **{spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings},
}
_QUANTITY: Final = r"^[+-]?(?:\d[\d.,' ]*|\.\d+)(?:[ -]?[^\d\s.,][^\d]{0,12})?$"
_PARTS: Final = re.compile(r"^([+-]?)(\d[\d., ]*|\.\d+)(?:\s*-?\s*([^\d\s.,][^\d]*))?$")
_MONEY: Final = re.compile(MONEY)
_PLACES: Final = 4
"""Decimals that are kept where a unit was converted."""
_LARGE: Final = 10**15
"""Numbers from here on have no decimals that matter."""
Typed = tuple[str, Any, str]
"""A column's new name, its new cells, and a note."""


def as_money(name: str, column: Any) -> Typed | None:
    """Return a column whose cells have a currency as plain numbers; None if it is no such column."""
    said = _said(column)
    if not _promises(column, _MONEY) or _share(column, MONEY, said) < MOST:
        return None
    prices = read_prices(column)
    if prices.unread > (1 - MOST) * said:
        return None
    title = name if prices.currency in name else f"{name} ({prices.currency})"
    return title, prices.cells, " ".join([f"'{name}' is read as amounts of money.", *prices.notes(name)])


def as_quantity(name: str, column: Any) -> Typed | None:
    """Return a column of numbers, with or without units, as plain numbers in one unit; None if it needs no change."""
    said = _said(column)
    if not _promises(column, _PARTS) or _share(column, _QUANTITY, said) < MOST or _share(column, NUMBER, said) == 1:
        return None
    words = column.combine_chunks().dictionary_encode()
    comma = decimal_comma(column)
    read = [_read(word, comma) for word in words.dictionary.to_pylist()]
    counts = Counter(words.indices.drop_null().to_pylist())
    units = Counter[str]()
    for place, quantity in enumerate(read):
        units[quantity[1] if quantity else "?"] += counts[place]
    lost = units.pop("?", 0)
    named = {unit: count for unit, count in units.items() if unit}
    if len({_FAMILY[unit] for unit in named}) > 1 or lost > (1 - MOST if named else 0) * said:
        return None
    unit = _unit(name, named)
    numbers = [None if q is None else _converted(*q, unit) for q in read]
    cells = pa.chunked_array([pc.take(pa.array(numbers, pa.string()), words.indices)])
    return (_titled(name, unit), cells, _note(name, unit, named, lost))


def _promises(column: Any, pattern: re.Pattern[str]) -> bool:
    """Whether half of the first cells match. Arrow compiles a pattern anew for every column, which takes longer."""
    first = column.slice(0, 20).drop_null().to_pylist() or column.drop_null().slice(0, 20).to_pylist()
    return len(first) > 0 and 2 * sum(pattern.search(cell) is not None for cell in first) >= len(first)


def _said(column: Any) -> int:
    return len(column) - int(column.null_count)


def _share(column: Any, pattern: str, said: int) -> float:
    return float((pc.sum(pc.match_substring_regex(column, pattern=pattern)).as_py() or 0) / said)


def _read(text: str, comma: bool | None) -> tuple[Decimal, str] | None:
    """Return the number and the unit; the unit is empty if there is none."""
    parts = _PARTS.fullmatch(text)
    unit = _known(parts[3] or "") if parts else None
    number = amount(parts[2], comma) if parts else None
    if parts is None or unit is None or number is None:
        return None
    return (-number if parts[1] == "-" else number), unit


def _known(written: str) -> str | None:
    written = written.strip().rstrip(";")
    if not written or written in _SIZE:
        return written
    unit = _UNITS.get(written.casefold())
    return None if unit in _EXACT and len(written) == 1 else unit


def _unit(name: str, named: dict[str, int]) -> str:
    """Return the unit for a column: that of its name if it is of the cells' kind, else the most frequent one."""
    if not named:
        return ""
    usual = max(named, key=lambda unit: named[unit])
    said = [unit for unit in _units_in(name) if _FAMILY[unit] == _FAMILY[usual]]
    return said[-1] if said else usual


def _units_in(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+|[%\"°]\w?", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return [unit for unit in map(_known, words) if unit]


def _titled(name: str, unit: str) -> str:
    return name if not unit or unit in _units_in(name) else f"{name} ({unit})"


def _converted(number: Decimal, unit: str, target: str) -> str:
    if not unit or unit == target:
        return plain(number)
    converted = number * _SIZE[unit] / _SIZE[target]
    return plain(round(converted, _PLACES) if abs(converted) < _LARGE else converted)


def _note(name: str, unit: str, named: dict[str, int], lost: int) -> str:
    others = [other for other in named if other != unit]
    if not unit:
        return f"'{name}' is read as numbers with marks between the digits."
    note = f"'{name}' is read as numbers in {unit}."
    if others:
        note += f" Converted from {', '.join(others)}: {counted(sum(named[o] for o in others), 'cell')}."
    return note + (f" {counted(lost, 'cell')} of '{name}' that can be read as no number left out." if lost else "")
