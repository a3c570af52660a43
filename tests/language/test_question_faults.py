"""Faults of single questions, each with a near relative that is no fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.language import QuestionFault, question_faults, questions_in

F = QuestionFault


def faults(text: str, *options: str, all_there: bool = True) -> list[QuestionFault]:
    return [finding.fault for finding in question_faults(text, options, choices_are_all=all_there)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("How happy are you with the price and the service?", F.DOUBLE_BARRELLED),
        ("How satisfied are you with price and quality?", F.DOUBLE_BARRELLED),
        ("What do you watch and how often do you watch it?", F.DOUBLE_BARRELLED),
        ("RAM: what is it and how much do you need?", F.DOUBLE_BARRELLED),
        ("What do you like, and why?", F.DOUBLE_BARRELLED),
        ("Do you smoke, and if so, what?", F.DOUBLE_BARRELLED),
        ("When and where were you born?", F.DOUBLE_BARRELLED),
        ("Is it large, and is it heavy?", F.DOUBLE_BARRELLED),
        ("How important is the battery: how many hours do you need?", F.DOUBLE_BARRELLED),
        ("Do you like comedies? What about dramas?", F.DOUBLE_BARRELLED),
        ("Is it old? If so, how old?", F.DOUBLE_BARRELLED),
        ("Is the service fast and reliable?", F.DOUBLE_BARRELLED),
        ("Is the staff friendly and the food tasty?", F.DOUBLE_BARRELLED),
        ("Do you enjoy cooking and eating out?", F.DOUBLE_BARRELLED),
        ("Do you have pets and want a quiet vacuum?", F.DOUBLE_BARRELLED),
        ("Do you and your wife like horror?", F.DOUBLE_BARRELLED),
        ("Don't you think westerns are dull?", F.LEADING),
        ("So isn’t a large screen better?", F.LEADING),
        ("Do you not agree?", F.LEADING),
        ("As everybody knows, HP is best: which brand do you want?", F.LEADING),
        ("Like most people, do you prefer comedies?", F.LEADING),
        ("Surely you want a large screen?", F.LEADING),
        ("Clearly you want a large screen?", F.LEADING),
        ("You like musicals, don't you?", F.LEADING),
        ("You don't like musicals, do you?", F.LEADING),
        ("You like musicals, right?", F.LEADING),
        ("Do you agree that musicals are dull?", F.LEADING),
        ("How great was the service?", F.LEADING),
        ("What do you think of this wonderful film?", F.LEADING),
        ("Why worry about the price?", F.LEADING),
        ("Who wouldn't want a large screen?", F.LEADING),
        ("Why do you hate horror films?", F.PRESUPPOSING),
        ("Why do you always watch horror?", F.PRESUPPOSING),
        ("How often do you stop beating your dog?", F.PRESUPPOSING),
        ("Have you stopped smoking?", F.PRESUPPOSING),
        ("When did you give up smoking?", F.PRESUPPOSING),
        ("Do you still smoke?", F.PRESUPPOSING),
        ("Which of your children plays games?", F.PRESUPPOSING),
        ("How old is your wife?", F.PRESUPPOSING),
        ("Now that you own a dog, which vacuum cleaner do you want?", F.PRESUPPOSING),
        ("What problems did you have?", F.PRESUPPOSING),
        ("Would you say you do not like noise?", F.NEGATION),
        ("Is there nothing you like about horror?", F.NEGATION),
        ("Do you not eat meat?", F.NEGATION),
        ("Have you never seen a western?", F.NEGATION),
        ("Is it untrue that you dislike horror?", F.NEGATION),
        ("Which films without a hero do you avoid?", F.NEGATION),
        ("If " + "very " * 24 + "long questions bore you, what then?", F.TOO_LONG),
    ],
)
def test_a_fault_is_found(text: str, fault: QuestionFault) -> None:
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "Do you like action and adventure?",
        "Do you like action and adventure films?",
        "How satisfied are you with salt and pepper?",
        "Is it black and white?",
        "Do you or your family own a car?",
        "Are the films you love older ones or newer ones?",
        "Do you like comedies or do you prefer dramas?",
        "Is your home large? Or do you live in a flat?",
        "What about dramas? Do you seek them out?",
        "What about dramas: do you seek them out?",
        "Which of these fits you: do you avoid them, or do you love them?",
        "What kinds do you like? Comedies, dramas?",
        "What are the pros and the cons?",
        "What is the difference between the price and the value?",
        "Oh, and what is that?",
        "Do you come home and do the laundry?",
        "Do you like films that make you laugh and that end well?",
        "Do you like Beauty and the Beast?",
        "Do you like What About Bob? (1991)?",
        "Do you like Don't Look Now?",
        "Do you like Never Say Never Again (1983)?",
        "Do you go for the films everybody knows?",
        "Do you see clearly without glasses?",
        "Do you agree or disagree?",
        "How bad is the noise?",
        "Why don't you like musicals?",
        "What didn't you like about it?",
        "Why do you like horror films?",
        "Why do you dislike it?",
        "When did you start school?",
        "How often do you vacuum?",
        "Do you have a wife?",
        "Why not?",
        "Which films do you not like?",
        "Can you name a film that you don't like?",
        "Can you think of another movie you didn't like?",
        "Do you avoid them, or do you not mind?",
        "How many hours do you work without a plug?",
        "Do you care whether or not it is silent?",
        "Would you like none of these?",
        "Do you like How I Learned to Stop Worrying and " + "Love the Bomb and " * 6 + "Peace?",
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
        (("under 18", "18 to 30", "31 or more"), []),
        (("1,000 or less", "1,000 to 2,000", "over 2,000"), [F.OVERLAP]),
        (("0-50 %", "51-100 %"), []),
        (("less than 1.5", "1.5 to 2", "2.5 or more"), [F.GAP]),
        (("1 l", "1.5 l", "2 l"), []),
        (("up to 13.4", "13.5 to 15.6", "over 15.6"), []),
        (("30 to 60 minutes", "1 to 2 hours", "3 hours or more"), []),
        (("before 1980", "in the 1980s", "1990 or later"), []),
        (("1", "2", "3", "4", "5"), []),
        (("dogs", "dogs and cats", "none"), [F.OVERLAP]),
        (("dogs", "cats", "dogs and cats", "none"), []),
        (("wine", "red wine", "none"), [F.OVERLAP]),
        (("tea", "Tea", "none"), [F.OVERLAP]),
        (("York", "New York", "none"), []),
        (("satisfied", "very satisfied", "dissatisfied"), []),
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


def test_a_question_for_a_degree_needs_no_way_out() -> None:
    assert faults("How do you travel?", "car", "bus", "train") == []


def test_whoever_is_to_remember_a_number_may_have_forgotten() -> None:
    asked, numbers = "How many films did you see last year?", ("none", "1 to 10", "11 or more")
    assert faults(asked, *numbers) == [F.NO_DONT_KNOW]
    assert faults(asked, *numbers, all_there=False) == []
    assert faults(asked, *numbers, "I can't remember") == []
    assert faults("How many films do you see in a year?", *numbers) == []


def test_a_question_that_names_one_answer_leaks_and_one_that_names_all_does_not() -> None:
    assert faults("Do you want Windows?", "Windows", "Linux", "another system") == [F.LEAK]
    assert faults("Do you like Nolan?", "Nolan", "Spielberg", "another", all_there=False) == [F.LEAK]
    assert faults("Windows or Linux?", "Windows", "Linux", "another system") == []
    assert faults("Few, some or a great many?", "only a few", "a fair number", "a great many") == []
    assert faults("Do you want it, yes or no?", "yes", "no") == []


def test_a_finding_shows_the_words_and_says_what_to_do() -> None:
    (finding,) = question_faults("Don't you think westerns are dull?")
    assert finding.found == "Don't you"
    assert finding.remedy == "Ask it so that every answer is equally welcome"


def test_of_a_text_without_end_only_the_length_is_told() -> None:
    (finding,) = question_faults("Don't you like what is there and " * 1000 + "what is not?")
    assert (finding.fault, finding.found) == (F.TOO_LONG, "7003 words")


TEXT = """# What do you need?

Dr. Who asked "Why?" and left. Is 3.5 GB enough,
or not? See http://x.org/?q=1 for more.
- Do you like What About Bob? (1991)?
2. Old ones?!
No question. ? ...
"""


def test_questions_are_found_with_their_lines() -> None:
    assert list(questions_in(TEXT)) == [
        (1, "What do you need?"),
        (3, "Is 3.5 GB enough, or not?"),
        (5, "Do you like What About Bob? (1991)?"),
        (6, "Old ones?!"),
    ]


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=5))
def test_any_text_can_be_looked_at(text: str, options: list[str]) -> None:
    for finding in question_faults(text, options):
        assert finding.found
    for line, question in questions_in(text):
        assert 1 <= line <= text.count("\n") + 1
        assert "?" in question
