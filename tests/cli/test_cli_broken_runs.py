"""Runs of ``elicit simulate`` that were damaged, or that found the disk full, and how they go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, cramped, hidden

from elicit.dialogues import Dialogue
from elicit.runs import read_finished

Command = Callable[..., Said]
TALK = 'title = "Tea talk"\ndomain = "tea"\nquestions = 2\ndialogues = 12\nmixture = { classes = [2], starts = 1 }\n'


@pytest.fixture
def talk(here: Path, tea: Path) -> Path:
    """Return a simulation recipe of twelve dialogues with the tea drinkers."""
    (here / "talk.toml").write_text(TALK, encoding="utf-8")
    return Path("talk.toml")


@pytest.fixture
def finished(command: Command, talk: Path) -> Path:
    """Return the folder of a finished run."""
    assert command("simulate", talk, "--out", "run").code == 0
    return Path("run")


def dialogues(folder: str | Path) -> list[Dialogue]:
    """Return the dialogues of a run in order, without the time that they took."""
    found = sorted(read_finished(Path(folder)), key=lambda d: d.id)
    return [d.model_copy(update={"timing": 0.0}) for d in found]


def damaged(folder: Path, number: int, keep: int, ending: str) -> None:
    """Cut the line of a number off after some letters."""
    path = folder / "dialogues.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[: number - 1], lines[number - 1][:keep] + ending, *lines[number:]]))


def test_a_damaged_line_is_named_and_the_remedy_helps(command: Command, talk: Path, finished: Path) -> None:
    whole, shown = dialogues(finished), command("report", finished).out
    damaged(finished, 3, 60, "\n")
    said = command("simulate", talk, "--resume", "run")
    assert (said.code, said.out) == (2, "")
    assert said.problem().startswith("run/dialogues.jsonl:3: damaged (Invalid JSON: EOF")
    assert said.problem().endswith(". Delete this line; --resume run plays its dialogue again")
    lines = (finished / "dialogues.jsonl").read_bytes().splitlines(keepends=True)
    (finished / "dialogues.jsonl").write_bytes(b"".join(lines[:2] + lines[3:]))
    assert command("simulate", talk, "--resume", "run").code == 0
    assert dialogues(finished) == whole
    assert command("report", finished).out == shown


def test_a_report_names_a_damaged_line(command: Command, finished: Path) -> None:
    damaged(finished, 2, 60, "\n")
    said = command("report", finished)
    assert (said.code, said.out) == (2, "")
    assert said.problem().startswith("run/dialogues.jsonl:2: damaged")


def test_half_a_last_line_is_cut_off_and_played_again(command: Command, talk: Path, finished: Path) -> None:
    whole = dialogues(finished)
    damaged(finished, 12, 300, "")
    assert command("report", finished).problem().startswith("run/dialogues.jsonl:12: damaged")
    said = command("simulate", talk, "--resume", "run")
    assert said.code == 0
    assert "12 finished + 0 failed = 12 planned" in said.err
    assert dialogues(finished) == whole


def test_a_comparison_needs_the_scores_only(command: Command, talk: Path, finished: Path) -> None:
    assert command("simulate", talk, "--agent", "random", "--out", "random").code == 0
    shown = command("compare", "run", "random").out
    damaged(finished, 2, 60, "\n")
    assert command("compare", "run", "random").out == shown


@pytest.mark.parametrize("size", [2_000, 6_000])
def test_a_full_disk_ends_a_simulation_which_then_can_go_on(
    command: Command, talk: Path, finished: Path, size: int
) -> None:
    said = cramped(size, "simulate", talk, "--out", "full")
    assert (said.code, said.out) == (1, "")
    assert said.problem().startswith("full/dialogues.jsonl: File too large")
    assert [path.name for path in hidden(Path("full"))] == [".lock"]
    kept = Path("full/dialogues.jsonl").read_bytes()
    assert size - 1_200 < len(kept) <= size
    assert kept.endswith(b"}\n")
    assert 0 < len(dialogues("full")) < 12
    assert command("simulate", talk, "--resume", "full").code == 0
    assert Path("full/dialogues.jsonl").read_bytes().startswith(kept)
    assert dialogues("full") == dialogues(finished)


def test_a_full_disk_when_all_is_played_costs_no_dialogue(command: Command, talk: Path, finished: Path) -> None:
    said = cramped(16_000, "simulate", talk, "--out", "full")
    assert (said.code, said.out) == (1, "")
    assert "File too large" in said.problem()
    assert [path.name for path in hidden(Path("full"))] == [".lock"]
    kept = Path("full/dialogues.jsonl").read_bytes()
    assert command("simulate", talk, "--resume", "full").code == 0
    assert Path("full/dialogues.jsonl").read_bytes() == kept
    assert command("report", "full").out.replace("full", "run") == command("report", finished).out


def test_a_disk_that_is_full_again_keeps_what_is_there(command: Command, talk: Path, finished: Path) -> None:
    counts = []
    for size in (2_000, 4_000, 4_000, 7_000):
        begun = ("--resume", "full") if counts else ("--out", "full")
        assert cramped(size, "simulate", talk, *begun).code == 1
        counts.append(len(dialogues("full")))
    assert counts[1] == counts[2]
    assert 0 < counts[0] < counts[1] < counts[3] < 12
    assert command("simulate", talk, "--resume", "full").code == 0
    assert dialogues("full") == dialogues(finished)
