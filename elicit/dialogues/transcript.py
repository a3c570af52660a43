"""Many dialogues at once, in codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Code, Codes

Words = tuple[tuple[str, ...], ...]
"""What was said in each turn of each dialogue, in words; an empty text where nobody kept them."""


@dataclass(frozen=True)
class Transcript:
    """Who was asked what, and what they said.

    Attributes:
        asked: int16[people, turns], columns of facets; −1 after the end, −2 where the question could not be read.
        answers: int8[people, turns], codes; −1 after the end, and where the question could not be read.
        words: the questions as they were put, where the questioner worded them itself; () where nobody did.
    """

    asked: NDArray[np.int16]
    answers: Codes
    words: Words = ()

    def states(self, questions: int, facets: int) -> Codes:
        """Return what was known after the first ``questions``, int8[people, facets]."""
        states = np.full((len(self.asked), facets), Code.NOT_ASKED, dtype=np.int8)
        rows, turns = np.nonzero(self.asked[:, :questions] >= 0)
        states[rows, self.asked[rows, turns]] = self.answers[rows, turns]
        return states

    def part(self, rows: NDArray[np.intp], turns: int) -> Transcript:
        """Return the first turns of some of the dialogues."""
        words = tuple(self.words[row][:turns] for row in rows.tolist()) if self.words else ()
        return Transcript(self.asked[rows, :turns], self.answers[rows, :turns], words)

    @classmethod
    def joined(cls, parts: Sequence[Transcript]) -> Transcript:
        """Return the dialogues of several batches of people in one."""
        return cls(
            np.concatenate([part.asked for part in parts]),
            np.concatenate([part.answers for part in parts]),
            tuple(person for part in parts for person in part.words),
        )

    def __len__(self) -> int:
        return len(self.asked)
