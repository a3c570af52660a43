"""A buyer whose words say what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from elicit.dialogues import Act, EndReason, Event, EventKind, Fault, Move, Speaker, Turn
from elicit.users import Case, Failed, Said, SpokenBuyer, Talk

CASE = Case("ann/0", "ann", 0, 0)
HELLO = Turn(speaker=Speaker.USER, text="Hi.")
OFFER = Turn(speaker=Speaker.AGENT, text="This one?", move=Move(act=Act.OFFER, intent="tea", item="green"))
ASKS = Turn(speaker=Speaker.AGENT, text="Do you like tea?", move=Move(act=Act.ASK))


class Says:
    """A side that says one thing."""

    name, together, invents = "says", 1, True

    def __init__(self, said: Said | Failed) -> None:
        self.said = said

    def join(self, cases: Sequence[Case]) -> Says:
        return self

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        return [self.said for _ in talks]


def said(text: str, after: Turn | None, end: EndReason | None = None, *events: Event) -> Said | Failed:
    turns = [HELLO, after] if after else []
    inner = Says(Said(Turn(speaker=Speaker.USER, text=text, events=events), end))
    (found,) = asyncio.run(SpokenBuyer(inner).join([CASE]).speak([Talk(CASE, 0, turns)]))
    return found


@pytest.mark.parametrize(
    ("text", "after", "act", "end"),
    [
        ("I'll take it!", OFFER, Act.ACCEPT, EndReason.USER_LEFT),
        ("Let me think it over, I'll get back to you.", OFFER, Act.TELL, None),
        ("No, thank you.", OFFER, Act.REFUSE, None),
        ("What does it cost?", OFFER, Act.TELL, None),
        ("I'll take it!", ASKS, Act.TELL, None),
        ("No, thank you.", ASKS, Act.TELL, None),
        ("That's enough for me, bye.", ASKS, Act.LEAVE, EndReason.USER_LEFT),
        ("Goodbye.", OFFER, Act.LEAVE, EndReason.USER_LEFT),
        ("Hello!", None, Act.CHAT, None),
    ],
)
def test_what_words_do(text: str, after: Turn | None, act: Act, end: EndReason | None) -> None:
    found = said(text, after)
    assert isinstance(found, Said)
    assert found.turn.move is not None
    assert (found.turn.move.act, found.end) == (act, end)
    assert found.turn.move.item == ("green" if after is OFFER else None)
    agreed = any(event.kind is EventKind.AGREED for event in found.turn.events)
    assert agreed == (act is Act.ACCEPT)


def test_who_leaves_with_a_yes_but_takes_nothing_has_left() -> None:
    found = said("Yes, but let me sleep on it.", OFFER, EndReason.USER_LEFT, Event(kind=EventKind.AGREED))
    assert isinstance(found, Said)
    assert found.turn.move is not None
    assert found.turn.move.act is Act.LEAVE
    assert not found.turn.events


def test_failures_pass() -> None:
    failed = Failed(Fault.TRANSPORT, "slow", "no reply")
    (found,) = asyncio.run(SpokenBuyer(Says(failed)).join([CASE]).speak([Talk(CASE, 0, [HELLO, OFFER])]))
    assert found is failed
