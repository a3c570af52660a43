"""Work in several processes that end with this one, whatever ends it, and without a word."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any, Final, TypeVar

Result = TypeVar("Result")
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)
_LOOK_UP: Final = 0.2
"""Seconds after which a waiting process sees whether a signal has come."""
_MOST_TOLD: Final = 500
"""Characters that are told at once: so few are written whole or not at all, even by a process that is killed."""
_voice: Final[list[SimpleQueue[str]]] = []
"""Of this process, if it is one of several."""


@dataclass(frozen=True)
class Processes:
    """Several processes that work for this one.

    Attributes:
        pool: of them.
        told: what they say by :func:`tell_parent`.
    """

    pool: ProcessPoolExecutor
    told: SimpleQueue[str]

    def submit(self, work: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Let a process do some work."""
        with _put_off():
            # Ctrl-C reaches every process of a terminal, and each would print where it was. A process that is started
            # here inherits that it does not hear of it.
            heard = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            try:
                return self.pool.submit(work, *arguments)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, heard)

    def finished(self, futures: Collection[Future[Result]], hear: Callable[[str], None]) -> Iterator[Future[Result]]:
        """Give each piece of work as soon as it is done, or has failed, and pass on what is told meanwhile."""
        waiting = set(futures)
        while waiting:
            # Not without end: of a signal that meets another thread of this process, this one hears when it wakes.
            done, waiting = wait(waiting, _LOOK_UP, FIRST_COMPLETED)
            while not self.told.empty():
                hear(self.told.get())
            yield from done


@contextmanager
def processes(number: int, folder: Path) -> Iterator[Processes]:
    """Give so many processes that write to a run folder.

    If anything goes wrong here they are killed, and what they were writing is cleared away.
    """
    # A fresh process for each: a fork would inherit the locks of threads that it has not.
    context = get_context("spawn")
    told: SimpleQueue[str] = context.SimpleQueue()
    others = set(context.active_children())
    # If this process is killed, one of Python's own puts its semaphores away, and would warn of them.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    with ProcessPoolExecutor(number, mp_context=context, initializer=_begin, initargs=(told,)) as pool:
        try:
            yield Processes(pool, told)
        except BaseException:
            with _put_off():
                # Not asked to end: an exception in the midst of an import makes C++ abort and print.
                ours = set(context.active_children()) - others
                for process in ours:
                    process.kill()
                for process in ours:
                    process.join()
                clear_half_written(folder)
            pool.shutdown(cancel_futures=True)
            raise


def tell_parent(what: str) -> None:
    """Say in one of several processes what it is doing."""
    _voice[0].put(what[:_MOST_TOLD])


def clear_half_written(folder: Path) -> None:
    """Delete what killed processes were writing to a run folder; what is whole lies there under its own name."""
    for half in [*folder.glob("*.parquet/.*.*"), *folder.glob("learned/*/.*.*")]:
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            half.unlink(missing_ok=True)


@contextmanager
def _put_off() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait for the end of the block, so that no process is half started or left over."""
    if threading.current_thread() is not threading.main_thread():
        # No other thread hears of them.
        yield
        return
    heard: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: heard.append(number)) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for told in heard:
            signal.raise_signal(told)


def _begin(told: SimpleQueue[str]) -> None:
    """Let this process end as soon as the one that started it is gone, even if that was killed and told nobody."""
    _voice.append(told)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
