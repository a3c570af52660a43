"""The batch engine: one questioner asks many people at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, one_thread
from elicit.dialogues import Transcript
from elicit.domains import Code, Codes
from elicit.profiles import AnswerModel
from elicit.questioners import STOP, UNREADABLE, FacetQuestioner, Questioner, Rules, SpeakingQuestioner

_BATCH = 1024
"""People asked together: enough for fast linear algebra, few enough to stay in the processor's cache."""


def play(
    questioner: Questioner,
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
        return Transcript.joined(
            [
                _play_batch(questioner, model, spoken[rows], option_counts, rules, luck.rows(rows), questions)
                for rows in (slice(at, at + _BATCH) for at in range(0, len(spoken), _BATCH))
            ]
        )


def _play_batch(
    questioner: Questioner,
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
    words: list[list[str]] = [[] for _ in range(people)] if isinstance(questioner, SpeakingQuestioner) else []
    states = np.full(spoken.shape, Code.NOT_ASKED, dtype=np.int8)
    awake = np.arange(people)
    for turn in range(questions):
        allowed = rules.allowed(states[awake])
        if isinstance(questioner, SpeakingQuestioner):
            so_far = Transcript(asked, answers, tuple(map(tuple, words))).part(awake, turn)
            choice, said = questioner.ask(so_far, allowed, luck.rows(awake))
            for person, text in zip(awake.tolist(), said, strict=True):
                words[person].append(text)
        else:
            choice = questioner.choose(states[awake], allowed, luck.rows(awake))
            refuse_forbidden(questioner, allowed[choice != STOP], choice[choice != STOP])
        awake, facets = awake[choice != STOP], choice[choice != STOP]
        if not len(awake):
            break
        asked[awake, turn] = facets
        heard, facets = awake[facets != UNREADABLE], facets[facets != UNREADABLE]
        answers[heard, turn] = model.answer(spoken[heard], facets, option_counts, luck.rows(heard))
        states[heard, facets] = answers[heard, turn]
    return Transcript(asked, answers, tuple(tuple(said) + ("",) * (questions - len(said)) for said in words))


def refuse_forbidden(questioner: FacetQuestioner, allowed: NDArray[np.bool_], facets: NDArray[np.intp]) -> None:
    """Raise ValueError if a facet was chosen that may not be asked or does not exist."""
    # Without the check of the range, −2 would be read as the last facet but one.
    inside = (facets >= 0) & (facets < allowed.shape[1])
    if not inside.all() or not allowed[np.arange(len(facets)), facets].all():
        raise ValueError(f"{type(questioner).__name__} chose a facet that may not be asked")
