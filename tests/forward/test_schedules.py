"""Stripping: exact counts, nested, the same for a person in any batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tiny_forward import DOMAIN, crowd

from elicit.basis import InputError, Luck
from elicit.domains import Codes
from elicit.forward import (
    PROGRESSIVE,
    RANDOM,
    ChainRules,
    Schedule,
    build_chains,
    parse_schedule,
    strip_chains,
    strip_codes,
    strip_counts,
)

SCHEDULES = st.sampled_from([PROGRESSIVE, RANDOM, Schedule(0.5)])
TABLES = st.tuples(st.integers(1, 6), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.int8, shape, elements=st.integers(-5, 3))
)


def luck(number: int, seed: int = 0) -> Luck:
    return Luck.of(seed, [f"p{i}" for i in range(number)])


def depths_of(codes: Codes) -> np.ndarray:
    return np.arange(codes.shape[1]) // 2


@pytest.mark.parametrize("text", ["progressive", "random", "mixture:0.5", "mixture:0.123456789"])
def test_schedules_are_read_and_written(text: str) -> None:
    assert str(parse_schedule(text)) == text


def test_the_ends_of_a_mixture_are_the_plain_schedules() -> None:
    assert parse_schedule("mixture:0") == PROGRESSIVE
    assert parse_schedule("mixture:1") == RANDOM


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("progresive", "no schedule 'progresive'. Did you mean 'progressive'"),
        ("", "no schedule ''"),
        ("mixture", "'' is not a share from 0 to 1. For instance mixture:0.5"),
        ("mixture:half", "'half' is not a share"),
        ("mixture:1.5", "1.5 is not a share from 0 to 1"),
        ("mixture:nan", "nan is not a share from 0 to 1"),
        ("random:0.5", "no schedule 'random:0.5'"),
    ],
)
def test_other_schedules_are_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError) as error:
        parse_schedule(text)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("rate", "size", "count"),
    [(0, 15, 0), (1, 15, 15), (0.1, 5, 1), (0.5, 5, 3), (0.07, 100, 7), (0.55, 100, 55), (1e-3, 15, 1), (0.5, 0, 0)],
)
def test_the_strip_count_is_the_rate_rounded_up(rate: float, size: int, count: int) -> None:
    assert strip_counts(rate, size) == count


def test_strip_counts_of_a_batch() -> None:
    assert strip_counts([0.0, 0.5, 1.0], [4, 5, 6]).tolist() == [0, 3, 6]


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_outside_0_to_1_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="outside 0 to 1"):
        strip_counts(rate, 3)


def test_progressive_strips_the_deepest_first_and_the_later_of_equals() -> None:
    codes = np.array([[1, 2, 0, 1, 2]], dtype=np.int8)
    depths = [0, 2, 1, 2, 0]
    stripped = [strip_codes(codes, PROGRESSIVE, k, depths, luck(1))[0].tolist() for k in range(6)]
    assert stripped == [
        [1, 2, 0, 1, 2],
        [1, 2, 0, -1, 2],
        [1, -1, 0, -1, 2],
        [1, -1, -1, -1, 2],
        [1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1],
    ]


def test_what_was_not_asked_is_not_stripped_and_non_answers_are() -> None:
    codes = np.array([[0, -1, -2, -4, -1]], dtype=np.int8)
    stripped = [strip_codes(codes, PROGRESSIVE, k, range(5), luck(1))[0].tolist() for k in range(4)]
    assert stripped == [[0, -1, -2, -4, -1], [0, -1, -2, -1, -1], [0, -1, -1, -1, -1], [-1] * 5]


@pytest.mark.parametrize("counts", [[3], [-1], 3])
def test_a_count_that_the_row_does_not_hold_is_refused(counts: object) -> None:
    with pytest.raises(ValueError, match="strip count"):
        strip_codes(np.array([[0, 1, -1]], dtype=np.int8), RANDOM, counts, [0, 0, 0], luck(1))


@settings(deadline=None)
@given(codes=TABLES, schedule=SCHEDULES, seed=st.integers(0, 2**40), rate=st.floats(0, 1))
def test_counts_are_exact_and_nothing_else_changes(codes: Codes, schedule: Schedule, seed: int, rate: float) -> None:
    sizes = (codes != -1).sum(axis=1)
    counts = strip_counts(rate, sizes)
    kept = strip_codes(codes, schedule, counts, depths_of(codes), luck(len(codes), seed))
    assert ((kept == -1) & (codes != -1)).sum(axis=1).tolist() == counts.tolist()
    assert np.array_equal(np.where(kept == -1, codes, kept), codes)
    assert kept.dtype == np.int8


@settings(deadline=None)
@given(codes=TABLES, schedule=SCHEDULES, seed=st.integers(0, 2**40))
def test_rate_0_keeps_all_and_rate_1_none(codes: Codes, schedule: Schedule, seed: int) -> None:
    sizes, draw = (codes != -1).sum(axis=1), luck(len(codes), seed)
    assert np.array_equal(strip_codes(codes, schedule, strip_counts(0, sizes), depths_of(codes), draw), codes)
    assert np.all(strip_codes(codes, schedule, strip_counts(1, sizes), depths_of(codes), draw) == -1)


@settings(deadline=None)
@given(codes=TABLES, schedule=SCHEDULES, seed=st.integers(0, 2**40), rates=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_what_is_stripped_at_a_low_rate_is_stripped_at_a_high_one(
    codes: Codes, schedule: Schedule, seed: int, rates: tuple[float, float]
) -> None:
    sizes, draw = (codes != -1).sum(axis=1), luck(len(codes), seed)
    low, high = (strip_codes(codes, schedule, strip_counts(r, sizes), depths_of(codes), draw) for r in sorted(rates))
    assert not np.any((low == -1) & (high != -1))


@settings(deadline=None)
@given(codes=TABLES, schedule=SCHEDULES, seed=st.integers(0, 2**40), data=st.data())
def test_a_person_is_stripped_alike_in_every_batch(
    codes: Codes, schedule: Schedule, seed: int, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(codes) - 1), min_size=1, unique=True))
    counts, draw = strip_counts(0.5, (codes != -1).sum(axis=1)), luck(len(codes), seed)
    whole = strip_codes(codes, schedule, counts, depths_of(codes), draw)
    part = strip_codes(codes[rows], schedule, counts[rows], depths_of(codes), draw.rows(np.array(rows)))
    assert np.array_equal(whole[rows], part)


def test_random_stripping_hits_every_facet_alike_and_a_mixture_its_share() -> None:
    codes = np.zeros((4000, 4), dtype=np.int8)
    draw = luck(4000)

    def first(schedule: Schedule) -> np.ndarray:
        return (strip_codes(codes, schedule, 1, range(4), draw) == -1).mean(axis=0)

    # Standard deviation of a share of 1/4 of 4000: 0.007.
    assert first(RANDOM) == pytest.approx([0.25] * 4, abs=0.035)
    assert first(Schedule(0.4)) == pytest.approx([0.1, 0.1, 0.1, 0.7], abs=0.035)
    assert first(PROGRESSIVE).tolist() == [0, 0, 0, 1]


def test_another_seed_strips_otherwise() -> None:
    codes = np.zeros((50, 8), dtype=np.int8)
    one, two = (strip_codes(codes, RANDOM, 4, range(8), luck(50, seed)) for seed in (1, 2))
    assert not np.array_equal(one, two)


@settings(deadline=None)
@given(schedule=SCHEDULES, rate=st.floats(0, 1), seed=st.integers(0, 99))
def test_chains_and_codes_are_stripped_by_the_same_rules(schedule: Schedule, rate: float, seed: int) -> None:
    population = crowd(5)
    # The columns of the tiny domain stand in the order of this chain, so both see the same order.
    rules = ChainRules(length=None, order=tuple(f.id for f in DOMAIN.facets))
    chains = build_chains(DOMAIN, population, rules)
    kept = strip_chains(DOMAIN, chains, schedule, rate, seed)
    codes = strip_codes(population.codes, schedule, strip_counts(rate, 7), DOMAIN.depths, population.luck(seed))
    assert [[DOMAIN.column(e.facet) for e in row] for row in kept] == [np.flatnonzero(r != -1).tolist() for r in codes]
