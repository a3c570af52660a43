from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_questions import COUNTS, DOMAIN, everyone, luck, people, random_belief

from elicit.dialogues import EndReason
from elicit.profiles import Noisy, Truthful
from elicit.questioners import NO_GAIN, STOP, GainQuestioner, Rules, StoppingQuestioner
from elicit.questioners.protocol import best
from elicit.runs import play
from elicit.runs.interview import Interview

NAMES = sorted(everyone(0))
ROWS = 12


def states_and_allowed(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    answers = random.integers(COUNTS, size=(ROWS, len(COUNTS)))
    other = random.choice([-1, -1, -2, -3, -4, -5], size=answers.shape)
    states = np.where(random.random(answers.shape) < 0.4, answers, other).astype(np.int8)
    allowed = (states == -1) & (random.random(states.shape) < 0.8)
    allowed[0] = False
    return states, allowed


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31))
def test_only_what_is_allowed_is_asked_and_a_crowd_changes_nothing(name: str, seed: int) -> None:
    questioner = everyone(seed)[name]
    states, allowed = states_and_allowed(seed)
    choice = questioner.choose(states, allowed, luck(ROWS))
    asking = np.flatnonzero(choice != STOP)
    assert allowed[asking, choice[asking]].all()
    assert choice[0] == STOP
    if name != "stopping":
        np.testing.assert_array_equal(choice == STOP, ~allowed.any(axis=1))
    for row in range(ROWS):
        alone = questioner.choose(states[row : row + 1], allowed[row : row + 1], luck(ROWS).rows(slice(row, row + 1)))
        assert alone[0] == choice[row]


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**31), most_unknown=st.sampled_from([None, 1, 2]))
def test_five_questions_asked_for_nine(name: str, seed: int, most_unknown: int | None) -> None:
    truth = np.random.default_rng(seed).integers(COUNTS, size=(20, len(COUNTS))).astype(np.int8)
    rules = Rules.of(DOMAIN, most_unknown)
    transcript = play(everyone(seed)[name], Noisy(unknown=0.5), truth, COUNTS, rules, luck(20), questions=9)
    for asked in transcript.asked:
        questions = asked[asked >= 0]
        assert len(set(questions.tolist())) == len(questions)
        assert (asked[len(questions) :] == STOP).all()
    if name != "stopping" and most_unknown is None:
        assert ((transcript.asked >= 0).sum(axis=1) == len(COUNTS)).all()


def test_the_reason_for_stopping_is_that_no_question_is_left() -> None:
    belief = random_belief(0)
    interview = Interview(
        DOMAIN, belief, StoppingQuestioner(GainQuestioner(belief.information)), Rules.of(DOMAIN), budget=9
    )
    asked = []
    while not isinstance(facet := interview.next(), EndReason):
        asked.append(facet)
        interview.answer(facet, 0)
    assert sorted(asked) == [0, 1, 2, 3, 4]
    assert facet is EndReason.NO_QUESTIONS_LEFT


def test_the_engine_refuses_a_questioner_that_repeats_itself() -> None:
    class Parrot:
        def choose(self, states, allowed, luck):  # type: ignore[no-untyped-def]
            return np.zeros(len(states), dtype=np.intp)

    with pytest.raises(ValueError, match="Parrot chose a facet that may not be asked"):
        play(Parrot(), Truthful(), people([[0, 0, 0, 0, 0]]).codes, COUNTS, Rules.of(DOMAIN), luck(1), 2)


def test_the_first_of_equals_is_best() -> None:
    scores = np.array([[0.1, 0.5, 0.5, 0.2], [0.1, 0.5, 0.5 + NO_GAIN / 2, 0.2], [0.1, 0.5, 0.6, 0.2], [9, 0, 0, 0]])
    allowed = np.ones((4, 4), dtype=bool)
    allowed[3, [0, 2]] = False
    assert best(scores, allowed).tolist() == [1, 1, 2, 1]
    assert best(scores, ~np.ones_like(allowed)).tolist() == [STOP] * 4
