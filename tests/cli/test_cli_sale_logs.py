"""``elicit sale-logs``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    def record(said: str, outcome: str) -> dict[str, Any]:
        turns = [{"speaker": "Salesperson", "text": "This?"}, {"speaker": "Shopper", "text": said}]
        return {"outcome": outcome, "conversation": repr(turns), "shopper_preferences": "{}", "total_turns": 1}

    path = tmp_path / "logs.json"
    records = [record("[ACCEPT] I'll take it!", "accepted"), record("Hm.", "max_turns_reached")]
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def test_theirs_stands_beside_ours(command: Callable[..., Any], logs: Path) -> None:
    said = command("sale-logs", str(logs))
    assert said.code == 0
    shown = " ".join(said.out.split())
    assert "What the log says (theirs) beside what our rules read from the words (ours)" in shown
    assert "outcome: a sale takes 2 kappa 1.000 [1.000, 1.000]" in shown
    assert "Nothing in these logs scores how pressing" in shown


def test_json(command: Callable[..., Any], logs: Path) -> None:
    shown = json.loads(command("sale-logs", str(logs), "--json").out)
    assert [sale["decided"] for sale in shown["dialogues"]] == ["takes", "open"]
    first, *_, turns = shown["agreement"]
    assert (first["theirs"], first["dialogues"], first["value"]) == ("outcome: a sale", 2, 1.0)
    assert (turns["measure"], turns["value"]) == ("tau-b", None)
    assert shown["not_comparable"].startswith("Nothing in these logs")


def test_what_is_not_there(command: Callable[..., Any], tmp_path: Path) -> None:
    said = command("sale-logs", str(tmp_path / "nowhere.json"))
    assert said.code == 2
    assert "nowhere.json" in said.err
