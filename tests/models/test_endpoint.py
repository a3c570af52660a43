"""Endpoints, through the real protocol: what is sent, and what is made of servers that misbehave."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from stub_server import Answer, chat, problem, serving

from elicit.basis import InputError
from elicit.dialogues import Message
from elicit.models import ModelError, ModelFault, ModelSettings, Reply, Request
from elicit.models.endpoint import EndpointModel

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
HELLO = Request((Message(role="system", content="Be kind."), Message(role="user", content="Hello")), seed=5)
SECRET = "sk-very-secret-0123456789"


def asked(url: str, *requests: Request, **settings: Any) -> list[Reply | ModelError]:
    async def ask() -> list[Reply | ModelError]:
        model = EndpointModel(ModelSettings(spec=f"{url}#m", **settings), first_wait=0.01)
        try:
            return await model.complete(requests or (HELLO,))
        finally:
            await model.aclose()

    return asyncio.run(ask())


def fault(behaviour: Any, **settings: Any) -> tuple[ModelError, int]:
    """Return the error, and how many requests it took."""
    with serving(behaviour) as stub:
        (error,) = asked(stub.url, **settings)
        assert isinstance(error, ModelError), error
        return error, len(stub.requests)


def test_everything_that_was_set_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", SECRET)
    monkeypatch.setenv("TEAM", "red")
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    request = Request(HELLO.messages, seed=9, temperature=0.3, max_tokens=17, schema=schema)
    with serving(lambda body, number: chat("Good day.", finish="length")) as stub:
        (reply,) = asked(stub.url, request, key="SHOP_KEY", headers={"X-Team": "the $TEAM one"})
    assert reply == Reply("Good day.", 11, 3, cut=True)
    (body,), (headers,) = stub.requests, stub.headers
    assert body["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
    assert (body["model"], body["seed"], body["temperature"], body["max_tokens"]) == ("m", 9, 0.3, 17)
    assert body["response_format"]["json_schema"]["schema"] == schema
    assert (headers["authorization"], headers["x-team"]) == (f"Bearer {SECRET}", "the red one")


def test_a_header_whose_variable_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="the environment variable NOBODY_SET_THIS is not set"):
        asked("http://127.0.0.1:9/v1", headers={"X": "$NOBODY_SET_THIS"})


def test_an_address_where_nobody_listens_is_told_at_once_and_once() -> None:  # acceptance case 23
    started = time.monotonic()
    (error,) = asked("http://127.0.0.1:9/v1", tries=20)
    assert time.monotonic() - started < 5
    assert isinstance(error, ModelError)
    assert error.fault is ModelFault.UNREACHABLE
    assert error.detail == "cannot reach http://127.0.0.1:9/v1 (connection refused)"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, ModelFault.OVERLOADED), (500, ModelFault.BROKEN), (502, ModelFault.BROKEN), (503, ModelFault.BROKEN)],
)
def test_a_storm_is_weathered_up_to_the_cap(status: int, expected: ModelFault) -> None:
    error, requests = fault(lambda body, number: problem(status), tries=3)
    assert (error.fault, requests) == (expected, 3)
    assert f"{status}" in error.detail
    assert "tries: 3" in error.detail
    with serving(lambda body, number: problem(status) if number < 2 else chat("At last.")) as stub:
        assert asked(stub.url, tries=3) == [Reply("At last.", 11, 3)]


def test_a_server_that_wants_to_be_left_alone_for_long_is() -> None:
    error, requests = fault(lambda body, number: problem(429, headers={"Retry-After": "600"}), tries=5)
    assert (error.fault, requests) == (ModelFault.OVERLOADED, 1)


def test_a_short_wait_that_the_server_asks_for_is_kept() -> None:
    waits = {0: "0.3"}
    with serving(
        lambda body, number: problem(503, headers={"Retry-After": waits[number]}) if number in waits else chat("Hi")
    ) as stub:
        started = time.monotonic()
        assert asked(stub.url) == [Reply("Hi", 11, 3)]
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("slow", [chat("Late.", before=3.0), chat("Drop by drop.", trickle=0.05)])
def test_a_slow_or_trickling_server_is_not_waited_for(slow: Answer) -> None:
    started = time.monotonic()
    error, requests = fault(lambda body, number: slow, timeout=0.4, tries=2)
    assert time.monotonic() - started < 2.5
    assert (error.fault, requests) == (ModelFault.SLOW, 2)
    assert "within 0.4 s" in error.detail


@pytest.mark.parametrize(
    "odd",
    [
        chat("Cut off", cut=True),
        Answer(b'{"choices": [{"message": {"content": "half'),
        Answer(b"<html>It works!</html>"),
        Answer(b"{}"),
        Answer(b"[]"),
        Answer(b'{"choices": []}'),
        Answer(b'{"choices": [{"message": 7}]}'),
        Answer(b"\xff\xfe"),
    ],
)
def test_what_is_no_reply_is_asked_for_again_and_then_given_up(odd: Answer) -> None:
    error, requests = fault(lambda body, number: odd, tries=2)
    assert (error.fault, requests) == (ModelFault.BROKEN, 2)


def test_empty_and_missing_texts_are_empty_replies() -> None:
    for text in ("", None):
        with serving(lambda body, number, text=text: chat(text)) as stub:
            assert asked(stub.url) == [Reply("", 11, 3)]


def test_five_megabytes_are_read() -> None:
    with serving(lambda body, number: chat("x" * 5_000_000)) as stub:
        (reply,) = asked(stub.url)
    assert isinstance(reply, Reply)
    assert len(reply.text) == 5_000_000


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_named_and_never_shown(status: int, monkeypatch: pytest.MonkeyPatch) -> None:  # case 22
    monkeypatch.setenv("SHOP_KEY", SECRET)
    error, requests = fault(lambda body, number: problem(status, f"bad key {SECRET}"), key="SHOP_KEY")
    assert (error.fault, requests) == (ModelFault.REFUSED, 1)
    assert f"refuses access ({status}): the key in SHOP_KEY is set but not accepted" in error.detail
    assert SECRET not in str(error) + repr(error)
    monkeypatch.delenv("SHOP_KEY")
    error, _ = fault(lambda body, number: problem(status), key="SHOP_KEY")
    assert "the key in SHOP_KEY is not set" in error.detail


def test_a_server_that_repeats_the_key_elsewhere_does_not_get_it_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "plain-word-key")
    error, _ = fault(lambda body, number: problem(422, "you sent plain-word-key and sk-abcdefgh"))
    assert error.fault is ModelFault.REJECTED
    assert "plain-word-key" not in error.detail
    assert "sk-abc" not in error.detail


def test_a_model_that_is_not_there_is_named() -> None:
    error, requests = fault(lambda body, number: problem(404, "The model `m` does not exist"))
    assert (error.fault, requests) == (ModelFault.NO_MODEL, 1)
    assert "has no model 'm'" in error.detail


def test_a_dialogue_that_is_too_long_is_told_from_other_refusals() -> None:
    too_long = "This model's maximum context length is 4096 tokens"
    assert fault(lambda body, number: problem(400, too_long))[0].fault is ModelFault.CONTEXT
    assert fault(lambda body, number: problem(413))[0].fault is ModelFault.CONTEXT
    assert fault(lambda body, number: problem(400, "unknown parameter"))[0].fault is ModelFault.REJECTED


def test_no_more_requests_than_allowed_are_sent_at_once() -> None:
    def answer(body: dict[str, Any], number: int) -> Answer:
        return chat(body["messages"][0]["content"], before=0.03)

    requests = [Request((Message(role="user", content=str(n)),)) for n in range(12)]
    with serving(answer) as stub:
        replies = asked(stub.url, *requests, at_once=3)
    assert [r.text for r in replies if isinstance(r, Reply)] == [str(n) for n in range(12)]
    assert 1 < stub.most <= 3
