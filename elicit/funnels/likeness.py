"""Whether two short names mean the same: a sentence encoder finds it, words and numbers can forbid it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from elicit.funnels.contrasts import contrast, rests
from elicit.funnels.words import words
from elicit.language.spelling import plain, stem, stems
from elicit.models import Encoder

LIKE: Final = 0.8
"""Cosine from which names mean the same; chosen on pairs that were made up by hand (``likeness_pairs.toml``)."""
LIKE_LONGER: Final = 0.9
"""The same where one name has all words of the other and more, which mostly say more ("silk blend")."""


@dataclass(frozen=True)
class Likeness:
    """Compares names.

    Attributes:
        encoder: of sentences.
    """

    encoder: Encoder

    def prepare(self, names: Sequence[str]) -> None:
        """Encode many names together, which is faster than one by one for an encoder that remembers."""
        self.encoder.encode([plain(name) for name in dict.fromkeys(names)])

    def same(self, one: str, other: str) -> bool:
        """Tell whether two names mean the same.

        What both share says nothing of it ("front camera" is near "rear camera"), so what is left of them must mean the
        same by itself. A word in front of a name narrows it ("faux leather"), one behind may not ("stainless steel").
        """
        if _letters(one) == _letters(other):
            return True
        if contrast(one, other):
            return False
        left, right = map(_telling, rests(one, other))
        if bool(left) != bool(right):
            return _begins(one, other) and self._cosine(one, other) >= LIKE_LONGER
        if self._cosine(one, other) < LIKE:
            return False
        return not left or self._cosine(" ".join(left), " ".join(right)) >= LIKE

    def _cosine(self, one: str, other: str) -> float:
        first, second = self.encoder.encode([plain(one), plain(other)])
        return float(first @ second)


def _telling(rest: Sequence[str]) -> list[str]:
    return [word for word in rest if stem(word) not in words().joining]


def _letters(name: str) -> str:
    """Return a name without what stands between its letters: "Wi-Fi" is "wifi"."""
    return "".join(stems(name))


def _begins(one: str, other: str) -> bool:
    """Tell whether the longer name begins with the shorter one."""
    short, long = sorted((stems(one), stems(other)), key=len)
    return long[: len(short)] == short
