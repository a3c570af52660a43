"""The goal of the project in small: how many yes/no questions find one of a hundred items."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from elicit.basis import Luck
from elicit.beliefs import ItemBelief
from elicit.dialogues import Transcript
from elicit.domains import Codes
from elicit.profiles import Truthful
from elicit.questioners import (
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    Rules,
    StoppingQuestioner,
)
from elicit.runs import play

ITEMS, FACETS, SEEDS = 100, 40, range(20)
COUNTS = np.full(FACETS, 2)


def items(seed: int) -> Codes:
    return np.random.default_rng(seed).integers(2, size=(ITEMS, FACETS)).astype(np.int8)


def dialogues(questioner: FacetQuestioner, values: Codes) -> Transcript:
    luck = Luck.of(0, [f"item {i}" for i in range(ITEMS)])
    return play(questioner, Truthful(), values, COUNTS, Rules(np.arange(FACETS)), luck, FACETS)


def until_one_is_left(questioner: FacetQuestioner, values: Codes) -> float:
    """Mean questions after which only one item fits, for questioners that do not stop by themselves."""
    transcript, belief = dialogues(questioner, values), ItemBelief(values, COUNTS, error=0)
    several = [(belief.posterior(transcript.states(n, FACETS)) > 0).sum(axis=1) > 1 for n in range(FACETS)]
    return float(np.sum(several, axis=0).mean())


def test_gain_finds_an_item_in_hardly_more_questions_than_any_questioner_can() -> None:
    needed = []
    for seed in SEEDS:
        values = items(seed)
        belief = ItemBelief(values, COUNTS, error=0)
        transcript = dialogues(StoppingQuestioner(GainQuestioner(belief.information)), values)
        left = belief.posterior(transcript.states(FACETS, FACETS))
        assert (left == np.eye(ITEMS)).all()
        needed.append((transcript.asked >= 0).sum(axis=1).mean())
    assert log2(ITEMS) < np.mean(needed) <= 1.02 * log2(ITEMS)


@pytest.mark.parametrize("questioner", [RandomQuestioner(), OrderedQuestioner(np.arange(FACETS))])
def test_questions_that_do_not_listen_need_one_more(questioner: FacetQuestioner) -> None:
    assert np.mean([until_one_is_left(questioner, items(seed)) for seed in SEEDS]) > log2(ITEMS) + 1


def test_equal_gains_are_told_apart_alike_in_every_batch() -> None:
    # Half of the facets split a hundred items nearly alike, and sums are rounded differently in batches.
    values = items(0)
    questioner = GainQuestioner(ItemBelief(values, COUNTS, error=0.02).information)
    luck = Luck.of(0, [f"item {i}" for i in range(ITEMS)])
    for known in range(6):
        states = np.where(luck.order("known", FACETS) < known, values, np.int8(-1))
        together = questioner.choose(states, states == -1, luck)
        alone = [questioner.choose(s[None], s[None] == -1, luck.rows(slice(i, i + 1)))[0] for i, s in enumerate(states)]
        assert together.tolist() == alone
