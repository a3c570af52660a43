"""Errors for people: what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something a person gave cannot be used; the message is one line they can act on (exit code 2).

    Args:
        what: what is wrong, a short sentence without a full stop.
        where: the place: ``file:line``, a row, a column, a facet.
        remedy: what to do about it.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        place = f"{where}: " if where else ""
        cure = f". {remedy}" if remedy else ""
        super().__init__(f"{place}{what}{cure}")


class UnavailableError(RuntimeError):
    """The input is right but something outside failed, such as the network or the disk (exit code 1)."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the nearest known word, else the first known words, else nothing."""
    choices = [str(k) for k in known]
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    if not choices:
        return ""
    more = ", …" if len(choices) > 8 else ""
    return f"Known: {', '.join(choices[:8])}{more}"
