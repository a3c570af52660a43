"""What a simulated person answers to what was just asked, in codes and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from elicit.dialogues import Turn, code_of
from elicit.domains import Codes, Domain
from elicit.language import Phrasebook
from elicit.profiles import AnswerModel
from elicit.users.parties import Talk

_AT_ONCE: Final = 3
"""Facets; nobody answers more of what is asked in one breath."""


def take_in(state: Codes, turn: Turn, domain: Domain) -> dict[int, int]:
    """Write into a state, int8[facets], what a turn tells; a non-answer takes back nothing that was answered.

    Returns:
        Column to code of what the turn tells.
    """
    told = {}
    for facet, value in turn.tells.items():
        column = domain.column(facet)
        told[column] = code = code_of(domain.facets[column], value)
        if code >= 0 or state[column] < 0:
            state[column] = code
    return told


@dataclass(frozen=True)
class Answering:
    """Answers of a group of people, of many things asked at once to the first three.

    Attributes:
        domain: what can be asked.
        model: how they answer.
        truth: int8[people, facets], what is true of them.
        book: their words.
    """

    domain: Domain
    model: AnswerModel
    truth: Codes
    book: Phrasebook

    def codes(self, talks: Sequence[Talk]) -> dict[int, dict[str, int]]:
        """Return place to facet to code for all that the last turn of each dialogue asks."""
        asked = [(t.place, facet) for t in talks if t.turns for facet in t.turns[-1].asks[:_AT_ONCE]]
        if not asked:
            return {}
        places = np.array([place for place, _ in asked], dtype=np.intp)
        columns = np.array([self.domain.column(facet) for _, facet in asked], dtype=np.intp)
        codes = self.model.answer(self.truth[places], columns, self.domain.option_counts, self.book.luck.rows(places))
        values: dict[int, dict[str, int]] = {}
        for (place, facet), code in zip(asked, codes.tolist(), strict=True):
            values.setdefault(place, {})[facet] = code
        return values

    def said(self, place: int, codes: Mapping[str, int]) -> tuple[str, dict[str, str]]:
        """Return the words for some codes, and facet to value."""
        answers = {f: self.book.answer(place, self.domain.column(f), code) for f, code in codes.items()}
        return " ".join(a.text for a in answers.values()), {f: a.value for f, a in answers.items()}
