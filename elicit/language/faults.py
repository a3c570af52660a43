"""Faults of questions: which there are, what shows them, and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from elicit.domains import Frozen

MOST_WORDS: Final = 25
"""A longer question is hard to hold in mind while one looks for the answer; the number is ours."""


class QuestionFault(StrEnum):
    """The faults that are looked for."""

    DOUBLE_BARRELLED = "double-barrelled"
    """It asks two things at once, for which there is one answer."""
    LEADING = "leading"
    """It tells which answer is wanted."""
    PRESUPPOSING = "presupposing"
    """It takes for granted what has not been asked."""
    LEAK = "leak"
    """It names one of the offered answers and no other."""
    OVERLAP = "overlapping options"
    """Somebody fits two of the offered answers."""
    GAP = "options not exhaustive"
    """Somebody fits none of the offered numbers."""
    NO_WAY_OUT = "no none or other"
    """Whoever wants none of the listed things has nothing to choose."""
    NO_DONT_KNOW = "no don't know"
    """Whoever does not remember has to guess."""
    NEGATION = "negation"
    """One has to work out what yes means."""
    TOO_LONG = "too long"
    """More than 25 words; a name is one word."""

    @property
    def of_options(self) -> bool:
        """Whether it lies in the options and not in the words of the question."""
        return self in {QuestionFault.OVERLAP, QuestionFault.GAP, QuestionFault.NO_WAY_OUT, QuestionFault.NO_DONT_KNOW}


_REMEDIES: Final = {
    QuestionFault.DOUBLE_BARRELLED: "Ask two questions",
    QuestionFault.LEADING: "Ask it so that every answer is equally welcome",
    QuestionFault.PRESUPPOSING: "Ask first whether it is so",
    QuestionFault.LEAK: "Name all answers, or none",
    QuestionFault.OVERLAP: "Draw the borders so that everything has one place",
    QuestionFault.GAP: "Leave no number out, and keep both ends open",
    QuestionFault.NO_WAY_OUT: "Offer 'none of these' or 'something else'",
    QuestionFault.NO_DONT_KNOW: "Offer 'I don't know'",
    QuestionFault.NEGATION: "Ask it without 'not'",
    QuestionFault.TOO_LONG: f"Say it in at most {MOST_WORDS} words",
}


class Finding(Frozen):
    """One fault of one question.

    Attributes:
        fault: which.
        found: the words, or the options, that show it.
    """

    fault: QuestionFault
    found: str

    @property
    def remedy(self) -> str:
        """What to do."""
        return _REMEDIES[self.fault]
