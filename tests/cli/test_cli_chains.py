"""Chains with pairs of questions and in the words of a model, driven through the command."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_line import MAPPING, Said, contents, finish, hidden, start, write_people

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
from stub_server import Answer, chat, serving

Command = Callable[..., Said]
pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
SCRIPT = """
replies = ["Nothing comes to mind."]
[[when]]
matches = "It asks about: green"
reply = "<think>They want tea.</think>Sure! What is your view of green tea, all in all?"
"""
REASONING = 'replies = ["<think>The user wants me to word a question. What would be best?"]'


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


def test_what_was_written_goes_to_the_hub_as_a_private_data_set(
    command: Command, here: Path, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, dict[str, Any]]] = []
    for name in ("create_repo", "upload_folder"):
        monkeypatch.setattr(f"huggingface_hub.HfApi.{name}", lambda _, *a, name=name, **k: done.append((name, k)))
    monkeypatch.setattr("huggingface_hub.HfApi.repo_info", lambda *a, **k: SimpleNamespace(private=True))
    said = command("chains", str(tea), "--out", "rows", "--push-to-hub", "nobody/tea")
    assert said.code == 0
    (_, made), (_, put) = done
    assert made["private"]
    assert put["repo_type"] == made["repo_type"] == "dataset"
    assert put["folder_path"] == Path("rows")


def test_a_public_data_set_is_left_alone(
    command: Command, here: Path, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.HfApi.create_repo", lambda *a, **k: None)
    monkeypatch.setattr("huggingface_hub.HfApi.repo_info", lambda *a, **k: SimpleNamespace(private=False))
    said = command("chains", str(tea), "--out", "rows", "--push-to-hub", "nobody/tea")
    assert said.code == 1
    assert "it is there already, and public" in said.err


def test_without_a_network_what_was_written_stays(
    command: Command, here: Path, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = command("chains", str(tea), "--out", "rows", "--push-to-hub", "nobody/tea")
    assert said.code == 1
    assert "rows cannot be put on the hub as 'nobody/tea'" in said.err
    assert (here / "rows" / "README.md").exists()


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


@pytest.fixture
def script(here: Path) -> Path:
    (here / "script.toml").write_text(SCRIPT, encoding="utf-8")
    return Path("script.toml")


def asked(folder: Path) -> set[tuple[str, str]]:
    """Return facet and text of every question in a folder of chains."""
    lines = (folder / "chains.jsonl").read_text(encoding="utf-8").splitlines()
    return {(e["facet"], e["question"]) for line in lines for e in json.loads(line)["exchanges"]}


def test_a_model_words_the_questions_and_what_came_of_it_is_told(
    command: Command, here: Path, tea: Path, script: Path
) -> None:
    said = command("chains", tea, "-o", "chains", "--writer", f"scripted:{script}")
    assert said.code == 0
    facts = json.loads((here / "chains" / "elicit.json").read_text(encoding="utf-8"))["writer"]
    first, second = said.out.splitlines()
    assert first == "Wrote 60 chains and the rows made from them to chains (see its README.md)"
    assert second == "Questions: " + ", ".join(f"{name} {value}" for name, value in facts.items())
    assert facts["accepted"] > 0
    assert facts["empty"] == 2 * facts["kept after two rejects"] > 0
    questions = asked(here / "chains")
    assert {text for facet, text in questions if facet == "green"} == {"What is your view of green tea, all in all?"}
    assert command("chains", tea, "-o", "plain").code == 0
    assert {q for q in questions if q[0] != "green"} == {q for q in asked(here / "plain") if q[0] != "green"}


@pytest.mark.parametrize("text", ['replies = [""]', REASONING], ids=["nothing", "reasoning"])
def test_a_model_that_says_nothing_leaves_the_words_of_the_domain(
    command: Command, here: Path, tea: Path, text: str
) -> None:
    (here / "script.toml").write_text(text, encoding="utf-8")
    said = command("chains", tea, "-o", "chains", "--writer", "scripted:script.toml", "--json")
    counts = json.loads(said.out)["writer"]
    assert counts["kept after two rejects"] == counts["different questions"] > 0
    assert (counts["accepted"], counts["empty"]) == (0, 2 * counts["different questions"])
    assert command("chains", tea, "-o", "plain").code == 0
    assert (here / "chains" / "chains.jsonl").read_bytes() == (here / "plain" / "chains.jsonl").read_bytes()


def test_a_model_behind_an_address_gets_each_question_once(command: Command, here: Path, tea: Path) -> None:
    def answer(body: dict[str, Any], number: int) -> Answer:
        about = body["messages"][1]["content"].splitlines()[0].removeprefix("It asks about: ")
        return chat(f"What do you think of {about}, on the whole?")

    with serving(answer) as stub:
        said = command("chains", tea, "-o", "chains", "--writer", f"{stub.url}#m", "--json")
    counts = json.loads(said.out)["writer"]
    first = [json.dumps(body["messages"]) for body in stub.requests if len(body["messages"]) == 2]
    assert len(first) == len(set(first)) == counts["different questions"]
    assert counts["accepted"] > 0
    assert ("green", "What do you think of green, on the whole?") in asked(here / "chains")


@pytest.mark.parametrize(
    ("writer", "code", "said"),
    [
        ("http://127.0.0.1:9/v1#m", 1, "cannot reach http://127.0.0.1:9/v1 (connection refused) (writer); nothing was"),
        ("scripted:nothing.toml", 2, "nothing.toml: no such file. Name a TOML file with replies"),
        ("gpt-5", 2, "--writer: "),
        ("http://127.0.0.1:9/v1", 2, "--writer: "),
        ("hf:nothing-here", 2, ""),
    ],
)
def test_a_model_that_cannot_be_used_leaves_the_folder_as_it_was(
    command: Command, here: Path, tea: Path, writer: str, code: int, said: str
) -> None:
    assert command("chains", tea, "-o", "chains").code == 0
    before = contents(here)
    result = command("chains", tea, "-o", "chains", "--writer", writer)
    assert (result.code, result.out) == (code, "")
    assert result.problem().startswith(said)
    assert contents(here) == before
    assert hidden(here) == []


def test_ctrl_c_while_a_model_writes_leaves_nothing(here: Path, tea: Path) -> None:
    waiting = threading.Event()

    def slow(body: dict[str, Any], number: int) -> Answer:
        waiting.set()
        return chat("Late", before=5)

    before = contents(here)
    with serving(slow) as stub:
        process = start("chains", tea, "-o", "chains", "--writer", f"{stub.url}#m")
        assert waiting.wait(60)
        process.send_signal(signal.SIGINT)
        said = finish(process)
    assert (said.code, said.out) == (1, "")
    assert said.problem() == "stopped by Ctrl-C; whatever was finished is kept"
    assert contents(here) == before
    assert hidden(here) == []
