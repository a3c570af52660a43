"""Buyers who ask about an offer before they decide on it, and what sellers answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from planted_shop import CALM, DOMAIN, KINDS, buyers, conversation, rule_seller, sold, steps
from pydantic import ValidationError

from elicit.basis import Luck
from elicit.dialogues import Act, Dialogue, Move, Speaker, Turn
from elicit.domains import Domain, Population
from elicit.language import price_texts
from elicit.measures import sale_values
from elicit.models import ModelError, ModelSettings, Reply, Request
from elicit.sellers import ModelSeller, NaivePusher, Plan, Policy, SellerAgent, View
from elicit.users import Case, Said, Talk, Temper

CURIOUS = CALM.model_copy(update={"asks_back": 1.0})
PUSHER = NaivePusher(np.linspace(1, 0, len(DOMAIN.targets)))
LOVES_JAZZ = (1, 0, 2, 0, 0)
"""Likes jazz best, teas and walks least."""
NEUTRAL = (1, 1, 1, 1, 0)


def altered(**first: Any) -> Domain:
    """Return the shop with another first target."""
    changed = DOMAIN.targets[0].model_copy(update=first)
    return Domain(name=DOMAIN.name, title=DOMAIN.title, facets=DOMAIN.facets, targets=(changed, *DOMAIN.targets[1:]))


def move(talk: Dialogue, act: Act) -> Move | None:
    """Return the first move of a kind."""
    return next((turn.move for turn in talk.turns if turn.move is not None and turn.move.act is act), None)


def random_buyers(number: int) -> Population:
    random = np.random.default_rng(3)
    codes = [(1, *random.integers(3, size=len(KINDS)).tolist(), 0) for _ in range(number)]
    likes = [[t.id for t in DOMAIN.targets if random.random() < 0.2] for _ in range(number)]
    return buyers(*codes, likes=likes)


class Late:
    """Offers what the pusher offers, after a word."""

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        return [
            Plan(Act.OFFER, item=len(view.offered)) if view.asked else Plan(Act.STEER, DOMAIN.column("budget"))
            for view in views
        ]


class TestBuyer:
    """Who asks, about what, and what it makes of the answer."""

    def test_what_is_asked_is_answered_and_then_decided(self) -> None:
        (talk,) = sold(PUSHER, buyers(LOVES_JAZZ, likes=[["tea-0"]]), CURIOUS)
        assert steps(talk) == [
            *("chat", "offer tea-0", "inquire tea-0", "inform tea-0", "accept tea-0", "hand_over tea-0"),
        ]

    def test_it_asks_about_kinds_that_matter_to_it_and_hears_the_truth(self) -> None:
        talks = sold(PUSHER, buyers(*[LOVES_JAZZ] * 100, likes=[[]] * 100), CURIOUS)
        asked = [move(talk, Act.INFORM) for talk in talks]
        assert {each.intent for each in asked if each} == set(KINDS)
        assert all(each is not None and each.holds == (each.intent == "tea") for each in asked)
        assert all(each.turns[2].text.endswith("?") for each in talks)

    def test_what_the_seller_has_said_is_not_asked(self) -> None:
        talks = sold(rule_seller(np.tile([1.0, 3, 2], (50, 1))), buyers(*[LOVES_JAZZ] * 50, likes=[[]] * 50), CURIOUS)
        asked = [each for talk in talks if (each := move(talk, Act.INQUIRE))]
        assert {each.item for each in asked} == {"jazz-0"}
        assert {each.intent for each in asked} == {"tea", "walks"}

    def test_who_has_nothing_to_ask_decides(self) -> None:
        (talk,) = sold(PUSHER, buyers(NEUTRAL, likes=[["tea-0"]]), CURIOUS)
        assert steps(talk)[1:3] == ["offer tea-0", "accept tea-0"]

    def test_a_share_of_offers_is_asked_about_in_the_same_way_whoever_offers(self) -> None:
        people = buyers(*[LOVES_JAZZ] * 300, likes=[[]] * 300)
        temper = CALM.model_copy(update={"asks_back": 0.3})
        first = [steps(talk)[2] for talk in sold(PUSHER, people, temper)]
        assert 0.2 < np.mean([step == "inquire tea-0" for step in first]) < 0.4

        late = [steps(talk)[4] for talk in sold(Late(), people, temper)]
        assert first == late
        asked = [[move(talk, Act.INQUIRE) for talk in sold(policy, people, temper)] for policy in (PUSHER, Late())]
        of_tea = [(a, b) for a, b in zip(*asked, strict=True) if a is not None and a.item == "tea-0"]
        assert of_tea
        assert all(a == b for a, b in of_tea)

    def test_who_learns_that_it_is_of_a_kind_it_avoids_takes_nothing_by_mistake(self) -> None:
        domain = altered(kinds=("tea", "jazz"))
        people = buyers(*[LOVES_JAZZ] * 200, likes=[[]] * 200)
        doubtful = Temper(patience=1000, mistaken=0.8)
        pusher = NaivePusher(np.linspace(1, 0, len(DOMAIN.targets)), offers=1)
        without = sold(pusher, people, doubtful, domain=domain)
        asked = sold(pusher, people, doubtful.model_copy(update={"asks_back": 1.0}), domain=domain)
        takes = [steps(talk)[2] == "accept tea-0" for talk in without]
        told = [move(talk, Act.INFORM) for talk in asked]
        warned = [each is not None and each.intent == "tea" for each in told]
        assert 0.3 < np.mean(takes) < 0.5
        assert 0.2 < np.mean(warned) < 0.5
        assert [steps(talk)[4] == "accept tea-0" for talk in asked] == [
            take and not avoids for take, avoids in zip(takes, warned, strict=True)
        ]

    def test_what_fits_is_taken_though_it_is_of_a_kind_that_is_avoided(self) -> None:
        people = buyers(*[LOVES_JAZZ] * 50, likes=[["tea-0"]] * 50)
        assert all("accept tea-0" in steps(talk) for talk in sold(PUSHER, people, CURIOUS))

    def test_an_inquiry_costs_the_patience_of_a_turn(self) -> None:
        people = buyers(*[LOVES_JAZZ] * 50, likes=[[]] * 50)
        temper = Temper(patience=3, refused=0, pressed=0, mistaken=0, gives_in=0)
        pusher = NaivePusher(np.linspace(1, 0, len(DOMAIN.targets)), offers=12)
        until_it_leaves = [len(talk.turns) for talk in sold(pusher, people, temper, turns=30)]
        curious = temper.model_copy(update={"asks_back": 1.0})
        asked = sold(pusher, people, curious, turns=30)
        assert until_it_leaves == [len(talk.turns) for talk in asked]
        assert all(steps(talk)[-1].startswith("leave") for talk in asked)

    def test_an_item_without_kinds_and_price(self) -> None:
        domain = altered(kinds=(), price=None)
        cares, does_not = sold(PUSHER, buyers(LOVES_JAZZ, NEUTRAL, likes=[["tea-0"]] * 2), CURIOUS, domain=domain)
        told = move(cares, Act.INFORM)
        assert told is not None
        assert told.holds is None
        assert cares.turns[3].text in price_texts(None)
        assert steps(cares)[4] == "accept tea-0"
        assert steps(does_not)[2] == "accept tea-0"

    @pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "often"])
    def test_a_share_that_is_none(self, share: Any) -> None:
        with pytest.raises(ValidationError, match="asks_back"):
            Temper(asks_back=share)


class TestSeller:
    """What our sellers answer, and that they keep to their rules."""

    def answer(self, inquiry: Move) -> Turn:
        people = buyers(LOVES_JAZZ, likes=[[]])
        case = Case("b0/0", "b0", 0, 0)
        turns = [
            Turn(speaker=Speaker.USER, text="Hi.", move=Move(act=Act.CHAT)),
            Turn(speaker=Speaker.AGENT, text="This?", move=Move(act=Act.OFFER, item="tea-0")),
            Turn(speaker=Speaker.USER, text="What is it?", move=inquiry),
        ]
        voice = SellerAgent("pusher", PUSHER, DOMAIN, people.ids, seed=1).join([case])
        (said,) = asyncio.run(voice.speak([Talk(case, 0, turns)]))
        assert isinstance(said, Said)
        assert said.end is None
        return said.turn

    @pytest.mark.parametrize(
        ("intent", "item"),
        [
            (None, "the golden trumpet"),
            ("tea", "the golden trumpet"),
            (None, None),
            ("tea", None),
            ("opera", "tea-0"),
        ],
    )
    def test_nothing_is_known_of_what_does_not_exist(self, intent: str | None, item: str | None) -> None:
        turn = self.answer(Move(act=Act.INQUIRE, intent=intent, item=item))
        assert turn.move == Move(act=Act.INFORM, intent=intent, item=item)
        assert turn.text in price_texts(None)

    def test_price_and_kinds_are_told_as_they_are(self) -> None:
        assert "10" in self.answer(Move(act=Act.INQUIRE, item="tea-0")).text
        for kind in KINDS:
            told = self.answer(Move(act=Act.INQUIRE, intent=kind, item="tea-0"))
            assert told.move == Move(act=Act.INFORM, intent=kind, item="tea-0", holds=kind == "tea")

    def test_an_inquiry_does_not_make_a_third_offer_right(self) -> None:
        (talk,) = sold(rule_seller((1.0, 3.0, 2.0)), buyers((1, 2, 2, 0, 0), likes=[["tea-0"]]), CURIOUS, turns=20)
        assert steps(talk)[1::2] == [
            *("steer jazz", "offer jazz-0", "inform jazz-0", "offer jazz-1", "inform jazz-1", "steer walks"),
            *("offer jazz-2", "inform jazz-2", "steer tea", "offer tea-0", "inform tea-0", "hand_over tea-0"),
        ]


class TestMeasures:
    """An answered inquiry is a turn and nothing else."""

    @pytest.mark.parametrize("policy", [PUSHER, rule_seller(np.tile([3.0, 2, 1], (80, 1)))])
    @pytest.mark.parametrize("temper", [CALM, Temper(patience=1000)])
    def test_all_else_is_as_without_it(self, policy: Policy, temper: Temper) -> None:
        people = random_buyers(80)
        number = 0
        for row, (plain, asked) in enumerate(
            zip(
                sold(policy, people, temper, turns=60),
                sold(policy, people, temper.model_copy(update={"asks_back": 1.0}), turns=60),
                strict=True,
            )
        ):
            before, after = (sale_values(talk, people.liked[row], DOMAIN) for talk in (plain, asked))
            own = {"turns", "turns_if_sold", "inquiries", "resisted"}
            np.testing.assert_equal({k: v for k, v in after.items() if k not in own}, drop(before, own))
            assert before["inquiries"] == 0
            assert after["turns"] == before["turns"] + after["inquiries"]
            number += int(after["inquiries"])
        assert number > 40

    def test_an_answer_about_what_does_not_exist_is_no_invented_offer(self) -> None:
        (talk,) = sold(PUSHER, buyers(LOVES_JAZZ, likes=[[]]))
        nowhere = Move(act=Act.INFORM, item="the golden trumpet")
        told = talk.model_copy(update={"turns": (*talk.turns[:2], talk.turns[1].model_copy(update={"move": nowhere}))})
        assert sale_values(told, np.zeros(len(DOMAIN.targets), dtype=bool), DOMAIN)["invented"] == 0


def drop(values: dict[str, float], names: set[str]) -> dict[str, float]:
    return {name: value for name, value in values.items() if name not in names}


class Replies:
    """A chat model that says one thing after the other."""

    name, together = "model", 1

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.requests: list[Request] = []

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.requests += requests
        return [Reply(self.texts.pop(0) if len(self.texts) > 1 else self.texts[0], 1, 1) for _ in requests]


def from_model(people: Population, *says: tuple[str, str | None]) -> tuple[Dialogue, Replies]:
    model = Replies(*(json.dumps({"reply": reply, "offer": offer}) for reply, offer in says))
    seller = ModelSeller(model, ModelSettings(spec="hf:x"), "Sell.", DOMAIN, seed=1)
    (record,) = conversation(seller, people, CURIOUS, turns=4)
    assert isinstance(record, Dialogue)
    return record, model


class TestModelSeller:
    """It gets the inquiry as words, and the buyer decides on the same offer whatever it says."""

    LIKES = buyers(NEUTRAL, likes=[["tea-0"]])

    def test_a_price_that_was_not_said_is_asked(self) -> None:
        talk, model = from_model(self.LIKES, ("This tea?", "tea-0"), ("Ten.", None))
        assert steps(talk)[1:5] == ["offer tea-0", "inquire tea-0", "chat", "accept tea-0"]
        assert move(talk, Act.INQUIRE) == Move(act=Act.INQUIRE, item="tea-0")
        assert model.requests[1].messages[-1].content == talk.turns[2].text

    def test_a_price_that_was_said_is_not(self) -> None:
        talk, _ = from_model(self.LIKES, ("This tea for 10.00?", "tea-0"), ("Bye.", None))
        assert steps(talk)[2] == "inquire tea-0"
        talk, _ = from_model(self.LIKES, ("This tea for $10?", "tea-0"), ("Bye.", None))
        assert steps(talk)[2] == "accept tea-0"

    def test_one_inquiry_an_item_even_if_it_is_offered_again(self) -> None:
        talk, _ = from_model(self.LIKES, ("This tea?", "tea-0"), ("This tea!", "tea-0"))
        assert steps(talk)[1:5] == ["offer tea-0", "inquire tea-0", "offer tea-0", "accept tea-0"]

    def test_another_offer_for_an_answer_is_judged_by_itself(self) -> None:
        talk, _ = from_model(self.LIKES, ("This tea?", "tea-0"), ("Or jazz?", "jazz-0"), ("Jazz!", None))
        assert steps(talk)[3:7] == ["offer jazz-0", "inquire jazz-0", "chat", "refuse jazz-0"]

    def test_what_does_not_exist_is_not_asked_about(self) -> None:
        talk, _ = from_model(self.LIKES, ("A golden trumpet?", "trumpet"), ("Well.", None))
        assert steps(talk)[1:3] == ["offer trumpet", "refuse trumpet"]
