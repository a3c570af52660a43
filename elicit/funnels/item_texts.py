"""What is written of items, cut into the pieces of which features are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from elicit.funnels.words import unit_spellings, words
from elicit.language.spelling import stem

_PIECES: Final = re.compile(r"\s+[-–—|/]\s+|[;:()\[\]•\n]+|,(?!\d)|(?<=[.!?])\s+|\s+w/\s*")
_PROSE: Final = re.compile(r"[;:()\[\]•\n]+|,(?!\d)|(?<=[.!?])\s+")
_INCHES: Final = re.compile(r"(\d)\s?(?:\"|”|″|'')(?=\W|$)")
_JOINED: Final = re.compile(r"\b(\d)in(\d)\b")
_IN_ONE: Final = re.compile(r"(\d)\W?in\W?(\d)\b", re.IGNORECASE)
_MARKED: Final = re.compile(r"^([^\W\d_][\w /&-]{1,30}?):\s+(\S.*)$", re.DOTALL)
_LONG: Final = 12
"""A text of more words is prose, whatever it stands in."""


@dataclass(frozen=True)
class Piece:
    """A few words that belong together: a part of a name, a feature, a clause.

    Attributes:
        text: as it is written.
        spans: where each word begins and ends in it.
        named: whether it stands in the name of the item.
        prose: whether it stands in running text.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    named: bool
    prose: bool

    def __len__(self) -> int:
        return len(self.spans)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """As they are written."""
        return tuple(self.text[start:stop] for start, stop in self.spans)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Of the words, in small letters."""
        return tuple(stem(word.casefold()) for word in self.words)

    def shown(self, start: int, stop: int) -> str:
        """Return some of the words with what stands between them, as people read them."""
        if stop <= start:
            return ""
        text = " ".join(self.text[self.spans[start][0] : self.spans[stop - 1][1]].split())
        return _JOINED.sub(r"\1-in-\2", text)

    def joins(self, place: int) -> bool:
        """Tell whether a word joins others ("for", "with"), and is no part of one ("shut-off")."""
        start = self.spans[place][0]
        return self.stems[place] in words().joining and self.text[max(start - 1, 0)] != "-"

    def is_empty(self, place: int) -> bool:
        """Tell whether a word joins or praises; of two with a hyphen both must ("built-in", not "high-capacity")."""
        joining, selling, stop = words().joining, words().selling, self.spans[place][1]
        empty = self.stems[place] in joining or self.stems[place] in selling
        hyphen = self.text[stop : stop + 1] == "-" and place + 1 < len(self)
        return empty and not (hyphen and self.stems[place + 1] not in joining)

    def phrase(self) -> tuple[int, int]:
        """Return where its first noun phrase starts and stops: at the first word that joins."""
        places = range(len(self))
        start = next((place for place in places if not self.joins(place)), len(self))
        return start, next((place for place in places if place > start and self.joins(place)), len(self))


@dataclass(frozen=True)
class ItemText:
    """All that is written of one item.

    Attributes:
        label: its name.
        parts: its features and the like, one text each.
    """

    label: str
    parts: tuple[str, ...]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of the name, then those of the other texts; of what is marked, those of the value."""
        texts = [_MARKED.sub(r"\2", part.strip()) for part in self.parts]
        return (*_pieces(self.label, named=True), *(piece for text in texts for piece in _pieces(text, named=False)))

    @cached_property
    def marked(self) -> tuple[tuple[str, str], ...]:
        """Key and value of all that is written as "Screen size: 32 inches"."""
        found = (_MARKED.fullmatch(part.strip()) for part in self.parts)
        return tuple((match[1].strip(), match[2].strip()) for match in found if match)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text that is not a name."""
    return tuple(_pieces(text, named=False))


def _pieces(text: str, named: bool) -> Iterator[Piece]:
    text = _IN_ONE.sub(r"\1in\2", _INCHES.sub(r"\1 inch", text.replace("’", "'")))
    prose = not named and len(text.split()) > _LONG
    for part in (_PROSE if prose else _PIECES).split(text):
        spans = tuple(match.span() for match in _token().finditer(part))
        if spans:
            yield Piece(part, spans, named, prose)


@cache
def _token() -> re.Pattern[str]:
    """Return what one word is; a number ends before a unit that is written next to it ("8GB")."""
    units = "|".join(sorted(map(re.escape, unit_spellings()), key=len, reverse=True))
    number = r"\d+(?:[.,]\d+)*"
    return re.compile(
        rf"{number}(?=(?:{units})s?(?![^\W_]))|{number}(?![^\W_])|[^\W_]+(?:['+&][^\W_]+)*", re.IGNORECASE
    )
