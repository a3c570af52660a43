"""Chains with pairs of questions, driven through the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from command_line import MAPPING, Said, contents, write_people

Command = Callable[..., Said]


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_pairs_of_questions_are_written_on_demand(command: Command, here: Path, tea: Path) -> None:
    said = command("chains", tea, "-o", "chains", "--preference")
    assert (said.code, said.out) == (0, "Wrote 60 chains and the rows made from them to chains (see its README.md)\n")
    assert said.err == "Learning which question is worth more, from 60 people\n"
    found = rows(here / "chains" / "preference" / "train.jsonl")
    assert found
    assert all(row["chosen"] != row["rejected"] for row in found)
    assert "expected bits of the whole profile" in (here / "chains" / "README.md").read_text(encoding="utf-8")
    before = contents(here)
    assert command("chains", tea, "-o", "chains", "--preference").code == 0
    assert contents(here) == before
    # What was ours is replaced, whether or not it is wanted again.
    assert command("chains", tea, "-o", "chains").code == 0
    assert not (here / "chains" / "preference").exists()


def test_too_few_people_to_learn_from_are_said_and_nothing_is_written(command: Command, here: Path) -> None:
    write_people(here / "people.csv", 12)
    (here / "people.toml").write_text(MAPPING, encoding="utf-8")
    assert command("domains", "build", "people.csv", "--mapping", "people.toml", "-o", "few").code == 0
    before = contents(here)
    said = command("chains", "few", "-o", "chains", "--preference")
    assert (said.code, said.out) == (2, "")
    assert said.problem().endswith(
        "people in the train split are too few to learn which question is worth more. At least 20 are needed there"
    )
    assert contents(here) == before
    assert command("chains", "few", "-o", "chains").code == 0
