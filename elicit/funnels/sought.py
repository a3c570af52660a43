"""Phrases that are looked for, word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

Stems = tuple[str, ...]
"""The stems of words that stand beside each other."""


class Phrases:
    """Phrases to look for, none of them empty."""

    def __init__(self, phrases: Iterable[Stems]) -> None:
        self._known: dict[str, set[Stems]] = defaultdict(set)
        for phrase in phrases:
            self._known[phrase[0]].add(phrase)
        self._lengths = {first: sorted({len(phrase) for phrase in known}) for first, known in self._known.items()}

    def within(self, stems: Stems) -> Iterator[tuple[Stems, int]]:
        """Yield each phrase that stands in some stems, and where it starts."""
        for start, word in enumerate(stems):
            for length in self._lengths.get(word, ()):
                phrase = stems[start : start + length]
                if len(phrase) == length and phrase in self._known[word]:
                    yield phrase, start

    def is_in(self, stems: Stems) -> bool:
        """Tell whether one of them stands in some stems."""
        return next(self.within(stems), None) is not None
