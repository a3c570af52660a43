"""What every command shares: the console, progress, JSON, and where the people come from."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from elicit.domains import Domain

_PLAIN_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""


def console() -> Console:
    """Return the console for results (standard output); it honours NO_COLOR and plain pipes."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def say(text: str) -> None:
    """Tell the person something that is not a result (standard error)."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print one JSON object; what is not a finite number becomes null."""
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2))


def warn_invented(domain: Domain) -> None:
    """Say that people are invented, where they are."""
    if domain.invented:
        say("Note: these people are invented. Nothing here says anything about real people.")


class Steps:
    """Shows how far a long job is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None) if bar else None
        self._spoken = -math.inf

    def __call__(self, doing: str, done: int, total: int) -> None:
        """Show what is being done, and how many of the parts are finished."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=doing, completed=done, total=total)
        elif time.monotonic() - self._spoken >= _PLAIN_EVERY or done == total:
            self._spoken = time.monotonic()
            say(f"{done}/{total} {doing}")


@contextmanager
def progress() -> Iterator[Steps]:
    """Give the progress display of one long job, on standard error."""
    errors = Console(stderr=True, highlight=False)
    if not errors.is_terminal:
        yield Steps(None)
        return
    columns = (
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        yield Steps(bar)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
