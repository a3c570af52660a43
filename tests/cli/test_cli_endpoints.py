"""Models behind addresses, driven through the whole command: what is said, kept, counted and never shown."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Said

from elicit.dialogues import EndReason, EventKind, Speaker
from elicit.runs import read_failures, read_finished

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
from stub_server import Answer, chat, problem, serving

Command = Callable[..., Said]
pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
TALK = """
title = "Tea talk"
domain = "tea"
questions = 2
dialogues = 6
at_once = 2
mixture = { classes = [2], starts = 1 }
[models.agent]
tries = 1
timeout = 2
[models.user]
tries = 1
timeout = 2
"""
SECRET = "sk-very-secret-0123456789"


@pytest.fixture
def talk(tea: Path) -> Path:
    Path("talk.toml").write_text(TALK, encoding="utf-8")
    return Path("talk.toml")


def simulated(command: Command, talk: Path, behaviour: Any, side: str = "agent", *arguments: object) -> Said:
    with serving(behaviour) as stub:
        return command("simulate", talk, f"--{side}", f"{stub.url}#m", "--out", "run", "--json", *arguments)


def row(said: Said) -> dict[str, Any]:
    (only,) = json.loads(said.out)["table"]
    return dict(only)


def test_a_model_asks_and_the_rule_user_answers(command: Command, talk: Path) -> None:
    def asks(body: dict[str, Any], number: int) -> Answer:
        spoken = sum(m["role"] == "assistant" for m in body["messages"])
        return chat(("Do you like black tea?", "And green tea?", "Thank you! [END]")[spoken])

    said = simulated(command, talk, asks)
    assert said.code == 0
    assert (row(said)["finished"], row(said)["learned"]) == (6, 2)
    for dialogue in read_finished(Path("run")):
        assert [t.asks for t in dialogue.turns if t.speaker is Speaker.AGENT] == [("black",), ("green",), ()]
        assert dialogue.end is EndReason.AGENT_DONE
        request = dialogue.turns[1].request
        assert request is not None
        assert request[0].role == "system"
        assert "herbal tea" in request[0].content
        assert dialogue.usage[Speaker.AGENT].calls == 3


def test_nobody_at_the_address_is_said_in_one_line_and_soon(command: Command, talk: Path) -> None:  # case 23
    started = time.monotonic()
    said = command("simulate", talk, "--user", "http://127.0.0.1:9/v1#m", "--out", "run")
    assert time.monotonic() - started < 10  # The fit is in it.
    assert said.code == 1
    assert (
        "cannot reach http://127.0.0.1:9/v1 (connection refused) (user model); finished dialogues are kept."
        in said.problem()
    )
    assert "Go on with it: elicit simulate talk.toml --user" in said.problem()


def test_a_server_that_goes_away_leaves_what_was_finished_and_can_be_gone_on_with(command: Command, talk: Path) -> None:
    def dies(body: dict[str, Any], number: int) -> Answer:
        return chat("Thank you. [END]") if number < 3 else problem(401)

    with serving(dies) as stub:
        spec = f"{stub.url}#m"
        said = command("simulate", talk, "--agent", spec, "--out", "run")
        assert said.code == 1
        kept = [d.id for d in read_finished(Path("run"))]
        assert len(kept) == 3
        assert not list(read_failures(Path("run")))
        stub.requests.clear()
        again = command("simulate", talk, "--agent", spec, "--resume", "run")
    assert again.code == 0
    assert [d.id for d in read_finished(Path("run"))][:3] == kept
    assert len({d.id for d in read_finished(Path("run"))}) == 6


def test_a_wrong_key_is_named_and_shown_nowhere(
    command: Command, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # case 22
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    said = simulated(command, talk, lambda body, number: problem(401, f"no such key: {SECRET}"))
    assert said.code == 1
    assert "the key in OPENAI_API_KEY is set but not accepted" in said.problem()
    everything = said.out + said.err + "".join(p.read_text() for p in Path("run").rglob("*") if p.is_file())
    assert SECRET not in everything


def test_a_broken_user_leaves_the_figures_and_a_broken_run_is_told(command: Command, talk: Path) -> None:  # case 18
    said = simulated(command, talk, lambda body, number: problem(502), "user")
    assert said.code == 1
    assert "6 failed, transport: " in said.err
    assert "no dialogue was finished; run/report.html shows them" in said.err
    assert "0 finished + 6 failed = 6 planned" in said.err
    assert (row(said)["failed_transport"], row(said)["failed_agent"], row(said)["counted"]) == (6, 0, 0)
    assert all(f.side is Speaker.USER for f in read_failures(Path("run")))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (chat("Late", before=3.5), "slow"),
        (problem(429), "overloaded"),
        (problem(500), "broken"),
        (Answer(b'{"choices": [{"mess'), "broken"),
        (problem(400, "maximum context length exceeded"), "context"),
    ],
)
def test_a_misbehaving_model_fails_its_dialogues_and_nothing_else(
    command: Command, talk: Path, answer: Answer, kind: str
) -> None:
    said = simulated(command, talk, lambda body, number: answer, "agent", "-n", 2)
    assert said.code == 1
    assert [f.kind for f in read_failures(Path("run"))] == [kind, kind]
    assert row(said)["counted"] == 0


@pytest.mark.parametrize(
    ("reply", "event"),
    [
        ("Do you like black tea?\n\nUser: yes I do", EventKind.ROLE_SWAP),
        ("<think>black or green?</think>Do you like black tea?", EventKind.STRIPPED),
        ("Do you like black tea? " + "Really? " * 700_000, EventKind.SHORTENED),
        ("Trinken Sie gerne etwas anderes?", EventKind.NOT_UNDERSTOOD),
    ],
)
def test_odd_replies_are_marked_and_the_dialogue_goes_on(
    command: Command, talk: Path, reply: str, event: EventKind
) -> None:
    said = simulated(command, talk, lambda body, number: chat(reply), "agent", "-n", 1)
    assert said.code == 0
    (dialogue,) = read_finished(Path("run"))
    assert event in [e.kind for e in dialogue.turns[1].events]
    assert dialogue.end is EndReason.TURN_CAP


def test_an_agent_that_says_nothing_has_failed_and_a_user_that_does_has_left(command: Command, talk: Path) -> None:
    assert row(simulated(command, talk, lambda body, number: chat("")))["failed_agent"] == 6
    with serving(lambda body, number: chat("")) as stub:
        said = command("simulate", talk, "--user", f"{stub.url}#m", "--out", "users", "--json")
    assert row(said)["failed_user"] == 6
    assert {d.end for d in read_finished(Path("users"))} == {EndReason.USER_EMPTY}


def test_the_cache_answers_what_was_asked_before(command: Command, talk: Path) -> None:
    talk.write_text("cache = true\n" + TALK, encoding="utf-8")
    with serving(lambda body, number: chat("Do you like black tea?")) as stub:
        spec = f"{stub.url}#m"
        command("simulate", talk, "--agent", spec, "--out", "run", "-n", 2)
        sent = len(stub.requests)
        Path("run/dialogues.jsonl").unlink()
        said = command("simulate", talk, "--agent", spec, "--resume", "run", "-n", 2, "--json")
        assert len(stub.requests) == sent
    assert said.code == 0
    assert all(d.usage[Speaker.AGENT].cached == 3 for d in read_finished(Path("run")))
    assert "100% answered from the cache" in Path("run/report.html").read_text(encoding="utf-8")
