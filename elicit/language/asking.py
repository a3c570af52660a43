"""Which facets a free question asks for: by the domain's own wordings, by names, else by meaning."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Domain, Facet, Kind
from elicit.language.naming import Mention, Names
from elicit.language.periods import label_span, nearest, span_of, without_span
from elicit.language.replies import ELSEWHERE, examples
from elicit.language.spelling import WORD, plain, stem, stems
from elicit.language.texts import question_texts
from elicit.language.wishes import asks_for_reasons

if TYPE_CHECKING:
    from elicit.models import Encoder

_NEAR: Final = 0.55
"""Least similarity of a question to a wording; chosen on the fitting half, see `elicit understanding`."""
_AHEAD: Final = 0.1
_SHARED: Final = 0.5
"""The same without an encoder: a word that this facet shares with at most one other."""
_WEIGHT_OF_WORDS: Final = 0.1
_EVERYWHERE: Final = frozenset(
    word
    for line in (
        "a about after all and any anything are be bit can could do does enjoy ever feel for get go got had have how i",
        "if in into is it kind like love make me mean much my of on one or our should so some something sort take tell",
        "that the them then there these they thing think this those to up us want was watch what when which who will",
        "with would you your time yes no never anyone fan good relationship department mood",
    )
    for word in line.split()
)
_CLEAR: Final = 0.75
"""Least similarity with which another facet than the one that is named is meant."""
_IDIOMS: Final = re.compile(r"\bbrand(?= new\b)")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_WORD_OF_QUESTIONS: Final = (
    r"how|what|which|where|when|who|do|does|did|is|are|would|should|could|can|will|must|if|whether"
)
_CLAUSE: Final = re.compile(rf"(?<=[?!;])\s+|[,:]\s+(?:and |or |but )?|\s+and (?=(?:{_WORD_OF_QUESTIONS})\b)")
_ASKS: Final = re.compile(rf"^(?:so |and |or )?(?:{_WORD_OF_QUESTIONS})\b|\bor\b")
_SAYS_NOTHING: Final = frozenset(stem(word) for word in _EVERYWHERE)
_OF_NUMBERS: Final = frozenset({"many"})
"""What is in every question for a number of things, and so tells none of them from the others."""
_COURTESY: Final = re.compile(
    r"^(?:(?:and|so|then|well|now|sorry|okay|ok|please|perhaps)\W+)*"
    r"(?:if i may ask\W+|(?:can|could|would|may|might|will) (?:you|i|we)(?: kindly| please| just| possibly| mind)* "
    r"(?:telling|tell|ask|asking|saying|say|know|knowing|let me know)(?: me| us| you)?(?: please| kindly)?\W+)?"
)
"""What only makes a question polite."""
_POINTS_BACK: Final = re.compile(r"\b(same|ones|those|them)\b")


class QuestionReader:
    """Finds what a question asks for.

    Args:
        domain: what can be asked.
        names: of its facets.
        encoder: of sentences; None = words only.
    """

    def __init__(self, domain: Domain, names: Names, encoder: Encoder | None) -> None:
        self._domain, self._names, self._encoder = domain, names, encoder
        self._exact: dict[str, str] = {}
        for facet in domain.facets:
            for text in question_texts(facet):
                self._exact.setdefault(text, facet.id)

    def facets(self, text: str) -> tuple[str, ...]:
        """Return the ids of the facets that a text asks for, () if there is none."""
        if text in self._exact:
            return (self._exact[text],)
        asking = _IDIOMS.sub(" ", plain(self._names.without_other_titles(_asking_part(text))))
        if asks_for_reasons(asking):
            return ()
        mentions = self._names.in_text(asking)
        clauses = _clauses(asking)
        found = [
            facet
            for start, stop in clauses
            for facet in self._in_clause(
                asking[start:stop], [m for m in mentions if start <= m.start and m.stop <= stop], len(clauses) == 1
            )
        ]
        return tuple(dict.fromkeys(found)) or self._by_meaning(asking) or self._in_passing(text, asking, mentions)

    def _in_clause(self, clause: str, mentions: Sequence[Mention], alone: bool) -> tuple[str, ...]:
        """Return what a clause names, or what it asks for in other words if it is a question of its own."""
        named = tuple(dict.fromkeys(m.facet for m in mentions if m.option is None))
        if len(named) > 1 or not (named or alone or _ASKS.search(clause)):
            return named
        if not named:
            return self._by_meaning(clause)
        group = self._group_of.get(named[0])
        meant = self._by_meaning(clause, _CLEAR) if group is not None else ()
        return meant if meant and self._group_of[meant[0]] != group else named

    def _in_passing(self, text: str, asking: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Return the facets whose options are named, or what was named before where the question points back to it."""
        if self._nearness_to_elsewhere(asking) > _NEAR:
            return ()
        if not mentions and _POINTS_BACK.search(asking):
            mentions = self._names.in_text(plain(text))
        return tuple(dict.fromkeys(m.facet for m in mentions))

    def _by_meaning(self, text: str, near_enough: float = _NEAR) -> tuple[str, ...]:
        """Return the facet whose wordings are nearest, if it is near enough and ahead of all others.

        Facets that differ in their years only are one here, and the years of the text decide between them.
        """
        text = _COURTESY.sub("", text)
        near = self._nearness(text)
        of_groups = {group: max(near[list(columns)]) for group, columns in self._groups.items()}
        if not of_groups:
            return ()
        best, *others = sorted(of_groups, key=lambda group: -of_groups[group])
        least = near_enough if self._encoder is not None else _SHARED
        ahead = of_groups[best] - of_groups[others[0]] if others else math.inf
        if of_groups[best] < max(least, self._nearness_to_elsewhere(text)) or ahead < _AHEAD:
            return ()
        return (self._in_years(self._groups[best], text),)

    def _nearness_to_elsewhere(self, text: str) -> float:
        """Return how near a text is to a question that asks for nothing."""
        if self._encoder is None:
            return 0.0
        return float((self._elsewhere @ self._encoder.encode([plain(text)])[0]).max())

    def _in_years(self, columns: Sequence[int], text: str) -> str:
        facets = [self._domain.facets[column] for column in columns]
        spans = {f.id: s for f in facets if (s := label_span(f.label)) is not None}
        timeless = [f.id for f in facets if f.id not in spans]
        span = span_of(text)
        return nearest(span or (math.inf, math.inf), spans) if spans and (span or not timeless) else timeless[0]

    @cached_property
    def _group_of(self) -> Mapping[str, str]:
        """Return facet id to group."""
        return {self._domain.facets[c].id: group for group, columns in self._groups.items() for c in columns}

    @cached_property
    def _groups(self) -> dict[str, tuple[int, ...]]:
        """Return label without years to columns. Titles are left out: they are found by their names or not at all."""
        groups: dict[str, list[int]] = defaultdict(list)
        for column, facet in enumerate(self._domain.facets):
            if not (facet.is_yes_no and any(letter.isupper() for letter in facet.label)):
                groups[without_span(facet.label)].append(column)
        return {label: tuple(columns) for label, columns in groups.items()}

    def _nearness(self, text: str) -> NDArray[np.float64]:
        """Return how near each facet is, float64[facets]."""
        shared = self._shared_words(text)
        if self._encoder is None:
            return shared
        # What is asked about stands out more without the words that every question has.
        vectors = self._encoder.encode([plain(text), _content(text)])
        near = np.full(len(self._domain.facets), -1.0)
        np.maximum.at(near, self._owners, (self._vectors @ vectors.T).max(axis=1))
        return near + _WEIGHT_OF_WORDS * shared

    def _shared_words(self, text: str) -> NDArray[np.float64]:
        """Return the share of each facet's rare words that stand in the text, weighted by rarity, float64[facets]."""
        said = set(stems(text))
        return np.array([max((self._rarity.get(w, 0.0) for w in own & said), default=0.0) for own in self._vocabulary])

    @cached_property
    def _vocabulary(self) -> list[set[str]]:
        return [
            {s for t in _about(f) for s in stems(t)} - _SAYS_NOTHING - (_OF_NUMBERS if f.kind is Kind.NUMBER else set())
            for f in self._domain.facets
        ]

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        """Return a word's weight: 1 if it belongs to one facet alone, less for each further one."""
        counts = Counter(word for own in self._vocabulary for word in own)
        return {word: 1 / count for word, count in counts.items() if count <= 3}

    @cached_property
    def _elsewhere(self) -> NDArray[np.float32]:
        """Return the vectors of questions that ask for nothing that a domain has."""
        assert self._encoder is not None
        return self._encoder.encode(examples("questions")[ELSEWHERE])

    @cached_property
    def _owners(self) -> NDArray[np.intp]:
        return np.array([n for n, f in enumerate(self._domain.facets) for _ in _texts(f)])

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        assert self._encoder is not None
        return self._encoder.encode([plain(text) for f in self._domain.facets for text in _texts(f)])


def _asking_part(text: str) -> str:
    """Return the sentences with a question mark, all of them if there is none."""
    sentences = [s for s in _SENTENCE.split(text.strip()) if s]
    asking = [s for s in sentences if s.endswith("?")]
    return " ".join(asking or sentences)


def _clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of a plain text begin and end."""
    breaks = [(m.start(), m.end()) for m in _CLAUSE.finditer(text)]
    return list(zip([0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(text)], strict=True))


def _texts(facet: Facet) -> list[str]:
    """Return the texts that show what a facet is about."""
    about = _about(facet)
    if not facet.is_yes_no:
        about += [text for option in facet.options for text in (option.label, *option.phrasings)]
    return about


def _about(facet: Facet) -> list[str]:
    """Return the texts that ask for a facet or name it."""
    return [facet.label, *facet.names, *question_texts(facet)]


def _content(text: str) -> str:
    """Return the words of a question that are not in every question."""
    kept = [word for word in WORD.findall(plain(text)) if word not in _EVERYWHERE]
    return " ".join(kept) or plain(text)
