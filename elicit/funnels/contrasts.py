"""Whether two short names say different things for sure, however near a sentence encoder finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from elicit.funnels.words import words
from elicit.language.spelling import CARDINALS, WORD, plain, stem

_SHORTEST: Final = 3
"""Letters of a word that another one can deny."""


def contrast(one: str, other: str) -> bool:
    """Tell whether two names differ in a number, or one denies or is the opposite of the other.

    Encoders find such names near each other: "left-handed" and "right-handed", "8 GB" and "16 GB".
    """
    if _codes(one) != _codes(other) or _denies(one) != _denies(other):
        return True
    left, right = rests(one, other)
    return any(_opposed(a, b) for a in left for b in right)


def rests(one: str, other: str) -> tuple[list[str], list[str]]:
    """Return the words of each name that the other does not have; words that deny are left out."""
    left, right = _words(one), _words(other)
    known, others = {stem(word) for word in left}, {stem(word) for word in right}
    return _without(left, others), _without(right, known)


def _words(name: str) -> list[str]:
    return WORD.findall(plain(name))


def _without(named: Sequence[str], known: set[str]) -> list[str]:
    return [word for word in named if stem(word) not in known and stem(word) not in words().denying]


def _codes(name: str) -> list[str]:
    """Return numbers, words with digits and single letters, which part "USB-A" from "USB-C"."""
    return sorted(word for word in _words(name) if len(word) == 1 or not word.isalpha() or word in CARDINALS)


def _denies(name: str) -> bool:
    return any(stem(word) in words().denying for word in _words(name))


def _opposed(one: str, other: str) -> bool:
    return _of_one_group(stem(one), stem(other)) or _denied(one, other) or _denied(other, one)


def _of_one_group(one: str, other: str) -> bool:
    """Tell whether two stems stand in one group of opposites, and do not mean the same there."""
    groups = ([each for each in group if one in each or other in each] for group in words().opposites)
    return any(len(found) > 1 for found in groups)


def _denied(one: str, other: str) -> bool:
    """Tell whether one word is the other with a syllable that denies it: "unpadded", "cordless" beside "corded"."""
    if any(one == before + other for before in words().denying_starts):
        return True
    end = words().denying_end
    base = one.removesuffix(end)
    return base != one and len(base) >= _SHORTEST and other.startswith(base) and not other.endswith(end)
