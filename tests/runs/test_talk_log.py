"""Dialogues on disk while they are made: nothing is lost, nothing is twice, nobody else is in the folder."""

from __future__ import annotations

import re
import subprocess
import sys
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
        own = {str(n) for n, fault in enumerate(Fault) if fault in {Fault.AGENT, Fault.USER}}
        assert log.done == own
    assert len(list(read_failures(tmp_path))) == len(Fault)
    again = {str(n) for n, _ in enumerate(Fault)} - own
    finished, failed_again = sorted(again)
    with TalkLog(tmp_path) as log:
        log.keep(dialogue(finished))
        log.keep(failure(failed_again, Fault.TRANSPORT))
    assert sorted(f.id for f in read_failures(tmp_path)) == sorted([*own, failed_again])
    assert [d.id for d in read_finished(tmp_path)] == [finished]


def test_a_dialogue_that_the_run_cannot_have_is_named(tmp_path: Path) -> None:
    with TalkLog(tmp_path) as log:
        log.keep(dialogue("a/0"))
        log.keep(dialogue("b/0"))
    with pytest.raises(InputError, match=r"dialogues\.jsonl:2: not of this run\. Delete this line"):
        TalkLog(tmp_path, lambda record: "not of this run" if record.id == "b/0" else None)


DAMAGE = {
    '{"id":"c/0","person":"p","turns":[{"speak': "Invalid JSON: EOF",
    '{"id":"c/0","person":"p","turns":[]}': "end: Field required",
    '{"id":3,"person":"p","turns":[],"end":"turn_cap"}': "id: Input should be a valid string",
    '{"id":["c/0"]}': "id: Input should be a valid string",
    '{"id":"c/0","person":"p","turns":[],"end":"turn_cap","mood":"fine"}': "mood: Extra inputs",
    '{"id":"c/0","person":"p","turns":[{"speaker":"nobody","text":""}],"end":"turn_cap"}': "turns.0.speaker: Input",
    "\xff\x00": "Invalid JSON",
    "": "Invalid JSON: EOF",
    "[" * 10_000: "Invalid JSON: recursion limit",
}
"""Lines that are no dialogues, with what is wrong."""


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a run of three dialogues and three failures."""
    with TalkLog(tmp_path) as log:
        for name in ("a", "b", "d"):
            log.keep(dialogue(f"{name}/0"))
            log.keep(failure(f"{name}/1", Fault.AGENT))
    return tmp_path


def put_in(path: Path, line: str, number: int) -> None:
    """Put a line, letters of which stand for bytes, where the line of a number was."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[: number - 1], line.encode("latin-1") + b"\n", *lines[number:]]))


@pytest.mark.parametrize(("line", "problem"), DAMAGE.items())
@pytest.mark.parametrize("number", [2, 3])
def test_a_damaged_line_is_named_before_anything_is_played(three: Path, line: str, problem: str, number: int) -> None:
    path = three / "dialogues.jsonl"
    put_in(path, line, number)
    before = path.read_bytes()
    what = re.escape(f"{path}:{number}: damaged ({problem}")
    with pytest.raises(InputError, match=f"^{what}.*Delete this line; --resume .* plays its dialogue again$"):
        TalkLog(three)
    assert path.read_bytes() == before
    readable = read_finished(three)
    assert [next(readable).id for _ in range(number - 1)] == ["a/0", "b/0"][: number - 1]
    with pytest.raises(InputError, match=what):
        next(readable)


@pytest.mark.parametrize(
    "line", ["{", '{"id":"b/1","person":"p","fault":"weather","side":"agent","kind":"","detail":""}']
)
def test_a_damaged_failure_is_named(three: Path, line: str) -> None:
    path = three / "failures.jsonl"
    put_in(path, line, 2)
    before = path.read_bytes()
    for read in (TalkLog, lambda folder: list(read_failures(folder))):
        with pytest.raises(InputError, match=re.escape(f"{path}:2: damaged (")):
            read(three)
    assert path.read_bytes() == before


@pytest.mark.parametrize("file", ["dialogues.jsonl", "failures.jsonl"])
def test_a_dialogue_that_is_there_twice_is_named(three: Path, file: str) -> None:
    path = three / file
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))
    with pytest.raises(InputError, match=rf"{re.escape(str(path))}:4: dialogue 'b/.' a second time. Delete this line"):
        TalkLog(three)


def test_a_dialogue_cannot_have_failed_and_finished(three: Path) -> None:
    with (three / "failures.jsonl").open("a") as file:
        file.write(failure("d/0", Fault.USER).model_dump_json() + "\n")
    with pytest.raises(InputError, match=r"failures\.jsonl:4: dialogue 'd/0' a second time"):
        TalkLog(three)


def test_the_remedy_for_a_damaged_line_helps(three: Path) -> None:
    path = three / "dialogues.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with TalkLog(three) as log:
        assert log.done == {"a/0", "d/0", "a/1", "b/1", "d/1"}


def test_half_a_last_line_is_named_where_nothing_is_gone_on_with(three: Path) -> None:
    for name, read in (("dialogues", read_finished), ("failures", read_failures)):
        path = three / f"{name}.jsonl"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match=re.escape(f"{path}:3: damaged (Invalid JSON: EOF")):
            list(read(three))


def test_zeros_that_a_power_cut_left_are_cut_off(three: Path) -> None:
    with (three / "dialogues.jsonl").open("ab") as file:
        file.write(b"\0" * 5_000)
    with TalkLog(three) as log:
        log.keep(dialogue("e/0"))
    assert [d.id for d in read_finished(three)] == ["a/0", "b/0", "d/0", "e/0"]


def test_dialogues_that_are_gone_are_missed_and_failures_need_not_be(three: Path) -> None:
    (three / "failures.jsonl").unlink()
    assert list(read_failures(three)) == []
    (three / "dialogues.jsonl").unlink()
    with pytest.raises(
        InputError, match=r"dialogues\.jsonl: file is missing. Play its dialogues again: elicit simulate … --resume "
    ):
        read_finished(three)


FULL = """
import resource, sys
from pathlib import Path
from elicit.dialogues import Dialogue, EndReason, Speaker, Turn
from elicit.runs import TalkLog


def dialogue(name, text):
    return Dialogue(id=name, person="p", turns=(Turn(speaker=Speaker.USER, text=text),), end=EndReason.TURN_CAP)


with TalkLog(Path(sys.argv[1])) as log:
    log.keep(dialogue("a/0", "Hello."))
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, most))
    for name, text in (("b/0", "x" * 2_000), ("c/0", "y" * 2_000), ("d/0", "Hello.")):
        try:
            log.keep(dialogue(name, text))
        except OSError as error:
            print(name, error.filename)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    log.keep(dialogue("e/0", "Hello."))
    print(sorted(log.done))
"""
"""Keeps dialogues of which two are larger than a file may become."""


def test_a_dialogue_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    path = tmp_path / "dialogues.jsonl"
    assert done.stdout.splitlines() == [f"b/0 {path}", f"c/0 {path}", "['a/0', 'd/0', 'e/0']"]
    assert [d.id for d in read_finished(tmp_path)] == ["a/0", "d/0", "e/0"]


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
