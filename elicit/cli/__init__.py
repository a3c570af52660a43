"""The command line: thin commands over the rooms. May import every room."""

from __future__ import annotations

import atexit
import signal
import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed or stopped on the way, 2 something was asked wrongly."""
    try:
        # The import takes a fifth of a second, in which Ctrl-C may come.
        from elicit.cli.app import run

        code = run(arguments)
    except KeyboardInterrupt:
        print("elicit: stopped by Ctrl-C; whatever was finished is kept", file=sys.stderr)
        code = 1
    # Python takes a Ctrl-C that fell into an exec(), with which data classes are made, for one that nobody heeded,
    # and dies of it at the end of ``python -m elicit``, until the next exec() begins.
    exec("")
    # When all is done and said, it still takes a while to go, and nothing is left to stop.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)
