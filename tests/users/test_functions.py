"""A side that is somebody's function: what it gets, what it may return, and what it cannot break."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from elicit.dialogues import EndReason, Fault, Question, Speaker, Turn
from elicit.users import Case, Failed, FunctionParty, Said, Talk

HISTORY = [
    Turn(speaker=Speaker.USER, text="Hello."),
    Turn(speaker=Speaker.AGENT, text="Tea or coffee?"),
    Turn(speaker=Speaker.USER, text="Tea."),
]


def spoken(function: Any, timeout: float = 5.0, side: Speaker = Speaker.AGENT) -> Said | Failed:
    party = FunctionParty(side, function, "here:function", timeout, {"size"})
    case = Case("ann/0", "ann", 0, 0)
    turns = HISTORY if side is Speaker.AGENT else HISTORY[:2]
    (result,) = asyncio.run(party.join([case]).speak([Talk(case, 0, list(turns))]))
    return result


def test_it_gets_the_chat_so_far_from_its_own_side() -> None:
    seen: list[list[dict[str, str]]] = []

    def agent(messages: list[dict[str, str]]) -> str:
        seen.append(messages)
        return "How large?"

    said = spoken(agent)
    assert seen == [
        [
            {"role": "user", "content": "Hello."},
            {"role": "assistant", "content": "Tea or coffee?"},
            {"role": "user", "content": "Tea."},
        ]
    ]
    assert isinstance(said, Said)
    assert (said.turn.text, said.end, said.heard) == ("How large?", None, False)


def test_it_may_be_async_and_a_user() -> None:
    async def user(messages: list[dict[str, str]]) -> str:
        await asyncio.sleep(0)
        return f"You said: {messages[-1]['content']} and you are {messages[-1]['role']}"

    said = spoken(user, side=Speaker.USER)
    assert isinstance(said, Said)
    assert said.turn == Turn(speaker=Speaker.USER, text="You said: Tea or coffee? and you are user")


def test_a_question_is_heard_by_id() -> None:
    said = spoken(lambda messages: Question(facets=("size",), text="And?", options=("small", "large")))
    assert isinstance(said, Said)
    assert said.heard
    assert (said.turn.asks, said.turn.options) == (("size",), ("small", "large"))


def test_it_says_when_it_is_done() -> None:
    said = spoken(lambda messages: "Thank you. [END]")
    assert isinstance(said, Said)
    assert (said.turn.text, said.end) == ("Thank you.", EndReason.AGENT_DONE)


def raises(messages: object) -> str:
    raise ValueError("no\nidea")


async def raises_later(messages: object) -> str:
    raise KeyError("late")


async def exits_later(messages: object) -> str:
    raise SystemExit(4)


async def gives_up(messages: object) -> str:
    raise asyncio.CancelledError


def stops(messages: object) -> str:
    return next(iter(()))


def is_late(messages: object) -> str:
    raise TimeoutError("mine")


def half_a_letter(messages: object) -> str:
    raise ValueError("bad \udcff")


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def speechless(messages: object) -> str:
    raise SpeechlessError


def test_half_a_letter_is_mended() -> None:
    said = spoken(lambda messages: "Tea \ud800?")
    assert isinstance(said, Said)
    assert said.turn.text == "Tea �?"


@pytest.mark.parametrize(
    ("function", "kind", "detail"),
    [
        (raises, "raised", r"ValueError: no idea \(test_functions\.py:\d+\)"),
        (raises_later, "raised", r"KeyError: 'late' \(test_functions\.py:\d+\)"),
        (lambda messages: None, "no_text", "here:function returned NoneType instead of a text"),
        (lambda messages: 7, "no_text", "here:function returned int instead of a text"),
        (lambda messages: " \n", "empty", "here:function returned an empty text"),
        (lambda: "no argument", "raised", "TypeError"),
        (lambda messages: time.sleep(3), "slow", r"here:function took longer than 0\.2 s"),
        (lambda messages: asyncio.sleep(3), "slow", "took longer"),
        (lambda messages: exit(3), "raised", "SystemExit: 3"),
        (exits_later, "raised", "SystemExit: 4"),
        (gives_up, "raised", "CancelledError"),
        (stops, "raised", "StopIteration"),
        (is_late, "raised", "TimeoutError: mine"),
        (half_a_letter, "raised", "ValueError: bad �"),
        (speechless, "raised", "SpeechlessError: without a text"),
        (lambda messages: Question(facets=("g",), text="?"), "unknown_facet", "asks for 'g', which is no facet"),
    ],
)
def test_whatever_goes_wrong_fails_this_dialogue_as_the_agents_own(function: Any, kind: str, detail: str) -> None:
    import re

    failed = spoken(function, timeout=0.2)
    assert isinstance(failed, Failed)
    assert (failed.fault, failed.kind, failed.stops_run) == (Fault.AGENT, kind, False)
    assert re.search(detail, failed.detail), failed.detail


def test_a_user_that_raises_is_a_failure_of_the_user() -> None:
    failed = spoken(raises, side=Speaker.USER)
    assert isinstance(failed, Failed)
    assert failed.fault is Fault.USER
