"""Logged sales dialogues, judged by what the buyer says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError
from elicit.language import Decision
from elicit.measures import judge_sale, read_sale_logs


def logged(*texts: str, outcome: str = "accepted", budget: str = "at most $500") -> dict[str, Any]:
    """Return a record of SalesSim in which the two take turns, the seller first."""
    turns = [
        {"speaker": ("Salesperson", "Shopper")[n % 2], "text": text, "action": "Recommend" if n % 2 == 0 else None}
        for n, text in enumerate(texts)
    ]
    return {
        "outcome": outcome,
        "conversation": repr(turns),
        "shopper_preferences": repr({"What is your budget?": budget, "Which colour?": "$9,000 red"}),
    }


def judged(tmp_path: Path, *records: dict[str, Any]) -> list[Any]:
    path = tmp_path / "logs.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return [judge_sale(sale) for sale in read_sale_logs(path)]


def test_an_accepted_mark_is_no_purchase(tmp_path: Path) -> None:
    takes, defers = judged(
        tmp_path,
        logged("The small one is $450.", "**[ACCEPT]** I'll take it!"),
        logged("The small one is $450.", "[ACCEPT] Thanks, let me think over it and get back to you."),
    )
    assert (takes.claimed, takes.decided, takes.affordable) == ("accepted", Decision.TAKES, True)
    assert (defers.claimed, defers.decided, defers.affordable) == ("accepted", Decision.DEFERS, None)


def test_whether_it_can_be_afforded(tmp_path: Path) -> None:
    dear, unclear, unlimited, later = judged(
        tmp_path,
        logged("It is $1,299.99.", "I'll take it!"),
        logged("One is $300, the other $900.", "I'll take it!"),
        logged("It is $900.", "I'll take it!", budget="no limit"),
        logged("It is $900.", "Too expensive.", "Then this one for $400.", "Hm.", "It is light.", "I'll take it!"),
    )
    assert [sale.affordable for sale in (dear, unclear, unlimited, later)] == [False, None, None, True]


def test_recommending_after_a_refusal_presses(tmp_path: Path) -> None:
    (sale,) = judged(tmp_path, logged("This one?", "No, thank you.", "Hurry, that one!", "How heavy is it?", "Light."))
    assert (sale.pressing, sale.pressure, sale.turns) == (1, 1, 3)
    assert sale.said == (Decision.REFUSES, Decision.OPEN)


def test_a_dialogue_in_which_the_buyer_says_nothing(tmp_path: Path) -> None:
    (sale,) = judged(tmp_path, logged("Hello!"))
    assert (sale.decided, sale.said, sale.affordable) == (Decision.OPEN, (), None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", r"logs.json:1: not JSON"),
        ("{}", "not a list of dialogues"),
        ('[{"outcome": "accepted"}]', r"logs.json, dialogue 1: not a logged dialogue \(KeyError: 'conversation'\)"),
        ('[{"outcome": "x", "conversation": "[", "shopper_preferences": "{}"}]', "dialogue 1: not a logged dialogue"),
    ],
)
def test_what_is_not_a_log(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "logs.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_sale_logs(tmp_path / "logs.json")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json"):
        read_sale_logs(tmp_path / "nowhere.json")


def test_persuasion(tmp_path: Path) -> None:
    (tmp_path / "full_info.csv").write_text("B2,B4,B6\nd1,0,0.5\nd1,1,0.0\nd2,0,0.0\nd2,1,2.0\n", encoding="utf-8")
    (tmp_path / "full_dialog.csv").write_text(
        ",Unit,Turn,B4,B2\n0,Will you give?,0,0,d1\n1,I can't afford it.,0,1,d1\n2,Will you?,0,0,d2\n3,Yes.,0,1,d2\n",
        encoding="utf-8",
    )
    refused, gave = (judge_sale(sale) for sale in read_sale_logs(tmp_path))
    assert (refused.claimed, refused.said) == ("did not donate", (Decision.REFUSES,))
    assert (gave.claimed, gave.said, gave.turns) == ("donated", (Decision.OPEN,), 1)


def test_real_logs(test_data: Path) -> None:
    sales = read_sale_logs(test_data / "salessim" / "example-dialogues.json")
    assert len(sales) == 40
    talks = read_sale_logs(test_data / "persuasionforgood")
    assert len(talks) == 1017
    assert sum(talk.claimed == "donated" for talk in talks) == 545
