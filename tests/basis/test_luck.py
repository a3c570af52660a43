from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from elicit.basis import Luck, person_keys, stable_hash
from elicit.basis.luck import philox

IDS = [f"p{i}" for i in range(12)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (0xFFFFFFFF, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ],
)
def test_known_answers_of_philox(word: int, expected: str) -> None:
    w = np.array([word], dtype=np.uint64)
    assert " ".join(f"{int(x[0]):08x}" for x in philox((w, w, w, w), (word, word))) == expected


def test_stable_hash_is_the_same_for_ever() -> None:
    # A changed hash would silently change every drawn number, and with it every published result.
    assert stable_hash("person", "u1") == 0x922F6673422D3B2A
    assert stable_hash("a", 1) == stable_hash("a", "1") != stable_hash("a1")
    assert person_keys([]).shape == (0,)


@given(st.permutations(range(len(IDS))), st.integers(1, len(IDS)), st.integers())
def test_a_draw_does_not_depend_on_who_else_is_in_the_batch(order: list[int], size: int, seed: int) -> None:
    whole, some = Luck.of(seed, IDS), Luck.of(seed, [IDS[i] for i in order[:size]])
    chosen = np.array(order[:size])
    keys = np.arange(len(IDS)) % 5
    np.testing.assert_array_equal(some.uniform("noise", keys[chosen]), whole.uniform("noise", keys)[chosen])
    np.testing.assert_array_equal(some.table("likes", 7), whole.table("likes", 7)[chosen])
    np.testing.assert_array_equal(some.order("order", 7), whole.rows(chosen).order("order", 7))


def test_one_key_for_all_one_a_person_and_a_table_agree() -> None:
    luck = Luck.of(3, IDS)
    table = luck.table("noise", 4)
    for key in range(4):
        np.testing.assert_array_equal(luck.uniform("noise", key), table[:, key])
        np.testing.assert_array_equal(luck.uniform("noise", np.full(len(IDS), key, dtype=np.int8)), table[:, key])
    np.testing.assert_array_equal(luck.table("noise", 2), table[:, :2])


def test_all_bits_of_a_person_key_count() -> None:
    keys = np.array([5, 5 + (1 << 32), 5 + (1 << 63), 6], dtype=np.uint64)
    assert len(set(Luck(0, keys).uniform("noise").tolist())) == 4


def test_draws_are_uniform() -> None:
    draws = Luck.of(0, [f"p{i}" for i in range(1000)]).table("noise", 200).ravel()
    assert 0 <= draws.min() < 1e-4
    assert 1 - 1e-4 < draws.max() < 1
    assert (draws * 2**53 % 1 == 0).all()
    for part in (draws, draws * 1024 % 1):  # the leading and the following bits
        seen = np.bincount((part * 64).astype(int), minlength=64)
        statistic = ((seen - len(draws) / 64) ** 2 / (len(draws) / 64)).sum()
        assert chi2.ppf(1e-3, 63) < statistic < chi2.ppf(1 - 1e-3, 63)


def test_other_purposes_seeds_keys_and_people_are_other_luck() -> None:
    people = [f"p{i}" for i in range(20_000)]
    luck = Luck.of(0, people)
    draws = [
        luck.uniform("noise"),
        luck.uniform("which"),
        luck.uniform("noise", 1),
        luck.uniform("noise", 2**32 - 1),
        Luck.of(1, people).uniform("noise"),
        Luck.of(-1, people).uniform("noise"),
        Luck.of(0, [*people[1:], "one more"]).uniform("noise"),
    ]
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 4 / np.sqrt(len(people))


def test_orders_are_permutations_and_every_place_is_equally_likely() -> None:
    orders = Luck.of(0, [f"p{i}" for i in range(30_000)]).order("order", 3)
    assert (np.sort(orders, axis=1) == np.arange(3)).all()
    _, seen = np.unique(orders, axis=0, return_counts=True)
    assert len(seen) == 6
    assert np.abs(seen - 5000).max() < 4 * np.sqrt(5000)
