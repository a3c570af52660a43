"""What a buyer's words decide, and words that press."""

from __future__ import annotations

import pytest

from elicit.dialogues import Act
from elicit.language import (
    Decision,
    buyer_texts,
    decision,
    inquiry_texts,
    kind_texts,
    pressure_words,
    price_texts,
)


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("I'll take it!", Decision.TAKES),
        ("You sold me, I'm getting the second one.", Decision.TAKES),
        ("Yes, I'll just go with the small one, thanks.", Decision.TAKES),
        ("I guess I'll take it. I just have to think about it for a while.", Decision.DEFERS),
        ("This sounds like what I'm looking for, but I'll get back to you.", Decision.DEFERS),
        ("Let me discuss it with my husband.", Decision.DEFERS),
        ("Should I go with the small one? Would I take it home today?", Decision.OPEN),
        ("I don't think I'll take it.", Decision.REFUSES),
        ("I am not able to give anything, not today.", Decision.REFUSES),
        ("I don't think I have heard of it.", Decision.OPEN),
        ("No, thank you.", Decision.REFUSES),
        ("That is too expensive for me.", Decision.REFUSES),
        ("I don't want that.", Decision.REFUSES),
        ("I don't want anything to happen to it.", Decision.OPEN),
        ("Thanks for your help, goodbye!", Decision.LEAVES),
        ("How long does the battery last?", Decision.OPEN),
        ("", Decision.OPEN),
    ],
)
def test_decisions(text: str, decided: Decision) -> None:
    assert decision(text) is decided


@pytest.mark.parametrize(
    ("act", "decided"),
    [
        (Act.REFUSE, Decision.REFUSES),
        (Act.LEAVE, Decision.LEAVES),
        (Act.CHAT, Decision.OPEN),
        (Act.TELL, Decision.OPEN),
    ],
)
def test_what_the_rule_buyer_says_is_understood(act: Act, decided: Decision) -> None:
    assert {decision(text) for text in buyer_texts(act)} == {decided}


def test_what_asks_back_decides_nothing_and_no_answer_presses() -> None:
    questions = (*inquiry_texts(None), *inquiry_texts("a {strange} film"))
    assert {decision(text) for text in questions} == {Decision.OPEN}
    assert all("a {strange} film" in text for text in inquiry_texts("a {strange} film"))
    answers = [*price_texts(9.5), *price_texts(None)]
    answers += [text for holds in (True, False, None) for text in kind_texts("a film", holds)]
    assert not any(pressure_words(text) for text in answers)
    assert all("9.5" in text for text in price_texts(9.5))
    assert kind_texts("a film", holds=None) == price_texts(None)


@pytest.mark.parametrize(
    ("text", "presses"),
    [
        ("Hurry, this is your last chance!", 2),
        ("Trust me, you won't regret it.", 2),
        ("A limited time offer.", 1),
        ("It has a one-year limited warranty, and you have to charge it.", 0),
        ("", 0),
    ],
)
def test_pressure(text: str, presses: int) -> None:
    assert pressure_words(text) == presses
