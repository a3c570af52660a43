"""What is kept of a model's reply, and what is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.dialogues import EventKind, Speaker
from elicit.language import clean_reply

USER, AGENT = Speaker.USER, Speaker.AGENT


def cleaned(text: str, speaker: Speaker = USER) -> tuple[str, list[EventKind]]:
    result = clean_reply(text, speaker)
    return result.text, [event.kind for event in result.events]


def test_a_plain_reply_is_kept_as_it_is() -> None:
    text = "I love westerns.\nNot musicals, though."
    assert cleaned(text) == (text, [])


def test_reasoning_after_the_reply_is_cut_and_marked() -> None:  # acceptance case 4
    assert cleaned("yes please\n\nAs the user I must now wait.") == ("yes please", [EventKind.ROLE_SWAP])


def test_a_reply_that_is_reasoning_only_leaves_nothing() -> None:
    assert cleaned("As the user, I should answer the question.") == ("", [EventKind.ROLE_SWAP])


@pytest.mark.parametrize(
    "text",
    [
        "Comedies.\nAssistant: And which ones?\nUser: All.",
        "Comedies.\n**Agent:** And which ones?",
        "Comedies.\nUser: And westerns.",
    ],
)
def test_what_goes_on_in_another_role_is_cut(text: str) -> None:
    assert cleaned(text) == ("Comedies.", [EventKind.ROLE_SWAP])


def test_the_label_of_ones_own_role_is_no_fault() -> None:
    assert cleaned("User: comedies.") == ("comedies.", [])
    assert cleaned("Interviewer: which ones?", AGENT) == ("which ones?", [])


def test_thoughts_and_special_tokens_are_cut() -> None:
    assert cleaned("<think>what do I like?</think>Comedies.<|im_end|>") == ("Comedies.", [EventKind.STRIPPED])
    assert cleaned("<think>it never ends") == ("", [EventKind.STRIPPED])


def test_the_end_mark_is_taken_out_and_told() -> None:
    result = clean_reply("Thank you, goodbye. [END]", USER)
    assert (result.text, result.done) == ("Thank you, goodbye.", True)
    assert clean_reply("[end]", AGENT).done
    assert not clean_reply("the end", AGENT).done


def test_five_megabytes_are_cut_to_something_one_can_read() -> None:
    text, kinds = cleaned("word " * 1_000_000)
    assert len(text) < 2010
    assert text.endswith("word …")
    assert kinds == [EventKind.SHORTENED]


@given(st.text(max_size=300), st.sampled_from(Speaker))
def test_cleaning_twice_changes_nothing_more(text: str, speaker: Speaker) -> None:
    once = clean_reply(text, speaker)
    assert clean_reply(once.text, speaker).text == once.text
