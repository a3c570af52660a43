"""The batch engine: one questioner asks many people at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, one_thread
from elicit.domains import Code, Codes
from elicit.profiles import AnswerModel
from elicit.questioners import STOP, FacetQuestioner, Rules

_BATCH = 1024
"""People asked together: enough for fast linear algebra, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Transcript:
    """Who was asked what, and what they said.

    Attributes:
        asked: int16[people, turns], columns of facets; −1 after the end.
        answers: int8[people, turns], codes; −1 after the end.
    """

    asked: NDArray[np.int16]
    answers: Codes

    def states(self, questions: int, facets: int) -> Codes:
        """Return what was known after the first ``questions``, int8[people, facets]."""
        states = np.full((len(self.asked), facets), Code.NOT_ASKED, dtype=np.int8)
        rows, turns = np.nonzero(self.asked[:, :questions] >= 0)
        states[rows, self.asked[rows, turns]] = self.answers[rows, turns]
        return states

    def __len__(self) -> int:
        return len(self.asked)


def play(
    questioner: FacetQuestioner,
    model: AnswerModel,
    spoken: Codes,
    option_counts: NDArray[np.int64],
    rules: Rules,
    luck: Luck,
    questions: int,
) -> Transcript:
    """Let a questioner ask each person up to ``questions`` questions.

    Args:
        questioner: who asks.
        model: how people answer.
        spoken: int8[people, facets], what the people know of themselves under this model.
        option_counts: int[facets].
        rules: what may be asked.
        luck: of these people.
        questions: turn limit.

    Raises:
        ValueError: the questioner chose a facet that is not allowed or does not exist.
    """
    with one_thread():
        parts = [
            _play_batch(questioner, model, spoken[rows], option_counts, rules, luck.rows(rows), questions)
            for rows in (slice(at, at + _BATCH) for at in range(0, len(spoken), _BATCH))
        ]
    return Transcript(np.concatenate([p.asked for p in parts]), np.concatenate([p.answers for p in parts]))


def _play_batch(
    questioner: FacetQuestioner,
    model: AnswerModel,
    spoken: Codes,
    option_counts: NDArray[np.int64],
    rules: Rules,
    luck: Luck,
    questions: int,
) -> Transcript:
    people = len(spoken)
    asked = np.full((people, questions), STOP, dtype=np.int16)
    answers = np.full((people, questions), Code.NOT_ASKED, dtype=np.int8)
    states = np.full(spoken.shape, Code.NOT_ASKED, dtype=np.int8)
    awake = np.arange(people)
    for turn in range(questions):
        allowed = rules.allowed(states[awake])
        choice = questioner.choose(states[awake], allowed, luck.rows(awake))
        going = choice != STOP
        refuse_forbidden(questioner, allowed[going], choice[going])
        awake, facets = awake[going], choice[going]
        if not len(awake):
            break
        said = model.answer(spoken[awake], facets, option_counts, luck.rows(awake))
        asked[awake, turn], answers[awake, turn] = facets, said
        states[awake, facets] = said
    return Transcript(asked, answers)


def refuse_forbidden(questioner: FacetQuestioner, allowed: NDArray[np.bool_], facets: NDArray[np.intp]) -> None:
    """Raise ValueError if a facet was chosen that may not be asked or does not exist."""
    # Without the check of the range, −2 would be read as the last facet but one.
    inside = (facets >= 0) & (facets < allowed.shape[1])
    if not inside.all() or not allowed[np.arange(len(facets)), facets].all():
        raise ValueError(f"{type(questioner).__name__} chose a facet that may not be asked")
