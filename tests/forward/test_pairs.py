"""Pairs of questions in the states of chains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_forward import DOMAIN, FACETS, crowd, people

from elicit.basis import Luck
from elicit.domains import Code, Codes
from elicit.forward import (
    PROGRESSIVE,
    RANDOM,
    Chain,
    ChainRules,
    PairRow,
    Schedule,
    Silence,
    best_and_other,
    build_chains,
    pair_rows,
    prompt_rows,
)

CROWD = crowd(30, silent=0.2)
VALUES = np.array([0.1, 0.7, 0.2, 0.3, 0.9, 0.4, 0.5])
ASKS = {text: column for column, facet in enumerate(FACETS) for text in facet.wordings}


def always(values: NDArray[np.float64]) -> object:
    return lambda states: np.tile(values, (len(states), 1))


def pairs(chains: tuple[Chain, ...], schedule: Schedule = RANDOM, worth: object = None) -> list[PairRow]:
    return list(pair_rows(DOMAIN, chains, schedule, 4, worth or always(VALUES)))  # type: ignore[arg-type]


def test_a_pair_by_hand() -> None:
    (chain,) = build_chains(DOMAIN, people([[2, 0, 1, 2, 1, 0, 1]]), ChainRules(order=("film:Alpha", "pace")))
    first, second = pairs((chain,), PROGRESSIVE)
    assert (first["person"], first["split"], first["step"]) == ("p0", chain.split.value, 0)
    assert ASKS[first["chosen"]] == 4
    # Alpha is answered, so what is worth the next most is chosen, though the chain never asks for it.
    assert second["prompt"] == "Known so far:\n- Alpha (1999): yes\nNext question:\n"
    assert ASKS[second["chosen"]] == 1
    assert ASKS[second["rejected"]] not in (1, 4)


@given(schedule=st.sampled_from([PROGRESSIVE, RANDOM]), silent=st.sampled_from(Silence))
def test_states_are_those_of_the_prompts_and_the_best_open_question_is_chosen(
    schedule: Schedule, silent: Silence
) -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules(silent=silent, length=5))
    found = pairs(chains, schedule)
    prompts = list(prompt_rows(DOMAIN, chains, schedule, 4))
    for row, prompt in zip(found, prompts, strict=True):
        assert [row[key] for key in ("person", "split", "step", "prompt")] == [  # type: ignore[literal-required]
            prompt[key]  # type: ignore[literal-required]
            for key in ("person", "split", "step", "prompt")
        ]
        is_open = [f"- {facet.label}: " not in row["prompt"] for facet in FACETS]
        assert ASKS[row["chosen"]] == np.where(is_open, VALUES, -np.inf).argmax()
        assert is_open[ASKS[row["rejected"]]]
        assert VALUES[ASKS[row["rejected"]]] < VALUES[ASKS[row["chosen"]]]
    assert len({ASKS[row["rejected"]] for row in found}) == 6


def test_worth_is_asked_for_states_that_hold_the_answers_and_nothing_that_was_stripped() -> None:
    seen: list[Codes] = []

    def worth(states: Codes) -> NDArray[np.float64]:
        seen.append(states)
        return np.tile(VALUES, (len(states), 1))

    codes = [2, 0, 1, 2, 1, 0, 1]
    voiced = [[True, False, True, True, True, True, True]]
    rules = ChainRules(order=("pace", "length", "film:Beta"), silent=Silence.ASK)
    pairs(build_chains(DOMAIN, people([codes], voiced), rules), PROGRESSIVE, worth)
    nothing = [int(Code.NOT_ASKED)] * 5
    assert np.concatenate(seen).tolist() == [[-1, -1, *nothing], [2, -1, *nothing], [2, -2, *nothing]]


def test_a_pair_is_in_the_words_of_the_domain_whoever_worded_the_chain() -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules())
    odd = tuple(
        chain.model_copy(
            update={
                "exchanges": tuple(
                    e.model_copy(update={"question": e.question.model_copy(update={"text": "Eh?"})})
                    for e in chain.exchanges
                )
            }
        )
        for chain in chains
    )
    assert pairs(odd) == pairs(chains)


def test_a_row_depends_on_nobody_else_and_many_are_weighed_in_parts() -> None:
    chains = build_chains(DOMAIN, crowd(120), ChainRules())
    found = pairs(chains)
    assert len(found) > 512
    alone = [row for chain in chains[::10] for row in pairs((chain,))]
    kept = {chain.person for chain in chains[::10]}
    assert alone == [row for row in found if row["person"] in kept]


def test_where_nothing_is_worth_less_there_is_no_pair() -> None:
    chains = build_chains(DOMAIN, CROWD, ChainRules())
    assert pairs(chains, worth=always(np.zeros(7))) == []
    assert pairs(build_chains(DOMAIN, people([[0] * 7], [[False] * 7]), ChainRules())) == []


def test_the_last_open_question_has_no_rival() -> None:
    (chain,) = build_chains(DOMAIN, people([[0] * 7]), ChainRules(length=None))
    assert [row["step"] for row in pairs((chain,))] == [0, 1, 2, 3, 4, 5]


@given(st.lists(st.lists(st.sampled_from([-np.inf, 0.0, 0.5, 1.0]), min_size=6, max_size=6), min_size=1, max_size=5))
def test_of_two_questions_the_second_is_worth_less_or_is_the_first(rows: list[list[float]]) -> None:
    worth = np.array(rows)
    luck = Luck.of(1, [f"p{n}" for n in range(len(rows))])
    best, other = best_and_other(worth, luck)
    for row, (first, second) in enumerate(zip(best.tolist(), other.tolist(), strict=True)):
        assert worth[row, first] == worth[row].max()
        assert first == second or -np.inf < worth[row, second] < worth[row, first]
    assert (best_and_other(worth, replace(luck, seed=2))[0] == best).all()
