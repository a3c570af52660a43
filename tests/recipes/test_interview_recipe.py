"""Preparing an interview: who teaches it, what it asks, and what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from planted import planted_domain, planted_people

from elicit.basis import InputError
from elicit.dialogues import EndReason
from elicit.domains import Code, Population
from elicit.recipes import prepare_interview
from elicit.runs import Interview

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN, number=400, voiced=False)
TELLING = {1, 4, 5, 8, 10}
"""Columns that the planted class decides; all others are nearly noise."""
CLASS_OF_TWO = {1: 2, 4: 2, 5: 2, 8: 0, 10: 1}
"""What people of the planted class 2 say."""


@pytest.fixture(scope="module")
def prepared() -> Interview:
    return prepare_interview(DOMAIN, PEOPLE, questions=5, cost=0.0)


def played(talk: Interview) -> list[int]:
    """Answer as somebody of class 2 does, "don't know" where the class says nothing, and return what was asked."""
    while not isinstance(column := talk.next(), EndReason):
        talk.answer(column, CLASS_OF_TWO.get(column, int(Code.UNKNOWN)))
    return [step.facet for step in talk.steps]


def unvoiced(people: Population, columns: set[int]) -> Population:
    voiced = np.ones(people.codes.shape, dtype=np.bool_)
    voiced[:, list(columns)] = False
    return dataclasses.replace(people, voiced=voiced)


def test_it_asks_what_tells_of_the_class_and_finds_the_targets(prepared: Interview) -> None:
    talk = dataclasses.replace(prepared, steps=[])
    assert talk.next() in TELLING
    asked = played(talk)
    assert len(asked) == 5
    assert len(TELLING.intersection(asked)) >= 3
    # Targets 2, 6 and 10 are those of class 2.
    assert {label for label, _ in talk.recommended(3)} == {"target 2", "target 6", "target 10"}


def test_the_same_people_prepare_the_same_interview(prepared: Interview) -> None:
    again = prepare_interview(DOMAIN, PEOPLE, questions=5, cost=0.0)
    first, second = dataclasses.replace(prepared, steps=[]), again
    assert played(first) == played(second)
    assert first.steps == second.steps


def test_the_budget_and_the_cost_are_kept(prepared: Interview) -> None:
    assert prepared.budget == 5
    costly = prepare_interview(DOMAIN, PEOPLE, questions=5, cost=9.0)
    assert costly.next() is EndReason.BELOW_COST


def test_one_contradiction_does_not_make_anything_impossible(prepared: Interview) -> None:
    talk = dataclasses.replace(prepared, steps=[])
    for column, code in CLASS_OF_TWO.items():
        talk.answer(column, 0 if column == 4 else code)
    assert {label for label, _ in talk.recommended(3)} == {"target 2", "target 6", "target 10"}


def test_what_nobody_could_answer_is_never_asked() -> None:
    talk = prepare_interview(DOMAIN, unvoiced(PEOPLE, {1, 4}), questions=12, cost=0.0)
    assert not {1, 4}.intersection(played(talk))


def test_twice_not_knowing_closes_a_branch(prepared: Interview) -> None:
    assert prepared.rules.most_unknown == 2


@pytest.mark.parametrize("questions", [0, -1])
def test_no_question_is_too_few(questions: int) -> None:
    with pytest.raises(InputError, match=rf"^questions: {questions} questions are too few. Ask 1 or more$"):
        prepare_interview(DOMAIN, PEOPLE, questions=questions, cost=0.0)


@pytest.mark.parametrize("cost", [-0.1, float("nan"), float("-inf")])
def test_a_cost_is_a_number_of_bits(cost: float) -> None:
    with pytest.raises(InputError, match=r"^cost: .* is no cost in bits. Give 0 or more$"):
        prepare_interview(DOMAIN, PEOPLE, questions=5, cost=cost)


def test_few_people_cannot_teach() -> None:
    with pytest.raises(InputError, match="19 people are too few to learn from"):
        prepare_interview(DOMAIN, planted_people(DOMAIN, number=19), questions=5, cost=0.0)
