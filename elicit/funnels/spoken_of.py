"""What the reviewers of some items say and those of others do not: "quiet", "easy to clean", "battery life"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from elicit.domains import Codes
from elicit.funnels.mentions import evenness, unlike
from elicit.funnels.sayings import Clause, Counts, Voices
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.traits import LEAST, enough, most_frequent
from elicit.funnels.words import unit_spellings, words

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LONGEST: Final = 3
_SHARE: Final = 0.25
"""An item is called so where this share of its reviewers say so; where less than half as many do, it is not."""
_FEW: Final = 10
"""Fewer reviews tell nothing by silence: that none of ten says what a quarter would say has a chance of 6 %."""
_ALL: Final = 0.9
"""What is said of more than this share of the items, of which it is said or not, tells them hardly apart."""
_CHANCE: Final = 6.0
"""Standard deviations: many phrases are looked at, and numbers of pairs have long tails."""
_PART: Final = 0.5
"""What is said within one longer phrase in more than this share of its uses is a part of that."""


@dataclass
class Tally:
    """Who says a phrase.

    Attributes:
        said: row of an item to how many of its reviewers say it of the item.
        denied: likewise, how many deny it.
        written: how it is written where it is said of the item, with how often.
        called: how often it stands there behind a word such as "is" or "very".
    """

    said: Counter[int] = field(default_factory=Counter)
    denied: Counter[int] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    called: int = 0

    @property
    def shown(self) -> str:
        """The phrase as people write it."""
        return most_frequent(self.written.elements())

    @property
    def is_quality(self) -> bool:
        """Whether it is what items are called ("quiet"), not what they have ("battery life")."""
        return 2 * self.called > self.written.total()

    def codes(self, counts: Counts) -> Codes:
        """Return 1 for items that have it, 0 for those that do not, −1 where reviews do not tell, int8[items].

        An item has it where at least two reviewers and a quarter of them say so and fewer deny it. It does not where
        so many deny it and fewer say so, or where of at least ten reviewers less than an eighth say so.
        """
        said, denied = dense(self.said, len(counts)), dense(self.denied, len(counts))
        needed = np.maximum(LEAST, _SHARE * counts)
        has = (said >= needed) & (said > denied)
        denies = (denied >= needed) & (denied > said)
        silence = (counts >= _FEW) & (said < _SHARE / 2 * counts)
        return np.where(has, 1, np.where(denies | silence, 0, -1)).astype(np.int8)


def dense(numbers: Mapping[int, int], items: int) -> Counts:
    """Return numbers by row as int[items], 0 where there is none."""
    whole = np.zeros(items, dtype=np.int64)
    whole[list(numbers)] = list(numbers.values())
    return whole


def tally(voices: Voices, phrases: Iterable[Stems]) -> dict[Stems, Tally]:
    """Return who says each of some phrases; who says and denies it does neither."""
    looked, tallies = Phrases(phrases), defaultdict[Stems, Tally](Tally)
    for item, clauses in zip(voices.items.tolist(), voices.clauses, strict=True):
        says: dict[Stems, set[int]] = defaultdict(set)
        for clause in clauses:
            for phrase, start in looked.within(clause.stems):
                stop = start + len(phrase)
                sign = clause.says(start, stop)
                says[phrase].add(sign)
                if sign == 1:
                    tallies[phrase].written[" ".join(clause.words[start:stop])] += 1
                    tallies[phrase].called += _stands_for_a_quality(clause, start)
        for phrase, signs in says.items():
            tallies[phrase].said[item] += 1 in signs and -1 not in signs
            tallies[phrase].denied[item] += -1 in signs and 1 not in signs
    return tallies


def _stands_for_a_quality(clause: Clause, start: int) -> bool:
    known = words().reviews
    return start > 0 and (clause.stems[start - 1] in known.being or clause.stems[start - 1] in known.stressing)


def phrases_apart(voices: Voices, is_known: Callable[[Stems, Sequence[int]], bool]) -> dict[Stems, Tally]:
    """Return the phrases that tell items apart, what tells most first.

    A phrase is up to three words that are no small talk, or "easy to" with another. Enough of the items that it is told
    of must have it, and not nearly all of them; and two reviewers of one item must both say it far more often than
    chance makes them. What mostly stands within a longer phrase is a part of that, and of phrases that go together, or
    share a word, the first is taken.

    Args:
        voices: what reviewers say.
        is_known: whether the catalog says the phrase already, of the items that have it.
    """
    found: dict[Stems, Tally] = {}
    yes: dict[Stems, set[int]] = {}
    share: dict[Stems, float] = {}
    for phrase, told in tally(voices, _candidates(voices)).items():
        codes = told.codes(voices.counts)
        having, number = np.flatnonzero(codes == 1).tolist(), int((codes >= 0).sum())
        if number < enough(len(codes)) or not enough(number) <= len(having) <= min(_ALL * number, number - 1):
            continue
        if beyond_chance(told.said, voices.counts) >= _CHANCE and not is_known(phrase, having):
            found[phrase], yes[phrase], share[phrase] = told, set(having), len(having) / number
    whole = [phrase for phrase in found if not _is_part(phrase, found)]
    ranked = sorted(whole, key=lambda phrase: (-evenness(share[phrase]), -len(phrase), phrase))
    return {phrase: found[phrase] for phrase in unlike(ranked, yes)}


def beyond_chance(said: Mapping[int, int], counts: Counts) -> float:
    """Return how many standard deviations more often two reviewers of one item say the same than by chance.

    For each who says it, the share of the other reviewers of the item who say it too; their sum is compared with what
    it is if the reviews are dealt to the items at random. Items with one review tell nothing.

    Args:
        said: row of an item to how many of its reviewers say it.
        counts: int[items], how many reviews each item has.
    """
    several = counts > 1
    sizes = counts[several].astype(np.float64)
    saying = dense(said, len(counts))[several].astype(np.float64)
    share = saying.sum() / max(sizes.sum(), 1)
    if not 0 < share < 1:
        return 0.0
    pairs = (saying * (saying - 1) / (sizes - 1)).sum()
    expected = saying.sum() * (saying.sum() - 1) / (sizes.sum() - 1)
    spread = share * (1 - share) * np.sqrt(2 * (sizes / (sizes - 1)).sum())
    return float((pairs - expected) / spread)


def _candidates(voices: Voices) -> set[Stems]:
    """Return what enough reviewers of two items say, whether of the item or not."""
    items: Counter[Stems] = Counter()
    for reviews in voices.by_item():
        items.update(_often_said(reviews))
    return {phrase for phrase, number in items.items() if number >= LEAST}


def _often_said(reviews: Sequence[tuple[Clause, ...]]) -> list[Stems]:
    """Return what a quarter of the reviewers of one item say, and two at least."""
    needed = max(LEAST, _SHARE * len(reviews))
    # A phrase is said no more often than each of its words, and few words are said that often.
    single = Counter(word for clauses in reviews for word in {stem for clause in clauses for stem in clause.stems})
    often = {word for word, number in single.items() if number >= needed}
    phrases = Counter(
        phrase for clauses in reviews for phrase in {gram for clause in clauses for gram in _grams(clause, often)}
    )
    return [phrase for phrase, number in phrases.items() if number >= needed]


def _grams(clause: Clause, often: set[str]) -> Iterator[Stems]:
    """Yield what can be a phrase, of some words only."""
    stems, known = clause.stems, words().reviews
    for start, word in enumerate(stems):
        if word not in often:
            continue
        for stop in range(start + 1, min(start + _LONGEST, len(stems)) + 1):
            if stems[stop - 1] not in often or not _can_name(stems[stop - 1]):
                break
            yield stems[start:stop]
        linked = stems[start + 1 : start + _LONGEST]
        if word in known.leading and linked[:1] == (known.linking,) and set(linked[1:]) & often:
            yield (word, *linked)


@lru_cache(maxsize=65536)
def _can_name(word: str) -> bool:
    known = words().reviews
    small_talk = known.empty | known.negating | known.blaming
    return word not in small_talk and word not in unit_spellings() and _WORD.fullmatch(word) is not None


def _is_part(phrase: Stems, found: Mapping[Stems, Tally]) -> bool:
    """Tell whether a longer phrase is most of what is said with these words."""
    longer = (other for other in found if len(other) > len(phrase) and Phrases([phrase]).is_in(other))
    return any(found[other].said.total() > _PART * found[phrase].said.total() for other in longer)
