"""Words out of text, in a form in which they can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase
from typing import Final

WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
CARDINALS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight")
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_SWAPPED: Final = 3
_WRONG: Final = 5
_IRREGULAR: Final = {
    "movies": "movie",
    "series": "series",
    "trilogies": "trilogy",
    "inches": "inch",
    "classes": "class",
}
_SHORT_FORMS: Final = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should|need)n'?t\b"), r"\1 not"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(it|that|there|what|he|she)'s\b"), r"\1 is"),
)


def plain(text: str) -> str:
    """Return a text in small letters with one kind of apostrophe, short forms written out, and single spaces."""
    text = text.casefold().replace("’", "'").replace("‘", "'").replace("`", "'")
    for pattern, full in _SHORT_FORMS:
        text = pattern.sub(full, text)
    return " ".join(text.split())


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """Return the words of a text as stems."""
    return tuple(stem(word) for word in WORD.findall(plain(text)))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a plain word without the ending of a plural or genitive, and without -ing where enough is left."""
    word = word.removesuffix("'s")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in (("ies", "y"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("ing") if len(word) > 6 else word


def mended_word(word: str, known: frozenset[str]) -> str:
    """Return the one known word of which a word is a misspelling, or the word itself.

    Two neighbouring letters may be swapped in words of three letters or more; one letter may be wrong, missing or too
    many in words of five or more, which have few neighbours.
    """
    if word in known or len(word) < _SWAPPED or not word.isalpha():
        return word
    swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)} & known
    if len(swapped) == 1:
        return swapped.pop()
    if len(word) < _WRONG:
        return word
    near = [other for other in _neighbours(word) if other in known and len(other) >= _WRONG]
    return near[0] if len(near) == 1 else word


def _neighbours(word: str) -> set[str]:
    """Return what is one letter away."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    fewer = {a + b[1:] for a, b in cuts if b}
    other = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    more = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (fewer | other | more) - {word}
