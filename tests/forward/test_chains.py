"""Orders, splits and chains."""

from __future__ import annotations

from math import inf, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_forward import DOMAIN, crowd, people

from elicit.basis import InputError
from elicit.domains import Population
from elicit.forward import (
    ChainRules,
    Order,
    Silence,
    Split,
    build_chains,
    facet_order,
    said_codes,
    specificity,
    split_people,
)

CODES = [
    [0, 1, 2, 0, 1, 0, 0],
    [1, 1, 2, 0, 1, 1, 0],
    [2, 1, 0, 0, 0, 1, 0],
    [0, 0, 1, 2, 1, 0, 0],
]
VOICED = [
    [True, True, True, True, True, True, True],
    [True, True, False, True, True, True, True],
    [True, True, False, True, True, False, True],
    [False, True, False, True, True, True, True],
]
FOUR = people(CODES, VOICED)
NAMES = ("pace", "length", "comedy", "drama", "film:Alpha", "film:Beta", "film:Gamma")


def asked(rules: ChainRules, population: object = FOUR) -> list[list[str]]:
    return [[e.facet for e in c.exchanges] for c in build_chains(DOMAIN, population, rules)]  # type: ignore[arg-type]


def names(order: Order | tuple[str, ...]) -> list[str]:
    return [NAMES[i] for i in facet_order(DOMAIN, FOUR, order)]


def test_specificity_is_the_rarity_of_what_is_said_and_of_films_that_are_held() -> None:
    # Films: liked and voiced by 3, 1 and 0 of 4. Comedy is voiced by 1, pace by 3.
    assert specificity(DOMAIN, FOUR).tolist() == [-log2(0.75), 0, 2, 0, -log2(0.75), 2, inf]


def test_where_silence_is_not_recorded_every_value_counts_as_said() -> None:
    likes_only = people(CODES)
    assert said_codes(likes_only).tolist() == CODES
    assert specificity(DOMAIN, likes_only).tolist() == [0, 0, 0, 0, -log2(0.75), 1, inf]


def test_generality_goes_by_depth_then_rarity_then_place() -> None:
    assert names(Order.GENERALITY) == ["length", "pace", "drama", "comedy", "film:Alpha", "film:Beta", "film:Gamma"]


def test_frequency_goes_by_rarity_alone() -> None:
    assert names(Order.FREQUENCY) == ["length", "drama", "pace", "film:Alpha", "comedy", "film:Beta", "film:Gamma"]


def test_a_given_order_is_kept() -> None:
    assert names(("film:Beta", "pace")) == ["film:Beta", "pace"]


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ((), "names no facet"),
        (("pace", "comdy"), r"no facet 'comdy'.*Did you mean 'comedy'"),
        (("pace", "drama", "pace"), "facet 'pace' twice"),
    ],
)
def test_a_bad_order_is_refused(order: tuple[str, ...], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        facet_order(DOMAIN, FOUR, order)


def test_silent_facets_are_left_out_or_asked_and_unknown() -> None:
    silent = {("p1", "comedy"), ("p2", "comedy"), ("p2", "film:Beta"), ("p3", "pace"), ("p3", "comedy")}
    left = build_chains(DOMAIN, FOUR, ChainRules())
    everything = {(c.person, name) for c in left for name in NAMES}
    assert everything - {(c.person, e.facet) for c in left for e in c.exchanges} == silent
    told = build_chains(DOMAIN, FOUR, ChainRules(silent=Silence.ASK))
    assert all(len(c.exchanges) == 7 for c in told)
    assert {(c.person, e.facet) for c in told for e in c.exchanges if e.answer.value == "unknown"} == silent


def test_answers_are_the_persons_own_and_personas_hold_what_is_known() -> None:
    chains = build_chains(DOMAIN, FOUR, ChainRules())
    for row, chain in enumerate(chains):
        for e in chain.exchanges:
            facet = DOMAIN.facets[DOMAIN.column(e.facet)]
            option = facet.options[CODES[row][DOMAIN.column(e.facet)]]
            assert e.answer.value == option.id
            assert e.answer.text in option.phrasings
    assert [dict(c.persona) for c in chains[:2]] == [{"age": "18-24"}, {"age": "18-24", "occupation": "writer"}]


@pytest.mark.parametrize(
    ("length", "by_depth"),
    [(1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (5, [2, 2, 1]), (6, [2, 2, 2]), (7, [2, 2, 3]), (99, [2, 2, 3])],
)
def test_places_are_dealt_to_the_depths_in_turn(length: int, by_depth: list[int]) -> None:
    for row in asked(ChainRules(length=length), crowd(20)):
        depths = [DOMAIN.facets[DOMAIN.column(name)].depth for name in row]
        assert [depths.count(d) for d in range(3)] == by_depth
        assert depths == sorted(depths)


def test_a_depth_without_facets_left_leaves_its_turn_to_the_others() -> None:
    only_films = people([[0, 0, 0, 0, 1, 1, 1]], [[True, False, False, False, True, True, True]])
    assert sorted(asked(ChainRules(length=4), only_films)[0]) == ["film:Alpha", "film:Beta", "film:Gamma", "pace"]


def test_silent_facets_take_no_turn() -> None:
    population = crowd(60, silent=0.5)
    said = population.spoken_codes() >= 0
    voiced_depths = [sorted(set(DOMAIN.depths[row].tolist())) for row in said]
    for length in (1, 2, 3):
        rows = asked(ChainRules(length=length), population)
        for row, depths in zip(rows, voiced_depths, strict=True):
            first = [DOMAIN.facets[DOMAIN.column(name)].depth for name in row]
            assert sorted(set(first)) == depths[:length]


def test_which_facets_of_a_depth_are_asked_differs_by_person_and_seed() -> None:
    first = asked(ChainRules(length=3), crowd(60))
    assert {row[0] for row in first} == {"pace", "length"}
    assert {row[2] for row in first} == {"film:Alpha", "film:Beta", "film:Gamma"}
    assert asked(ChainRules(length=3, seed=1), crowd(60)) != first


def test_a_given_order_takes_its_first_facets_that_the_person_can_answer() -> None:
    rules = ChainRules(length=2, order=("film:Beta", "comedy", "pace", "drama"))
    assert asked(rules) == [
        ["film:Beta", "comedy"],
        ["film:Beta", "pace"],
        ["pace", "drama"],
        ["film:Beta", "drama"],
    ]


def test_a_given_order_without_silence_is_one_sequence_for_all() -> None:
    rules = ChainRules(length=3, order=("drama", "pace", "film:Beta"), silent=Silence.ASK)
    assert asked(rules) == [["drama", "pace", "film:Beta"]] * 4


def test_who_can_say_nothing_has_an_empty_chain() -> None:
    nobody = people([[0] * 7], [[False] * 7])
    assert asked(ChainRules(), nobody) == [[]]


def test_a_chain_of_no_exchanges_is_refused() -> None:
    with pytest.raises(InputError, match="0 exchanges"):
        ChainRules(length=0)


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**40),
    length=st.one_of(st.none(), st.integers(1, 9)),
    silent=st.sampled_from(Silence),
    order=st.sampled_from([*Order, ("film:Gamma", "drama", "length")]),
    data=st.data(),
)
def test_chains_do_not_depend_on_the_batch_and_ask_a_facet_once(
    seed: int, length: int | None, silent: Silence, order: Order | tuple[str, ...], data: st.DataObject
) -> None:
    population = crowd(6, silent=0.4)
    rules = ChainRules(length=length, order=order, silent=silent, seed=seed)
    # Specificity is a property of the population, so the part keeps everybody and changes their order only.
    turned = data.draw(st.permutations(range(6)))
    whole = build_chains(DOMAIN, population, rules)
    assert build_chains(DOMAIN, population.take(turned), rules) == tuple(whole[i] for i in turned)
    for chain in whole:
        facets = [e.facet for e in chain.exchanges]
        assert len(set(facets)) == len(facets) <= (length or 7)


@settings(deadline=None)
@given(ids=st.lists(st.text(), unique=True, max_size=20), data=st.data())
def test_a_persons_split_depends_on_nobody_else(ids: list[str], data: st.DataObject) -> None:
    splits = dict(zip(ids, split_people(nobodies(ids)), strict=True))
    part = data.draw(st.permutations(ids))[: len(ids) // 2]
    assert split_people(nobodies(part)) == tuple(splits[i] for i in part)


def test_the_tested_are_the_first_fold_of_an_evaluation() -> None:
    people = nobodies([f"p{i}" for i in range(500)])
    tested = [split is Split.TEST for split in split_people(people)]
    assert tested == (people.places() < 1 / 5).tolist()


def nobodies(ids: list[str]) -> Population:
    return Population(tuple(ids), np.zeros((len(ids), 0), dtype=np.int8), np.zeros((len(ids), 0), dtype=np.bool_))


def test_splits_have_their_shares() -> None:
    splits = split_people(nobodies([f"p{i}" for i in range(5000)]))
    shares = [splits.count(s) / 5000 for s in (Split.TRAIN, Split.VALIDATION, Split.TEST)]
    # Standard deviations: 0.004 to 0.006.
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.025)
