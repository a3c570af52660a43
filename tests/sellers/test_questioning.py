"""The questioner-seller: asks as long as an answer is expected to make a better offer, and strategies that ask."""

from __future__ import annotations

from typing import Any

import numpy as np
from planted_shop import CALM, DOMAIN, JAZZ, buyers, sold, steps

from elicit.basis import Luck
from elicit.dialogues import Transcript
from elicit.domains import Codes
from elicit.questioners import UNREADABLE, Asked, OrderedQuestioner, Rules
from elicit.sellers import HouseRules, QuestionerSeller, preferred_first


class JazzTells:
    """Believes that who loves jazz wants jazz-0, and that others may want tea-0."""

    error = 0.0
    option_counts = DOMAIN.option_counts

    def marginals(self, states: Codes) -> np.ndarray:
        known = np.arange(3) < self.option_counts[:, None]
        return np.tile(known / known.sum(axis=1, keepdims=True), (len(states), 1, 1))

    def information(self, states: Codes) -> np.ndarray:
        return np.zeros(states.shape, dtype=np.float32)

    def targets(self, states: Codes) -> np.ndarray:
        chances = np.full((len(states), len(DOMAIN.targets)), 0.2, dtype=np.float32)
        chances[:, 0] = 0.4
        chances[states[:, JAZZ] == 2, 4] = 0.9
        return chances


def seller(first: int = JAZZ, **changes: object) -> QuestionerSeller:
    order = [first, *(column for column in range(len(DOMAIN.facets)) if column != first)]
    settings: dict[str, Any] = {
        "domain": DOMAIN,
        "questioner": OrderedQuestioner(np.array(order)),
        "belief": JazzTells(),
        "rules": Rules.of(DOMAIN),
        "house": HouseRules(),
    }
    return QuestionerSeller(**settings | changes)


def test_it_asks_what_changes_the_offer_and_then_offers() -> None:
    loves, does_not = sold(seller(), buyers((1, 0, 2, 0, 0), (1, 0, 1, 0, 0), likes=[["jazz-0"], ["tea-0"]]))
    assert steps(loves) == ["chat", "ask", "tell", "offer jazz-0", "accept jazz-0", "hand_over jazz-0"]
    assert steps(does_not)[3] == "offer tea-0"


def test_it_does_not_ask_what_changes_nothing() -> None:
    (talk,) = sold(seller(first=0), buyers((1, 0, 2, 0, 0), likes=[["tea-0"]]))
    assert steps(talk)[1] == "offer tea-0"


def test_it_answers_what_the_buyer_asks_back() -> None:
    people = buyers((1, 0, 2, 0, 0), likes=[["jazz-0"]])
    (talk,) = sold(seller(), people, CALM.model_copy(update={"asks_back": 1.0}))
    assert steps(talk)[3:] == [
        *("offer jazz-0", "inquire jazz-0", "inform jazz-0", "accept jazz-0", "hand_over jazz-0"),
    ]


def test_a_dear_question_is_not_asked() -> None:
    (talk,) = sold(seller(cost=0.9), buyers((1, 0, 2, 0, 0), likes=[["jazz-0"]]))
    assert steps(talk)[1] == "offer tea-0"


def test_house_rules_hold_and_nothing_is_offered_twice() -> None:
    (talk,) = sold(seller(house=HouseRules(most_questions=2)), buyers((1, 0, 2, 0, 0), likes=[[]]), turns=40)
    did = steps(talk)
    assert did.count("ask") == 2
    offers = [step for step in did if step.startswith("offer")]
    assert len(offers) == len(set(offers)) == 9  # Three of each kind.
    assert did[-1] == "give_up"
    for one, two, three in zip(did[1::2], did[3::2], did[5::2], strict=False):
        assert not all(step.startswith("offer") for step in (one, two, three))


def test_preferred_intents_come_first_and_the_others_in_the_order_of_everybody() -> None:
    lift = np.array([[0.5, 2.0, 1.2, 1.0], [3.0, 0.1, 0.1, 0.2], [1.0, 1.0, 1.0, 1.0], [0.9, 0.8, 1.3, 1.3]])
    scores = preferred_first(lift, np.array([0.4, 0.1, 0.2, 0.3]), 2)
    # Where nothing lifts, and among equals, the order is that of everybody.
    order = [[1, 2, 0, 3], [0, 3, 2, 1], [0, 3, 2, 1], [3, 2, 0, 1]]
    assert np.argsort(-scores, axis=1).tolist() == order


class Speaks:
    """Asks for jazz first in words of its own, then for whatever comes, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[list[list[int]], list[list[int]], Any]] = []

    def ask(self, talks: Transcript, allowed: np.ndarray, luck: Luck) -> Asked:
        self.shown.append((talks.asked.tolist(), talks.answers.tolist(), talks.words))
        assert len(talks) == len(allowed) == len(luck.people)
        first = np.where(allowed[:, JAZZ], JAZZ, allowed.argmax(axis=1))
        return Asked(first, tuple(f"So, what of number {column}?" for column in first.tolist()))


def test_a_questioner_with_words_of_its_own_sees_its_own_dialogue() -> None:
    speaker = Speaks()
    talks = sold(seller(questioner=speaker), buyers((1, 0, 2, 0, 0), (1, 0, 1, 0, 0), likes=[[], ["tea-0"]]), turns=6)
    assert talks[0].turns[1].text == "So, what of number 2?"
    assert speaker.shown[0] == ([[], []], [[], []], ((), ()))
    assert speaker.shown[1] == ([[JAZZ], [JAZZ]], [[2], [1]], (("So, what of number 2?",),) * 2)


def test_talks_of_different_lengths_are_asked_about_apart() -> None:
    speaker = Speaks()
    sold(
        seller(questioner=speaker, cost=0.0, house=HouseRules(most_refusals=1)),
        buyers((1, 0, 2, 0, 0), (1, 0, 1, 0, 0), likes=[[], []]),
        turns=8,
    )
    assert all(len({len(row) for row in asked}) == 1 for asked, _, _ in speaker.shown)


def test_who_says_what_nobody_can_read_offers() -> None:
    class Mumbles:
        def ask(self, talks: Transcript, allowed: np.ndarray, luck: Luck) -> Asked:
            return Asked(np.full(len(talks), UNREADABLE), ("Hm.",) * len(talks))

    (talk,) = sold(seller(questioner=Mumbles()), buyers((1, 0, 2, 0, 0), likes=[["tea-0"]]))
    assert steps(talk)[1] == "offer tea-0"
