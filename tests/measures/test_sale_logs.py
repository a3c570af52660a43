"""Logged sales dialogues, judged by what the buyer says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError
from elicit.language import Decision
from elicit.measures import judge_sale, read_sale_logs, sale_agreement


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


def test_agreement_with_what_the_log_says(tmp_path: Path) -> None:
    """Worked by hand: of four sales that the log claims the words take one, of four others none."""
    sale, mark, later = "[ACCEPT] I'll take it!", "[ACCEPT] Let me think it over.", "Let me think it over."
    records = [
        *(logged("This?", text) for text in (sale, mark, "[ACCEPT] Thanks!", "Thanks!")),
        *(logged("This?", text, outcome="max_turns_reached") for text in ("No, thank you.", later, "Hm.", "Bye.")),
    ]
    for number, record in enumerate(records):
        record["total_turns"] = 2 if number else 1
    found = {(each.theirs, each.ours): each for each in sale_agreement(judged(tmp_path, *records))}
    taken = found["outcome: a sale", "takes"]
    assert (taken.measure, taken.dialogues) == ("kappa", 8)
    assert taken.value == pytest.approx(0.25)
    assert found["outcome: a sale", "takes or defers"].value == pytest.approx(0.25)
    assert found["mark [ACCEPT]", "takes"].value == pytest.approx(0.3846, abs=1e-4)
    turns = found["turns", "turns of the seller"]
    assert (turns.measure, turns.dialogues) == ("tau-b", 8)
    assert math.isnan(turns.value)


def test_what_a_log_does_not_say_is_not_compared(tmp_path: Path) -> None:
    counted, uncounted = logged("This?", "I'll take it!"), logged("This?", "Hm.", outcome="max_turns_reached")
    counted["total_turns"] = 1
    found = {each.theirs: each.dialogues for each in sale_agreement(judged(tmp_path, counted, uncounted))}
    assert found == {"outcome: a sale": 2, "mark [ACCEPT]": 2, "turns": 1}
    assert sale_agreement([]) == []


def test_a_count_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dialogue 1: not a logged dialogue \(ValueError"):
        judged(tmp_path, logged("This?", "Hm.") | {"total_turns": "many"})


def test_donations_are_compared_too(tmp_path: Path) -> None:
    (tmp_path / "full_info.csv").write_text("B2,B4,B6\nd1,1,0.0\nd2,1,2.0\n", encoding="utf-8")
    (tmp_path / "full_dialog.csv").write_text(
        "Unit,B4,B2\nWill you?,0,d1\nNo.,1,d1\nWill you?,0,d2\nI'll give. It's a deal!,1,d2\n", encoding="utf-8"
    )
    found = sale_agreement([judge_sale(sale) for sale in read_sale_logs(tmp_path)])
    assert [(each.theirs, each.value) for each in found] == [("outcome: a sale", 1)] * 2


def test_agreement_with_real_logs(test_data: Path) -> None:
    sales = read_sale_logs(test_data / "salessim" / "example-dialogues.json")
    outcome, _, mark, _, turns = sale_agreement([judge_sale(sale) for sale in sales])
    # 10 of 27 claimed sales are taken, and none of the 13 others: (.575 - .4125) / (1 - .4125).
    assert outcome.value == pytest.approx(0.2766, abs=1e-4)
    assert outcome.low < outcome.value < outcome.high
    assert mark.dialogues == turns.dialogues == 40
    assert turns.value > 0.9
