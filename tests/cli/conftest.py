"""A folder of its own for each test, and the tea drinkers as a domain."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import MAPPING, RECIPE, Said, run, write_people

from elicit.domains import build_from_table, save_domain


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder; what an outsider's recipe adds to the search path is taken back."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "path", list(sys.path))
    return folder


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Let Ctrl-C be heeded by what is started here, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Return what runs a command in this process."""
    return lambda *arguments: run(capsys, *arguments)


@pytest.fixture(scope="session")
def tea_built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tea")
    mapping = folder / "people.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    built = build_from_table(write_people(folder / "people.csv"), mapping)
    save_domain(folder / "domain", built.domain, built.population)
    return folder / "domain"


@pytest.fixture
def tea(here: Path, tea_built_once: Path) -> Path:
    """Return the folder of the tea drinkers' domain, in the current folder."""
    return Path(shutil.copytree(tea_built_once, here / "tea")).relative_to(here)


@pytest.fixture
def recipe(here: Path) -> Path:
    """Return a recipe that is quick on the tea drinkers, in the current folder."""
    (here / "small.toml").write_text(RECIPE, encoding="utf-8")
    return Path("small.toml")
