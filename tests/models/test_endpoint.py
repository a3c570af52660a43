"""Endpoints, through the real protocol: what is sent, and what is made of servers that misbehave."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from stub_server import Answer, chat, problem, serving

from elicit.basis import InputError
from elicit.dialogues import Message, Speaker
from elicit.models import Budget, ModelError, ModelFault, ModelSettings, Reply, Request, open_model, open_models
from elicit.models.endpoint import EndpointModel, _why

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning"),
]
HELLO = Request((Message(role="system", content="Be kind."), Message(role="user", content="Hello")), seed=5)
ENDLESS = Budget(None)
SECRET = "sk-very-secret-0123456789"


def asked(
    url: str, *requests: Request, longest_wait: float = 0.4, budget: Budget = ENDLESS, **settings: Any
) -> list[Reply | ModelError]:
    async def ask() -> list[Reply | ModelError]:
        endpoint = ModelSettings(spec=f"{url}#m", **settings)
        model = EndpointModel(endpoint, budget, first_wait=0.01, longest_wait=longest_wait)
        try:
            return await model.complete(requests or (HELLO,))
        finally:
            await model.aclose()

    replies = asyncio.run(ask())
    gc.collect()  # A connection that was left open warns when it is collected.
    return replies


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


@contextmanager
def silence() -> Iterator[str]:
    """Give an address that is so busy that no connection comes about."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for caller in (first, second):
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}/v1"


@pytest.mark.skipif(sys.platform != "linux", reason="how long a queue of callers is differs between systems")
def test_an_address_that_says_nothing_is_unreachable_and_not_slow() -> None:
    with silence() as url:
        (error,) = asked(url, timeout=0.5, tries=20)
    assert isinstance(error, ModelError)
    assert (error.fault, error.detail) == (ModelFault.UNREACHABLE, f"cannot reach {url} (no answer)")


def test_a_server_without_encryption_is_told_from_a_refused_connection() -> None:
    with serving(lambda body, number: chat("Hi")) as stub:
        (error,) = asked(stub.url.replace("http:", "https:"), tries=20)
    assert isinstance(error, ModelError)
    assert error.fault is ModelFault.UNREACHABLE
    assert error.detail.endswith("(no secure connection)")


def test_an_unknown_host_is_told_from_a_refused_connection() -> None:
    def failed(cause: BaseException) -> Exception:
        error = OSError("cannot connect")
        error.__cause__ = cause
        return error

    assert _why(failed(socket.gaierror(-2, "not known"))) == "unknown host"
    assert _why(failed(ExceptionGroup("two addresses", [ConnectionRefusedError(), ConnectionRefusedError()]))) == (
        "connection refused"
    )
    assert _why(failed(OSError(101, "network is unreachable"))) == "no connection"


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


def test_a_server_that_wants_to_be_left_alone_for_long_is_asked_again_after_the_longest_wait() -> None:
    started = time.monotonic()
    error, requests = fault(
        lambda body, number: problem(429, headers={"Retry-After": "600"}), tries=3, longest_wait=0.1
    )
    assert (error.fault, requests) == (ModelFault.OVERLOADED, 3)
    assert 0.2 <= time.monotonic() - started < 60


def test_waits_that_would_grow_beyond_the_longest_use_up_all_tries() -> None:
    error, requests = fault(lambda body, number: problem(500), tries=12, longest_wait=0.02)
    assert (error.fault, requests) == (ModelFault.BROKEN, 12)


def test_each_wait_is_twice_as_long_as_the_one_before() -> None:
    with serving(lambda body, number: problem(500)) as stub:
        asked(stub.url, tries=6)
    gaps = [later - earlier for earlier, later in pairwise(stub.times)]
    assert all(gap >= wait for gap, wait in zip(gaps, (0.01, 0.02, 0.04, 0.08, 0.16), strict=True))


def test_odd_wishes_about_waiting_are_no_wishes() -> None:
    for wish in ("Fri, 31 Dec 2099 23:59:59 GMT", "-5", "nan", "soon"):
        error, requests = fault(lambda body, number, w=wish: problem(503, headers={"Retry-After": w}), tries=2)
        assert (error.fault, requests) == (ModelFault.BROKEN, 2)


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
    error, requests = fault(lambda body, number: slow, timeout=0.4, tries=2)
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
        Answer(b'{"choices": [{"message": {"content": ["parts"]}}]}'),
        Answer(b"\xff\xfe"),
        Answer(b""),
        Answer(b"[" * 100_000),
        chat(None),
    ],
)
def test_what_is_no_reply_is_asked_for_again_and_then_given_up(odd: Answer) -> None:
    error, requests = fault(lambda body, number: odd, tries=2)
    assert (error.fault, requests) == (ModelFault.BROKEN, 2)


def test_an_empty_text_is_an_empty_reply_and_spaces_are_left_alone() -> None:
    for text in ("", " \n", " Hello. "):
        with serving(lambda body, number, text=text: chat(text)) as stub:
            assert asked(stub.url) == [Reply(text, 11, 3)]


def test_half_a_letter_does_not_keep_a_dialogue_from_being_written() -> None:
    halves = Answer(b'{"choices": [{"message": {"content": "a\\ud83d b \\ud83d\\ude00"}}]}')
    with serving(lambda body, number: halves) as stub:
        assert asked(stub.url) == [Reply("a\ufffd b \U0001f600")]


def test_odd_counts_of_tokens_do_not_earn_money() -> None:
    odd = b'{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": -5, "completion_tokens": "7"}}'
    for body in (odd, odd.replace(b'"usage": {', b'"usage": 3, "x": {')):
        with serving(lambda _, number, body=body: Answer(body)) as stub:
            assert asked(stub.url) == [Reply("a", 0, 0)]


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


def test_a_server_that_repeats_secrets_does_not_get_them_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "plain-word-key")
    monkeypatch.setenv("TOKEN", "plain-word-key-and-more")
    headers = {"X-Login": "token=$TOKEN", "X-Team": "reds", "X-Literal": "Bearer simsalabim"}
    told = "plain-word-key-and-more, simsalabim, plain-word-key and sk-abcdefgh are not required, reds"
    for status, expected in ((422, ModelFault.REJECTED), (400, ModelFault.REJECTED), (404, ModelFault.NO_MODEL)):
        error, _ = fault(lambda body, number, s=status: problem(s, told), headers=headers)
        assert error.fault is expected
        assert error.detail.endswith(f"({status}: …, …, … and … are not required, reds)")


def test_a_key_that_cannot_be_sent_is_named_before_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("schlüssel-77", "two\nlines-77"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        with pytest.raises(InputError, match="the key in OPENAI_API_KEY holds a letter that cannot be sent") as raised:
            open_model(ModelSettings(spec="http://127.0.0.1:9/v1#m"))
        assert "77" not in str(raised.value)
    monkeypatch.setenv("OPENAI_API_KEY", f"{SECRET}\n")
    with serving(lambda body, number: chat("Hi")) as stub:
        assert asked(stub.url) == [Reply("Hi", 11, 3)]
    assert stub.headers[0]["authorization"] == f"Bearer {SECRET}"


def test_a_model_that_is_not_there_is_named() -> None:
    error, requests = fault(lambda body, number: problem(404, "The model `m` does not exist"))
    assert (error.fault, requests) == (ModelFault.NO_MODEL, 1)
    assert "has no model 'm' (404: The model `m` does not exist)" in error.detail


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 4096 tokens",
        "the request exceeds the available context size, try increasing it",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (1200000) exceeds the maximum number of tokens allowed",
        "Sorry. " * 100 + "The context window is full.",
    ],
)
def test_a_dialogue_that_is_too_long_is_told(words: str) -> None:
    error, requests = fault(lambda body, number: problem(400, words))
    assert (error.fault, requests) == (ModelFault.CONTEXT, 1)
    assert len(error.detail) < 300
    assert fault(lambda body, number: problem(413))[0].fault is ModelFault.CONTEXT


@pytest.mark.parametrize("words", ["unknown parameter: seed", "temperature exceeds 2", "no context was given"])
def test_other_refusals_are_no_matter_of_length(words: str) -> None:
    error, requests = fault(lambda body, number: problem(400, words))
    assert (error.fault, requests) == (ModelFault.REJECTED, 1)
    assert error.detail.endswith(f"does not take the request (400: {words})")


def test_no_more_requests_than_allowed_are_sent_at_once() -> None:
    def answer(body: dict[str, Any], number: int) -> Answer:
        return chat(body["messages"][0]["content"], before=0.03)

    requests = [Request((Message(role="user", content=str(n)),)) for n in range(12)]
    with serving(answer) as stub:
        replies = asked(stub.url, *requests, at_once=3)
    assert [r.text for r in replies if isinstance(r, Reply)] == [str(n) for n in range(12)]
    assert 1 < stub.most <= 3


def test_a_model_serves_one_event_loop_after_another() -> None:
    with serving(lambda body, number: chat("Hi")) as stub:
        model = EndpointModel(ModelSettings(spec=f"{stub.url}#m", tries=1))

        async def ask() -> list[Reply | ModelError]:
            try:
                return await model.complete([HELLO])
            finally:
                await model.aclose()

        assert [asyncio.run(ask()) for _ in range(3)] == [[Reply("Hi", 11, 3)]] * 3
        gc.collect()


def test_requests_that_wait_for_their_turn_are_not_sent_when_the_money_is_spent() -> None:
    async def ask(url: str) -> list[Reply | ModelError]:
        settings = ModelSettings(spec=f"{url}#m", at_once=2, price_reply=1e6)  # 3 for each reply.
        async with open_models({Speaker.USER: settings}, Budget(3.0), None) as models:
            return await models[Speaker.USER].complete([HELLO] * 20)

    with serving(lambda body, number: chat("Hi", before=0.02)) as stub:
        replies = asyncio.run(ask(stub.url))
    faults = [reply.fault for reply in replies if isinstance(reply, ModelError)]
    assert 1 <= len(stub.requests) <= 4  # At most two were on their way, and two slipped in while those were counted.
    assert faults == [ModelFault.BUDGET] * (20 - len(stub.requests))


def test_a_request_is_not_tried_again_when_the_money_is_spent_meanwhile() -> None:
    budget = Budget(1.0)

    def spend(body: dict[str, Any], number: int) -> Answer:
        budget.spent = 2.0
        return problem(500)

    with serving(spend) as stub:
        (error,) = asked(stub.url, budget=budget)
    assert isinstance(error, ModelError)
    assert (error.fault, len(stub.requests)) == (ModelFault.BUDGET, 1)


def test_a_bare_host_is_asked_below_v1() -> None:
    with serving(lambda body, number: chat("Hi")) as stub:
        assert asked(stub.url.removesuffix("/v1")) == asked(f"{stub.url}/") == [Reply("Hi", 11, 3)]
        assert stub.paths == ["/v1/chat/completions"] * 2
