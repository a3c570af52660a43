"""What is measured of questioners that word their questions: lost turns, words, and listening off the path."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_asker import COUNTS, DOMAIN, FACETS

from elicit.basis import Luck
from elicit.dialogues import Transcript
from elicit.domains import Codes
from elicit.measures import (
    asked_again,
    counterfactual_change,
    different,
    rouge_l,
    unreadable,
    worded_badly,
)
from elicit.profiles import Truthful
from elicit.questioners import RandomQuestioner, Rules
from elicit.runs import play

PEOPLE = np.random.default_rng(1).integers(0, 2, size=(60, FACETS)).astype(np.int8)
RULES = Rules.of(DOMAIN)


def dialogues(asked: list[list[int]], words: list[list[str]] | None = None) -> Transcript:
    table = np.array(asked, dtype=np.int16)
    return Transcript(table, np.where(table >= 0, 1, -1).astype(np.int8), tuple(map(tuple, words or [])))


def test_lost_turns_by_hand() -> None:
    transcript = dialogues([[0, -2, 1, -2], [0, 1, -1, -1], [-1, -1, -1, -1]])
    assert unreadable(transcript).tolist()[:2] == [0.5, 0.0]
    assert np.isnan(unreadable(transcript)[2])


def test_what_is_asked_again_by_hand() -> None:
    transcript = dialogues([[0, 1, 0, 0], [0, 1, 2, 3], [-2, -2, -2, 4]])
    assert asked_again(transcript).tolist() == [0.5, 0.0, 0.0]


def test_badly_worded_questions_by_hand() -> None:
    asked = [[0, 4, 1], [2, -2, -1]]
    words = [
        ["Don't you agree that bread is wonderful?", "Do you know ramen?", "Do you have some of it?"],
        ["Do you eat soup?", "Hm", ""],
    ]
    found = worded_badly(dialogues(asked, words), DOMAIN)
    assert found["flagged"] == pytest.approx([1 / 3, 0.0])  # the first question leads
    assert found["leaking"] == pytest.approx([1 / 3, 0.0])  # "some of it" is what is then answered


def test_without_words_there_is_nothing_to_say_of_them() -> None:
    found = worded_badly(dialogues([[0, 1, 2]]), DOMAIN)
    assert all(np.isnan(values).all() for values in found.values())


def test_rouge_l_by_hand() -> None:
    """The example of Lin (2004): police killed the gunman."""
    words = ["police kill the gunman", "the gunman kill police", "Police killed the gunman!", "", "any"]
    references = ["police killed the gunman"] * 3 + ["", ""]
    assert rouge_l(words, references) == pytest.approx([3 / 4, 2 / 4, 1.0, 0.0, 0.0])


def test_variety_by_hand() -> None:
    asked = [[0, 4, -2], [0, 5, -1], [0, 4, 2]]
    facets, words = different(dialogues(asked, [["a", "b", "hm"], ["a", "c", ""], ["d", "b", "e"]]))
    assert facets.tolist() == [1, 2, 1]
    assert words == 6
    assert different(dialogues(asked))[1] == 0


class ByLastAnswer:
    """Asks the next facet, or the one after it if any answer so far was the first option."""

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        first = allowed.argmax(axis=1)
        second = np.where(allowed, np.arange(FACETS) != first[:, None], False).argmax(axis=1)
        return np.where((states == 0).any(axis=1), second, first)


class TestOffThePath:
    """After answers to questions that somebody else asked."""

    def listens(self, questioner: object) -> np.ndarray:
        luck = Luck.of(0, [f"p{n}" for n in range(len(PEOPLE))])
        others = play(RandomQuestioner(), Truthful(), PEOPLE, COUNTS, RULES, luck, 2)
        return counterfactual_change(others, questioner, RULES, COUNTS, luck)  # type: ignore[arg-type]

    def test_a_list_does_not_listen_there_either(self) -> None:
        class First:
            def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
                return np.asarray(allowed.argmax(axis=1))

        assert self.listens(First()).tolist() == [0.0] * len(PEOPLE)

    def test_one_that_heeds_a_first_option_changes_where_none_was_there_before(self) -> None:
        luck = Luck.of(0, [f"p{n}" for n in range(len(PEOPLE))])
        others = play(RandomQuestioner(), Truthful(), PEOPLE, COUNTS, RULES, luck, 2)
        heeded = self.listens(ByLastAnswer())
        for person in range(len(PEOPLE)):
            earlier, last = others.answers[person, 0], others.answers[person, 1]
            if earlier == 0:
                assert heeded[person] == 0
            elif last == 0 or COUNTS[others.asked[person, 1]] == 2:
                assert heeded[person] == 1
