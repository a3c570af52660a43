from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from tiny_pep import RARE, TWO, state, table

from elicit.domains import SILENT
from elicit.questioners.pep import MODELS, ReleasedBelief, Statistics, count_criteria
from elicit.questioners.pep.released import Criteria

YES_YES = (1, 3)
"""Criteria "facet 0 is 1" and "facet 1 is 1" of two yes/no facets."""


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def logit(p: float) -> float:
    return log(p / (1 - p))


def chance(model: str, statistics: Statistics, *codes: int) -> np.ndarray:
    return ReleasedBelief(statistics, model).chances(state(*codes))[0]


def given(share: list[float], alike: dict[tuple[int, int], float]) -> Statistics:
    """Yes/no facets whose criteria have these shares and likenesses, so that each model can be done by hand."""
    counts = np.full(len(share) // 2, 2)
    both = np.zeros((len(share), len(share)), dtype=np.float32)
    for (c, d), s in alike.items():
        both[c, d] = both[d, c] = s
    return Statistics(Criteria.of(counts), np.array(share, dtype=np.float32), both, np.zeros_like(both))


def test_criteria_are_the_options_in_facet_order() -> None:
    criteria = Criteria.of(np.array([2, 1, 3]))
    assert criteria.facet.tolist() == [0, 0, 1, 2, 2, 2]
    assert criteria.option.tolist() == [0, 1, 0, 0, 1, 2]
    assert criteria.has(np.array([[1, 0, SILENT]], dtype=np.int8)).tolist() == [[0, 1, 1, 0, 0, 0]]


def test_what_is_counted_by_hand() -> None:
    statistics = count_criteria(RARE, TWO)
    c, d = YES_YES
    np.testing.assert_allclose(statistics.share, [0.92, 0.08, 0.899, 0.101], atol=1e-6)
    assert statistics.alike[c, d] == pytest.approx(32 / sqrt(80 * 101))
    assert statistics.lift[c, d] == pytest.approx(log(0.40 / 0.075), abs=1e-5)
    assert statistics.lift[d, c] == pytest.approx(log((32 / 101) / (48 / 899)), abs=1e-5)
    # Nobody has two options of one facet, so these terms are skipped; a criterion says nothing of itself.
    assert statistics.alike[0, 1] == statistics.lift[0, 1] == statistics.alike[c, c] == statistics.lift[c, c] == 0


def test_few_people_do_not_count() -> None:
    c, d = YES_YES
    # Two people have both: no likeness. Four people have a value at both: no lift.
    two = count_criteria(table((2, (1, 1)), (1, (1, 0)), (1, (0, 1)), (9, (SILENT, 1))), TWO)
    assert two.alike[c, d] == two.lift[c, d] == 0
    # A third one, and five at both.
    three = count_criteria(table((3, (1, 1)), (1, (1, 0)), (1, (0, 1)), (9, (SILENT, 1))), TWO)
    assert three.alike[c, d] == pytest.approx(3 / sqrt(4 * 13))
    assert three.lift[d, c] == pytest.approx(log((3 / 4) / (1 / 1)))
    # Silent people take no part in the share.
    assert three.share[c] == pytest.approx(4 / 5)


def test_unsmoothed_terms_with_a_zero_are_skipped_and_no_people_are_a_half() -> None:
    c, d = YES_YES
    never = count_criteria(table((5, (1, 0)), (3, (0, 1)), (2, (0, 0))), TWO)
    assert never.lift[c, d] == 0
    # Everybody has c: P(d | not c) = ½.
    always = count_criteria(table((6, (1, 1)), (2, (1, 0))), TWO)
    assert always.lift[c, d] == pytest.approx(log(0.75 / 0.5))
    assert always.share.tolist() == pytest.approx([0.3, 1, 0.25, 0.75])


def test_the_naive_step_is_not_bayes() -> None:
    # Trap 1: .375 where .400 is true, .021 where .075 is true; they average to .049, not to .101; .262 bits for .041.
    statistics, (c, d) = count_criteria(RARE, TWO), YES_YES
    outlook = ReleasedBelief(statistics, "naive-bayes").outlook(state(-1, -1))
    hit, miss = (outlook.suppose(c, has)[0, d] for has in (True, False))
    assert hit == pytest.approx(0.375, abs=5e-4)
    assert miss == pytest.approx(0.021, abs=5e-4)
    assert 0.08 * hit + 0.92 * miss == pytest.approx(0.049, abs=5e-4)

    def bits(p: float) -> float:
        return -p * log(p, 2) - (1 - p) * log(1 - p, 2)

    assert bits(0.101) - 0.08 * bits(hit) - 0.92 * bits(miss) == pytest.approx(0.262, abs=5e-4)
    assert bits(0.101) - 0.08 * bits(0.4) - 0.92 * bits(0.075) == pytest.approx(0.041, abs=5e-4)


def test_naive_bayes_adds_what_all_options_of_the_facet_say_and_is_clipped() -> None:
    statistics, d = count_criteria(RARE, TWO), 3
    lift = statistics.lift
    # The answer 1 is a hit of criterion 1 and a miss of criterion 0.
    assert chance("naive-bayes", statistics, 1, -1)[d] == pytest.approx(
        logistic(logit(0.101) + lift[1, d] - lift[0, d]), abs=1e-5
    )
    steep = Statistics(statistics.criteria, statistics.share, statistics.alike, np.full_like(lift, 40))
    steep.lift[0] = 0
    assert chance("naive-bayes", steep, 1, -1)[d] == pytest.approx(logistic(10))
    assert chance("naive-bayes", steep, 0, -1)[d] == pytest.approx(logistic(-10))


def test_the_other_models_by_hand() -> None:
    # Facet 0 was answered with option 1: a hit of criterion 1 (s = .4 with 5), a miss of criterion 0 (s = .1).
    statistics = given([0.5, 0.5, 0.5, 0.5, 0.8, 0.2], {(1, 5): 0.4, (0, 5): 0.1})
    told = {m: chance(m, statistics, 1, -1, -1)[5] for m in MODELS}
    assert told["prior"] == pytest.approx(0.2)
    assert told["naive-bayes"] == pytest.approx(0.2)
    assert told["item-cf"] == pytest.approx(0.2 + 0.3 / 3)
    assert told["hybrid"] == pytest.approx((told["naive-bayes"] + told["item-cf"]) / 2)
    assert told["logistic-cf"] == pytest.approx(logistic(logit(0.2) + 2 * 0.3))
    assert told["bayesian-cf"] == pytest.approx((0.4 + 0.4) / (2 + 0.4 + 0.1))


def test_what_one_more_criterion_would_do_by_hand() -> None:
    # Facet 1 was answered; it has nothing to do with criterion 5.
    statistics = given([0.5, 0.5, 0.5, 0.5, 0.8, 0.2], {(1, 5): 0.4, (0, 5): 0.1})
    outlooks = {m: ReleasedBelief(statistics, m).outlook(state(-1, 0, -1)) for m in MODELS}
    hit, miss = ({m: o.suppose(c, c == 1)[0, 5] for m, o in outlooks.items()} for c in (1, 0))
    assert (hit["prior"], hit["naive-bayes"]) == pytest.approx((0.2, 0.2))
    assert (hit["item-cf"], miss["item-cf"]) == pytest.approx((0.2 + 0.4 / 4, 0.2 - 0.1 / 4))
    assert (hit["hybrid"], miss["hybrid"]) == pytest.approx((0.25, 0.1875))
    assert hit["logistic-cf"] == pytest.approx(logistic(logit(0.2) + 2 * 0.4))
    assert miss["logistic-cf"] == pytest.approx(logistic(logit(0.2) - 2 * 0.1))
    assert (hit["bayesian-cf"], miss["bayesian-cf"]) == pytest.approx(((0.4 + 0.4) / 2.4, 0.4 / 2.1))


def test_item_cf_is_clipped_and_does_not_move_before_the_first_hit() -> None:
    statistics = given([0.5, 0.5, 0.995, 0.005], {(1, 2): 1.0, (0, 3): 1.0})
    outlook = ReleasedBelief(statistics, "item-cf").outlook(state(-1, -1))
    np.testing.assert_allclose(outlook.suppose(0, False)[0], statistics.share)
    np.testing.assert_allclose(outlook.suppose(1, True)[0], [0.5, 0.5, 0.99, 0.01])


@pytest.mark.parametrize("model", MODELS)
def test_what_was_answered_is_certain_and_a_non_answer_tells_nothing(model: str) -> None:
    belief = ReleasedBelief(count_criteria(RARE, TWO), model)
    assert belief.chances(state(1, -1))[0, :2].tolist() == [0, 1]
    np.testing.assert_array_equal(belief.chances(state(-2, -1)), belief.chances(state(-1, -1)))
    marginals = belief.marginals(np.concatenate([state(1, -1), state(-1, -3), state(0, 1)]))
    np.testing.assert_allclose(marginals.sum(axis=2), 1, atol=1e-6)
    assert marginals[[0, 2], 0].tolist() == [[0, 1], [1, 0]]
    np.testing.assert_allclose(marginals[1], [[0.92, 0.08], [0.899, 0.101]], atol=1e-5)
