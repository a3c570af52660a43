"""Terminals, pipes, full disks, missing networks and what is loaded."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, finish, plain_environment, start

Command = Callable[..., Said]

FULL = Path("/dev/full")
HEAVY = ("torch", "transformers", "pandas", "scipy", "matplotlib", "pyarrow", "datasets", "sklearn", "jinja2")


@pytest.fixture(autouse=True)
def all_there_is(tea: Path, recipe: Path) -> None:
    pass


@pytest.mark.parametrize("arguments", ["--help", "domains list --json", "domains show tea"])
def test_a_pipe_that_is_closed_early_ends_quietly(arguments: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        said = finish(start(*arguments.split(), stdout=writer, env=plain_environment()))
    finally:
        os.close(writer)
    assert (said.code, said.err) == (1, "")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("arguments", ["domains list --json", "domains show tea"])
def test_a_full_disk_is_one_line(arguments: str) -> None:
    with FULL.open("w") as full:
        said = finish(start(*arguments.split(), stdout=full, env=plain_environment()))
    assert said.code == 1
    assert said.err == "elicit: output: No space left on device. Make room on the disk\n"


@pytest.mark.parametrize("closed", ["<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_obstacle(closed: str, here: Path) -> None:
    command = f'"{sys.executable}" -m elicit ask tea --cost 9 {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_letters_that_a_terminal_does_not_have_are_no_obstacle() -> None:
    said = finish(start("domains", "show", "--invented", env=plain_environment(PYTHONIOENCODING="ascii")))
    assert said.code == 0
    assert said.err == "Note: these people are invented. Nothing here says anything about real people.\n"


def test_bytes_that_are_no_letters_are_asked_again() -> None:
    process = start("ask", "tea", "--out", "talk", stdin=subprocess.PIPE, env=plain_environment(PYTHONUTF8="1"))
    assert process.stdin is not None
    process.stdin.buffer.write(b"\xff\xfe\n1\n")
    said = finish(process)
    assert said.code == 0
    assert "Answer with a number from 1 to 3" in said.out


def on_a_terminal(*arguments: object, **environment: str) -> tuple[int, str]:
    """Run a command whose output and errors are a terminal of 80 columns, and return what it shows."""
    ours, theirs = pty.openpty()
    changes = {"TERM": "xterm-256color", "COLUMNS": "80", **environment}
    process = start(*arguments, stdout=theirs, stderr=theirs, env=plain_environment(**changes))
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 1 << 16):
            shown += block
    except OSError:
        # Linux says so when the other side of a terminal is gone.
        pass
    finally:
        os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_a_terminal_shows_a_bar_and_colours() -> None:
    code, shown = on_a_terminal("evaluate", "small.toml", "--domain", "tea")
    assert code == 0
    assert "3/3 done" in shown
    assert "\x1b[1mSmall" in shown


def test_no_color_is_honoured(command: Command) -> None:
    assert command("evaluate", "small.toml", "--domain", "tea").code == 0
    code, shown = on_a_terminal("report", NO_COLOR="1")
    assert code == 0
    assert shown.startswith("Small")
    assert "\x1b" not in shown


def test_without_a_network_the_way_on_is_named(
    command: Command, elicit_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pip without an index fails as it does without a network, and needs none to do so.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for arguments in (("data", "fetch", "movielens-100k"), ("quickstart",)):
        said = command(*arguments)
        last = said.err.splitlines()[-1]
        assert said.code == 1
        assert last.startswith(
            "elicit: recbole==1.2.1 cannot be downloaded (no network, or a package index without it)"
        )
        assert last.endswith("or go on with the invented people (--invented)")
    assert not elicit_home.exists()


def test_help_loads_nothing_heavy() -> None:
    listing = (
        "import json, sys\n"
        "from elicit.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as ended:\n    print(json.dumps([ended.code, *sys.modules]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    code, *modules = json.loads(done.stderr)
    assert code == 0
    assert "cyclopts" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_the_module_and_the_version() -> None:
    said = finish(start("--version"))
    assert (said.code, said.err) == (0, "")
    assert said.out.count(".") == 2
