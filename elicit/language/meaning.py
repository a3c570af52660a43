"""Understanding by names, numbers and examples; better with a sentence encoder, but without one too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Facet, Kind
from elicit.language.asking import QuestionReader
from elicit.language.naming import Mention, Names
from elicit.language.quantities import quantities
from elicit.language.replies import ELSEWHERE, NEGATIVE, NEUTRAL, POSITIVE, ReplyReader, choices, likings
from elicit.language.spelling import WORD, plain, stem
from elicit.language.texts import answer_texts
from elicit.language.understanding import Heard, Understanding

if TYPE_CHECKING:
    from elicit.models import Encoder

SURE: Final = 0.5
"""Least probability of a meaning; chosen on the fitting half of the labelled examples, see `elicit understanding`."""
_SURE_OF_OTHERS: Final = 0.6
"""The same for what a reply tells beside what was asked: a false alarm there is worse than a miss."""
_NONE: Final = NonAnswer.NOT_UNDERSTOOD.value
_ORDINALS: Final = "first second third fourth fifth sixth seventh eighth".split()
_CARDINALS: Final = "one two three four five six seven eight".split()
_PLACE: Final = re.compile(
    rf"^(?:(?:the|number|option|answer|no|nr|i would say|i pick|choose|take|pick)\W+)*(?:(\d)|({'|'.join(_CARDINALS)})|"
    rf"({'|'.join(_ORDINALS)}|last)(?: (?:one|option|answer))?)\W*(?:please|thanks|thank you)?\W*$"
)
_BREAK: Final = re.compile(r"[.;!?]+(?:\s+|$)|,\s+|\s+[-–—]+\s+|\b(?:but|though|although|however|except|whereas|while|and)\b")
_NOT: Final = re.compile(r"\b(not|no|never|nothing|without|than|instead of|except|anything but|everything but|hate|avoid)\W+(?:\w+\W+){0,2}$")
_AS_I_SAID: Final = re.compile(r"^as i said\W+")
_UNITS: Final = {
    "gig": "gigabyte", "gb": "gigabyte", "tb": "gigabyte", "terabyte": "gigabyte", "tera": "gigabyte", "hr": "hour", "h": "hour",
    "inche": "inch", "in": "inch", '"': "inch", "eur": "euro", "€": "euro", "quid": "euro", "buck": "euro", "grand": "euro",
}  # fmt: skip


def open_understanding(domain: Domain, encoder: Encoder | None) -> Understanding:
    """Return what understands free text about a domain; without an encoder it understands less."""
    return WordUnderstanding(domain, encoder)


@dataclass(frozen=True)
class _Part:
    """A part of a plain text with what it names."""

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
        """Its words without the names."""
        kept, at = [], self.start
        for mention in self.mentions:
            kept.append(self.whole[at : mention.start])
            at = mention.stop
        return " ".join(" ".join([*kept, self.whole[at : self.stop]]).split())

    def denies(self, mention: Mention) -> bool:
        """Whether a name stands in it as what is not wanted."""
        return bool(_NOT.search(self.whole[self.start : mention.start]))


class WordUnderstanding:
    """Understands the texts of one domain.

    Args:
        domain: what can be asked.
        encoder: of sentences; None = words only.
        sure: least probability of a meaning that is learned from examples.
    """

    def __init__(self, domain: Domain, encoder: Encoder | None, sure: float = SURE) -> None:
        self._domain, self._encoder, self._sure = domain, encoder, sure
        self._readers: dict[str, ReplyReader] = {}
        self._likings_of: dict[tuple[str, ...], Mapping[str, str] | None] = {}
        self._exact: dict[str, Mapping[str, str]] = {}

    async def questions(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the facets that each text asks for."""
        return [self._asking.facets(text) for text in texts]

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        """Return what each reply tells."""
        return [self._told(one) for one in heard]

    @cached_property
    def _asking(self) -> QuestionReader:
        return QuestionReader(self._domain, self._names, self._encoder)

    @cached_property
    def _names(self) -> Names:
        return Names(self._domain)

    @cached_property
    def _likings(self) -> ReplyReader:
        return likings(self._encoder)

    def _facet(self, facet_id: str) -> Facet:
        return self._domain.facets[self._domain.column(facet_id)]

    def _told(self, heard: Heard) -> dict[str, str]:
        text = _AS_I_SAID.sub("", plain(heard.text))
        if exact := self._said_exactly(text, heard.asked):
            return exact
        parts = list(self._parts(text))
        asked = set(heard.asked)
        others = {m.facet for part in parts for m in part.mentions} - asked
        volunteered = self._volunteered(parts, others)
        rest = [p for p in parts if not others.intersection(m.facet for m in p.mentions)] or parts
        told = {facet: self._value(self._facet(facet), text, rest, heard.options) for facet in heard.asked}
        return told | volunteered

    def _said_exactly(self, text: str, asked: Sequence[str]) -> dict[str, str] | None:
        """Return the meaning of a reply in the domain's own words, one sentence after the other where several are asked."""
        if not asked:
            return None
        told: dict[str, str] = {}
        rest = bare(text)
        for facet in asked:
            phrases = self._phrases(facet)
            fitting = [p for p in phrases if rest == p or (len(asked) > 1 and rest.startswith(p + " "))]
            if not fitting:
                return None
            longest = max(fitting, key=len)
            told[facet] = phrases[longest]
            rest = rest[len(longest) :].strip()
        return told if not rest else None

    def _phrases(self, facet_id: str) -> Mapping[str, str]:
        if facet_id not in self._exact:
            facet = self._facet(facet_id)
            values = [*(o.id for o in facet.options), *(n.value for n in NonAnswer)]
            phrases = {bare(text): value for value in values for text in answer_texts(facet, value)}
            labels = {bare(name): o.id for o in facet.options for name in (o.label, o.id)}
            self._exact[facet_id] = labels | phrases
        return self._exact[facet_id]

    def _parts(self, text: str) -> Iterator[_Part]:
        """Cut a text where it turns to something else, but not inside a name."""
        mentions = self._names.in_text(text)
        breaks = [m for m in _BREAK.finditer(text) if not any(n.start < m.end() and m.start() < n.stop for n in mentions)]
        starts, stops = [0, *(m.end() for m in breaks)], [*(m.start() for m in breaks), len(text)]
        for start, stop in zip(starts, stops, strict=True):
            if text[start:stop].strip():
                inside = tuple(m for m in mentions if start <= m.start and m.stop <= stop)
                yield _Part(text, start, stop, inside)

    def _value(self, facet: Facet, text: str, parts: Sequence[_Part], options: Sequence[str]) -> str:
        """Return what a reply says about the facet that was asked."""
        if (place := _place(text, len(facet.options))) is not None:
            return facet.options[place].id
        whole = ", ".join(part.text for part in parts)
        if facet.kind is Kind.NUMBER and (number := self._number(facet, whole, alone=True)):
            return number
        named = {m.option: not p.denies(m) for p in parts for m in p.mentions if m.facet == facet.id and m.option}
        wanted = [option for option, is_wanted in named.items() if is_wanted and option]
        if len(wanted) == 1:
            return wanted[0]
        left = [o.id for o in facet.options if o.id not in named]
        if named and not wanted and len(left) == 1:
            return left[0]
        bare_text = ", ".join(part.bare for part in parts if part.bare) or whole
        return self._by_example(facet, bare_text, self._sure)

    def _by_example(self, facet: Facet, text: str, sure: float) -> str:
        """Return the most probable meaning, ``not_understood`` if it is not sure."""
        liking = self._liking(facet)
        reader = self._reader(facet) if liking is None else self._likings
        chance = reader.chances([text])[0]
        kind = reader.kinds[int(chance.argmax())]
        if chance.max() < sure or kind == ELSEWHERE:
            return _NONE
        if liking is not None and kind in {POSITIVE, NEUTRAL, NEGATIVE}:
            return liking.get(kind, _NONE)
        return kind.removeprefix("option ")

    def _reader(self, facet: Facet) -> ReplyReader:
        if facet.id not in self._readers:
            texts = {f"option {o.id}": [plain(t) for t in {o.label, o.id.replace("-", " "), *o.phrasings}] for o in facet.options}
            self._readers[facet.id] = choices(texts, self._encoder)
        return self._readers[facet.id]

    def _liking(self, facet: Facet) -> Mapping[str, str] | None:
        """Return kind of liking to option, where the options are degrees of liking; else None."""
        if facet.is_yes_no:
            return {POSITIVE: "yes", NEGATIVE: "no"}
        key = tuple(o.label for o in facet.options)
        if key not in self._likings_of:
            self._likings_of[key] = self._degrees(facet)
        return self._likings_of[key]

    def _degrees(self, facet: Facet) -> Mapping[str, str] | None:
        if facet.kind is not Kind.SINGLE or len(facet.options) > 3:
            return None
        kinds = (POSITIVE, NEUTRAL, NEGATIVE)
        columns = [self._likings.kinds.index(kind) for kind in kinds]
        of_options = {}
        for option in facet.options:
            chance = self._likings.chances([plain(text) for text in {option.label, option.id}]).max(axis=0)
            of_options[kinds[int(np.argmax(chance[columns]))]] = (option.id, float(chance[columns].max()))
        degrees = {kind: option for kind, (option, chance) in of_options.items() if chance > _SURE_OF_OTHERS}
        fits = len(degrees) == len(facet.options) and {POSITIVE, NEGATIVE} <= set(degrees)
        return degrees if fits else None

    def _volunteered(self, parts: Sequence[_Part], facets: set[str]) -> dict[str, str]:
        """Return what a reply tells about facets that were not asked for, where it is clear."""
        told: dict[str, str] = {}
        for part in parts:
            for mention in part.mentions:
                if mention.facet in facets:
                    value = self._volunteered_value(part, mention)
                    if value != _NONE:
                        told[mention.facet] = value
        return told

    def _volunteered_value(self, part: _Part, mention: Mention) -> str:
        facet = self._facet(mention.facet)
        if mention.option is not None:
            return _NONE if part.denies(mention) else mention.option
        if facet.kind is Kind.NUMBER:
            return self._number(facet, part.text, alone=False) or _NONE
        if self._liking(facet) is None or not part.bare:
            return _NONE
        value = self._by_example(facet, part.bare, _SURE_OF_OTHERS)
        return value if value in {o.id for o in facet.options} else _NONE

    def _number(self, facet: Facet, text: str, alone: bool) -> str | None:
        """Return the bin of a number with the facet's unit, or without any if it is what was asked for."""
        own = {_UNITS.get(stem(w), stem(w)) for w in WORD.findall(plain(facet.label))}
        for quantity in quantities(text):
            after = WORD.findall(text[quantity.stop :])[:1]
            unit = _UNITS.get(stem(after[0]), stem(after[0])) if after else ""
            foreign = unit in set(_UNITS.values()) and unit not in own
            if (alone and not foreign) or unit in own:
                return facet.options[quantity.bin(facet.cuts)].id
        return None


def bare(text: str) -> str:
    """Return the words of a text and nothing between them."""
    return " ".join(WORD.findall(plain(text)))


def _place(text: str, options: int) -> int | None:
    """Return which option is picked by its place, "the second one"."""
    found = _PLACE.match(text)
    if found is None:
        return None
    digit, cardinal, ordinal = found.groups()
    if ordinal == "last":
        return options - 1
    place = int(digit) if digit else (_CARDINALS.index(cardinal) if cardinal else _ORDINALS.index(ordinal)) + 1
    return place - 1 if 1 <= place <= options else None
