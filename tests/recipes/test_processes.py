"""Work in several processes; how they end with the first is tested through the command line."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from elicit.basis import atomic_folder, atomic_path
from elicit.recipes.processes import clear_half_written, processes, tell_parent


def test_each_piece_is_given_when_it_is_done(tmp_path: Path) -> None:
    with processes(2, tmp_path) as working:
        futures = {working.submit(pow, 2, n): n for n in range(5)}
        found = {futures[future]: future.result() for future in working.finished(futures, print)}
    assert found == {0: 1, 1: 2, 2: 4, 3: 8, 4: 16}


def test_what_a_process_tells_is_heard(tmp_path: Path) -> None:
    heard: list[str] = []
    with processes(2, tmp_path) as working:
        futures = [working.submit(tell_parent, f"{letter} " + letter * 1000) for letter in "ab"]
        assert len(list(working.finished(futures, heard.append))) == 2
    assert sorted(text[:3] for text in heard) == ["a a", "b b"]
    assert {len(text) for text in heard} == {500}


def test_a_signal_that_meets_another_thread_is_heard(tmp_path: Path) -> None:
    never: Future[None] = Future()
    heard = threading.Event()

    def press() -> None:
        # By now the first thread is waiting.
        time.sleep(0.3)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        if not heard.wait(10):
            never.set_result(None)

    thread = threading.Thread(target=press)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with processes(1, tmp_path) as working:
            thread.start()
            with pytest.raises(KeyboardInterrupt):
                list(working.finished([never], print))
        heard.set()
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert not never.done()


def test_only_what_was_half_written_is_cleared(tmp_path: Path) -> None:
    whole = [tmp_path / "answers.parquet" / name for name in ("a.parquet", ".DS_Store")]
    whole += [tmp_path / "learned" / "fold0" / "network" / "learned.json", tmp_path / ".notes.txt"]
    for path in whole:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    before = set(tmp_path.rglob("*"))
    fold = tmp_path / "learned" / "fold0"
    writing = [
        atomic_path(tmp_path / "answers.parquet" / "b.parquet"),
        atomic_folder(fold / "value-head"),
        atomic_path(fold / "network-trouble.txt"),
    ]
    half = [writer.__enter__() for writer in writing]
    (half[1] / "learned.json").touch()
    assert set(half) < set(tmp_path.rglob("*"))
    clear_half_written(tmp_path)
    assert set(tmp_path.rglob("*")) == before
