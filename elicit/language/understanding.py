"""What free text means: which facets a question asks for, which options or non-answers a reply gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Heard:
    """A reply that is to be understood.

    Attributes:
        text: the words.
        asked: ids of the facets that were asked for just before; empty at the start of a dialogue.
        options: the answers that were shown with the question, in order.
        question: its words; where it asks for no facet they tell what a reply that only names things means.
    """

    text: str
    asked: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    question: str = ""


class Understanding(Protocol):
    """Finds the meaning of many texts at once."""

    async def questions(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the ids of the facets that each text asks for, () where it asks for nothing that the domain has."""

    async def answers(self, heard: Sequence[Heard]) -> list[Mapping[str, str]]:
        """Return facet id → value for each reply.

        Every facet that was asked is in it, with ``not_understood`` where the reply does not answer it; other facets
        only where the reply clearly tells about them.
        """
