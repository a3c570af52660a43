"""What a questioner is: it looks at what is known and names the next facet to ask, or stops."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.dialogues import Transcript
from elicit.domains import Codes

STOP: Final = -1
UNREADABLE: Final = -2
"""A question that asks for nothing that the domain has: the turn is lost."""
NO_GAIN: Final = 1e-4
"""Bits; less than this is the rounding of float32 sums over thousands of hypotheses, not information."""
Choices = NDArray[np.intp]


class FacetQuestioner(Protocol):
    """Chooses for a whole batch at once; a plain class with this method is a questioner."""

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the facet to ask next in each row, −1 to stop.

        Args:
            states: int8[B, facets]; −1 not asked, >= 0 answered, below −1 a non-answer.
            allowed: bool[B, facets], what may be asked.
            luck: of the B people.
        """


@runtime_checkable
class WeighingQuestioner(FacetQuestioner, Protocol):
    """Can say what each question is worth to it, and asks the best."""

    def worth(self, states: Codes, allowed: NDArray[np.bool_]) -> NDArray[np.floating]:
        """Return float[B, facets] in units of its goal, −inf where a question may not be asked or was not considered.

        Args:
            states: int8[B, facets].
            allowed: bool[B, facets].
        """


class Asked(NamedTuple):
    """What is asked next: int[B] columns, −1 to stop, −2 where it cannot be read; and how it is put, a text a row.

    Empty words stand for the first wording of the facet.
    """

    facets: Choices
    words: tuple[str, ...]


@runtime_checkable
class SpeakingQuestioner(Protocol):
    """Looks at the course of the dialogues and words its questions itself.

    It may ask for what was answered before, or say what nobody can read: such a turn is lost, and counted, but not
    refused.
    """

    def ask(self, talks: Transcript, allowed: NDArray[np.bool_], luck: Luck) -> Asked:
        """Return what is asked next in each dialogue.

        Args:
            talks: the B dialogues so far.
            allowed: bool[B, facets], what may be asked.
            luck: of the B people.
        """


Questioner = FacetQuestioner | SpeakingQuestioner


def next_questions(questioner: Questioner, talks: Transcript, allowed: NDArray[np.bool_], luck: Luck) -> Asked:
    """Return what is asked next in dialogues; without words where the questioner does not word its questions."""
    if isinstance(questioner, SpeakingQuestioner):
        return questioner.ask(talks, allowed, luck)
    chosen = questioner.choose(talks.states(talks.asked.shape[1], allowed.shape[1]), allowed, luck)
    return Asked(chosen, ("",) * len(chosen))


def best(scores: NDArray[np.floating], allowed: NDArray[np.bool_]) -> Choices:
    """Return the allowed column with the highest score in each row, −1 where none is allowed.

    Scores are bits. Of those within :data:`NO_GAIN` of the highest the first is taken: equal scores differ by their
    rounding, which depends on the size of the batch, and a choice must not.
    """
    masked = np.where(allowed, scores, -np.inf)
    top = masked.max(axis=1)
    return np.where(top > -np.inf, (masked >= top[:, None] - NO_GAIN).argmax(axis=1), STOP)
