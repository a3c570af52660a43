"""Numbers and ranges in free text, and the bins that they fall into."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from string import digits
from typing import Final

_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_UNITS: Final = f"zero one two three four five six seven eight nine {_TEENS}".split()
_TEN_NAMES: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_TENS: Final = {word: 10 * number for number, word in enumerate(_TEN_NAMES, start=2)}
_SMALL: Final = {word: n for n, word in enumerate(_UNITS)} | _TENS | {"dozen": 12, "couple": 2}
_LARGE: Final = {"hundred": 100, "thousand": 1000, "grand": 1000, "k": 1000, "million": 1_000_000}
_TERA: Final = re.compile(r"(tb|terabytes?|teras?)\b")
_NEARLY: Final = r"\W*(about|around|roughly|the)?\W*$"
_UP_TO: Final = re.compile(
    r"(under|below|less than|fewer than|at most|no more than|not more than|up to|max(imum)?( of)?|within|before|until|"
    r"cheaper than|shorter than|smaller than|not over|not above|limit is|cap(ped)? at)" + _NEARLY
)
_FROM: Final = re.compile(
    r"(over|above|more than|at least|no less than|not less than|min(imum)?( of)?|from|upwards of|starting at|after|"
    r"since|longer than|bigger than|larger than|not under|not below)" + _NEARLY
)
_UP_TO_AFTER: Final = re.compile(
    r"^\W*(\w+\W+)?((?:is|are|was|would be)\W+(?:way |far |much )?too (?:big|large|much|many|long|dear|heavy)|"
    r"max(imum)?|tops|at (the )?most|or (less|so at most|under|below)|and (under|below|less))\b"
)
_FROM_AFTER: Final = re.compile(
    r"^\W*(\w+\W+)?((?:is|are|would|will) not (?:be )?(?:\w+ ){0,2}enough|"
    r"(?:is|are|would be|was)\W+(?:way |far |much )?too (?:small|little|few|short|tiny)|"
    r"\+|plus\b|min(imum)?\b|or (more|over|above|longer|bigger|later)\b|"
    r"and (up|over|above|later)\b|upwards\b|onwards?\b|at least\b)"
)
_BETWEEN: Final = re.compile(r"^\W*(\w{1,12}\W+)?(to|and|or|till|until|through|-|–|—)\W*$|^\s*[-–—]\s*$|^,\s*$")
_BESIDE: Final = 10
_STRICT: Final = re.compile(r"(over|above|more than|longer than|bigger than|larger than|after)\W*$")


@dataclass(frozen=True)
class Quantity:
    """A number or a range that stands in a text.

    Attributes:
        low: lower end, −inf if open; ``high`` the upper end, inf if open.
        start: place of its first letter in the plain text; ``stop`` the place after its last.
        beyond: whether the lower end itself is not meant ("more than 12").
    """

    low: float
    high: float
    start: int
    stop: int
    beyond: bool = False

    def is_beside(self, cuts: Sequence[float]) -> bool:
        """Whether it is so small that it counts something else, the 3 of "three times a week"."""
        ends = [abs(end) for end in (self.low, self.high) if not math.isinf(end)]
        return bool(cuts and ends) and max(ends) < cuts[0] / _BESIDE

    def bin(self, cuts: Sequence[float]) -> int:
        """Return the place of the bin that is meant: of the number, of the end that was named, or of the middle."""
        if math.isinf(self.low):
            value = self.high
        elif math.isinf(self.high):
            value = math.nextafter(self.low, math.inf) if self.beyond else self.low
        else:
            value = (self.low + self.high) / 2
        return bisect_left(cuts, value)


def quantities(text: str) -> list[Quantity]:
    """Return the numbers and ranges of a plain text, from left to right; terabytes count as a thousand."""
    numbers = _numbers(text)
    found: list[Quantity] = []
    place = 0
    while place < len(numbers):
        value, start, stop = numbers[place]
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if following and _BETWEEN.match(text[stop : following[1]]) and following[0] > value:
            found.append(Quantity(value, following[0], start, following[2]))
            place += 2
            continue
        found.append(_open_ended(text, value, start, stop))
        place += 1
    return found


def _open_ended(text: str, value: float, start: int, stop: int) -> Quantity:
    before, after = text[:start], text[stop:]
    if _UP_TO.search(before) or _UP_TO_AFTER.match(after):
        return Quantity(-math.inf, value, start, stop)
    if _FROM.search(before) or _FROM_AFTER.match(after):
        return Quantity(value, math.inf, start, stop, beyond=bool(_STRICT.search(before)))
    return Quantity(value, value, start, stop)


def _numbers(text: str) -> list[tuple[float, int, int]]:
    """Return value, start and stop of each number, in figures or in words."""
    tokens = [
        (m.group(), m.start(), m.end())
        for m in re.finditer(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[a-z]+|[^\sa-z\d]", text)
    ]
    found: list[tuple[float, int, int]] = []
    place = 0
    while place < len(tokens):
        read = _number_at(tokens, place)
        if read is None:
            place += 1
            continue
        value, length = read
        start, stop = tokens[place][1], tokens[place + length - 1][2]
        if _TERA.match(text[stop:].lstrip()):
            value *= 1000
        found.append((value, start, stop))
        place += length
    return found


def _number_at(tokens: list[tuple[str, int, int]], place: int) -> tuple[float, int] | None:
    """Return the number that begins at a token and how many tokens it takes."""
    word = tokens[place][0]
    rest = [token for token, _, _ in tokens[place:]]
    if word == "half" and len(rest) > 2 and rest[1] in {"a", "an"} and (rest[2] in _LARGE or _TERA.match(rest[2])):
        return (0.5 * _LARGE.get(rest[2], 1), 3 if rest[2] in _LARGE else 2)
    if (
        word in {"a", "an"}
        and len(rest) > 1
        and (rest[1] in _LARGE or rest[1] in {"dozen", "couple"} or _TERA.match(rest[1]))
    ):
        return _scaled(float(_SMALL.get(rest[1], 1)), rest, 2 if rest[1] in _SMALL else 1)
    if word[0] in digits:
        return _scaled(float(word.replace(",", "")), rest, 1)
    if word in _SMALL:
        return _in_words(rest)
    if word in {"hundred", "thousand"}:
        return _scaled(1.0, rest, 0)
    return None


def _in_words(rest: list[str]) -> tuple[float, int]:
    value, length = float(_SMALL[rest[0]]), 1
    if rest[0] in _TENS and len(rest) > 1:
        step = 2 if rest[1] == "-" and len(rest) > 2 else 1
        if rest[step] in _SMALL and _SMALL[rest[step]] < 10:
            value, length = value + _SMALL[rest[step]], step + 1
    if rest[length : length + 3] == ["and", "a", "half"]:
        return _scaled(value + 0.5, rest, length + 3)
    return _scaled(value, rest, length)


def _scaled(value: float, rest: list[str], length: int) -> tuple[float, int]:
    """Take in "hundred", "grand" and "k", and what follows a hundred ("twelve hundred", "a thousand two hundred")."""
    while length < len(rest) and rest[length] in _LARGE:
        value, length = value * _LARGE[rest[length]], length + 1
        after = length + 1 if length < len(rest) and rest[length] == "and" else length
        if after < len(rest) and rest[after] in _SMALL and value >= 100:
            more, used = _in_words(rest[after:])
            if more < value:
                return value + more, after + used
    return value, length
