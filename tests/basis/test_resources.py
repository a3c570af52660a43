from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from threadpoolctl import threadpool_info

from elicit.basis import home, one_thread, resource


def threads_of_numpy() -> list[int]:
    libraries = str(Path(numpy.__file__).parent)
    return [pool["num_threads"] for pool in threadpool_info() if pool["filepath"].startswith(libraries)]


def test_what_ships_is_found() -> None:
    assert resource("data").is_dir()
    assert resource("eval").is_dir()
    assert resource("data", "movies") == resource("data") / "movies"


def test_home_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELICIT_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.setenv("ELICIT_HOME", "")
    assert home().is_absolute()
    assert home().name == "elicit"


def test_linear_algebra_runs_on_one_thread_inside_the_block_only() -> None:
    before = threads_of_numpy()
    with one_thread():
        assert set(threads_of_numpy()) == {1}
    assert threads_of_numpy() == before
