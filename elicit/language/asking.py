"""Which facets a free question asks for: by the domain's own wordings, by names, else by meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Domain
from elicit.language.naming import Names
from elicit.language.spelling import plain, stems
from elicit.language.texts import question_texts

if TYPE_CHECKING:
    from elicit.models import Encoder

_NEAR: Final = 0.5
"""Least similarity of a question to a wording; chosen on the fitting half, see `elicit understanding`."""
_AHEAD: Final = 0.05
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


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
        asking = self._asking_part(text)
        named = tuple(dict.fromkeys(m.facet for m in self._names.in_text(plain(asking))))
        if named:
            return named
        return self._by_meaning(asking)

    def _asking_part(self, text: str) -> str:
        """Return the sentences with a question mark, all of them if there is none."""
        sentences = [s for s in _SENTENCE.split(text.strip()) if s]
        asking = [s for s in sentences if s.endswith("?")]
        return " ".join(asking or sentences)

    def _by_meaning(self, text: str) -> tuple[str, ...]:
        """Return the facet whose wordings are nearest, if it is near enough and ahead of all others."""
        near = self._nearness(text)
        best = int(near.argmax())
        others = np.delete(near, best)
        if near[best] < _NEAR or (len(others) and near[best] - others.max() < _AHEAD):
            return ()
        return (self._domain.facets[best].id,)

    def _nearness(self, text: str) -> NDArray[np.float64]:
        """Return how near each facet is, float64[facets]."""
        shared = self._shared_words(text)
        if self._encoder is None:
            return shared
        vector = self._encoder.encode([text])[0]
        near = np.full(len(self._domain.facets), -1.0)
        np.maximum.at(near, self._owners, self._wordings @ vector)
        return near + 0.3 * shared

    def _shared_words(self, text: str) -> NDArray[np.float64]:
        """Return the share of each facet's rare words that stand in the text, weighted by rarity, float64[facets]."""
        said = set(stems(text))
        return np.array([max((self._rarity.get(w, 0.0) for w in own & said), default=0.0) for own in self._vocabulary])

    @cached_property
    def _vocabulary(self) -> list[set[str]]:
        return [{s for t in (f.label, *f.wordings) for s in stems(t)} for f in self._domain.facets]

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        """Return a word's weight: 1 if it belongs to one facet alone, less for each further one."""
        counts = Counter(word for own in self._vocabulary for word in own)
        return {word: 1 / count for word, count in counts.items() if count <= 3}

    @cached_property
    def _owners(self) -> NDArray[np.intp]:
        return np.array([n for n, f in enumerate(self._domain.facets) for _ in (f.label, *question_texts(f))])

    @cached_property
    def _wordings(self) -> NDArray[np.float32]:
        texts = [t for f in self._domain.facets for t in (f.label, *question_texts(f))]
        assert self._encoder is not None
        return self._encoder.encode(texts)
