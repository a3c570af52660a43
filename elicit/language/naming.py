"""Which facets, and which of their options, a text names."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from elicit.domains import Domain, Facet, Kind
from elicit.language.periods import Span, label_span, nearest, span_of, without_span
from elicit.language.replies import example_replies
from elicit.language.spelling import CARDINALS, ORDINALS, WORD, mended_word, plain, stem, stems

_IN_BRACKETS: Final = re.compile(r"\([^()]*\)")
_CLAUSE: Final = re.compile(r"\W*(how|whether|what|which|where|when|why|who|if)\b", re.IGNORECASE)
_UNIT: Final = re.compile(r" in \w+$")
_PROPER: Final = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z-]{2,}")
_PART: Final = re.compile(r"(?:The )?(.+?):? (?:Part |Episode )?(II|III|IV|V|2|3|4|5)\b")
_ROMAN, _ARABIC = ("II", "III", "IV", "V"), ("2", "3", "4", "5")
"""Numbers of the later parts of a series."""
_TITLE: Final = re.compile(r"\b[A-Z][\w'’-]*(?::? (?:(?:of|the|and|for|in|a|to|on|with|at) ){0,3}[A-Z0-9][\w'’-]*)+")
_SHOUTED: Final = 0.6
"""Share of words in capitals above which they mean nothing."""
_LIGHT: Final = frozenset(
    word
    for line in (
        "a an and any are as at be been by can do does for from get give has have how i if in is it its just like me",
        "my not of on one or our out so some than that the their them they thing this those to up us was what when",
        "where",
        "which who will with would you your made must need want very much many more most good other same something",
    )
    for word in line.split()
)
_SERIES: Final = frozenset(
    {"film", "movie", "franchise", "series", "saga", "trilogy", "sequel", "flick", "picture", "one"}
)
_FILMS: Final = {(word,) for word in _SERIES - {"one"}}
"""A word that only says what kind of thing was named; it belongs to the name."""
_LONGEST: Final = 9
"""Words; longer names are cut after a colon in titles, and otherwise nobody says them whole."""


@dataclass(frozen=True)
class Mention:
    """A facet, or an option of one, that a text names.

    Attributes:
        facet: id.
        option: id, if an option is named and not the facet.
        start: place of its first letter in the plain text; ``stop`` after its last.
    """

    facet: str
    option: str | None
    start: int
    stop: int


class Names:
    """The names of a domain's facets and options, and where a text uses them.

    Facets that differ only in the years in their labels have one name; the years of the text decide.
    """

    def __init__(self, domain: Domain) -> None:
        self._labels = {facet.id: facet.label for facet in domain.facets}
        self._spans = {facet.id: label_span(facet.label) for facet in domain.facets}
        whole: dict[tuple[str, ...], list[str]] = defaultdict(list)
        parts: dict[tuple[str, ...], list[str]] = defaultdict(list)
        options: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
        common = _common_words(domain)
        for facet in domain.facets:
            for name, is_whole in _facet_names(facet, common):
                (whole if is_whole else parts)[name].append(facet.id)
            for option, name in _option_names(facet):
                options[name].add((facet.id, option))
        # "Star Wars" is the series before it is the first part of another title.
        self._facets = parts | whole
        # "I love them" names no facet where many facets have the option.
        self._options = {name: next(iter(owners)) for name, owners in options.items() if len(owners) == 1}
        self._known = frozenset(word for names in (self._facets, self._options) for name in names for word in name)
        self._spelt_right = self._known | _everyday_words()

    def in_text(self, text: str) -> list[Mention]:
        """Return what a plain text names, from left to right; longer names go before shorter ones in the same place."""
        found_words = list(WORD.finditer(text))
        tokens = tuple(self._mended(stem(word.group())) for word in found_words)
        span = span_of(text)
        free = [True] * len(tokens)
        found: list[Mention] = []
        for length in range(min(_LONGEST, len(tokens)), 0, -1):
            for start in range(len(tokens) - length + 1):
                stop = start + length
                name = tokens[start:stop]
                if all(free[start:stop]) and (name in self._facets or name in self._options):
                    free[start:stop] = [False] * length
                    facet, option = self._meant(name, tokens[stop : stop + 1], span)
                    last = stop if option is None and tokens[stop : stop + 1] in _FILMS else stop - 1
                    found.append(Mention(facet, option, found_words[start].start(), found_words[last].end()))
        return sorted(found, key=lambda mention: mention.start)

    def without_other_titles(self, text: str) -> str:
        """Return a text, not yet plain, without titles that only hold a name: "Infinity War" is no war film."""
        words = WORD.findall(text)
        if sum(word[0].isupper() for word in words) > len(words) * _SHOUTED:
            return text
        return _TITLE.sub(lambda found: found.group() if self._explains(found.group()) else "…", text)

    def _explains(self, run: str) -> bool:
        """Whether some name explains a run of words in capitals."""
        words = [word for word in stems(run) if word not in _LIGHT | _SERIES]
        named = {word for m in self.in_text(plain(run)) for word in stems(plain(run)[m.start : m.stop])}
        return not named or named.issuperset(words)

    def _mended(self, word: str) -> str:
        return word if word in self._spelt_right else mended_word(word, self._known)

    def _meant(self, name: tuple[str, ...], after: tuple[str, ...], span: Span | None) -> tuple[str, str | None]:
        """Return what a name means here: of a film and its series the series if "films" follows; else by the years."""
        if name not in self._facets:
            return self._options[name]
        series = [f for f in self._facets[name] if self._is_series(f)]
        single = [f for f in self._facets[name] if f not in series]
        facets = series if series and (not single or _SERIES.intersection(after)) else single
        dated = {f: s for f in facets if (s := self._spans[f]) is not None}
        timeless = [f for f in facets if f not in dated]
        if dated and (span is not None or not timeless):
            return nearest(span or (math.inf, math.inf), dated), None
        return timeless[0], None

    def _is_series(self, facet: str) -> bool:
        return stems(self._labels[facet])[-1:] == ("film",) and facet.partition(":")[0] != "genre"


@cache
def _everyday_words() -> frozenset[str]:
    """Return the words of the example replies: none of them is a misspelt name."""
    return frozenset(stem for replies in example_replies().values() for reply in replies for stem in stems(reply))


def _common_words(domain: Domain) -> frozenset[str]:
    """Return words that stand in so many labels that they name nothing."""
    # Labels that differ in their years only are one, or "war" would name nothing where war films have four periods.
    labels = {without_span(facet.label) for facet in domain.facets}
    counts = Counter(stem for label in labels for stem in set(stems(label)))
    frequent = {stem for stem, count in counts.items() if count > max(3, len(domain.facets) // 20)}
    return _LIGHT | frequent | set(stems(domain.name))


def _facet_names(facet: Facet, common: frozenset[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the names under which people speak of a facet, as stems, and whether it is the whole name.

    A label that is a clause names nothing.
    """
    for given in (*facet.names, *_part_names(facet.label)):
        yield stems(given), True
    label = without_span(_IN_BRACKETS.sub(" ", facet.label))
    if _CLAUSE.match(label):
        return
    label = _UNIT.sub("", label)
    parts = [label, *re.split(r": | - ", label), *label.split(" or "), *_head(label)]
    if label_span(facet.label) is None:
        parts.append(re.sub(r"\W", " ", facet.id.rpartition(":")[2]))
    names = {_trimmed(stems(part), common) for part in parts}
    whole = _trimmed(stems(label), common)
    for name in names:
        # A single word out of a longer title ("Star Wars: Episode I") would be found everywhere.
        if name and len(name) <= _LONGEST and (name == whole or len(name) > 1 or " or " in label or len(whole) <= 3):
            yield name, name == whole


def _part_names(label: str) -> list[str]:
    """Return how people number a later part of a series: "Godfather 2", "the second Godfather"."""
    found = _PART.match(_IN_BRACKETS.sub("", label))
    if found is None:
        return []
    series, number = found.groups()
    place = 1 + next(row.index(number) for row in (_ROMAN, _ARABIC) if number in row)
    numbers = (str(place + 1), _ROMAN[place - 1], CARDINALS[place])
    after = [f"{series} {part}{n}" for part in ("", "part ") for n in numbers]
    return [*after, f"{ORDINALS[place]} {series}"]


def _head(label: str) -> list[str]:
    """Return "the screen" of "the size of the screen"."""
    return label.split(" of ")[1:] if label.startswith(("the ", "your ", "a ")) else []


def _option_names(facet: Facet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names of options that stand for themselves: of facets without yes, no or degrees."""
    if facet.is_yes_no or facet.kind is Kind.NUMBER:
        return
    counts = Counter(s for option in facet.options for s in {*stems(option.id), *stems(option.label)})
    for option in facet.options:
        for name in {stems(option.id), stems(option.label)}:
            if name and len(name) <= 2 and all(counts[s] == 1 for s in name) and not all(s in _LIGHT for s in name):
                yield option.id, name
        for phrasing in option.phrasings:
            # "A Chromebook.": a word with a capital inside a sentence is the name of something.
            for proper in _PROPER.findall(phrasing):
                yield option.id, stems(proper)


def _trimmed(name: tuple[str, ...], common: frozenset[str]) -> tuple[str, ...]:
    """Return a name without common words at its ends."""
    start, stop = 0, len(name)
    while start < stop and name[start] in common:
        start += 1
    while stop > start and name[stop - 1] in common:
        stop -= 1
    return name[start:stop]
