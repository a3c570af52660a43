"""Which of the texts a person hears and says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, stable_hash
from elicit.dialogues import Answer, Exchange, Question, value_of
from elicit.domains import Domain
from elicit.language.texts import answer_texts, question_texts


@dataclass(frozen=True)
class Phrasebook:
    """The words in which each person of a batch is asked and answers.

    The same person, facet and seed give the same words, whatever else is in the domain or in the batch.

    Attributes:
        domain: its facets are the columns.
        luck: of the batch of people; they are the rows.
    """

    domain: Domain
    luck: Luck

    def question(self, row: int, column: int) -> Question:
        """Return the question for a facet as it is put to a person, with its options."""
        facet = self.domain.facets[column]
        return Question(
            facets=(facet.id,),
            text=_pick(question_texts(facet), self._asking[row, column]),
            options=tuple(o.label for o in facet.options),
        )

    def answer(self, row: int, column: int, code: int) -> Answer:
        """Return the answer with which a person says a code.

        Raises:
            ValueError: the facet has no such code, or it is −1 (not asked).
        """
        facet = self.domain.facets[column]
        value = value_of(facet, code)
        return Answer(value=value, text=_pick(answer_texts(facet, value), self._answering[row, column]))

    def pick(self, row: int, purpose: str, texts: Sequence[str]) -> str:
        """Return the text out of several that a person says for a purpose."""
        if purpose not in self._draws_of:
            self._draws_of[purpose] = self.luck.uniform(purpose)
        return _pick(texts, self._draws_of[purpose][row])

    def exchange(self, row: int, column: int, code: int) -> Exchange:
        """Return question and answer together."""
        return Exchange(question=self.question(row, column), answer=self.answer(row, column, code))

    @cached_property
    def _draws_of(self) -> dict[str, NDArray[np.float64]]:
        return {}

    @cached_property
    def _asking(self) -> NDArray[np.float64]:
        return self._draws("question wording")

    @cached_property
    def _answering(self) -> NDArray[np.float64]:
        return self._draws("answer phrasing")

    def _draws(self, purpose: str) -> NDArray[np.float64]:
        # Keyed by id and not by column, so that a facet keeps its words when others come or go.
        keys = np.array([stable_hash(f.id) & 0xFFFFFFFF for f in self.domain.facets], dtype=np.uint64)
        return self.luck.uniform(purpose, np.broadcast_to(keys, (len(self.luck.people), len(keys))))


def _pick(texts: Sequence[str], draw: float) -> str:
    return texts[int(draw * len(texts))]
