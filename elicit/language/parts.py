"""A reply cut into its parts: what it says about one thing, and then about another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from elicit.language.naming import Mention

_BREAK: Final = re.compile(
    r"[.;!?]+(?:\s+|$)|,\s+|\s+[-–—]+\s+|"
    r"\b(?:(?<!anything )(?<!everything )(?<!nothing )but|though|although|however|except|whereas|while|and)\b"
)
_LISTED: Final = re.compile(
    r"^[\s,&/'\"]*(?:(?:and|or)\b[\s,]*)?(?:(?:the|a|an|any|maybe|also|some|especially|even)\s+)*$"
)
_NOT: Final = re.compile(
    r"\b(not|no(?! other)|never|nothing(?! but)|without|rather than|instead of|except|anything but|everything but|hate|"
    r"avoid)\W+(?:\w+\W+){0,2}$"
)
_LIKEWISE: Final = re.compile(
    r"(?=.*\b(?:same|too|also|aswell|well|likewise|ditto)\b)(?:(?:and|the|same|goes|with|for|all|ones?|as|"
    r"too|also|aswell|well|likewise|ditto|thing|of)\W*)+"
)
_DESCRIBES: Final = re.compile(
    r"\b(?:it|that|this|there|they|he|she) (?:\w+ )?(?:is|was|were|are|has|had|can|feels?|looks?|seems?|goes)\b"
)


@dataclass(frozen=True)
class Part:
    """A part of a plain text with what it names.

    Attributes:
        whole: the text.
        start: place of its first letter; ``stop`` the place after its last.
        mentions: what is named in it.
    """

    whole: str
    start: int
    stop: int
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        """Its own words."""
        return self.whole[self.start : self.stop].strip()

    @property
    def bare(self) -> str:
        """Its words without the names; empty if nothing is left that says anything."""
        words = self.with_names_as("")
        return words if re.search(r"\w", words) else ""

    def with_names_as(self, pronoun: str) -> str:
        """Return its words with a pronoun in the place of each list of names, "I can't stand them"."""
        kept, at = [], self.start
        for mention in self.mentions:
            between = self.whole[at : mention.start]
            if at == self.start or not _LISTED.match(between):
                kept += [between, pronoun]
            at = mention.stop
        return " ".join(" ".join([*kept, self.whole[at : self.stop]]).split())

    @property
    def is_likewise(self) -> bool:
        """Whether it says of its names no more than that the same goes for them."""
        return bool(_LIKEWISE.fullmatch(self.bare))

    def describes_with(self, mention: Mention) -> bool:
        """Whether a name only says what one film or thing is like: "it was a good drama", "the action in it"."""
        before, name = self.whole[self.start : mention.start], self.whole[mention.start : mention.stop]
        is_quality = before.endswith("the ") and " " not in name and not name.endswith("s")
        return is_quality or bool(_DESCRIBES.search(before))

    def denies(self, mention: Mention) -> bool:
        """Whether a name stands in it as what is not wanted."""
        return bool(_NOT.search(self.whole[self.start : mention.start]))


def of_one_thing(parts: Sequence[Part], facets: Set[str]) -> list[Part]:
    """Return the parts about some facets: those that name them with what follows, and what comes before any other name.

    Where nothing of that kind is there, what names nothing is about them.
    """
    mine, is_mine = [], True
    for part in parts:
        if part.mentions:
            is_mine = any(m.facet in facets for m in part.mentions)
        if is_mine:
            mine.append(part)
    return mine or [part for part in parts if not part.mentions] or list(parts)


def with_context(parts: Sequence[Part], place: int) -> Part:
    """Return a part, longer where it says too little alone: from what it repeats, or to what is said of its names."""
    part, first, last = parts[place], place, place
    if part.is_likewise:
        first = max(place - 1, 0)
    elif not part.bare:
        while last + 1 < len(parts) and not parts[last + 1].mentions:
            last += 1
    if first == last:
        return part
    mentions = tuple(m for one in parts[first : last + 1] for m in one.mentions)
    return Part(part.whole, parts[first].start, parts[last].stop, mentions)


def parts_of(text: str, mentions: Sequence[Mention]) -> Iterator[Part]:
    """Cut a plain text where it turns to something else, but neither inside a name nor inside a list of names."""
    breaks = [m for m in _BREAK.finditer(text) if not _holds_together(text, m, mentions)]
    starts, stops = [0, *(m.end() for m in breaks)], [*(m.start() for m in breaks), len(text)]
    for start, stop in zip(starts, stops, strict=True):
        if text[start:stop].strip():
            yield Part(text, start, stop, tuple(m for m in mentions if start <= m.start and m.stop <= stop))


def _holds_together(text: str, found: re.Match[str], mentions: Sequence[Mention]) -> bool:
    """Whether a break lies inside a name, or between two names of a list."""
    if any(m.start < found.end() and found.start() < m.stop for m in mentions):
        return True
    before = [m for m in mentions if m.stop <= found.start()]
    after = [m for m in mentions if m.start >= found.end()]
    return bool(before and after and _LISTED.match(text[before[-1].stop : after[0].start]))
