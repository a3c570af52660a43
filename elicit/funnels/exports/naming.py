"""Names of answers that no expression can mistake: letters, digits and underscores, told apart without capitals."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from elicit.domains import Facet
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.tree import NO_PREFERENCE, answers_to

_TAKEN: Final = frozenset(
    {NO_PREFERENCE, NONE_OF_THESE, "true", "false", "none", "other", "null", "undefined", "nan", "infinity"}
)
"""Words that mean something else to a survey."""


def answer_names(facet: Facet, nones: Collection[str] = ()) -> dict[str, str]:
    """Return the id of each answer to a name for expressions, in the order of the answers.

    It is the id in small letters wherever that is a name, and ``option_N`` for all options where two would be alike.

    Args:
        facet: what is asked.
        nones: ids of the facets that take none of these.
    """
    ids = [option.id for option in facet.options]
    names = dict(zip(ids, plain_names(ids, "option"), strict=True))
    return {answer: names.get(answer, answer) for answer in answers_to(facet, nones)}


def plain_names(ids: Sequence[str], noun: str) -> list[str]:
    """Return names of small letters, digits and underscores for some ids, all different."""
    names = [_plain(i, noun) for i in ids]
    if len(set(names)) < len(names) or not all(names) or not _TAKEN.isdisjoint(names):
        return [f"{noun}_{number}" for number in range(1, len(ids) + 1)]
    return names


def _plain(text: str, noun: str) -> str:
    """Return the letters of a text that make a name; numbers would be compared as numbers, so a word stands before."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"{noun}_{name}" if name[:1].isdigit() else name
