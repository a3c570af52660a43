"""Whether a question says what only its answer should say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from elicit.dialogues import code_of
from elicit.domains import Facet

_IN_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+")
_LIGHT = frozenset({"a", "an", "the", "i", "you"})


class Leak(StrEnum):
    """How a question leaks."""

    BY_NAMING = "by naming"
    """A yes/no question names its thing. That cannot be helped, so it is counted apart."""
    BY_VALUE = "by value"
    """The question names the option that is then answered, and no other."""


def leaks(question_text: str, facet: Facet, value: str) -> Leak | None:
    """Return how a question leaks the content that an answer was to reveal, or None.

    A question names a label if the words of the label stand in it together and in order; case, punctuation, articles,
    "I" and "you", and a final s do not count. What counts as a leak:

    - Yes/no facets: the content is the thing itself. The question leaks by naming if it names the facet's label, with
      or without what the label has in brackets; "no" reveals the thing as much as "yes".
    - All others: the content is the option ("Do you like Nolan?" for Director = Nolan). The question leaks by value if
      it names the label of this option and the words of no other label stand in it in any order (several options are
      an offered choice); a label that is part of this one ("blue" in "light blue") is no other.
    - A non-answer reveals nothing, so nothing is leaked.

    A paraphrase is not seen: the count is a lower bound.

    Raises:
        InputError: the facet has no such option.
    """
    code = code_of(facet, value)
    if code < 0:
        return None
    if facet.is_yes_no:
        names = (facet.label, _IN_BRACKETS.sub(" ", facet.label))
        return Leak.BY_NAMING if any(_names(question_text, name) for name in names) else None
    labels = [option.label for option in facet.options]
    return Leak.BY_VALUE if named_alone(question_text, labels, code) else None


def named_alone(text: str, labels: Sequence[str], place: int) -> bool:
    """Tell whether a text names one of several labels and no other, as :func:`leaks` says."""
    label = labels[place]
    others = [other for at, other in enumerate(labels) if at != place]
    offered = any(_hints(text, other) and not _hints(label, other) for other in others)
    return _names(text, label) and not offered


def _names(text: str, name: str) -> bool:
    wanted = _words(name)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(_words(text))} "


def _hints(text: str, name: str) -> bool:
    wanted = set(_words(name))
    return bool(wanted) and wanted <= set(_words(text))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    words = (w for w in _WORD.findall(text.casefold()) if w not in _LIGHT)
    return tuple(w.removesuffix("s") or w for w in words)
