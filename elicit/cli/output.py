"""What every command shares: the console, progress, JSON, and what is looked at before anything is written."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter, Token, validators
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from elicit.basis import InputError
from elicit.domains import Domain, Population, Source, open_domain

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
"""A switch that is off unless it is given; it needs no twin to switch it off."""


def _whole(kind: Any, tokens: Sequence[Token]) -> int:
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"'{tokens[0].value}' is no whole number.") from None


Whole = Annotated[int, Parameter(converter=_whole)]
Workers = Annotated[Whole, Parameter(validator=validators.Number(gte=1))]
"""A whole number; by itself the parser of commands would take 1.5 for 1."""
RUNS: Final = Path("runs")
"""Where runs lie unless a place is named."""
_PLAIN_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""


def console() -> Console:
    """Return the console for results (standard output); it honours NO_COLOR and plain pipes.

    Texts are shown as they are: names from people's tables may look like markup.
    """
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def say(text: str) -> None:
    """Tell the person something that is not a result (standard error)."""
    print(text, file=sys.stderr, flush=True)


def json_text(value: Any) -> str:
    """Return a value as JSON; what is not a finite number becomes null."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=2)


def print_json(value: Any) -> None:
    """Print one JSON value, as :func:`json_text` writes it."""
    print(json_text(value))


def warn_invented(domain: Domain) -> None:
    """Say that people are invented, where they are."""
    if domain.invented:
        say("Note: these people are invented. Nothing here says anything about real people.")


def open_people(domain: str, data: Path | None, invented: bool) -> tuple[Domain, Population]:
    """Return a domain and its people as the options name them, and say so where the people are invented."""
    opened, people = open_domain(domain, Source(data, invented))
    warn_invented(opened)
    return opened, people


def refuse_unwritable(path: Path) -> None:
    """Raise InputError if nothing can be made at a place, before anybody works or waits for it."""
    above = path.absolute().parent
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise InputError("a file, so there can be nothing below it", where=str(above), remedy="Name another place")
    if not os.access(above, os.W_OK):
        raise InputError("this folder cannot be written to", where=str(above), remedy="Name another place")


def refuse_lossy(folder: Path, ours: Collection[str]) -> None:
    """Raise InputError if writing a folder anew would lose something in it.

    Args:
        folder: to be replaced as a whole.
        ours: names that will be written again, or belong to what is replaced.
    """
    refuse_unwritable(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError("a file, not a folder", where=str(folder), remedy="Name another place")
    others = sorted(p.name for p in folder.iterdir() if p.name not in ours) if folder.exists() else []
    if others:
        raise InputError(f"holds '{others[0]}', which would be lost", where=str(folder), remedy="Name another place")


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table in which only headings are broken over lines."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        width = max(len(text) for text in (*heading.split(), *(row[place] for row in rows)))
        table.add_column(heading, width=width, justify="right" if place else "left", vertical="bottom")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


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
        TextColumn("{task.completed}/{task.total} {task.description}", markup=False),
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
