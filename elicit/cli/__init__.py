"""The command line: thin commands over the rooms. May import every room."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something failed on the way, 2 something was asked wrongly."""
    try:
        # The import takes a fifth of a second, in which Ctrl-C may come.
        from elicit.cli.app import run

        code = run(arguments)
    except KeyboardInterrupt:
        print("elicit: stopped by Ctrl-C; whatever was finished is kept", file=sys.stderr)
        code = 1
    sys.exit(code)
