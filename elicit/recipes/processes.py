"""Work in several processes, which Ctrl-C stops at once and in one line."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")


class _ToldToEndError(SystemExit):
    """Another process wants this one to end."""


@contextmanager
def processes(number: int) -> Iterator[ProcessPoolExecutor]:
    """Give so many processes, and end them at once if anything goes wrong here; use :func:`submit` with them."""
    # A fresh process for each: a fork would inherit the locks of threads that it has not.
    context = get_context("spawn")
    others = set(context.active_children())
    with ProcessPoolExecutor(number, mp_context=context, initializer=_end_when_told) as pool:
        try:
            yield pool
        except BaseException:
            for process in set(context.active_children()) - others:
                process.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def submit(pool: ProcessPoolExecutor, work: Callable[..., Result], *arguments: Any) -> Future[Result]:
    """Let a process of a pool do some work."""
    with _deaf_to_ctrl_c():
        return pool.submit(_worked, work, *arguments)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let processes that are started meanwhile ignore Ctrl-C.

    It reaches every process of a terminal, and each would print where it was.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _end_when_told() -> None:
    def end(number: int, frame: FrameType | None) -> None:
        raise _ToldToEndError(1)

    signal.signal(signal.SIGTERM, end)


def _worked(work: Callable[..., Result], *arguments: Any) -> Result:
    try:
        return work(*arguments)
    except _ToldToEndError:
        # What was half written has been cleared away; the work that waits in the queue must not be begun.
        os._exit(1)
