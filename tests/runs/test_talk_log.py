"""Dialogues on disk while they are made: nothing is lost, nothing is twice, nobody else is in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from elicit.basis import InputError
from elicit.dialogues import Dialogue, EndReason, Failure, Fault, Speaker, Turn
from elicit.runs import TalkLog, locked, read_failures, read_finished


def dialogue(name: str, text: str = "Hello.") -> Dialogue:
    return Dialogue(id=name, person="p", turns=(Turn(speaker=Speaker.USER, text=text),), end=EndReason.TURN_CAP)


def failure(name: str, fault: Fault) -> Failure:
    return Failure(id=name, person="p", fault=fault, side=Speaker.AGENT, kind="k", detail="d")


def test_what_was_kept_is_on_disk_at_once(tmp_path: Path) -> None:
    with TalkLog(tmp_path) as log:
        log.keep(dialogue("a/0"))
        assert [d.id for d in read_finished(tmp_path)] == ["a/0"]
        log.keep(failure("b/0", Fault.AGENT))
        assert [f.id for f in read_failures(tmp_path)] == ["b/0"]
        assert log.done == {"a/0", "b/0"}


@pytest.mark.parametrize("kept", range(0, 200, 7))
def test_half_a_line_of_a_killed_process_is_cut_off(tmp_path: Path, kept: int) -> None:
    with TalkLog(tmp_path) as log:
        log.keep(dialogue("a/0"))
        whole = (tmp_path / "dialogues.jsonl").stat().st_size
        log.keep(dialogue("b/0"))
    path = tmp_path / "dialogues.jsonl"
    path.write_bytes(path.read_bytes()[: whole + min(kept, whole - 1)])
    with TalkLog(tmp_path) as log:
        assert log.done == {"a/0"}
        log.keep(dialogue("b/0"))
    assert [d.id for d in read_finished(tmp_path)] == ["a/0", "b/0"]


def test_a_file_that_is_half_a_line_only_starts_anew(tmp_path: Path) -> None:
    (tmp_path / "dialogues.jsonl").write_bytes(b'{"id":"a/0","tu' + b"x" * 200_000)
    with TalkLog(tmp_path) as log:
        assert log.done == set()
    assert (tmp_path / "dialogues.jsonl").read_bytes() == b""


def test_failures_on_the_way_to_a_model_are_played_again_and_others_are_not(tmp_path: Path) -> None:
    with TalkLog(tmp_path) as log:
        for name, fault in enumerate(Fault):
            log.keep(failure(str(name), fault))
    with TalkLog(tmp_path) as log:
        assert log.done == {str(n) for n, fault in enumerate(Fault) if fault in {Fault.AGENT, Fault.USER}}
    assert {f.fault for f in read_failures(tmp_path)} == {Fault.AGENT, Fault.USER}


def test_a_strange_line_is_named(tmp_path: Path) -> None:
    with TalkLog(tmp_path) as log:
        log.keep(dialogue("a/0"))
    with (tmp_path / "dialogues.jsonl").open("a") as file:
        file.write('{"level": "info", "id": "x"}\n')
    with pytest.raises(InputError, match=r"dialogues\.jsonl:2: not a dialogue of this run"):
        TalkLog(tmp_path)


def test_a_folder_is_for_one_process(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(InputError, match="another process is working on this run"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_names_may_hold_anything(tmp_path: Path) -> None:
    names = ['quo"te/0', "back\\slash/0", "línea\u2028/0", "新/1"]
    with TalkLog(tmp_path) as log:
        for name in names:
            log.keep(dialogue(name, text=name))
    with TalkLog(tmp_path) as log:
        assert log.done == set(names)
