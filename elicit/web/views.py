"""What the page shows at a moment, as plain data, and the answers on which alone that depends."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from elicit.basis import InputError
from elicit.domains import Code, Domain

Answers = tuple[tuple[int, int], ...]
"""Column and code of each answer so far, in order. They stay in the browser; the server keeps nothing."""

_WRITTEN: Final = re.compile(r"([0-9]{1,6})\.(-?[0-9]{1,3})")
_SKIPS: Final = (Code.UNKNOWN, Code.NO_PREFERENCE, Code.REFUSED)
_KEYED: Final = 9
"""Options that have a key of their own."""


@dataclass(frozen=True)
class Choice:
    """A button.

    Attributes:
        text: what stands on it.
        code: the answer that it gives; below 0 it skips the question.
        key: on the keyboard; empty = none.
        note: what is said beside the text, such as the items that would be left.
    """

    text: str
    code: int
    key: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a panel: a text, a number or price beside it, and the reason."""

    text: str
    value: str = ""
    why: str = ""


@dataclass(frozen=True)
class Panel:
    """A list beside the question.

    Attributes:
        heading: what is listed.
        rows: the list.
        empty: what is said where there are no rows.
    """

    heading: str
    rows: tuple[Row, ...]
    empty: str = ""


@dataclass(frozen=True)
class Answered:
    """A line of the transcript.

    Attributes:
        question: as it was put.
        answer: as it stood on the button.
        note: what the answer brought.
        dropped: whether it is among the fewest answers to give up, so that something fits.
    """

    question: str
    answer: str
    note: str = ""
    dropped: bool = False


@dataclass(frozen=True)
class View:
    """What the page shows.

    Attributes:
        title: of the domain.
        count: how far it is.
        progress: the same, in [0, 1].
        heading: the question, or how it ended.
        why: a sentence below it; empty = none.
        facet: column that is asked, −1 at the end.
        choices: buttons of the options.
        skips: buttons that answer nothing.
        panels: lists beside the question.
        answered: what was said so far.
        notice: what must be known of the data; empty = nothing.
    """

    title: str
    count: str
    progress: float
    heading: str
    why: str
    facet: int
    choices: tuple[Choice, ...]
    skips: tuple[Choice, ...]
    panels: tuple[Panel, ...]
    answered: tuple[Answered, ...]
    notice: str = ""


class Asking(Protocol):
    """What the page asks; nothing in it changes, so any number of browsers may use it."""

    @property
    def domain(self) -> Domain:
        """What can be asked."""

    @property
    def nones(self) -> frozenset[str]:
        """Ids of the facets that take none of these, whose code is the number of options."""

    @property
    def most(self) -> int:
        """How many questions are asked at most."""

    def view(self, answers: Answers) -> View:
        """Return what the page shows after some answers."""


def keyed_choices(labels: Sequence[str], notes: Sequence[str] = ()) -> tuple[Choice, ...]:
    """Return a button for each code from 0 on, the first nine with a key."""
    beside = notes or [""] * len(labels)
    return tuple(
        Choice(label, code, str(code + 1) if code < _KEYED else "", note)
        for code, (label, note) in enumerate(zip(labels, beside, strict=True))
    )


def read_answers(text: str, domain: Domain, most: int, nones: Collection[str] = ()) -> Answers:
    """Read what a page sends: ``column.code`` of each answer, with commas between.

    Args:
        text: what is sent.
        domain: what can be asked.
        most: answers at most.
        nones: ids of the facets that take none of these.

    Raises:
        InputError: no such facet or answer, a facet twice, more answers than are asked for.
    """
    parts = text.split(",") if text else []
    if len(parts) > most:
        raise InputError(f"{len(parts)} answers, but at most {most} questions are asked", where="answers")
    answers = tuple(_read(part, domain, nones) for part in parts)
    if len({column for column, _ in answers}) < len(answers):
        raise InputError("a question is answered twice", where="answers")
    return answers


def _read(part: str, domain: Domain, nones: Collection[str]) -> tuple[int, int]:
    found = _WRITTEN.fullmatch(part)
    if found is None:
        raise InputError("not written like 3.0,7.-2", where="answers")
    column, code = int(found[1]), int(found[2])
    if column >= len(domain.facets):
        raise InputError(f"there is no facet {column}", where="answers")
    facet = domain.facets[column]
    if code >= len(facet.options) + (facet.id in nones) or (code < 0 and code not in _SKIPS):
        raise InputError(f"facet '{facet.id}' has no answer {code}", where="answers")
    return column, code
