"""Options picked by their place: "the second one", "number 2", "the last of those"."""

from __future__ import annotations

import re
from typing import Final

from elicit.language.spelling import CARDINALS, ORDINALS, WORD

_NTH: Final = re.compile(r"([1-8])(?:st|nd|rd|th)")
_NOT_A_PLACE: Final = re.compile(r"-\d|\d[.,]\d")
_COUNTERS: Final = frozenset({"number", "option", "answer", "choice", "no", "nr", "nummer", "letter"})
_FILLERS: Final = _COUNTERS | frozenset(
    word
    for line in (
        "the a i would will am can could say go going gonna with for pick choose choosing take put me down let us",
        "let's that is it one ones of those these them all three your list you gave mentioned said read out named",
        "please thanks thank maybe probably definitely think guess suppose must be my um uh er hmm ok okay well oh",
        "so just on in from mate then there yeah yes sure thing options answers item",
        "suggestion like best fits fit closest nearest to sounds about right describes suits most have has",
    )
    for word in line.split()
)


def place_of(text: str, options: int, counts: bool) -> int | None:
    """Return which option a plain text picks by its place, None if it says anything else.

    Args:
        text: in plain form.
        options: how many there are.
        counts: whether a bare number may be an answer in itself, so that it picks nothing.
    """
    if _NOT_A_PLACE.search(text):
        return None
    words = WORD.findall(text)
    found: set[int] = set()
    for before, word in zip(["", *words], words, strict=False):
        is_counted = before in _COUNTERS or (len(words) == 1 and not counts)
        place = _counted(word) if is_counted or (word.isdigit() and not counts) else None
        place = _ordered(word, options) if place is None else place
        if place is not None:
            found.add(place)
        elif word not in _FILLERS:
            return None
    place = found.pop() if len(found) == 1 else options
    return place if place < options else None


def _counted(word: str) -> int | None:
    """Return the place of "two", "2" or "b"."""
    names = (CARDINALS, "12345678", "abcdefgh")
    return next((known.index(word) for known in names if word in tuple(known)), None)


def _ordered(word: str, options: int) -> int | None:
    """Return the place of "second", "2nd", "last" or "middle"."""
    places = {name: place for place, name in enumerate(ORDINALS)}
    places |= {"top": 0, **dict.fromkeys(("last", "final", "bottom"), options - 1)}
    if options % 2:
        places["middle"] = options // 2
    if options == 2:
        places |= {"former": 0, "latter": 1}
    nth = _NTH.fullmatch(word)
    return int(nth.group(1)) - 1 if nth else places.get(word)
