"""Any questioner of the numeric core as an agent that speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from elicit.basis import Luck, draw_seed
from elicit.dialogues import EndReason, Speaker, Turn
from elicit.domains import Code, Codes, Domain
from elicit.language import Phrasebook
from elicit.questioners import STOP, FacetQuestioner, Rules
from elicit.runs.engine import refuse_forbidden
from elicit.users import ByRule, Case, Failed, Said, Talk, Voice, take_in

_CLOSING: Final = "Thank you, that is all I wanted to know."


@dataclass(frozen=True)
class QuestionerAgent(ByRule):
    """Asks what a questioner chooses, in the wordings of the domain, and reads what the answers told.

    Attributes:
        name: of the questioner.
        questioner: chooses.
        domain: what can be asked.
        rules: what may be asked.
        people: ids of the population's people; their luck decides wordings and draws.
        seed: of wordings and draws.
        questions: how many at most.
    """

    name: str
    questioner: FacetQuestioner
    domain: Domain
    rules: Rules
    people: tuple[str, ...]
    seed: int
    questions: int

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        luck = Luck.of(draw_seed(self.seed, cases[0].draw), [self.people[case.row] for case in cases])
        states = np.full((len(cases), len(self.domain.facets)), Code.NOT_ASKED, dtype=np.int8)
        return _QuestionerVoice(self, Phrasebook(self.domain, luck), states)


@dataclass(frozen=True)
class _QuestionerVoice(Voice):
    agent: QuestionerAgent
    book: Phrasebook
    states: Codes

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return the next question of each dialogue, or the closing words."""
        if len(talks[0].turns) // 2 >= self.agent.questions:
            return [_closing(EndReason.BUDGET)] * len(talks)
        for talk in talks:
            take_in(self.states[talk.place], talk.turns[-1], self.agent.domain)
        places = np.array([talk.place for talk in talks], dtype=np.intp)
        states = self.states[places]
        allowed = self.agent.rules.allowed(states)
        choices = self.agent.questioner.choose(states, allowed, self.book.luck.rows(places))
        refuse_forbidden(self.agent.questioner, allowed[choices != STOP], choices[choices != STOP])
        return [
            self._said(talk, choice, bool(may.any()))
            for talk, choice, may in zip(talks, choices.tolist(), allowed, strict=True)
        ]

    def _said(self, talk: Talk, choice: int, may_ask: bool) -> Said:
        if choice == STOP:
            return _closing(EndReason.NO_GAIN_LEFT if may_ask else EndReason.NO_QUESTIONS_LEFT)
        question = self.book.question(talk.place, choice)
        turn = Turn(speaker=Speaker.AGENT, text=question.text, asks=question.facets, options=question.options)
        return Said(turn, heard=True)


def _closing(end: EndReason) -> Said:
    return Said(Turn(speaker=Speaker.AGENT, text=_CLOSING), end, heard=True)
