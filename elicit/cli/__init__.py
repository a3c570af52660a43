"""The command line: thin commands over the rooms. May import every room."""

from elicit.cli.app import main

__all__ = ["main"]
