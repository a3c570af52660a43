"""``elicit serve``: what it opens, what it refuses, and how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said, contents, finish, start

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
Command = Callable[..., Said]


@pytest.fixture
def kettles(here: Path) -> Path:
    rows = [f"Kettle {n},{'Aldo' if n % 2 else 'Bero'},${20 + 10 * n}" for n in range(8)]
    (here / "kettles.csv").write_text("name,maker,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return Path("kettles.csv")


def served(*arguments: object) -> tuple[dict[str, object], Said]:
    """Return what the page shows at first, and what the command said until Ctrl-C."""
    process = start("serve", *arguments, "--port", 0)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"(http://127\.0\.0\.1:\d+/) \(Ctrl-C stops\)$", line)
    assert found, (line, process.stderr.read() if process.stderr else "")
    with urllib.request.urlopen(f"{found[1]}view", timeout=20) as reply:
        view = json.loads(reply.read())
    process.send_signal(signal.SIGINT)
    return view, finish(process)


def test_people_are_asked_as_by_ask_and_nothing_is_written(tea: Path, here: Path) -> None:
    before = contents(here)
    view, said = served(tea, "--questions", 2)
    assert view["count"] == "Question 1 of at most 2"
    assert [panel["heading"] for panel in view["panels"]] == ["What we believe about you", "You might like"]  # type: ignore[attr-defined]
    assert (said.code, said.err) == (0, "Learning from 60 people …\nStopped.\n")
    assert contents(here) == before


def test_a_catalog_is_led_through(kettles: Path) -> None:
    view, said = served(kettles)
    assert view["count"] == "Question 1 of at most 2 · 8 items left"
    assert (said.code, said.err) == (0, "Stopped.\n")


def test_rows_that_are_left_out_are_named(kettles: Path) -> None:
    kettles.write_text(kettles.read_text(encoding="utf-8") + ",Aldo,$5\n,Bero,$6\n", encoding="utf-8")
    view, said = served(kettles)
    assert view["count"] == "Question 1 of at most 2 · 8 items left"
    assert re.fullmatch(r"Rows left out: 2, first kettles\.csv.*10.*: .+\nStopped\.\n", said.err)


def test_faults_of_edited_questions_are_told(kettles: Path, here: Path) -> None:
    mapping = 'label = "name"\n[[facets]]\ncolumn = "maker"\nwordings = ["Surely you want a known maker?"]\n'
    (here / "mine.toml").write_text(mapping, encoding="utf-8")
    _, said = served(kettles, "--mapping", "mine.toml")
    assert said.err == "Faults of questions: 1, first Question 'maker': leading (Surely)\nStopped.\n"


def test_who_opens_it_to_others_is_warned(kettles: Path) -> None:
    _, said = served(kettles, "--host", "0.0.0.0")
    warning = "Warning: with --host 0.0.0.0, everybody who can reach this machine can use the page.\n"
    assert (said.code, said.err) == (0, f"{warning}Stopped.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("tea", "--mapping", "x.toml"),
            "--mapping is for catalogs. A table of people gets one by elicit domains build",
        ),
        (("kettles.csv", "--invented"), "--data and --invented are for domains with people. Leave them out"),
        (("kettles.csv", "--questions", 0), "0 questions"),
        (("tea", "--questions", 0), "0 questions are too few"),
        (("kettles.csv", "--port", 65536), "--port: there is no port 65536. Name one from 0 to 65535"),
        (("kettles.csv", "--host", "300.1.1.1"), "--host: there is no address '300.1.1.1'"),
        (("kettels.csv",), "kettels.csv"),
    ],
)
def test_what_cannot_be_served_is_refused(
    command: Command, tea: Path, kettles: Path, arguments: tuple[object, ...], words: str
) -> None:
    said = command("serve", "--port", 0, *arguments) if "--port" not in arguments else command("serve", *arguments)
    assert said.code == 2
    assert words in said.problem()


def test_a_port_that_is_taken_is_said(command: Command, kettles: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = command("serve", kettles, "--port", port)
    assert said.code == 1
    assert said.problem() == (
        f"cannot listen on 127.0.0.1, port {port} (address already in use). Name another with --port or --host"
    )


@pytest.mark.parametrize(
    ("missing", "line"),
    [(["starlette"], "starlette"), (["uvicorn"], "uvicorn"), (["starlette", "uvicorn"], "starlette uvicorn")],
)
def test_without_its_packages_the_line_that_installs_them_is_named(
    command: Command, kettles: Path, monkeypatch: pytest.MonkeyPatch, missing: list[str], line: str
) -> None:
    for package in missing:
        monkeypatch.setitem(sys.modules, package, None)
    said = command("serve", kettles)
    assert said.code == 1
    assert said.problem() == f"the package '{missing[0]}' is missing. Install it: pip install {line}"
