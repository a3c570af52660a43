"""Sales dialogues from end to end: what sellers do, and how buyers take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from planted_shop import BIG_BANDS, DOMAIN, JAZZ, buyers, rule_seller, sold, steps

from elicit.basis import Luck
from elicit.dialogues import Act, EndReason, Thought
from elicit.measures import Outcome, outcome_of, sale_values
from elicit.questioners import OrderedQuestioner
from elicit.sellers import AskedStrategy, HouseRules, NaivePusher, Plan, View
from elicit.users import Temper


@dataclass
class Always:
    """A policy that looks at one talk only."""

    plan: Callable[[View], Plan]

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        return [self.plan(view) for view in views]


LOVES_JAZZ = (1, 0, 2, 0, 0)
HATES_ALL = (1, 0, 0, 0, 0)


class TestRuleSeller:
    """The four thoughts."""

    def test_it_turns_to_what_its_strategy_likes_and_offers_what_is_wanted(self) -> None:
        (talk,) = sold(rule_seller(), buyers(LOVES_JAZZ, likes=[["jazz-1"]]))
        assert steps(talk) == [
            "chat",
            *("steer tea", "tell", "steer jazz", "tell"),
            *("offer jazz-0", "refuse jazz-0", "offer jazz-1", "accept jazz-1", "hand_over jazz-1"),
        ]
        assert talk.end is EndReason.USER_DONE
        thoughts = [turn.move.thought for turn in talk.turns if turn.move and turn.move.thought]
        assert thoughts == [*[Thought.NO_INTENT] * 2, *[Thought.UNCHANGED] * 2]

    def test_another_strategy_comes_to_it_sooner(self) -> None:
        (talk,) = sold(rule_seller((1.0, 3.0, 2.0)), buyers(LOVES_JAZZ, likes=[["jazz-0"]]))
        assert steps(talk)[1:3] == ["steer jazz", "tell"]
        assert len(talk.turns) == 6

    def test_no_third_offer_after_two_refusals(self) -> None:
        (talk,) = sold(rule_seller((1.0, 3.0, 2.0)), buyers((1, 2, 2, 0, 0), likes=[["tea-0"]]))
        did = steps(talk)
        assert did[1::2] == [
            *("steer jazz", "offer jazz-0", "offer jazz-1", "steer walks"),
            *("offer jazz-2", "steer tea", "offer tea-0", "hand_over tea-0"),
        ]

    def test_what_is_seen_in_other_answers_comes_first(self) -> None:
        def expects(states: np.ndarray) -> np.ndarray:
            return np.tile([3.0, 1.0, 2.0], (len(states), 1))

        asks_big_bands = OrderedQuestioner(np.array([BIG_BANDS, 0, 1, 2, 3]))
        seller = rule_seller(strategy=AskedStrategy(1, expects), first=asks_big_bands)
        likes, does_not = sold(seller, buyers((1, 0, 2, 0, 1), (1, 0, 2, 0, 0), likes=[["jazz-0"], ["jazz-0"]]))
        assert steps(likes)[1:5] == ["ask", "tell", "steer jazz", "tell"]
        assert likes.turns[3].move is not None
        assert likes.turns[3].move.thought is Thought.IMPLIED
        assert steps(does_not)[3] == "steer tea"

    def test_it_asks_for_details_before_it_offers_if_it_is_told_to(self) -> None:
        (talk,) = sold(rule_seller((1.0, 3.0, 2.0), details=1), buyers((1, 0, 2, 0, 1), likes=[["jazz-0"]]))
        assert steps(talk)[1::2] == ["steer jazz", "ask", "offer jazz-0", "hand_over jazz-0"]
        assert talk.turns[3].asks == ("big-bands",)

    def test_who_may_not_offer_and_has_nothing_to_ask_says_something_else_first(self) -> None:
        (talk,) = sold(rule_seller(), buyers((1, 0, 0, 2, 0), likes=[["walks-2"]]))
        assert steps(talk)[1::2] == [
            *("steer tea", "steer jazz", "steer walks"),
            *("offer walks-0", "offer walks-1", "chat", "offer walks-2", "hand_over walks-2"),
        ]

    def test_the_house_forbids_first_questions_too(self) -> None:
        seller = rule_seller(
            strategy=AskedStrategy(1, lambda states: np.tile([3.0, 1.0, 2.0], (len(states), 1))),
            first=OrderedQuestioner(np.arange(5)),
            house=HouseRules(most_questions=0),
        )
        (talk,) = sold(seller, buyers(LOVES_JAZZ, likes=[[]]))
        assert steps(talk)[1] == "give_up"

    def test_it_gives_up_where_nothing_is_wanted(self) -> None:
        (talk,) = sold(rule_seller(), buyers(HATES_ALL, likes=[[]]))
        assert steps(talk)[-1] == "give_up"
        assert talk.end is EndReason.AGENT_DONE
        assert outcome_of(talk, np.zeros(len(DOMAIN.targets), dtype=bool), DOMAIN) is Outcome.REFUSED

    def test_what_is_only_all_right_is_offered_last(self) -> None:
        (talk,) = sold(rule_seller(), buyers((1, 1, 0, 0, 0), likes=[["tea-0"]]))
        assert steps(talk)[1::2] == ["steer tea", "steer jazz", "steer walks", "offer tea-0", "hand_over tea-0"]


class TestBuyer:
    """Patience, refusals, and what is taken by mistake."""

    def test_the_same_person_takes_the_same_offer_from_anybody(self) -> None:
        people = buyers(*[(1, 2, 2, 2, 0)] * 200, likes=[[]] * 200)
        doubtful = Temper(patience=1000, mistaken=0.4, gives_in=0)
        pushed = sold(NaivePusher(np.linspace(1, 0, 12), offers=1), people, doubtful)
        asked = sold(rule_seller(np.tile([3.0, 2, 1], (200, 1))), people, doubtful)
        taken = [steps(talk)[2] == "accept tea-0" for talk in pushed]
        assert 0.3 < np.mean(taken) < 0.5
        assert taken == ["accept tea-0" in steps(talk) for talk in asked]

    def test_a_deal_breaker_is_never_taken(self) -> None:
        people = buyers(*[HATES_ALL] * 100, likes=[[]] * 100)
        weak = Temper(patience=1000, mistaken=1, gives_in=1)
        talks = sold(NaivePusher(np.linspace(1, 0, 12), offers=3), people, weak)
        assert not any("accept" in step for talk in talks for step in steps(talk))

    def test_pressing_makes_some_give_in_and_others_leave(self) -> None:
        people = buyers(*[(1, 1, 1, 1, 0)] * 300, likes=[[]] * 300)
        temper = Temper(patience=6, mistaken=0, gives_in=0.1)
        values = [
            sale_values(talk, np.zeros(12, dtype=bool), DOMAIN)
            for talk in sold(NaivePusher(np.linspace(1, 0, 12), offers=6), people, temper)
        ]
        assert 0.1 < np.mean([v["misfit"] for v in values]) < 0.6
        assert 0.2 < np.mean([v["walked_away"] for v in values]) < 0.9
        assert all(v["sold"] == 0 for v in values)

    def test_asking_again_costs_patience(self) -> None:
        (talk,) = sold(Always(lambda view: Plan(Act.STEER, JAZZ)), buyers(LOVES_JAZZ, likes=[[]]), Temper(patience=4))
        assert talk.end is EndReason.USER_LEFT
        assert 3 <= len(talk.turns) <= 11
        assert steps(talk)[-1] == "leave"


class TestOutcome:
    """The buyer's hidden state decides, never the seller's claim."""

    def test_a_pusher_claims_what_it_has_not_sold(self) -> None:
        fits = np.zeros(12, dtype=bool)
        (talk,) = sold(NaivePusher(np.linspace(1, 0, 12)), buyers(HATES_ALL, likes=[[]]))
        values = sale_values(talk, fits, DOMAIN)
        assert (values["claimed"], values["sold"], values["refused"]) == (1, 0, 1)
        assert values["pressing"] == 2
        assert values["resisted"] == 1
        assert values["regret"] == 0

    def test_success_declared_in_turn_one_is_a_claim_and_nothing_else(self) -> None:
        (talk,) = sold(Always(lambda view: Plan(Act.HAND_OVER)), buyers(LOVES_JAZZ, likes=[["jazz-0"]]))
        fits = np.arange(12) == 4
        values = sale_values(talk, fits, DOMAIN)
        assert (values["claimed"], values["sold"], values["turns"], values["regret"]) == (1, 0, 1, 1)
        assert outcome_of(talk, fits, DOMAIN) is Outcome.REFUSED

    def test_a_sale_that_fits(self) -> None:
        people = buyers(LOVES_JAZZ, likes=[["jazz-1"]])
        (talk,) = sold(rule_seller(), people)
        values = sale_values(talk, people.liked[0], DOMAIN)
        assert (values["sold"], values["misfit"], values["claimed"], values["regret"]) == (1, 0, 1, 0)
        assert (values["questions"], values["offers"], values["turns"], values["turns_if_sold"]) == (2, 2, 5, 5)
        assert (values["switches"], values["intents"], values["strayed"], values["pressing"]) == (1, 2, 0, 1)
        assert values["continued"] == pytest.approx(2 / 3)
        assert values["invented"] == 0
        assert np.isnan(values["resisted"])

    def test_leaving_a_wanted_topic_is_straying(self) -> None:
        (talk,) = sold(
            Always(lambda view: Plan(Act.STEER, 2 + len(view.asked) % 2)), buyers(LOVES_JAZZ, likes=[[]]), turns=3
        )
        values = sale_values(talk, np.zeros(12, dtype=bool), DOMAIN)
        assert values["strayed"] == 1
        assert values["out_of_turns"] == 1
        assert np.isnan(values["turns_if_sold"])
