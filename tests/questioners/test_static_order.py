from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import Goal, MixtureBelief
from elicit.domains import SILENT, Codes
from elicit.profiles import AnswerModel, Mixture, Noisy, Truthful, all_answers, sample_people
from elicit.questioners import OrderedQuestioner, RandomQuestioner, Rules, Teachers, learn_static_order
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


def learned(
    belief: MixtureBelief, truth: Codes, model: AnswerModel, spoken: Codes, luck: Luck, length: int
) -> NDArray[np.intp]:
    teachers = Teachers(truth, np.zeros((len(truth), 0), dtype=bool), all_answers(model, spoken, belief.counts, luck))
    return learn_static_order(belief, teachers, Goal(np.ones(truth.shape[1], dtype=bool)), length)


def bits_left(belief: MixtureBelief, truth: Codes, states: Codes) -> float:
    """Mean bits of the true values that have not been answered."""
    rows, facets = np.nonzero((states < 0) & (truth >= 0))
    chance = belief.marginals(states)[rows, facets, truth[rows, facets]]
    return float(-np.log2(np.maximum(chance, 1e-9), dtype=np.float64).sum() / len(truth))


@pytest.mark.parametrize("place", [0, 3, 7])
def test_the_facet_that_determines_all_others_comes_first(place: int) -> None:
    belief = key_facet(place)
    truth, luck = crowd(belief, 200)
    order = learned(belief, truth, Truthful(), truth, luck, 3)
    assert order[0] == place
    assert len(set(order.tolist())) == 3


def test_what_people_cannot_answer_is_not_asked_first() -> None:
    belief = key_facet(3)
    truth, luck = crowd(belief, 200)
    spoken = truth.copy()
    spoken[:, 3] = SILENT
    order = learned(belief, truth, Truthful(), spoken, luck, FACETS)
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
    order = learned(belief, truth, model, truth, luck, 6).tolist()
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
    order = learned(belief, teachers, Truthful(), teachers, teachers_luck, 5)
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
    assert sorted(learned(belief, truth, Truthful(), truth, luck, 50).tolist()) == list(range(FACETS))
    assert learned(belief, truth, Truthful(), truth, luck, 0).shape == (0,)


def test_a_goal_decides_what_comes_first_and_a_reader_has_the_last_word() -> None:
    # Facet 0 tells facet 1, facet 2 tells the target; who wants the target asks facet 2.
    answers = np.zeros((3, 2, 4), dtype=np.float32)
    for f, says in enumerate(([0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1])):
        answers[f, 1], answers[f, 0] = says, 1 - np.array(says)
    mixture = Mixture(np.full(4, 0.25, dtype=np.float32), answers, np.array([[0.05, 0.95, 0.05, 0.95]], np.float32))
    belief = MixtureBelief(mixture, np.full(3, 2))
    truth = np.array([[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=np.int8)
    teachers = Teachers(truth, truth[:, 2:] == 1, truth)
    nothing, everything = np.zeros(3, dtype=bool), np.ones(3, dtype=bool)
    assert learn_static_order(belief, teachers, Goal(nothing, targets=True), 1).tolist() == [2]
    assert learn_static_order(belief, teachers, Goal(everything), 1).tolist() == [0]
    other = MixtureBelief(Mixture(mixture.shares, np.roll(answers, 1, axis=0), mixture.likes), np.full(3, 2))
    goal = Goal(nothing, targets=True)
    by_reader = learn_static_order(
        belief, teachers, goal, 1, lambda some: lambda states: goal.lacking(other, states, some.truth, some.liked)
    )
    losses = [
        float(
            Goal(nothing, True)
            .lacking(other, np.where(np.arange(3) == f, truth, -1).astype(np.int8), truth, teachers.liked)
            .mean()
        )
        for f in range(3)
    ]
    assert by_reader.tolist() == [int(np.argmin(losses))]
    assert by_reader.tolist() != [2]
