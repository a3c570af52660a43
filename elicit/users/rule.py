"""The rule user: answers from a hidden profile in template words; no model, the same luck for every agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elicit.basis import draw_seed
from elicit.dialogues import NonAnswer, Speaker, Turn
from elicit.domains import Domain, Population
from elicit.language import Phrasebook, non_answer_texts, opening_texts
from elicit.profiles import AnswerModel
from elicit.users.answering import Answering
from elicit.users.parties import ByRule, Case, Failed, Said, Talk, Voice


@dataclass(frozen=True)
class RuleUser(ByRule):
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

    def join(self, cases: Sequence[Case]) -> _RuleVoice:
        """Return the voice for a group of dialogues."""
        people = self.people.take([case.row for case in cases])
        luck = people.luck(draw_seed(self.seed, cases[0].draw))
        truth = self.model.truth(people)
        return _RuleVoice(self, Answering(self.domain, self.model, truth, Phrasebook(self.domain, luck)))


@dataclass(frozen=True)
class _RuleVoice(Voice):
    user: RuleUser
    answering: Answering

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return the openings, or the answers to what the agent has just asked."""
        codes = self.answering.codes(talks)
        return [Said(self._turn(talk, codes.get(talk.place, {})), heard=True) for talk in talks]

    def _turn(self, talk: Talk, codes: Mapping[str, int]) -> Turn:
        pick = self.answering.book.pick
        if not talk.turns:
            opening = self.user.opening or pick(talk.place, "opening", opening_texts())
            return Turn(speaker=Speaker.USER, text=opening)
        if not codes:
            puzzled = pick(talk.place, "puzzled", non_answer_texts(NonAnswer.NOT_UNDERSTOOD))
            return Turn(speaker=Speaker.USER, text=puzzled)
        text, tells = self.answering.said(talk.place, codes)
        return Turn(speaker=Speaker.USER, text=text, tells=tells)
