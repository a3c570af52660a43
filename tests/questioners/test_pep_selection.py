from __future__ import annotations

from math import log2

import numpy as np
import pytest
from tiny_pep import crowd, state, table
from tiny_questions import luck

from elicit.domains import Codes
from elicit.profiles import Truthful
from elicit.questioners import STOP, Rules
from elicit.questioners.pep import (
    MODELS,
    RULES,
    ReleasedBelief,
    ReleasedQuestioner,
    Statistics,
    binary_gain,
    count_criteria,
    fixed_order,
    once_each,
)
from elicit.questioners.pep.released import Criteria
from elicit.runs import play

COUNTS = np.array([2, 3, 1, 2])


def bits(p: float) -> float:
    return -sum(q * log2(q) for q in (p, 1 - p) if q > 1e-6)


def statistics(share: list[float], alike: dict[tuple[int, int], float], counts: np.ndarray) -> Statistics:
    both = np.zeros((len(share), len(share)), dtype=np.float32)
    for (c, d), s in alike.items():
        both[c, d] = both[d, c] = s
    return Statistics(Criteria.of(counts), np.array(share, dtype=np.float32), both, np.zeros_like(both))


def choice(belief: ReleasedBelief, rule: str, states: Codes, allowed: np.ndarray | None = None) -> list[int]:
    free = states == -1 if allowed is None else allowed
    return ReleasedQuestioner(belief, RULES[rule]).choose(states, free, luck(len(states))).tolist()


def gain_by_definition(belief: ReleasedBelief, now: Codes, criterion: int) -> float:
    """The released formula, criterion by criterion, from beliefs with one more criterion told."""
    facet = belief.statistics.criteria.facet
    chances, outlook = belief.chances(now[None])[0], belief.outlook(now[None])
    p = float(chances[criterion])
    if p <= 0.01 or p >= 0.99:
        return -1
    has, lacks = (outlook.suppose(criterion, hit)[0] for hit in (True, False))
    others = [d for d in range(len(facet)) if now[facet[d]] < 0 and d != criterion]
    return sum(bits(chances[d]) - p * bits(has[d]) - (1 - p) * bits(lacks[d]) for d in others)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_gain_by_definition(model: str, seed: int) -> None:
    belief = ReleasedBelief(count_criteria(crowd(seed, COUNTS, 60, silent=0.2), COUNTS), model)
    random = np.random.default_rng(seed)
    states = np.where(
        random.random((70, 4)) < 0.4, random.integers(COUNTS, size=(70, 4)), random.choice([-1, -2], (70, 4))
    )
    states = states.astype(np.int8)
    gains = binary_gain(belief, states)
    for row in (0, 1, 2, 68, 69):
        for criterion in np.flatnonzero((states[row] < 0)[belief.statistics.criteria.facet]):
            expected = gain_by_definition(belief, states[row], criterion)
            assert gains[row, criterion] == pytest.approx(expected, abs=2e-5)


def test_item_cf_prefers_what_is_useless_before_the_first_hit() -> None:
    # Trap 4: criteria 2 and 4 are related (s = .3, π = .1): a miss changes nothing, a hit brings both nearer to ½,
    # -.034 bits. Criterion 0 is related to nothing and wins with 0.
    related = statistics([0.5, 0.1, 0.1], {(1, 2): 0.3}, np.array([1, 1, 1]))
    belief = ReleasedBelief(related, "item-cf")
    gains = binary_gain(belief, state(-1, -1, -1))[0]
    np.testing.assert_allclose(gains, [0, -0.034, -0.034], atol=5e-4)
    assert gains[1] == pytest.approx(0.1 * (bits(0.1) - bits(0.25)), abs=1e-5)
    assert choice(belief, "binary-ig", state(-1, -1, -1)) == [0]


def test_with_the_prior_every_gain_is_nothing_and_the_first_facet_is_asked() -> None:
    belief = ReleasedBelief(count_criteria(crowd(0, COUNTS, 60), COUNTS), "prior")
    now = state(-1, -1, -1, -1)
    np.testing.assert_allclose(np.delete(binary_gain(belief, now)[0], 5), 0, atol=1e-5)
    assert binary_gain(belief, now)[0, 5] == -1  # the only option of its facet
    assert choice(belief, "binary-ig", now) == [0]
    assert choice(belief, "binary-ig", state(0, -1, -1, -1)) == [1]


def test_without_a_gain_the_most_uncertain_is_asked() -> None:
    # All are nearly certain, so that each scores -1; facet 2 is nearest to ½.
    belief = ReleasedBelief(statistics([0.995, 0.002, 0.008], {}, np.array([1, 1, 1])), "naive-bayes")
    assert choice(belief, "binary-ig", state(-1, -1, -1)) == [2]
    # Likeness to each other makes both gains negative, and facet 1 is nearer to ½.
    pair = ReleasedBelief(statistics([0.1, 0.11], {(0, 1): 0.3}, np.array([1, 1])), "item-cf")
    assert (binary_gain(pair, state(-1, -1)) < -0.03).all()
    assert choice(pair, "binary-ig", state(-1, -1)) == [1]


def test_uncertainty_and_greedy_by_hand() -> None:
    belief = ReleasedBelief(statistics([0.7, 0.3, 0.9, 0.1, 0.6, 0.4], {}, np.array([2, 2, 2])), "prior")
    states = np.concatenate([state(-1, -1, -1), state(-1, -1, 0), state(-1, 1, 0), state(0, 0, 0)])
    assert choice(belief, "uncertainty", states) == [2, 0, 0, STOP]
    assert choice(belief, "greedy-ev", states) == [1, 1, 0, STOP]
    forbidden = np.array([[True, False, False]])
    assert choice(belief, "greedy-ev", states[:1], forbidden) == [0]


@pytest.mark.parametrize("rule", RULES)
def test_of_equals_the_first_in_facet_order_is_asked(rule: str) -> None:
    belief = ReleasedBelief(statistics([0.5] * 6, {}, np.array([2, 2, 2])), "naive-bayes")
    assert choice(belief, rule, np.concatenate([state(-1, -1, -1), state(1, -1, -1), state(-2, 0, -1)])) == [0, 1, 2]


def test_fixed_order_by_hand() -> None:
    # π · 3 + h(π): .7 → 2.98, .3 → 1.78, .9 → 3.17, .1 → .77, .6 → 2.77, .4 → 2.17.
    order = fixed_order(statistics([0.7, 0.3, 0.9, 0.1, 0.6, 0.4], {}, np.array([2, 2, 2])))
    assert order.tolist() == [1, 0, 2]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("model", MODELS)
def test_asking_stops_at_the_last_candidate(model: str, rule: str) -> None:
    # Trap 5: more questions than facets.
    codes = crowd(1, COUNTS, 30)
    questioner = ReleasedQuestioner(ReleasedBelief(count_criteria(codes, COUNTS), model), RULES[rule])
    transcript = play(questioner, Truthful(), codes, COUNTS, Rules(np.arange(4)), luck(30), questions=7)
    for asked in transcript.asked:
        assert sorted(asked[:4].tolist()) == [0, 1, 2, 3]
        assert (asked[4:] == STOP).all()


def test_people_with_the_same_answers_are_scored_once() -> None:
    seen = []

    def score(states: Codes) -> np.ndarray:
        seen.append(len(states))
        return states.astype(np.float32)

    states = table((3, (1, -1)), (2, (-1, 0)), (1, (1, -1)))
    np.testing.assert_array_equal(once_each(score)(states), states)
    assert seen == [2]
