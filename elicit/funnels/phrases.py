"""Where a phrase is used in texts, and what its uses tell: whether it is a thing by itself, and how it is written."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from elicit.funnels.item_texts import ItemText, Piece, pieces_of
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.words import unit_spellings, words
from elicit.language.spelling import stem

Item = TypeVar("Item")
NEARLY_ALL: Final = 0.9
"""What more than this share of the items say tells them hardly apart."""
_FEW: Final = 2000
_LETTERS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a phrase: the item, the piece of its texts, and where in it the phrase begins and ends."""

    item: int
    piece: Piece
    start: int
    stop: int

    @property
    def after(self) -> str:
        """Stem of the word behind it; empty = the piece ends there, or goes on with a word that joins."""
        there = self.stop < len(self.piece) and not self.piece.joins(self.stop)
        return self.piece.stems[self.stop] if there else ""

    @property
    def is_among_small(self) -> bool:
        """Whether it stands behind a word in small letters and before none with a capital: its capitals are its own."""
        after = self.piece.words[self.stop][0] if self.stop < len(self.piece) else ""
        return self.start > 0 and self.piece.words[self.start - 1][0].islower() and not after.isupper()

    @property
    def joined_by(self) -> str:
        """Stem of the word that joins before the noun phrase that it is in; empty if there is none."""
        before = (place for place in range(self.start - 1, -1, -1) if self.piece.joins(place))
        place = next(before, None)
        return "" if place is None else self.piece.stems[place]

    @property
    def is_listed(self) -> bool:
        """Whether a word that lists ("and") stands right behind it."""
        return self.stop < len(self.piece) and self.piece.stems[self.stop] in words().listing

    def is_of_item(self, common: Collection[str]) -> bool:
        """Tell whether it says what the item is like: "cordless kettle", "compact and light design", "is cordless".

        Args:
            common: stems of what all items are.
        """
        start = self.stop + self.is_listed
        joined = (place for place in range(start, len(self.piece)) if self.piece.joins(place))
        last = next(joined, len(self.piece)) - 1
        noun = self.piece.stems[last] if last >= start else ""
        of_design = self.after in words().itself or (self.is_listed and noun in words().itself)
        return of_design or noun in common or self.joined_by in words().being

    def ends(self, common: Collection[str]) -> bool:
        """Tell whether nothing follows that it is a part of, as it is of "brew strength".

        Args:
            common: stems of what all items are.
        """
        after = self.after
        return not after or after[0].isdecimal() or after in words().bearing or self.is_of_item(common)

    def led_by(self, common: Collection[str]) -> str:
        """Return the stem of the word before it that belongs to it ("M1" of "M1 chip"), empty if none does."""
        before = self.start - 1
        word = self.piece.stems[before] if before >= 0 else ""
        says_nothing = word in common or word in unit_spellings() or word[:1].isdecimal()
        return "" if not word or says_nothing or self.piece.is_empty(before) else word


def phrase_of(text: str) -> Stems:
    """Return a short text as the stems of one phrase, empty if it is more than one."""
    pieces = pieces_of(text)
    return pieces[0].stems if len(pieces) == 1 else ()


def each_use(items: Sequence[ItemText], phrases: Collection[Stems]) -> Iterator[tuple[Stems, Use]]:
    """Yield every use of some phrases, item by item.

    Args:
        items: all of them.
        phrases: as stems.
    """
    looked = Phrases(phrases)
    for place, item in enumerate(items):
        for piece in item.pieces:
            for phrase, start in looked.within(piece.stems):
                yield phrase, Use(place, piece, start, start + len(phrase))


def uses_of(items: Sequence[ItemText], phrases: Collection[Stems]) -> dict[Stems, list[Use]]:
    """Return the uses of each phrase, of which there are some; see :func:`each_use`."""
    uses: dict[Stems, list[Use]] = defaultdict(list)
    for phrase, use in each_use(items, phrases):
        uses[phrase].append(use)
    return uses


def a_few(items: Sequence[Item]) -> Sequence[Item]:
    """Return at most 2,000 of the items, evenly spaced: they show how a thing is spoken of as well as all do."""
    return items[:: -(-len(items) // _FEW) or 1]


def said_of_all(items: Sequence[ItemText]) -> frozenset[str]:
    """Return the stems that nearly all items say, running text left aside."""
    short = ([piece for piece in item.pieces if not piece.prose] for item in items)
    counts = Counter(word for pieces in short for word in {stem for piece in pieces for stem in piece.stems})
    return frozenset(word for word, number in counts.items() if number > NEARLY_ALL * len(items))


def is_whole(uses: Sequence[Use], common: Collection[str], said: Mapping[str, int]) -> bool:
    """Tell whether half of the items that use a phrase use it as a thing by itself, and no word before is a part of it.

    A word is one if most items that use the phrase have it there, and most that say the word say it there.

    Args:
        uses: of the phrase.
        common: stems of what all items are.
        said: stem to the number of items that say it (:func:`items_by_word`).
    """
    items = {use.item for use in uses}
    ended = {use.item for use in uses if use.ends(common)}
    led: dict[str, set[int]] = defaultdict(set)
    for use in uses:
        led[use.led_by(common)].add(use.item)
    parts = [word for word, places in led.items() if word and len(places) * 2 > max(len(items), said[word])]
    return len(ended) * 2 >= len(items) and not parts


def items_by_word(items: Sequence[ItemText]) -> Counter[str]:
    """Return how many items say each stem anywhere."""
    return Counter(word for item in items for word in {word for piece in item.pieces for word in piece.stems})


def with_capitals(text: str, uses: Sequence[Use]) -> str:
    """Return a phrase in small letters, but with the capitals of names as running text has them ("Alexa", "SSD").

    Args:
        text: the phrase as it is written somewhere.
        uses: of it.
    """
    capitals: Counter[str] = Counter()
    for use in uses:
        if use.piece.prose and use.is_among_small:
            for word in use.piece.words[use.start : use.stop]:
                capitals[stem(word.casefold())] += 1 if word[0].isupper() else -1

    def written(found: re.Match[str]) -> str:
        word = found[0]
        if sum(map(str.isupper, word)) > 1:
            return word
        return word.capitalize() if capitals[stem(word.casefold())] > 0 else word.lower()

    return _LETTERS.sub(written, text)
