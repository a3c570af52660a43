from __future__ import annotations

import numpy as np
import pytest
from exact_pairs import PairEnumeration
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_pep import RARE, TWO, crowd, state, table

from elicit.domains import SILENT
from elicit.questioners.pep import PairsBelief, PairTables, count_pairs

COUNTS = np.array([2, 3, 1, 2])
seeds = st.integers(0, 2**31)
errors = st.sampled_from([0.0, 0.05, 0.3])


def tables(seed: int, silent: float = 0.0) -> PairTables:
    return count_pairs(crowd(seed, COUNTS, 60, silent), COUNTS)


def states(seed: int, people: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    other = random.choice([-1, -2, -4], size=(people, 4))
    return np.where(random.random((people, 4)) < 0.4, random.integers(COUNTS, size=(people, 4)), other).astype(np.int8)


def test_the_repaired_step_is_bayes() -> None:
    # Trap 1: .400 and .075, which average to .101; .041 bits.
    belief = PairsBelief(count_pairs(RARE, TWO, smoothing=0))
    hit, miss = (belief.marginals(state(c, -1))[0, 1, 1] for c in (1, 0))
    assert hit == pytest.approx(0.400, abs=1e-5)
    assert miss == pytest.approx(0.075, abs=1e-5)
    assert 0.08 * hit + 0.92 * miss == pytest.approx(0.101, abs=1e-5)
    assert belief.others(state(-1, -1))[0, 0] == pytest.approx(0.041, abs=5e-4)


def test_smoothing_by_hand() -> None:
    # Four people, half a pseudo-person an option: 3.5 and 1.5 of 5; two cells' worth spread as if independent.
    found = count_pairs(table((2, (0, 0)), (1, (0, 1)), (1, (1, 1))), TWO)
    np.testing.assert_allclose(found.shares, [[0.7, 0.3], [0.5, 0.5]], atol=1e-6)
    cells = np.array([[2 + 0.7, 1 + 0.7], [0 + 0.3, 1 + 0.3]])
    cross = cells[0, 0] * cells[1, 1] / cells[0, 1] / cells[1, 0]
    joint = found.joint[0, :, 1]
    np.testing.assert_allclose(joint.sum(axis=1), [0.7, 0.3], atol=1e-5)
    np.testing.assert_allclose(joint.sum(axis=0), [0.5, 0.5], atol=1e-5)
    # Scaling to the margins keeps the odds ratio.
    assert joint[0, 0] * joint[1, 1] / joint[0, 1] / joint[1, 0] == pytest.approx(cross, rel=1e-3)


@settings(deadline=None, max_examples=30)
@given(seeds, st.sampled_from([0.0, 0.3]))
def test_after_one_answer_beliefs_average_to_the_prior(seed: int, silent: float) -> None:
    belief = PairsBelief(tables(seed, silent))
    prior = belief.marginals(state(-1, -1, -1, -1))[0]
    for facet, count in enumerate(COUNTS):
        after = np.full((count, 4), -1, dtype=np.int8)
        after[:, facet] = np.arange(count)
        average = np.tensordot(prior[facet, :count], belief.marginals(after), axes=1)
        np.testing.assert_allclose(average, prior, atol=2e-3)


@settings(deadline=None, max_examples=30)
@given(seeds, errors)
def test_beliefs_and_gain_by_enumeration(seed: int, error: float) -> None:
    belief = PairsBelief(tables(seed, 0.2), error)
    rows = states(seed)
    marginals, others, whole = belief.marginals(rows), belief.others(rows), belief.whole(rows)
    for row, told in enumerate(rows):
        exact = PairEnumeration(belief.tables, error, told)
        np.testing.assert_allclose(marginals[row], exact.marginals(), atol=1e-4)
        for question in np.flatnonzero(told < 0):
            assert others[row, question] == pytest.approx(exact.others(question), abs=5e-5)
            assert whole[row, question] == pytest.approx(exact.others(question) + exact.own(question), abs=5e-5)


def test_a_facet_that_tells_nothing_of_others_tells_its_own_entropy() -> None:
    even = table(*[(25, (a, b)) for a in (0, 1) for b in (0, 1)])
    belief = PairsBelief(count_pairs(even, TWO))
    np.testing.assert_allclose(belief.others(state(-1, -1)), 0, atol=1e-6)
    np.testing.assert_allclose(belief.whole(state(-1, -1)), 1, atol=1e-5)
    # With one answer in ten wrong each answer is worth H(.5) less H(.1).
    np.testing.assert_allclose(PairsBelief(belief.tables, 0.1).whole(state(-1, -1)), 0.5310044, atol=1e-5)


def test_people_who_never_answer_two_facets_together_tell_nothing_of_the_pair() -> None:
    apart = table((9, (1, SILENT)), (3, (0, SILENT)), (8, (SILENT, 1)), (8, (SILENT, 0)))
    belief = PairsBelief(count_pairs(apart, TWO))
    np.testing.assert_allclose(belief.marginals(state(1, -1))[0], [[0, 1], [0.5, 0.5]], atol=1e-6)
