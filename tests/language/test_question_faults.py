"""Faults of single questions, each with a near relative that is no fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.language import QuestionFault, question_faults

F = QuestionFault


def faults(text: str, *options: str, all_there: bool = True) -> list[QuestionFault]:
    return [finding.fault for finding in question_faults(text, options, choices_are_all=all_there)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("How happy are you with the price and the service?", F.DOUBLE_BARRELLED),
        ("What do you watch and how often do you watch it?", F.DOUBLE_BARRELLED),
        ("Do you like comedies? What about dramas?", F.DOUBLE_BARRELLED),
        ("Don't you think westerns are dull?", F.LEADING),
        ("As everybody knows, HP is best: which brand do you want?", F.LEADING),
        ("Surely you want a large screen?", F.LEADING),
        ("You like musicals, don't you?", F.LEADING),
        ("How great was the service?", F.LEADING),
        ("Why do you hate horror films?", F.PRESUPPOSING),
        ("Have you stopped smoking?", F.PRESUPPOSING),
        ("Which of your children plays games?", F.PRESUPPOSING),
        ("Would you say you do not like noise?", F.NEGATION),
        ("Is there nothing you like about horror?", F.NEGATION),
        ("If " + "very " * 24 + "long questions bore you, what then?", F.TOO_LONG),
    ],
)
def test_a_fault_is_found(text: str, fault: QuestionFault) -> None:
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "Do you like action and adventure films?",
        "Is it black and white?",
        "Do you like Beauty and the Beast?",
        "Are the films you love older ones or newer ones?",
        "Do you like comedies or do you prefer dramas?",
        "Is your home large? Or do you live in a flat?",
        "What are the pros and the cons?",
        "Do you go for the films everybody knows?",
        "How often do you vacuum?",
        "Why not?",
        "Do you care whether or not it is silent?",
        "Would you like none of these?",
    ],
)
def test_a_near_relative_is_none(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("0-10", "10-20", "more than 20"), [F.OVERLAP]),
        (("0 to 10", "11 to 20", "more than 20"), []),
        (("up to 500", "more than 500"), []),
        (("1 to 3", "5 to 7", "8 or more"), [F.GAP]),
        (("0 to 10", "11 to 20"), [F.GAP]),
        (("18 to 30", "31 or more"), [F.GAP]),
        (("dogs", "dogs and cats", "none"), [F.OVERLAP]),
        (("tea", "coffee", "juice"), [F.NO_WAY_OUT]),
        (("tea", "coffee", "something else"), []),
        (("tea", "coffee"), []),
        (("never", "sometimes", "often"), []),
        (("yes", "no"), []),
    ],
)
def test_offered_answers_are_looked_at(options: tuple[str, ...], expected: list[QuestionFault]) -> None:
    assert faults("Which is it?", *options) == expected


def test_where_something_else_can_always_be_said_it_need_not_be_offered() -> None:
    assert faults("Which is it?", "tea", "coffee", "juice", all_there=False) == []


def test_a_question_that_names_one_answer_leaks_and_one_that_names_all_does_not() -> None:
    assert faults("Do you want Windows?", "Windows", "Linux", "another system") == [F.LEAK]
    assert faults("Windows or Linux?", "Windows", "Linux", "another system") == []
    assert faults("Few, some or a great many?", "only a few", "a fair number", "a great many") == []
    assert faults("Do you want it, yes or no?", "yes", "no") == []


def test_a_finding_shows_the_words_and_says_what_to_do() -> None:
    (finding,) = question_faults("Don't you think westerns are dull?")
    assert finding.found == "Don't you"
    assert finding.remedy == "Ask it so that every answer is equally welcome"


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=5))
def test_any_text_can_be_looked_at(text: str, options: list[str]) -> None:
    question_faults(text, options)
