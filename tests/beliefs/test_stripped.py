from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from elicit.beliefs import Stripped, Stripper, StrippingSettings
from elicit.domains import SILENT, Code, Population
from elicit.forward import PROGRESSIVE, RANDOM
from elicit.profiles import AnswerModel, Noisy, Silent, Truthful

COUNTS = np.array([2, 3, 2, 4, 2, 3, 2, 2, 5, 2])
FACETS = len(COUNTS)
DEPTHS = np.array([2, 0, 1, 0, 2, 1, 0, 2, 1, 0])
GENERAL_FIRST = [1, 3, 6, 9, 2, 5, 8, 0, 4, 7]
"""Which facets stay the longest when the most specific go first; of equally deep ones the later goes first."""
PEOPLE = 150


def people(seed: int = 0) -> Population:
    random = np.random.default_rng(seed)
    codes = random.integers(COUNTS, size=(PEOPLE, FACETS))
    codes[random.random(codes.shape) < 0.1] = SILENT
    voiced = random.random(codes.shape) < 0.6
    ids = tuple(f"p{n}" for n in range(PEOPLE))
    return Population(ids, codes.astype(np.int8), np.zeros((PEOPLE, 0), dtype=bool), voiced=voiced)


CROWD = people()
ROWS = np.arange(3000) % PEOPLE


def stripper(
    *models: AnswerModel, live: int = 3, live_share: float = 1.0, schedule: object = RANDOM, seed: int = 1
) -> Stripper:
    chosen = StrippingSettings(schedule, live, live_share)  # type: ignore[arg-type]
    return Stripper(CROWD, COUNTS, DEPTHS, models or (Truthful(),), chosen, seed)


def kept(stripped: Stripped) -> NDArray[np.intp]:
    return np.asarray((stripped.states != Code.NOT_ASKED).sum(axis=1))


def shares(counts: NDArray[np.intp]) -> Sequence[float]:
    return list(np.bincount(counts, minlength=FACETS + 1) / len(counts))


def test_in_a_live_dialogue_any_number_up_to_the_most_is_kept_equally_often() -> None:
    np.testing.assert_allclose(shares(kept(stripper().states(0, ROWS))), [0.25] * 4 + [0] * 7, atol=0.03)


def test_otherwise_any_number_at_all_is() -> None:
    np.testing.assert_allclose(shares(kept(stripper(live_share=0).states(0, ROWS))), [1 / 11] * 11, atol=0.02)


def test_the_share_of_live_dialogues() -> None:
    some = kept(stripper(live_share=0.7).states(0, ROWS))
    assert (some <= 3).mean() == pytest.approx(0.7 + 0.3 * 4 / 11, abs=0.03)


def test_no_more_is_kept_than_there_are_facets() -> None:
    np.testing.assert_allclose(shares(kept(stripper(live=50).states(0, ROWS))), [1 / 11] * 11, atol=0.02)
    assert not kept(stripper(live=0).states(0, ROWS)).any()


def test_the_most_specific_go_first() -> None:
    stripped = stripper(live_share=0, schedule=PROGRESSIVE).states(0, ROWS)
    for state, number in zip(stripped.states, kept(stripped), strict=True):
        assert sorted(np.flatnonzero(state != Code.NOT_ASKED)) == sorted(GENERAL_FIRST[:number])


def test_at_random_every_facet_is_kept_as_often() -> None:
    states = stripper(live_share=0).states(0, ROWS).states
    np.testing.assert_allclose((states != Code.NOT_ASKED).mean(axis=0), 0.5, atol=0.04)
    # The same person loses other answers in another round, and in all rounds others under another seed.
    person = np.zeros(500, dtype=np.intp)
    lasts = [(stripper(live=1, seed=seed).states(0, person).states != Code.NOT_ASKED).any(axis=0) for seed in (1, 2)]
    assert all(3 < last.sum() <= 8 for last in lasts)
    assert (lasts[0] != lasts[1]).any()


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**31), st.integers(0, 5))
def test_the_same_seed_and_epoch_give_the_same_states(seed: int, epoch: int) -> None:
    models, rows = (Truthful(), Noisy()), np.arange(40)
    first, again = (stripper(*models, seed=seed).states(epoch, rows) for _ in range(2))
    np.testing.assert_array_equal(first.states, again.states)
    np.testing.assert_array_equal(first.conditions, again.conditions)
    later = stripper(*models, seed=seed).states(epoch + 1, rows)
    other = stripper(*models, seed=seed + 1).states(epoch, rows)
    assert (later.states != first.states).any()
    assert (other.states != first.states).any()


def test_each_state_is_of_the_person_it_was_asked_for() -> None:
    rows = np.array([7, 3, 3, 149, 0])
    stripped = stripper(Truthful(), Silent()).states(2, rows)
    assert stripped.rows.tolist() == rows.tolist()
    assert stripped.states.shape == (5, FACETS)
    assert stripped.states.dtype == np.int8


def test_who_tells_the_truth_or_is_silent_says_so_in_every_state() -> None:
    models = (Truthful(), Silent())
    stripped = stripper(*models, live_share=0.3).states(0, ROWS)
    np.testing.assert_allclose(np.bincount(stripped.conditions) / len(ROWS), [0.5, 0.5], atol=0.03)
    for place, model in enumerate(models):
        these = stripped.conditions == place
        states, truth = stripped.states[these], model.truth(CROWD)[stripped.rows[these]]
        np.testing.assert_array_equal(states[states != Code.NOT_ASKED], truth[states != Code.NOT_ASKED])
        # Silence is kept as often as anything else is.
        assert (states == SILENT).sum() == pytest.approx(
            (truth == SILENT).mean() * kept(stripped)[these].sum(), rel=0.1
        )


def test_noise_is_that_of_the_model() -> None:
    stripped = stripper(Noisy(unknown=0.3, wrong=0.2), live_share=0).states(0, ROWS)
    truth = CROWD.codes[stripped.rows]
    asked = (stripped.states != Code.NOT_ASKED) & (truth >= 0)
    assert (stripped.states[asked] == Code.UNKNOWN).mean() == pytest.approx(0.3, abs=0.03)
    given_answers = asked & (stripped.states >= 0)
    wrong = (stripped.states != truth)[given_answers]
    assert wrong.mean() == pytest.approx(0.2, abs=0.03)
    assert (stripped.states < COUNTS).all()
    # Whom nobody understands once, one understands in another round.
    one = stripper(Noisy(unknown=0.5, wrong=0), live_share=0).states(0, np.zeros(400, dtype=np.intp)).states
    facet = int(np.flatnonzero(CROWD.codes[0] >= 0)[0])
    assert {int(Code.NOT_ASKED), int(Code.UNKNOWN), int(CROWD.codes[0, facet])} == set(one[:, facet].tolist())


def test_others_may_be_stripped_by_the_same_settings() -> None:
    fewer = replace(stripper(), people=CROWD.take(range(5)))
    assert fewer.states(0, np.arange(5)).states.shape == (5, FACETS)
    with pytest.raises(IndexError):
        fewer.states(0, np.array([5]))
