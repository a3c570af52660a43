"""The text loop: who speaks when, why it ends, what is marked, whose failure it was."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from talkers import DOMAIN, PEOPLE, Exactly, agent, cases, codes, one, rule_user, said, talk, user

from elicit.dialogues import Dialogue, EndReason, Event, EventKind, Failure, Fault, Speaker, Turn, Usage
from elicit.runs import Conversation, Hearing, RunStoppedError
from elicit.users import Case, Failed, Said, Talk, Voice

AGENT, USER = Speaker.AGENT, Speaker.USER


def kinds(turn: Turn) -> list[EventKind]:
    return [event.kind for event in turn.events]


def test_two_sides_that_keep_going_are_stopped_by_the_turn_cap() -> None:  # acceptance case 1
    dialogue = one(user("keep going"), agent("keep going"), turns=7)
    assert len(dialogue.turns) == 14
    assert dialogue.end is EndReason.TURN_CAP


def test_turns_alternate_from_the_user_on() -> None:  # acceptance case 2
    dialogue = one(rule_user(), agent("What size?"), turns=3)
    assert "".join(t.speaker.value[0] for t in dialogue.turns) == "uauaua"


def test_a_dialogue_in_which_one_side_speaks_twice_is_refused() -> None:
    twice = (Turn(speaker=USER, text="a"), Turn(speaker=USER, text="b"))
    with pytest.raises(ValueError, match="turns 1 and 2 are both the user's"):
        Dialogue(id="d", person="p", turns=twice, end=EndReason.BUDGET)


def test_the_rule_user_answers_what_was_asked_in_words() -> None:
    dialogue = one(rule_user(), agent("Tea or coffee?", "Do you take milk?", "How large?"), turns=4)
    assert codes(dialogue) == {"drink": 0, "milk": 0, "size": 0}
    assert dialogue.turns[1].asks == ("drink",)
    assert dialogue.turns[2].text in DOMAIN.facets[0].options[0].phrasings
    assert not dialogue.turns[2].events


def test_the_rule_user_says_so_when_it_is_asked_for_nothing_it_knows() -> None:
    dialogue = one(rule_user(), agent("Where do you live?", "Tea or coffee?"), turns=3)
    asked, puzzled = dialogue.turns[1:3]
    assert kinds(asked) == [EventKind.NOT_UNDERSTOOD]
    assert kinds(puzzled) == [EventKind.NOT_UNDERSTOOD]
    assert not puzzled.tells
    assert codes(dialogue) == {"drink": 0}


def test_asking_again_in_other_words_is_marked() -> None:  # acceptance case 9
    dialogue = one(rule_user(), agent("What size?", "Tea or coffee?", "How large?"), turns=3)
    events = dialogue.turns[5].events
    assert events == (Event(kind=EventKind.REPEATED, detail="size"),)
    assert not any(kinds(t) for t in dialogue.turns[:5])


def test_saying_the_same_words_again_is_marked() -> None:  # acceptance case 5
    dialogue = one(user("Hello.", "Yes.", "Hello."), agent("Milk in it?", "What size?", "Tea or coffee?"), turns=3)
    assert EventKind.VERBATIM in kinds(dialogue.turns[4])
    assert EventKind.VERBATIM not in kinds(dialogue.turns[2])


def test_agreed_is_not_done() -> None:  # acceptance case 6
    yes = said(USER, "Yes, please.", EndReason.USER_LEFT, events=(Event(kind=EventKind.AGREED),))
    dialogue = one(user("Hello.", yes), agent("Shall I order it?", "It is ordered.", "Anything else?"))
    assert [t.text for t in dialogue.turns][-2:] == ["Yes, please.", "It is ordered."]
    assert dialogue.end is EndReason.USER_DONE


def test_a_user_who_leaves_without_agreeing_has_the_last_word() -> None:
    dialogue = one(user("Hello.", said(USER, "Goodbye.", EndReason.USER_LEFT)), agent("Shall I order it?"))
    assert dialogue.turns[-1].text == "Goodbye."
    assert dialogue.end is EndReason.USER_LEFT


def test_an_agent_who_is_done_ends_the_dialogue() -> None:
    dialogue = one(rule_user(), agent("Tea or coffee?", said(AGENT, "Thank you.", EndReason.AGENT_DONE)))
    assert dialogue.end is EndReason.AGENT_DONE
    assert not dialogue.turns[-1].events


def test_what_is_not_in_the_profile_counts_against_the_user() -> None:  # acceptance case 7
    dialogue = one(
        user("Hello.", "Coffee, please.", "Yes.", invents=True), agent("Tea or coffee?", "With milk?"), turns=3
    )
    first, second = dialogue.turns[2], dialogue.turns[4]
    assert first.events == (Event(kind=EventKind.CONTRADICTED, detail="drink: said coffee, the profile says tea"),)
    assert kinds(second) == [EventKind.CONTRADICTED]  # Ann takes no milk.
    assert all(EventKind.CONTRADICTED not in kinds(t) for t in dialogue.turns if t.speaker is AGENT)


def test_what_is_told_before_it_is_asked_is_marked() -> None:  # acceptance case 8
    opening = Said(Turn(speaker=USER, text="A small tea, please.", tells={"drink": "tea", "size": "small"}), heard=True)
    dialogue = one(user(opening, "Yes."), agent("With milk?"), turns=2)
    assert dialogue.turns[0].events == (Event(kind=EventKind.LEAKED, detail="drink, size"),)


def test_a_failure_keeps_what_was_said_and_whose_it_was() -> None:
    broken = Failed(Fault.AGENT, "raised", "ZeroDivisionError: division by zero", usage=Usage(calls=1, money=0.5))
    (failure,) = talk(rule_user(), agent("Tea or coffee?", broken))
    assert isinstance(failure, Failure)
    assert (failure.fault, failure.side, failure.kind) == (Fault.AGENT, AGENT, "raised")
    assert len(failure.turns) == 3
    assert failure.usage == {AGENT: Usage(calls=1, money=0.5)}


def test_one_failure_does_not_hurt_the_others() -> None:
    @dataclass(frozen=True)
    class FailsForBob:
        name: str = "picky"
        together: int | None = None
        invents: bool = False

        def join(self, joining: Sequence[Case]) -> Voice:
            return Picky()

    class Picky(Voice):
        async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
            failed = Failed(Fault.AGENT, "bob", "not with Bob")
            return [failed if t.case.person == "bob" else said(AGENT, "Tea or coffee?") for t in talks]

    records = talk(rule_user(), FailsForBob(), turns=2, number=4)
    assert [isinstance(r, Failure) for r in records] == [False, True, False, False]
    finished = [r for r in records if isinstance(r, Dialogue)]
    assert [codes(d) for d in finished] == [{"drink": 0}, {"drink": 0}, {"drink": 1}]


def test_what_every_dialogue_needs_stops_the_run_and_finished_ones_are_kept() -> None:
    gone = Failed(Fault.TRANSPORT, "unreachable", "cannot reach http://nowhere", stops_run=True)

    @dataclass(frozen=True)
    class GoesAway:
        name: str = "flaky"
        together: int | None = 1
        invents: bool = False

        def join(self, joining: Sequence[Case]) -> Voice:
            return Going(joining[0].row)

    @dataclass(frozen=True)
    class Going(Voice):
        row: int

        async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
            return [gone if self.row == 2 else said(AGENT, "Bye.", EndReason.AGENT_DONE)] * len(talks)

    kept: list[str] = []
    loop = Conversation(rule_user(), GoesAway(), Hearing(DOMAIN, PEOPLE.codes, Exactly(), False), 3, 1)
    with pytest.raises(RunStoppedError, match=r"cannot reach http://nowhere \(agent model\)"):
        asyncio.run(loop.play(cases(4), lambda record: kept.append(record.id)))
    assert kept == ["ann/0", "bob/0"]


def test_dialogues_do_not_depend_on_how_many_are_played_at_once() -> None:
    def texts(together: int | None, at_once: int) -> list[list[str]]:
        asking = agent("Tea or coffee?", "With milk?")
        sized = type(asking)(asking.side, asking.lines, together=together)
        records = talk(rule_user(), sized, turns=3, number=11, at_once=at_once)
        return [[t.text for t in r.turns] for r in records]

    alone = texts(1, 1)
    assert texts(None, 1) == alone
    assert texts(3, 4) == alone
    assert len({tuple(t) for t in alone}) > 4  # Later draws have other words.
