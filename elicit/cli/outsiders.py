"""Errors of outsiders: a questioner that a recipe names as ``module:function`` may do anything."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import elicit
from elicit.basis import InputError, UnavailableError
from elicit.cli.output import Steps

_OURS: Final = str(Path(elicit.__file__).parent)


@contextmanager
def outsiders_named(questioners: Collection[str], steps: Steps) -> Iterator[None]:
    """Say in one line which outsider failed and where, if one was asking when something was raised.

    Raises:
        UnavailableError: that line; the error itself is its cause.
    """
    try:
        yield
    except (InputError, OSError):
        raise
    # Foreign code may raise anything, and may even try to end the program.
    except (Exception, SystemExit) as error:
        asking = next((name for name in questioners if ":" in name and f" {name}, " in steps.doing), None)
        if asking is None:
            raise
        raise UnavailableError(f"questioner '{asking}': {_said(error)}. {_remedy(error)}") from error


def _said(error: BaseException) -> str:
    words = str(error).splitlines()
    return f"{type(error).__name__}: {words[0]}" if words else type(error).__name__


def _remedy(error: BaseException) -> str:
    """Return where to look: the first line outside of elicit, else at what was returned."""
    if isinstance(error, SyntaxError):
        return "Mend the module"
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith((_OURS, "<frozen")) and Path(frame.filename).parent.name != "importlib":
            return f"See {frame.filename}, line {frame.lineno}"
    return "A questioner chooses one column a person, or -1 to stop, as int[people]"
