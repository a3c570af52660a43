"""Words out of text, in a form in which they can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_IRREGULAR: Final = {"movies": "movie", "series": "series", "trilogies": "trilogy", "inches": "inch", "classes": "class"}
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
