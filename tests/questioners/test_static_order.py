from __future__ import annotations

import numpy as np
import pytest

from elicit.basis import Luck
from elicit.beliefs import MixtureBelief
from elicit.domains import SILENT, Codes
from elicit.profiles import Mixture, Noisy, Truthful, sample_people
from elicit.questioners import OrderedQuestioner, RandomQuestioner, Rules, learn_static_order
from elicit.runs import play

FACETS = 8


def key_facet(place: int) -> MixtureBelief:
    """Four classes; facet ``place`` tells them apart, each other facet only one class from the rest."""
    counts = np.full(FACETS, 2)
    counts[place] = 4
    answers = np.zeros((FACETS, 4, 4), dtype=np.float32)
    for f in range(FACETS):
        answers[f, 1] = np.where(np.arange(4) == f % 4, 0.98, 0.02)
        answers[f, 0] = 1 - answers[f, 1]
    answers[place] = np.eye(4)
    return MixtureBelief(
        Mixture(np.full(4, 0.25, dtype=np.float32), answers, np.zeros((0, 4), dtype=np.float32)), counts
    )


def crowd(belief: MixtureBelief, people: int, name: str = "p") -> tuple[Codes, Luck]:
    luck = Luck.of(0, [f"{name}{i}" for i in range(people)])
    return sample_people(belief.mixture, luck)[0], luck


def bits_left(belief: MixtureBelief, truth: Codes, states: Codes) -> float:
    """Mean bits of the true values that have not been answered."""
    rows, facets = np.nonzero((states < 0) & (truth >= 0))
    chance = belief.marginals(states)[rows, facets, truth[rows, facets]]
    return float(-np.log2(np.maximum(chance, 1e-9), dtype=np.float64).sum() / len(truth))


@pytest.mark.parametrize("place", [0, 3, 7])
def test_the_facet_that_determines_all_others_comes_first(place: int) -> None:
    belief = key_facet(place)
    truth, luck = crowd(belief, 200)
    order = learn_static_order(belief, truth, Truthful(), truth, luck, 3)
    assert order[0] == place
    assert len(set(order.tolist())) == 3


def test_what_people_cannot_answer_is_not_asked_first() -> None:
    belief = key_facet(3)
    truth, luck = crowd(belief, 200)
    spoken = truth.copy()
    spoken[:, 3] = SILENT
    order = learn_static_order(belief, truth, Truthful(), spoken, luck, FACETS)
    assert sorted(order.tolist()) == list(range(FACETS))
    assert order[0] != 3


@pytest.mark.parametrize("model", [Truthful(), Noisy(unknown=0.3, wrong=0.1)])
def test_each_step_is_the_best_one_by_definition(model: Truthful | Noisy) -> None:
    random = np.random.default_rng(1)
    counts = np.array([2, 3, 2, 3, 2, 2, 3, 3])
    answers = np.zeros((8, 3, 5), dtype=np.float32)
    for f, count in enumerate(counts):
        answers[f, :count] = random.dirichlet(np.full(count, 0.5), size=5).T
    mixture = Mixture(random.dirichlet(np.ones(5)).astype(np.float32), answers, np.zeros((0, 5), dtype=np.float32))
    belief = MixtureBelief(mixture, counts, model.error)
    truth, luck = crowd(belief, 150)
    order = learn_static_order(belief, truth, model, truth, luck, 6).tolist()
    for step in range(6):
        left = {}
        for facet in set(range(8)) - set(order[:step]):
            path = OrderedQuestioner(np.array([*order[:step], facet]))
            asked = play(path, model, truth, counts, Rules(np.arange(8)), luck, step + 1)
            left[facet] = bits_left(belief, truth, asked.states(step + 1, 8))
        assert order[step] == min(left, key=lambda f: left[f])


def test_learned_on_some_people_it_beats_random_on_others() -> None:
    random = np.random.default_rng(0)
    answers = random.dirichlet([0.4, 0.4], size=(30, 6)).transpose(0, 2, 1).astype(np.float32)
    mixture = Mixture(np.full(6, 1 / 6, dtype=np.float32), answers, np.zeros((0, 6), dtype=np.float32))
    counts = np.full(30, 2)
    belief = MixtureBelief(mixture, counts)
    teachers, teachers_luck = crowd(belief, 200, "t")
    truth, luck = crowd(belief, 400, "q")
    order = learn_static_order(belief, teachers, Truthful(), teachers, teachers_luck, 5)
    left = [
        bits_left(belief, truth, play(q, Truthful(), truth, counts, Rules(np.arange(30)), luck, 5).states(5, 30))
        for q in (OrderedQuestioner(order), RandomQuestioner())
    ]
    nothing = bits_left(belief, truth, np.full_like(truth, -1))
    assert left[0] < left[1] - 1
    assert left[1] < nothing - 1


def test_it_is_no_longer_than_the_domain() -> None:
    belief = key_facet(1)
    truth, luck = crowd(belief, 20)
    assert sorted(learn_static_order(belief, truth, Truthful(), truth, luck, 50).tolist()) == list(range(FACETS))
    assert learn_static_order(belief, truth, Truthful(), truth, luck, 0).shape == (0,)
