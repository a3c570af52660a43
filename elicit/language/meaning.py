"""Understanding by names, numbers and examples; better with a sentence encoder, but without one too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Facet, Kind
from elicit.language.asking import QuestionReader
from elicit.language.naming import Mention, Names
from elicit.language.parts import Part, of_one_thing, parts_of, with_context
from elicit.language.places import place_of
from elicit.language.quantities import Quantity, quantities
from elicit.language.replies import ELSEWHERE, NEGATIVE, NEUTRAL, POSITIVE, ReplyReader, example_replies, likings
from elicit.language.spelling import WORD, plain, stem, stems
from elicit.language.texts import answer_texts
from elicit.language.understanding import Heard, Understanding
from elicit.language.wishes import wish_of

if TYPE_CHECKING:
    from elicit.models import Encoder

SURE: Final = 0.3
"""How far the best meaning must be ahead of the next; chosen on the fitting half of the labelled examples."""
_SURE_OF_OTHERS: Final = 0.2
"""The same for what a reply tells beside what was asked: a false alarm there is worse than a miss."""
_SURE_OF_CHOICE: Final = 0.5
_LIKE_ANOTHER, _AHEAD_OF_ANOTHER = 0.6, 0.1
_A_DEGREE: Final = 0.5
_MANY_PHRASINGS: Final = 5
_A_NON_ANSWER: Final = 0.6
_CLEARLY: Final = 0.8
_LIKE_ITS_OWN, _AS_ITS_OWN = 0.4, 0.75
"""How near a reply must be to some phrasing of a facet to be a choice at all, and to be one against other signs."""
_NONE: Final = NonAnswer.NOT_UNDERSTOOD.value
_PRONOUN: Final = {True: "it", False: "them"}
"""What stands for a name: of one film, series or feature, and of a genre."""
_WITH_WORDS: Final = re.compile(r"[^\W\d_]|\d/\d")
_MIDDLE: Final = re.compile(
    r"\b(?:in the middle|in between|halfway|medium|average|middling|regular|ordinary|moderate)\b|\bneither \w+ nor\b"
)
_SHORT: Final = 10
"""Words; in longer replies "average" is more often said of something else."""
_AS_I_SAID: Final = re.compile(r"^as i said\W+")
_UNITS: Final = {
    **dict.fromkeys(("gig", "gb", "tb", "terabyte", "tera", "gigabyte"), "gigabyte"),
    **dict.fromkeys(("hr", "h", "hour"), "hour"),
    **dict.fromkeys(("in", '"', "inch"), "inch"),
    **dict.fromkeys(("eur", "€", "quid", "buck", "grand", "euro"), "euro"),
}


def open_understanding(domain: Domain, encoder: Encoder | None) -> Understanding:
    """Return what understands free text about a domain; without an encoder it understands less."""
    return WordUnderstanding(domain, encoder)


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
        return [self.asked_for(text) for text in texts]

    def asked_for(self, text: str) -> tuple[str, ...]:
        """Return the ids of the facets that a text asks for, () if there is none."""
        return self._asking.facets(text)

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        """Return what each reply tells."""
        return [self.told(one) for one in heard]

    def profile(self, text: str) -> dict[str, str]:
        """Return facet id → option id for all that a text clearly says of a person."""
        text = plain(self._names.without_other_titles(text))
        parts = self._parts(text)
        named = self._volunteered(parts, {m.facet for part in parts for m in part.mentions})
        return self._unnamed(parts) | named | self._measured(text, set())

    def _unnamed(self, parts: Sequence[Part]) -> dict[str, str]:
        """Return facet id → option id for what is clearly said without a name."""
        return dict(found for part in parts if not part.mentions and (found := self._spoken_of(part.text)))

    def _spoken_of(self, text: str) -> tuple[str, str] | None:
        """Return the facet, with its option, that a text speaks of without naming it, if one is clear."""
        open_to_words = [f for f in self._domain.facets if self._liking(f) is None]
        near = sorted(((self._nearness(f, text), n) for n, f in enumerate(open_to_words)), reverse=True)[:2]
        if not near or near[0][0] < _LIKE_ANOTHER or (len(near) > 1 and near[0][0] - near[1][0] < _AHEAD_OF_ANOTHER):
            return None
        facet = open_to_words[near[0][1]]
        value = self._choice(facet, text, {}, _SURE_OF_CHOICE)
        return None if value == _NONE else (facet.id, value)

    def _parts(self, text: str) -> list[Part]:
        return list(parts_of(text, self._names.in_text(text)))

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

    def told(self, heard: Heard) -> dict[str, str]:
        """Return facet id → value for a reply; see ``Understanding.answers``."""
        text = _AS_I_SAID.sub("", plain(self._names.without_other_titles(heard.text)))
        if exact := self._said_exactly(text, heard.asked):
            return exact
        parts = self._parts(text)
        asked = set(heard.asked)
        others = {m.facet for part in parts for m in part.mentions} - asked
        wish = None if heard.asked else wish_of(heard.question)
        volunteered = self._volunteered(parts, others, wish) if others and not self._is_elsewhere(text) else {}
        volunteered |= self._measured(text, asked)
        if wish:
            volunteered = self._unnamed(parts) | volunteered
        rest = of_one_thing(parts, asked)
        told = {facet: self._value(self._facet(facet), text, rest) for facet in heard.asked}
        return told | volunteered

    def _is_elsewhere(self, text: str) -> bool:
        """Whether a reply is about other things altogether."""
        return float(self._likings.chances([text])[0][self._likings.kinds.index(ELSEWHERE)]) > _A_NON_ANSWER

    def _said_exactly(self, text: str, asked: Sequence[str]) -> dict[str, str] | None:
        """Return the meaning of a reply in the domain's own words, one sentence a facet where several are asked."""
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

    def _value(self, facet: Facet, text: str, parts: Sequence[Part]) -> str:
        """Return what a reply says about the facet that was asked."""
        is_number = facet.kind is Kind.NUMBER
        if (place := place_of(text, len(facet.options), counts=is_number)) is not None:
            return facet.options[place].id
        if is_number and (number := self._number(facet, text, alone=True)):
            return number
        if is_number and len(facet.options) % 2 and len(WORD.findall(text)) <= _SHORT and _MIDDLE.search(text):
            return facet.options[len(facet.options) // 2].id
        whole = ", ".join(part.text for part in parts)
        named = {m.option: not p.denies(m) for p in parts for m in p.mentions if m.facet == facet.id and m.option}
        wanted = [option for option, is_wanted in named.items() if is_wanted and option]
        if len(wanted) == 1:
            return wanted[0]
        left = [o.id for o in facet.options if o.id not in named]
        if named and not wanted and len(left) == 1:
            return left[0]
        spoken = ", ".join(part.with_names_as(_PRONOUN[facet.is_yes_no]) for part in parts if part.bare) or whole
        return self._by_example(facet, spoken, self._sure)

    def _by_example(self, facet: Facet, text: str, sure: float) -> str:
        """Return what examples say that a text means, ``not_understood`` if they are not sure."""
        if not _WITH_WORDS.search(text):
            return _NONE
        chance = self._likings.chances([text])[0]
        liking = self._liking(facet)
        if liking is None or self._is_told_otherwise(facet):
            return self._choice(facet, text, dict(zip(self._likings.kinds, chance.tolist(), strict=True)), sure)
        first, second = np.argsort(-chance)[:2]
        kind = self._likings.kinds[first]
        if chance[first] - chance[second] < sure or kind == ELSEWHERE:
            return _NONE
        return liking.get(kind, _NONE) if kind in {POSITIVE, NEUTRAL, NEGATIVE} else kind

    def _choice(self, facet: Facet, text: str, chances: Mapping[str, float], sure: float) -> str:
        """Return the option whose phrasings a text is most like, a non-answer, or ``not_understood``."""
        reader = self._reader(facet)
        chance = reader.chances([text])[0]
        first, second = np.argsort(-chance)[:2] if len(chance) > 1 else (0, 0)
        ahead = float(chance[first] - chance[second]) if len(chance) > 1 else 1.0
        near = self._nearness(facet, text)
        non_answer = max((n.value for n in NonAnswer), key=lambda value: chances.get(value, 0.0))
        if chances.get(non_answer, 0.0) >= _A_NON_ANSWER and not (near >= _AS_ITS_OWN and ahead >= sure):
            return non_answer
        if facet.is_yes_no and near < _AS_ITS_OWN and (liked := self._yes_or_no(chances)):
            return liked
        if (
            near < _LIKE_ITS_OWN
            or ahead < sure
            or (chances.get(ELSEWHERE, 0.0) >= _A_NON_ANSWER and near < _AS_ITS_OWN)
        ):
            return _NONE
        return reader.kinds[first]

    @staticmethod
    def _yes_or_no(chances: Mapping[str, float]) -> str | None:
        """Return what a reply says that is a clear yes or no to anything."""
        sure = {"yes": chances.get(POSITIVE, 0.0), "no": chances.get(NEGATIVE, 0.0)}
        return next((value for value, chance in sure.items() if chance >= _CLEARLY), None)

    @staticmethod
    def _is_told_otherwise(facet: Facet) -> bool:
        """Whether people say "yes" to a facet in many more ways than by liking it, as its phrasings show."""
        return facet.is_yes_no and min(len(o.phrasings) for o in facet.options) >= _MANY_PHRASINGS

    def _nearness(self, facet: Facet, text: str) -> float:
        """Return how like a text is to the nearest phrasing, from 0 to 1."""
        phrasings = [plain(t) for o in facet.options for t in (o.label, *o.phrasings)]
        if self._encoder is None:
            said = set(stems(text))
            return max((len(said & set(stems(p))) / max(1, len(set(stems(p)))) for p in phrasings), default=0.0)
        vectors = self._encoder.encode([self._reader(facet).mended(text), *phrasings])
        return float((vectors[1:] @ vectors[0]).max())

    def _reader(self, facet: Facet) -> ReplyReader:
        if facet.id not in self._readers:
            texts = {
                o.id: [plain(t) for t in dict.fromkeys((o.label, o.id.replace("-", " "), *o.phrasings))]
                for o in facet.options
            }
            if facet.is_yes_no:
                replies = example_replies()
                texts = {"no": [*texts["no"], *replies[NEGATIVE]], "yes": [*texts["yes"], *replies[POSITIVE]]}
            self._readers[facet.id] = ReplyReader.learn(texts, self._encoder)
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
        degrees = {kind: option for kind, (option, chance) in of_options.items() if chance > _A_DEGREE}
        fits = len(degrees) == len(facet.options) and {POSITIVE, NEGATIVE} <= set(degrees)
        return degrees if fits else None

    def _volunteered(self, parts: Sequence[Part], facets: set[str], wish: str | None = None) -> dict[str, str]:
        """Return what a reply tells about facets that were not asked for, where it is clear.

        ``wish`` is the liking that a name alone stands for.
        """
        told: dict[str, str] = {}
        for place, part in enumerate(parts):
            for mention in part.mentions:
                if mention.facet in facets:
                    value = self._volunteered_value(with_context(parts, place), mention, wish)
                    if value != _NONE:
                        told[mention.facet] = value
        return told

    def _volunteered_value(self, part: Part, mention: Mention, wish: str | None) -> str:
        facet = self._facet(mention.facet)
        if part.describes_with(mention):
            return _NONE
        if mention.option is not None:
            return _NONE if part.denies(mention) else mention.option
        if facet.kind is Kind.NUMBER:
            return self._number(facet, part.text, alone=False) or _NONE
        liking = self._liking(facet)
        if not part.bare:
            return liking.get(wish, _NONE) if liking and wish else _NONE
        if liking is None:
            return self._choice(facet, part.text, {}, _SURE_OF_CHOICE)
        value = self._by_example(facet, part.with_names_as(_PRONOUN[facet.is_yes_no]), _SURE_OF_OTHERS)
        return value if value in {o.id for o in facet.options} else _NONE

    def _measured(self, text: str, asked: set[str]) -> dict[str, str]:
        """Return the facets with a number that a text gives with their unit, "a 17 inch screen and 2 terabytes"."""
        numbers = {f.id: self._number(f, text, alone=False) for f in self._numeric if f.id not in asked}
        return {facet: number for facet, number in numbers.items() if number}

    @cached_property
    def _numeric(self) -> list[Facet]:
        return [facet for facet in self._domain.facets if facet.kind is Kind.NUMBER]

    def _number(self, facet: Facet, text: str, alone: bool) -> str | None:
        """Return the bin of a number with the facet's unit, or without any if it is what was asked for."""
        own = set(stems(facet.label)).intersection(_UNITS.values())
        for quantity in quantities(text):
            after = WORD.findall(text[quantity.stop :])[:1]
            unit = _UNITS.get(stem(after[0]), stem(after[0])) if after else ""
            foreign = unit in set(_UNITS.values()) or quantity.is_beside(facet.cuts) or _is_pronoun(text, quantity)
            if (alone and not foreign) or unit in own:
                return facet.options[quantity.bin(facet.cuts)].id
        return None


def _is_pronoun(text: str, quantity: Quantity) -> bool:
    """Whether a number is the "one" of "that one"."""
    return text[quantity.start : quantity.stop] == "one"


def bare(text: str) -> str:
    """Return the words of a text and nothing between them."""
    return " ".join(WORD.findall(plain(text)))
