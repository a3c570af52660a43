from __future__ import annotations

import numpy as np
from tiny_questions import DOMAIN, certain_classes, luck, nothing_asked

from elicit.domains import Codes, Facet
from elicit.questioners import STOP, GainQuestioner, Rules, StoppingQuestioner

# film a, action, films, film b, mood; action and the films stand below films.
UNKNOWN = -2


def state(*codes: int) -> Codes:
    return np.array([codes], dtype=np.int8)


def allowed(most_unknown: int | None, *codes: int) -> list[int]:
    return np.flatnonzero(Rules.of(DOMAIN, most_unknown).allowed(state(*codes))[0]).tolist()


def test_the_branch_of_a_facet_is_its_broadest_ancestor() -> None:
    assert Rules.of(DOMAIN).branch.tolist() == [2, 2, 2, 2, 4]
    both = Facet(id="musical", label="musical", depth=2, parents=("mood", "action"))
    assert Rules.of(DOMAIN.model_copy(update={"facets": (*DOMAIN.facets, both)})).branch[-1] == 4


def test_nothing_is_asked_twice_whatever_the_answer_was() -> None:
    assert allowed(None, -1, 1, -2, -3, -4) == [0]
    assert allowed(None, -5, 0, 2, 0, -1) == [4]


def test_two_unknown_answers_close_a_branch() -> None:
    assert allowed(2, -1, UNKNOWN, -1, -1, -1) == [0, 2, 3, 4]
    assert allowed(2, UNKNOWN, UNKNOWN, -1, -1, -1) == [4]
    assert allowed(None, UNKNOWN, UNKNOWN, -1, -1, -1) == [2, 3, 4]
    assert allowed(1, -1, -1, -1, -1, UNKNOWN) == [0, 1, 2, 3]
    # Other non-answers are not a lack of knowledge, and unknowns elsewhere do not count.
    assert allowed(2, -3, -4, -1, -1, -1) == [2, 3, 4]
    assert allowed(2, UNKNOWN, -1, -1, -1, UNKNOWN) == [1, 2, 3]


def test_people_close_branches_for_themselves_only() -> None:
    states = np.concatenate([state(UNKNOWN, UNKNOWN, -1, -1, -1), nothing_asked(1)])
    assert Rules.of(DOMAIN, 2).allowed(states).sum(axis=1).tolist() == [1, 5]


def test_a_question_must_be_worth_its_cost() -> None:
    # Classes .5, .25, .25: mood tells all 1.5 bits, action H(.25) = .81 of them; after mood nothing is left.
    belief = certain_classes([[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 2]], shares=[0.5, 0.25, 0.25])
    ask = GainQuestioner(belief.information)
    everything, no_mood = np.ones((1, 5), dtype=bool), np.array([[1, 1, 1, 1, 0]], dtype=bool)
    start = nothing_asked(1)
    for cost, with_mood, without in ((0.0, 4, 1), (0.8, 4, 1), (0.82, 4, STOP), (1.4, 4, STOP), (1.6, STOP, STOP)):
        questioner = StoppingQuestioner(ask, cost)
        assert questioner.choose(start, everything, luck(1)).tolist() == [with_mood]
        assert questioner.choose(start, no_mood, luck(1)).tolist() == [without]


def test_asking_ends_when_nothing_is_left_to_learn() -> None:
    belief = certain_classes([[0, 0, 0, 0, 0], [0, 1, 0, 0, 0]])
    questioner = StoppingQuestioner(GainQuestioner(belief.information))
    known = state(-1, 1, -1, -1, -1)
    assert questioner.choose(nothing_asked(1), nothing_asked(1) == -1, luck(1)).tolist() == [1]
    assert questioner.choose(known, known == -1, luck(1)).tolist() == [STOP]


def test_rounding_is_not_mistaken_for_something_to_learn() -> None:
    same = np.tile([0, 1, 2, 1, 1], (37, 1))
    shares = np.random.default_rng(0).dirichlet(np.ones(37))
    questioner = StoppingQuestioner(GainQuestioner(certain_classes(same, shares).information))
    assert questioner.choose(nothing_asked(3), nothing_asked(3) == -1, luck(3)).tolist() == [STOP] * 3
