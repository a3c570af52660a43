from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import InputError, Luck
from elicit.domains import SILENT, Code, Population
from elicit.profiles import AnswerModel, Noisy, Silent, Truthful, answer_model

COUNTS = np.array([2, 5, 1, 3])
PEOPLE = 40_000
LUCK = Luck.of(0, [f"p{i}" for i in range(PEOPLE)])


def same_answer_of_all(model: AnswerModel, facet: int, truth: int) -> np.ndarray:
    table = np.full((PEOPLE, len(COUNTS)), truth, dtype=np.int8)
    return model.answer(table, np.full(PEOPLE, facet), COUNTS, LUCK)


def band(share: float, count: int = PEOPLE) -> float:
    return 4 * float(np.sqrt(share * (1 - share) / count))


@pytest.mark.parametrize(("facet", "truth"), [(0, 1), (1, 2), (1, 4), (3, 0)])
def test_noise_has_the_promised_rates(facet: int, truth: int) -> None:
    said = same_answer_of_all(Noisy(), facet, truth)
    given_answers = said[said >= 0]
    assert (said[said < 0] == Code.UNKNOWN).all()
    assert abs((said == Code.UNKNOWN).mean() - 0.2) < band(0.2)
    assert abs((given_answers != truth).mean() - 0.05) < band(0.05, len(given_answers))
    # The wrong ones fall on all other options alike, and on no others.
    others = COUNTS[facet] - 1
    wrong = np.bincount(given_answers[given_answers != truth], minlength=COUNTS[facet])
    assert len(wrong) == COUNTS[facet]
    assert wrong[truth] == 0
    share = np.delete(wrong, truth) / wrong.sum()
    assert np.abs(share - 1 / others).max() <= band(1 / others, int(wrong.sum()))


@pytest.mark.parametrize("model", [Noisy(), Noisy(unknown=0, wrong=1)])
def test_a_single_option_is_never_wrong(model: Noisy) -> None:
    said = same_answer_of_all(model, facet=2, truth=0)
    assert set(said.tolist()) <= {0, Code.UNKNOWN}
    assert (said == 0).mean() > 0.7


def test_always_wrong_is_never_the_truth() -> None:
    said = same_answer_of_all(Noisy(unknown=0, wrong=1), facet=1, truth=3)
    assert set(said.tolist()) == {0, 1, 2, 4}
    assert Noisy(wrong=0.3).error == 0.3
    assert (Truthful().error, Silent().error) == (0, 0)


@pytest.mark.parametrize("model", [Truthful(), Noisy(), Noisy(unknown=0, wrong=1)])
def test_what_a_person_does_not_know_stays_unknown(model: AnswerModel) -> None:
    assert (same_answer_of_all(model, facet=1, truth=SILENT) == Code.UNKNOWN).all()


@given(st.permutations(range(4)), st.integers(0, 3))
def test_noise_belongs_to_person_and_facet_not_to_turn_or_batch(order: list[int], alone: int) -> None:
    luck = Luck.of(1, [f"p{i}" for i in range(60)])
    truth = np.random.default_rng(0).integers(COUNTS, size=(60, 4)).astype(np.int8)
    model = Noisy(unknown=0.3, wrong=0.4)
    by_facet = {f: model.answer(truth, np.full(60, f), COUNTS, luck) for f in order}
    mixed = np.arange(60) % 4
    together = model.answer(truth, mixed, COUNTS, luck)
    assert together.tolist() == [by_facet[f][row] for row, f in enumerate(mixed.tolist())]
    rows = np.arange(alone, 60, 7)
    part = model.answer(truth[rows], mixed[rows], COUNTS, luck.rows(rows))
    np.testing.assert_array_equal(part, together[rows])


def test_truth_is_told_without_noise() -> None:
    truth = np.array([[0, 4, 0, 2], [1, SILENT, 0, 1]], dtype=np.int8)
    luck = Luck.of(0, ["a", "b"])
    assert Truthful().answer(truth, np.array([1, 1]), COUNTS, luck).tolist() == [4, Code.UNKNOWN]
    assert Truthful().answer(truth, np.array([3, 0]), COUNTS, luck).tolist() == [2, 1]


def test_silence_of_the_data_is_kept() -> None:
    codes = np.array([[0, 4, 0, 2]], dtype=np.int8)
    nobody = np.zeros((1, 0), dtype=np.bool_)
    people = Population(("a",), codes, nobody, voiced=np.array([[True, False, True, False]]))
    assert Silent().truth(people).tolist() == [[0, SILENT, 0, SILENT]]
    for model in (Truthful(), Noisy()):
        assert model.truth(people) is people.codes
    with pytest.raises(InputError, match="there is no silent condition") as caught:
        Silent().truth(Population(("a",), codes, nobody))
    assert "Leave 'silent' out" in str(caught.value)


def test_conditions_by_name() -> None:
    assert [answer_model(c) for c in ("truthful", "noisy", "silent")] == [Truthful(), Noisy(), Silent()]
    assert [answer_model(c).condition for c in ("truthful", "noisy", "silent")] == ["truthful", "noisy", "silent"]
    with pytest.raises(InputError, match=r"unknown condition 'noise'\. Did you mean 'noisy'\?"):
        answer_model("noise")
