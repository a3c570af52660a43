"""Shape, listening, redundancy and unanswered questions: by hand, and against SciPy."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau
from tables_of_belief import Given, people

from elicit.basis import Luck
from elicit.beliefs import Belief, MixtureBelief
from elicit.dialogues import Transcript
from elicit.domains import Codes
from elicit.measures import (
    Reader,
    counterfactual_changes,
    funnel_shape,
    questions_asked,
    swapped,
    unanswered,
    unanswered_by_depth,
)
from elicit.profiles import AnswerModel, Mixture, Noisy, Truthful
from elicit.questioners import STOP, FacetQuestioner, GainQuestioner, OrderedQuestioner, RandomQuestioner, Rules
from elicit.runs import play

DEPTHS = np.array([0, 0, 1, 1, 2, 2])


def dialogues(asked: list[list[int]], answers: list[list[int]] | None = None) -> Transcript:
    table = np.array(asked, dtype=np.int16)
    said = np.where(table >= 0, 0, -1) if answers is None else np.array(answers)
    return Transcript(table, said.astype(np.int8))


def test_a_funnel_is_one_and_a_funnel_upside_down_minus_one() -> None:
    shape = funnel_shape(dialogues([[0, 2, 4], [5, 3, 1]]), DEPTHS)
    assert shape.tau.tolist() == [1.0, -1.0]
    assert shape.ties == 0.0


def test_one_depth_or_one_question_cannot_be_ranked() -> None:
    shape = funnel_shape(dialogues([[0, 1, -1], [4, -1, -1], [-1, -1, -1]]), DEPTHS)
    assert np.isnan(shape.tau).all()
    assert shape.ties == 1.0
    assert funnel_shape(dialogues([[4, -1], [-1, -1]]), DEPTHS).ties == 0.0


def test_ties_are_counted_over_all_pairs_and_only_weaken_tau_b() -> None:
    # Depths 0, 0, 1: two pairs ascend, one is tied. tau-b = 2 / √(3 · 2).
    shape = funnel_shape(dialogues([[0, 1, 2], [4, 3, -1]]), DEPTHS)
    assert shape.tau == pytest.approx([2 / np.sqrt(6), -1.0])
    assert shape.ties == pytest.approx(1 / (3 + 1))


@given(st.lists(st.permutations(range(6)), min_size=1, max_size=5), st.integers(2, 6), st.integers(0, 4))
def test_tau_is_scipys_for_each_person(orders: list[list[int]], turns: int, stop: int) -> None:
    asked = np.array(orders)[:, :turns]
    asked[0, max(stop, 2) :] = STOP
    shape = funnel_shape(dialogues(asked.tolist()), DEPTHS)
    for row, tau in zip(asked, shape.tau, strict=True):
        depths = DEPTHS[row[row >= 0]]
        assert tau == pytest.approx(kendalltau(np.arange(len(depths)), depths).statistic, nan_ok=True)


def luck(number: int, seed: int = 2) -> Luck:
    return Luck.of(seed, [f"p{i}" for i in range(number)])


def listening(
    questioner: FacetQuestioner, codes: Codes, counts: np.ndarray, questions: int, model: AnswerModel | None = None
) -> np.ndarray:
    rules, chance = Rules(np.arange(len(counts))), luck(len(codes))
    transcript = play(questioner, model or Truthful(), codes, counts, rules, chance, questions)
    changes = counterfactual_changes(transcript, questioner, rules, counts, chance)
    assert np.isnan(changes[:, 0]).all()
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # Who never answered has no mean.
        return np.nanmean(changes, axis=1)


@dataclass(frozen=True)
class Branching:
    """Asks facet 0, then 1 after option 0 and 2 after anything else, then the lowest that is left."""

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        start = np.where(states[:, 0] == 0, 1, 2)
        first = np.where(states[:, 0] == -1, 0, start)
        rest = OrderedQuestioner(np.arange(4)).choose(states, allowed, luck)
        return np.where((states != -1).sum(axis=1) < 2, first, rest)


CROWD = np.random.Generator(np.random.Philox(5)).integers(0, 2, (400, 4)).astype(np.int8)


@pytest.mark.parametrize("model", [Truthful(), Noisy()])
@pytest.mark.parametrize("questioner", [OrderedQuestioner(np.array([2, 0, 3, 1])), RandomQuestioner()])
def test_a_list_in_disguise_does_not_listen_however_it_differs_between_people(
    questioner: FacetQuestioner, model: AnswerModel
) -> None:
    found = listening(questioner, CROWD, np.full(4, 2), 4, model)
    known = found[~np.isnan(found)]
    assert len(known) > 350
    assert (known == 0).all()


def test_listening_is_the_share_of_turns_that_hang_on_the_last_answer() -> None:
    # With two options the other answer always leads elsewhere; the third question is the lowest that is left.
    assert listening(Branching(), CROWD, np.full(4, 2), 2).tolist() == [1.0] * 400
    assert listening(Branching(), CROWD, np.full(4, 2), 3).tolist() == [0.5] * 400


def test_the_other_answer_is_any_other_option_alike() -> None:
    # After option 2 of three the other answer is 0 (which leads elsewhere) or 1 (which does not).
    counts = np.array([3, 2, 2, 2])
    codes = CROWD.copy()
    codes[:, 0] = 2
    found = listening(Branching(), codes, counts, 2)
    assert set(found.tolist()) == {0.0, 1.0}
    assert found.mean() == pytest.approx(0.5, abs=0.1)
    codes[:, 0] = 0
    assert listening(Branching(), codes, counts, 2).tolist() == [1.0] * 400


def test_turns_after_a_question_without_an_answer_or_with_one_option_do_not_count() -> None:
    codes = CROWD[:3].copy()
    codes[:2, 0] = -2
    codes[0, 2] = -2
    counts = np.full(4, 2)
    found = listening(Branching(), codes, counts, 3)
    # The first is never heard; the second is heard once, where nothing hangs on it; the third as above.
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.0, 0.5]
    one_option = np.zeros((2, 4), dtype=np.int8)
    assert np.isnan(listening(Branching(), one_option, np.array([1, 2, 2, 2]), 2)).all()
    assert np.isnan(listening(Branching(), CROWD, counts, 1)).all()


def test_going_on_instead_of_stopping_is_listening() -> None:
    @dataclass(frozen=True)
    class Patient:
        def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
            ordered = OrderedQuestioner(np.arange(4)).choose(states, allowed, luck)
            return np.where((states == 1).any(axis=1), STOP, ordered)

    zeros = np.zeros((5, 4), dtype=np.int8)
    assert listening(Patient(), zeros, np.full(4, 2), 3).tolist() == [1.0] * 5


def sharp(table: list[list[float]]) -> MixtureBelief:
    """Return the belief over equally frequent classes with these chances of 'yes', one list a facet."""
    yes = np.array(table, dtype=np.float32)
    answers = np.stack([1 - yes, yes], axis=1)
    classes = yes.shape[1]
    shares = np.full(classes, 1 / classes, dtype=np.float32)
    return MixtureBelief(Mixture(shares, answers, np.zeros((0, classes), np.float32)), np.full(len(yes), 2))


def test_expected_gain_listens_where_the_next_question_must_change() -> None:
    # Facet 0 halves the four classes; 1 parts the first half only, 2 the second only.
    belief = sharp([[0.99, 0.99, 0.01, 0.01], [0.99, 0.01, 0.5, 0.5], [0.5, 0.5, 0.99, 0.01]])
    questioner = GainQuestioner(belief.information)
    codes = CROWD[:, :3]
    assert listening(questioner, codes, np.full(3, 2), 2).tolist() == [1.0] * 400


def redundancy(transcript: Transcript, belief: Belief) -> np.ndarray:
    """Return the share of questions that were not worth asking, float64[people]."""
    facets = len(belief.option_counts)
    anybody = people(np.zeros((len(transcript), facets)))
    return Reader(belief, np.zeros(facets, dtype=np.int64)).follow(transcript, anybody)[1]


def test_redundant_is_what_was_sure_before_it_was_asked() -> None:
    belief = Given(np.array([[0.95, 0.05], [0.94, 0.06], [0.5, 0.5]]))
    found = redundancy(dialogues([[0, 1, 2], [1, 2, -1], [0, -1, -1], [-1, -1, -1]]), belief)
    assert found[:3] == pytest.approx([1 / 3, 0.0, 1.0])
    assert np.isnan(found[3])


def test_an_answer_makes_its_copy_redundant_and_an_unknown_does_not() -> None:
    copies = sharp([[0.999, 0.001], [0.999, 0.001]])
    transcript = dialogues([[0, 1], [1, 0], [0, 1]], [[1, 1], [0, 0], [-2, 1]])
    assert redundancy(transcript, copies).tolist() == [0.5, 0.5, 0.0]


def test_the_swap_goes_round_and_everybody_answers_for_themselves() -> None:
    counts, chance = np.full(6, 2), luck(5)
    codes = np.array([[0, 1, 0, 1, 0, 1]] * 5, dtype=np.int8) ^ (np.arange(5) % 2)[:, None].astype(np.int8)
    codes[:, 5] = -2
    questions = [[0, 1, 2], [1, 2, 3], [2, 3, -1], [3, 4, 5], [5, -1, -1]]
    found = swapped(dialogues(questions), Truthful(), codes, counts, chance)
    place = {tuple(row): person for person, row in enumerate(questions)}
    giver = [place[tuple(row)] for row in found.asked.tolist()]
    # One round through all: nobody keeps their own questions, and no list is used twice.
    here, round_trip = 0, []
    for _ in range(5):
        here = giver[here]
        round_trip.append(here)
    assert sorted(round_trip) == [0, 1, 2, 3, 4]
    said = np.where(found.asked >= 0, np.take_along_axis(codes, found.asked.astype(np.intp), axis=1), -1)
    np.testing.assert_array_equal(found.answers, said)


def test_alone_one_is_asked_ones_own_questions() -> None:
    codes = np.array([[1, 0, 1, 1, 0, 0]], dtype=np.int8)
    found = swapped(dialogues([[4, 0, -1]]), Truthful(), codes, np.full(6, 2), luck(1))
    assert found.asked.tolist() == [[4, 0, -1]]
    assert found.answers.tolist() == [[0, 1, -1]]


@pytest.mark.parametrize("model", [Truthful(), Noisy()])
def test_a_fixed_order_loses_nothing_to_a_swap(model: AnswerModel) -> None:
    counts, chance = np.full(4, 2), luck(len(CROWD))
    order = OrderedQuestioner(np.array([2, 0, 3]))
    transcript = play(order, model, CROWD, counts, Rules(np.arange(4)), chance, 3)
    other = swapped(transcript, model, CROWD, counts, chance)
    np.testing.assert_array_equal(other.asked, transcript.asked)
    # Answers are those of the same person to the same question, so even the noise is the same.
    np.testing.assert_array_equal(other.answers, transcript.answers)


def test_who_listens_loses_by_hand() -> None:
    # Facet 0 halves the four classes; 1 and its copy 3 part the first half only, 2 and its copy 4 the second only.
    first, second = [0.999, 0.001, 0.5, 0.5], [0.5, 0.5, 0.999, 0.001]
    belief = sharp([[0.999, 0.999, 0.001, 0.001], first, second, first, second])
    codes = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 0, 1]], dtype=np.int8)
    counts, chance = np.full(5, 2), luck(2)
    transcript = play(GainQuestioner(belief.information), Truthful(), codes, counts, Rules(np.arange(5)), chance, 2)
    assert transcript.asked.tolist() == [[0, 1], [0, 2]]
    other = swapped(transcript, Truthful(), codes, counts, chance)
    assert other.asked.tolist() == [[0, 2], [0, 1]]
    assert other.answers.tolist() == [[1, 0], [0, 0]]
    reader = Reader(belief, np.zeros(5, dtype=np.int64))
    own, others = (reader.score(t.states(2, 5), people(codes))["profile_bits"] for t in (transcript, other))
    # The copy of the right question is known for sure, that of the wrong one costs a bit like its original.
    assert own == pytest.approx([2, 2], abs=0.02)
    assert others == pytest.approx([3, 3], abs=0.02)


def test_questions_are_counted_up_to_the_stop() -> None:
    counted = questions_asked(dialogues([[0, 1, 2], [4, 3, -1], [-1, -1, -1]], [[0, -2, 1], [-3, 0, -1], [-1, -1, -1]]))
    assert counted.tolist() == [3.0, 2.0, 0.0]


def test_every_kind_of_non_answer_is_unanswered_and_a_stop_is_not() -> None:
    transcript = dialogues(
        [[0, 1, 2, 3], [4, 5, -1, -1], [-1, -1, -1, -1]], [[-2, -3, -4, -5], [0, -2, -1, -1], [-1, -1, -1, -1]]
    )
    found = unanswered(transcript)
    assert found[:2].tolist() == [1.0, 0.5]
    assert np.isnan(found[2])
    assert unanswered_by_depth(transcript, DEPTHS) == {0: (2, 2), 1: (2, 2), 2: (1, 2)}


def test_a_depth_that_was_never_asked_has_the_denominator_zero() -> None:
    assert unanswered_by_depth(dialogues([[0, 2], [1, -1]]), DEPTHS) == {0: (0, 2), 1: (0, 1), 2: (0, 0)}


@given(arrays(np.int8, (5, 4), elements=st.sampled_from([-5, -4, -3, -2, 0, 1])), st.permutations(range(6)))
def test_depths_share_out_all_questions(answers: np.ndarray, order: list[int]) -> None:
    transcript = dialogues([order[:4]] * 5, answers.tolist())
    by_depth = unanswered_by_depth(transcript, DEPTHS)
    assert sum(asked for _, asked in by_depth.values()) == 20
    assert sum(missed for missed, _ in by_depth.values()) == (answers < 0).sum()
    assert unanswered(transcript) == pytest.approx((answers < 0).mean(axis=1))
