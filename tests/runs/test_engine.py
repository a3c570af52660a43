"""The engine: the same dialogue for a person whoever else is there, nothing twice, a clean end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elicit.basis import Luck
from elicit.beliefs import MixtureBelief
from elicit.dialogues import Transcript
from elicit.domains import Codes
from elicit.profiles import AnswerModel, Mixture, Noisy, Truthful
from elicit.questioners import (
    STOP,
    EntropyQuestioner,
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    Rules,
    SkippingQuestioner,
)
from elicit.runs import play

COUNTS = np.array([2, 3, 4, 2, 3, 2, 4, 3])
FACETS = len(COUNTS)
RULES = Rules(np.arange(FACETS))


def crowd(number: int, seed: int = 0) -> Codes:
    random = np.random.Generator(np.random.Philox(seed))
    codes = (random.random((number, FACETS)) * COUNTS).astype(np.int8)
    return np.where(random.random(codes.shape) < 0.1, np.int8(-2), codes)


def luck(number: int, seed: int = 3) -> Luck:
    return Luck.of(seed, [f"p{i}" for i in range(number)])


def belief() -> MixtureBelief:
    random = np.random.Generator(np.random.Philox(8))
    valid = np.arange(COUNTS.max()) < COUNTS[:, None]
    answers = random.random((FACETS, COUNTS.max(), 3)) ** 3 * valid[:, :, None]
    answers /= answers.sum(axis=1, keepdims=True)
    shares = np.array([0.5, 0.3, 0.2], dtype=np.float32)
    return MixtureBelief(Mixture(shares, answers.astype(np.float32), np.zeros((0, 3), np.float32)), COUNTS)


@dataclass(frozen=True)
class Listener:
    """Lets everything it heard decide where to look for the next facet, and now and then leaves."""

    leaves: float = 0.0

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        start = (states * np.arange(1, FACETS + 1)).sum(axis=1)
        places = (start[:, None] + np.arange(FACETS)) % FACETS
        free = np.take_along_axis(allowed, places, axis=1)
        found = np.take_along_axis(places, free.argmax(axis=1)[:, None], axis=1)[:, 0]
        leaving = luck.uniform("leaves", (states != -1).sum(axis=1)) < self.leaves
        return np.where(free.any(axis=1) & ~leaving, found, STOP)


@dataclass(frozen=True)
class Recorder:
    """Asks by an inner questioner and notes for how many people it was called."""

    inner: FacetQuestioner
    calls: list[int] = field(default_factory=list)

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        self.calls.append(len(states))
        return self.inner.choose(states, allowed, luck)


@dataclass(frozen=True)
class Stubborn:
    """Asks the same column whatever is allowed."""

    column: int

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        return np.full(len(states), self.column)


def played(
    questioner: FacetQuestioner, codes: Codes, luck: Luck, questions: int = 6, model: AnswerModel | None = None
) -> Transcript:
    return play(questioner, model or Noisy(), codes, COUNTS, RULES, luck, questions)


def assert_same(one: Transcript, other: Transcript) -> None:
    np.testing.assert_array_equal(one.asked, other.asked)
    np.testing.assert_array_equal(one.answers, other.answers)


EVERYBODY = crowd(2500)
EVERYBODYS_LUCK = luck(2500)
QUESTIONERS = {
    "listener": Listener(leaves=0.1),
    "random": RandomQuestioner(),
    "ordered": OrderedQuestioner(np.arange(FACETS)[::-1]),
    "skipping": SkippingQuestioner(np.arange(FACETS), belief()),
    "entropy": EntropyQuestioner(belief()),
    "gain": GainQuestioner(belief().information),
}


@pytest.mark.parametrize("name", QUESTIONERS)
@pytest.mark.parametrize("size", [1, 700, 1024, 1025])
def test_more_people_than_a_batch_are_played_as_in_slices_of_any_size(name: str, size: int) -> None:
    whole = played(QUESTIONERS[name], EVERYBODY, EVERYBODYS_LUCK)
    starts = range(0, 2500, size) if size > 1 else (0, 1023, 1024, 2499)
    for at in starts:
        rows = slice(at, at + size)
        part = played(QUESTIONERS[name], EVERYBODY[rows], EVERYBODYS_LUCK.rows(rows))
        assert_same(part, Transcript(whole.asked[rows], whole.answers[rows]))


@given(st.lists(st.integers(0, 59), min_size=1, max_size=60, unique=True), st.sampled_from(sorted(QUESTIONERS)))
@settings(max_examples=40)
def test_neither_the_order_nor_the_other_people_matter(rows: list[int], name: str) -> None:
    whole = played(QUESTIONERS[name], EVERYBODY[:60], EVERYBODYS_LUCK.rows(slice(60)))
    part = played(QUESTIONERS[name], EVERYBODY[rows], EVERYBODYS_LUCK.rows(np.array(rows)))
    assert_same(part, Transcript(whole.asked[rows], whole.answers[rows]))


@pytest.mark.parametrize("name", QUESTIONERS)
def test_nothing_is_asked_twice_and_the_dialogue_ends_when_nothing_is_left(name: str) -> None:
    transcript = played(QUESTIONERS[name], EVERYBODY[:200], EVERYBODYS_LUCK.rows(slice(200)), questions=FACETS + 3)
    for row in transcript.asked:
        facets = row[row >= 0].tolist()
        assert len(set(facets)) == len(facets)
        if name != "listener":
            assert sorted(facets) == list(range(FACETS))
    assert (transcript.asked[:, FACETS:] == STOP).all()
    np.testing.assert_array_equal(transcript.asked == STOP, transcript.answers == -1)


def test_who_stops_is_not_asked_again_and_the_others_go_on() -> None:
    recorder = Recorder(Listener(leaves=0.3))
    transcript = played(recorder, EVERYBODY[:300], EVERYBODYS_LUCK.rows(slice(300)))
    asked = transcript.asked >= 0
    lengths = asked.sum(axis=1)
    assert set(lengths.tolist()) == set(range(7))
    np.testing.assert_array_equal(asked, np.arange(6) < lengths[:, None])
    # Whoever was asked so far is in the next batch.
    assert recorder.calls == [300, *asked.sum(axis=0)[:5].tolist()]


def test_the_questioner_is_left_alone_once_everybody_has_stopped() -> None:
    recorder = Recorder(OrderedQuestioner(np.array([4, 1])))
    transcript = played(recorder, EVERYBODY[:5], EVERYBODYS_LUCK.rows(slice(5)))
    assert recorder.calls == [5, 5, 5]
    assert transcript.asked.tolist() == [[4, 1, -1, -1, -1, -1]] * 5


def test_whoever_asks_a_facet_hears_the_same_noisy_answer() -> None:
    heard = []
    for questioner in (OrderedQuestioner(np.arange(FACETS)), OrderedQuestioner(np.arange(FACETS)[::-1]), Listener()):
        transcript = played(questioner, EVERYBODY[:400], EVERYBODYS_LUCK.rows(slice(400)), questions=FACETS)
        heard.append(transcript.states(FACETS, FACETS))
    np.testing.assert_array_equal(heard[0], heard[1])
    np.testing.assert_array_equal(heard[0], heard[2])
    assert (heard[0] != EVERYBODY[:400]).mean() > 0.2
    other = played(Listener(), EVERYBODY[:400], luck(400, seed=4), questions=FACETS).states(FACETS, FACETS)
    assert (heard[0] != other).mean() > 0.2


def test_truthful_people_say_their_profile_and_unknown_where_it_is_silent() -> None:
    transcript = played(RandomQuestioner(), EVERYBODY[:50], EVERYBODYS_LUCK.rows(slice(50)), FACETS, Truthful())
    np.testing.assert_array_equal(transcript.states(FACETS, FACETS), EVERYBODY[:50])


def test_states_hold_what_was_said_after_each_number_of_questions() -> None:
    transcript = Transcript(
        np.array([[2, 0, 1], [1, -1, -1], [-1, -1, -1]], dtype=np.int16),
        np.array([[1, -2, 0], [2, -1, -1], [-1, -1, -1]], dtype=np.int8),
    )
    assert len(transcript) == 3
    assert transcript.states(0, 4).tolist() == [[-1] * 4] * 3
    assert transcript.states(1, 4).tolist() == [[-1, -1, 1, -1], [-1, 2, -1, -1], [-1] * 4]
    assert transcript.states(2, 4).tolist() == [[-2, -1, 1, -1], [-1, 2, -1, -1], [-1] * 4]
    assert transcript.states(3, 4).tolist() == [[-2, 0, 1, -1], [-1, 2, -1, -1], [-1] * 4]
    assert transcript.states(9, 4).tolist() == transcript.states(3, 4).tolist()
    assert transcript.states(3, 4).dtype == np.int8


@pytest.mark.parametrize(("column", "questions"), [(0, 2), (FACETS - 1, 2), (FACETS, 1), (-2, 1), (-FACETS, 1)])
def test_a_repeated_facet_and_one_that_does_not_exist_are_refused(column: int, questions: int) -> None:
    with pytest.raises(ValueError, match="Stubborn chose a facet that may not be asked"):
        played(Stubborn(column), EVERYBODY[:3], EVERYBODYS_LUCK.rows(slice(3)), questions)


def test_a_closed_branch_is_refused() -> None:
    codes = np.full((1, FACETS), -2, dtype=np.int8)
    rules = Rules(np.zeros(FACETS, dtype=np.intp), most_unknown=2)
    kept = play(OrderedQuestioner(np.arange(FACETS)), Truthful(), codes, COUNTS, rules, luck(1), 5)
    assert kept.asked.tolist() == [[0, 1, -1, -1, -1]]
    ignoring = Recorder(Rising())
    with pytest.raises(ValueError, match="may not be asked"):
        play(ignoring, Truthful(), codes, COUNTS, rules, luck(1), 5)
    assert ignoring.calls == [1, 1, 1]


@dataclass(frozen=True)
class Rising:
    """Asks the columns one after another whatever is allowed."""

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        return (states != -1).sum(axis=1)
