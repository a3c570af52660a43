"""The rule user: answers from a hidden profile in template words; no model, the same luck for every agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from elicit.basis import draw_seed
from elicit.dialogues import NonAnswer, Speaker, Turn
from elicit.domains import Codes, Domain, Population
from elicit.language import Phrasebook, non_answer_texts, opening_texts
from elicit.profiles import AnswerModel
from elicit.users.parties import Case, Failed, Said, Talk, Voice

_AT_ONCE: Final = 3
"""Facets; nobody answers more of what is asked in one breath."""


@dataclass(frozen=True)
class RuleUser:
    """Everybody of a population, answering by an answer model; of many things asked at once the first three.

    Attributes:
        domain: what can be asked.
        people: with their hidden profiles.
        model: how they answer.
        seed: of noise and words.
        opening: what everybody says first; None = one of the usual openings.
    """

    domain: Domain
    people: Population
    model: AnswerModel
    seed: int
    opening: str | None = None

    @property
    def name(self) -> str:
        """How it was named."""
        return "rule"

    @property
    def together(self) -> None:
        """It plays any number in lock-step."""

    @property
    def invents(self) -> bool:
        """Whatever it says comes from the profile or from the noise that was asked for."""
        return False

    def join(self, cases: Sequence[Case]) -> _RuleVoice:
        """Return the voice for a group of dialogues."""
        people = self.people.take([case.row for case in cases])
        luck = people.luck(draw_seed(self.seed, cases[0].draw))
        return _RuleVoice(self, self.model.truth(people), Phrasebook(self.domain, luck))


@dataclass(frozen=True)
class _RuleVoice(Voice):
    user: RuleUser
    truth: Codes
    book: Phrasebook

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return the openings, or the answers to what the agent has just asked."""
        values = self._values(talks)
        return [Said(self._turn(talk, values.get(talk.place, {})), heard=True) for talk in talks]

    def _turn(self, talk: Talk, tells: Mapping[str, int]) -> Turn:
        if not talk.turns:
            return Turn(
                speaker=Speaker.USER, text=self.user.opening or self.book.pick(talk.place, "opening", opening_texts())
            )
        if not tells:
            return Turn(
                speaker=Speaker.USER,
                text=self.book.pick(talk.place, "puzzled", non_answer_texts(NonAnswer.NOT_UNDERSTOOD)),
            )
        answers = {f: self.book.answer(talk.place, self.user.domain.column(f), code) for f, code in tells.items()}
        text = " ".join(a.text for a in answers.values())
        return Turn(speaker=Speaker.USER, text=text, tells={f: a.value for f, a in answers.items()})

    def _values(self, talks: Sequence[Talk]) -> dict[int, dict[str, int]]:
        """Return place to facet to code for all that is asked now."""
        asked = [(t.place, facet) for t in talks if t.turns for facet in t.turns[-1].asks[:_AT_ONCE]]
        if not asked:
            return {}
        places = np.array([place for place, _ in asked], dtype=np.intp)
        columns = np.array([self.user.domain.column(facet) for _, facet in asked], dtype=np.intp)
        codes = self.user.model.answer(
            self.truth[places], columns, self.user.domain.option_counts, self.book.luck.rows(places)
        )
        values: dict[int, dict[str, int]] = {}
        for (place, facet), code in zip(asked, codes.tolist(), strict=True):
            values.setdefault(place, {})[facet] = code
        return values
