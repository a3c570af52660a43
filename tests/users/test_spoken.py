"""A side that is a chat model: what is sent, what is done with empty replies, whose fault it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from elicit.dialogues import EndReason, EventKind, Fault, Message, Speaker, Turn
from elicit.models import ModelError, ModelFault, ModelSettings, Reply, Request
from elicit.users import Case, Failed, ModelParty, Said, Talk, Voice

AGENT, USER = Speaker.AGENT, Speaker.USER
CASE = Case("ann/0", "ann", 0, 0)
ASKED = [Turn(speaker=USER, text="Hello, I want tea."), Turn(speaker=AGENT, text="How large?")]


@dataclass
class Replying:
    """A model that gives these replies in turn and keeps what it was sent."""

    replies: list[str | ModelError]
    sent: list[Request] = field(default_factory=list)
    name: str = "replying"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.sent += requests
        replies = [self.replies.pop(0) for _ in requests]
        return [Reply(r, 10, 2) if isinstance(r, str) else r for r in replies]


@dataclass(frozen=True)
class Rule:
    """A rule user that always says the same."""

    name: str = "rule"
    together: None = None
    invents: bool = False

    def join(self, cases: Sequence[Case]) -> Voice:
        return RuleVoice()


class RuleVoice(Voice):
    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        return [Said(Turn(speaker=USER, text="By rule.", tells={"size": "large"}), heard=True) for _ in talks]


def spoken(
    model: Replying, side: Speaker, turns: Sequence[Turn], falls_back: bool = False, seed: int = 7
) -> Said | Failed:
    settings = ModelSettings(spec="scripted:x", temperature=0.5, max_tokens=33, price_prompt=1e5, price_reply=5e5)
    party = ModelParty(
        side,
        model,
        settings,
        lambda case: f"You are {case.person}.",
        seed,
        Rule() if side is USER else None,
        falls_back,
    )
    (result,) = asyncio.run(party.join([CASE]).speak([Talk(CASE, 0, list(turns))]))
    return result


def contents(request: Request) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in request.messages]


def test_a_user_model_sees_its_opening_as_its_own_and_the_request_is_kept() -> None:  # acceptance cases 5 and 16
    model = Replying(["Large."])
    said = spoken(model, USER, ASKED)
    assert contents(model.sent[0]) == [
        ("system", "You are ann."),
        ("user", "(The conversation begins. You speak first.)"),
        ("assistant", "Hello, I want tea."),
        ("user", "How large?"),
    ]
    assert isinstance(said, Said)
    assert said.turn.request == model.sent[0].messages
    assert said.turn.text == "Large."
    assert not said.heard
    assert (model.sent[0].temperature, model.sent[0].max_tokens) == (0.5, 33)


def test_an_echo_shows_that_its_own_prompt_was_sent() -> None:  # acceptance case 16
    said = spoken(Replying(["Hello, I want tea."]), AGENT, ASKED[:1])
    assert isinstance(said, Said)
    assert said.turn.request == (
        Message(role="system", content="You are ann."),
        Message(role="user", content="Hello, I want tea."),
    )


def test_the_opening_is_said_by_rule_without_the_model() -> None:
    model = Replying([])
    said = spoken(model, USER, [])
    assert isinstance(said, Said)
    assert said.turn.text == "By rule."
    assert not model.sent


def test_an_empty_reply_is_asked_for_once_more_with_other_luck() -> None:  # acceptance case 3
    model = Replying(["", "Large."])
    said = spoken(model, USER, ASKED)
    assert isinstance(said, Said)
    assert [e.kind for e in said.turn.events] == [EventKind.RETRIED]
    assert said.usage.calls == 2
    assert said.usage.money == 2 * (10 * 0.1 + 2 * 0.5)
    assert model.sent[0].seed != model.sent[1].seed


def test_empty_twice_ends_the_dialogue_or_the_rule_user_speaks() -> None:  # acceptance case 3
    ended = spoken(Replying(["", " \n"]), USER, ASKED)
    assert isinstance(ended, Said)
    assert (ended.turn.text, ended.end) == ("", EndReason.USER_EMPTY)
    replaced = spoken(Replying(["", "<think>hm"]), USER, ASKED, falls_back=True)
    assert isinstance(replaced, Said)
    assert (replaced.turn.text, replaced.turn.tells, replaced.end) == ("By rule.", {"size": "large"}, None)
    assert EventKind.FELL_BACK in [e.kind for e in replaced.turn.events]
    assert replaced.usage.calls == 2


def test_an_agent_that_is_empty_twice_has_failed_by_itself() -> None:
    failed = spoken(Replying(["", ""]), AGENT, ASKED[:1])
    assert isinstance(failed, Failed)
    assert (failed.fault, failed.kind, failed.usage.calls) == (Fault.AGENT, "empty", 2)


def test_a_role_swap_is_cut_and_marked() -> None:  # acceptance case 4
    said = spoken(Replying(["yes please\n\nAs the user I must now wait."]), USER, ASKED)
    assert isinstance(said, Said)
    assert said.turn.text == "yes please"
    assert [e.kind for e in said.turn.events] == [EventKind.ROLE_SWAP]


def test_yes_and_leaving_is_an_agreement_and_leaving_is_not() -> None:  # acceptance case 6
    agreed = spoken(Replying(["Yes, order it. [END]"]), USER, ASKED)
    assert isinstance(agreed, Said)
    assert (agreed.end, [e.kind for e in agreed.turn.events]) == (EndReason.USER_LEFT, [EventKind.AGREED])
    left = spoken(Replying(["[END]"]), USER, ASKED)
    assert isinstance(left, Said)
    assert (left.turn.text, left.end, left.turn.events) == ("Goodbye.", EndReason.USER_LEFT, ())


def test_a_model_that_does_not_reply_is_no_fault_of_the_two_sides() -> None:  # acceptance case 18
    faults = {fault: spoken(Replying([ModelError(fault, "why")]), AGENT, ASKED[:1]) for fault in ModelFault}
    assert all(isinstance(f, Failed) and f.detail == "why" for f in faults.values())
    transport = {f for f, failed in faults.items() if isinstance(failed, Failed) and failed.fault is Fault.TRANSPORT}
    assert transport == {ModelFault.UNREACHABLE, ModelFault.SLOW, ModelFault.OVERLOADED, ModelFault.BROKEN}
    stops = {f for f, failed in faults.items() if isinstance(failed, Failed) and failed.stops_run}
    assert stops == {ModelFault.UNREACHABLE, ModelFault.REFUSED, ModelFault.NO_MODEL, ModelFault.BUDGET}


def test_the_seed_depends_on_dialogue_and_turn() -> None:
    def seed(turns: Sequence[Turn], run: int = 7) -> int:
        model = Replying(["Large."])
        spoken(model, USER, turns, seed=run)
        return model.sent[0].seed

    later = [*ASKED, Turn(speaker=USER, text="Large."), Turn(speaker=AGENT, text="Milk?")]
    assert seed(ASKED) == seed(ASKED)
    assert len({seed(ASKED), seed(later), seed(ASKED, run=8)}) == 3
