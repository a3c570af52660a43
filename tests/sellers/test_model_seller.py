"""A chat model as a seller: structure, one retry, words as they are, invented items."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from planted_shop import CALM, DOMAIN, buyers, conversation, steps

from elicit.dialogues import Dialogue, EventKind, Failure, Fault, Thought
from elicit.measures import Outcome, outcome_of, sale_values
from elicit.models import ModelError, ModelFault, ModelSettings, Reply, Request
from elicit.sellers import ModelSeller

PEOPLE = buyers((1, 0, 2, 0, 0), likes=[["jazz-1"]])


class Model:
    """Says what a function of the number of messages says."""

    name = "model"
    together = 4

    def __init__(self, says: Callable[[int], Any]) -> None:
        self.says = says
        self.requests: list[Request] = []

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.requests += requests
        said = [self.says(len(self.requests)) for _ in requests]
        return [each if isinstance(each, ModelError) else Reply(each, 10, 5) for each in said]


def talk(*says: Any, turns: int = 6) -> tuple[Dialogue | Failure, Model]:
    texts = [each if isinstance(each, str | ModelError) else json.dumps(each) for each in says]
    model = Model(lambda number: texts[min(number, len(texts)) - 1])
    seller = ModelSeller(model, ModelSettings(spec="hf:x"), "Sell.", DOMAIN, seed=1)
    (record,) = conversation(seller, PEOPLE, CALM, turns)
    return record, model


def offer(item: str | None, reply: str = "What about this?", **more: Any) -> dict[str, Any]:
    return {"thought": "explicit", "reply": reply, "offer": item} | more


def test_it_offers_what_it_names_and_hands_over() -> None:
    record, model = talk(
        {"thought": "no_intent", "reply": "Do you like jazz?"},
        offer("jazz number 1"),
        offer(None, "Enjoy it!", done="sold"),
    )
    assert isinstance(record, Dialogue)
    assert steps(record)[3:] == ["offer jazz-1", "accept jazz-1", "hand_over"]
    assert outcome_of(record, PEOPLE.liked[0], DOMAIN) is Outcome.FITS
    assert record.turns[3].move is not None
    assert record.turns[3].move.thought is Thought.EXPLICIT
    assert model.requests[0].schema is not None
    assert [message.role for message in model.requests[1].messages] == ["system", "user", "assistant", "user"]


def test_a_reply_in_words_is_asked_for_once_more() -> None:
    record, model = talk("Sure! I would say jazz.", offer("jazz-1"), offer(None, "Enjoy!", done="sold"))
    assert steps(record)[1] == "offer jazz-1"
    assert [event.kind for event in record.turns[1].events] == [EventKind.RETRIED]
    assert "JSON" in model.requests[1].messages[-1].content
    assert model.requests[0].seed != model.requests[1].seed


def test_the_transcript_has_the_request_of_each_turn() -> None:
    record, model = talk(offer("tea-0"), offer(None, "Well, bye.", done="given up"))
    first, second = model.requests
    assert [turn.request for turn in record.turns if turn.request] == [first.messages, second.messages]
    assert first.messages[0].content == "Sell."
    assert second.messages[-1].content == record.turns[2].text


def test_the_transcript_has_the_request_that_was_answered_at_last() -> None:
    again, _ = talk("Sure! I would say jazz.", offer("jazz-1"), offer(None, "Enjoy!", done="sold"))
    assert again.turns[1].request is not None
    assert "JSON" in again.turns[1].request[-1].content
    in_words, model = talk("How about jazz number 1?", "How about jazz number 1, my friend?")
    assert in_words.turns[1].request == model.requests[1].messages
    assert Dialogue.model_validate_json(again.model_dump_json()) == again


def test_then_its_words_are_taken_as_they_are() -> None:
    record, _ = talk("How about jazz number 1, my friend?")
    assert steps(record)[1] == "offer jazz-1"
    assert record.turns[1].text == "How about jazz number 1, my friend?"


def test_an_invented_item_is_refused_and_counted() -> None:
    record, _ = talk(offer("the golden trumpet"), offer(None, "Well, bye.", done="given up"))
    assert isinstance(record, Dialogue)
    assert steps(record)[1:3] == ["offer the golden trumpet", "refuse the golden trumpet"]
    values = sale_values(record, PEOPLE.liked[0], DOMAIN)
    assert (values["invented"], values["sold"], values["claimed"], values["refused"]) == (1, 0, 0, 1)


def test_a_claim_is_only_a_claim() -> None:
    record, _ = talk(offer(None, "Sold! Thank you.", done="sold"))
    assert isinstance(record, Dialogue)
    values = sale_values(record, PEOPLE.liked[0], DOMAIN)
    assert (values["claimed"], values["sold"], values["turns"]) == (1, 0, 1)


def test_a_model_that_says_nothing_fails_by_itself() -> None:
    record, _ = talk("", "<think>Let me see.</think>")
    assert isinstance(record, Failure)
    assert (record.fault, record.kind) == (Fault.AGENT, "empty")


def test_a_model_that_cannot_be_reached_in_time() -> None:
    record, _ = talk(ModelError(ModelFault.SLOW, "no reply in 60 s"))
    assert isinstance(record, Failure)
    assert record.fault is Fault.TRANSPORT


def test_nothing_in_an_object_can_break_it() -> None:
    for nonsense in ('{"reply": 3}', '{"reply": "x", "offer": ["a"]}', '{"reply": ""}', "{" * 5000, "[1]", "{}"):
        record, _ = talk(nonsense, turns=2)
        assert isinstance(record, Dialogue | Failure)
