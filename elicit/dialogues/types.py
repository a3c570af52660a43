"""Records of what was said."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from elicit.dialogues.values import NonAnswer
from elicit.domains import Frozen


class Question(Frozen):
    """A question as it was put.

    Attributes:
        facets: ids of what it asks for. Numeric questioners ask for one; several occur only in text.
        text: the words.
        options: the answers shown with it, in the order of the facet's options; empty if none were shown.
    """

    facets: tuple[str, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    options: tuple[str, ...] = ()


class Answer(Frozen):
    """An answer as it was given.

    Attributes:
        value: what it means: an option's id, or one of :class:`NonAnswer`.
        text: the words.
    """

    value: str = Field(min_length=1)
    text: str


class Exchange(Frozen):
    """A question with its answer. One option cannot answer for several facets; a non-answer can."""

    question: Question
    answer: Answer

    @model_validator(mode="after")
    def _consistent(self) -> Exchange:
        several = len(self.question.facets) > 1
        if several and self.answer.value not in {n.value for n in NonAnswer}:
            raise ValueError(f"one value '{self.answer.value}' for the facets {', '.join(self.question.facets)}")
        return self

    @property
    def facet(self) -> str:
        """The first facet, which is the only one unless nothing was answered."""
        return self.question.facets[0]


class EndReason(StrEnum):
    """Why a dialogue ended."""

    BUDGET = "budget"
    """As many questions were asked as were allowed."""
    NO_QUESTIONS_LEFT = "no_questions_left"
    """Everything had been asked."""
    NO_GAIN_LEFT = "no_gain_left"
    """No question was expected to tell anything."""
    BELOW_COST = "below_cost"
    """The best question was worth less than it costs to ask."""
    TWO_UNKNOWN_IN_BRANCH = "two_unknown_in_branch"
    """Two answers below one parent were unknown, in every branch that was left."""
    PERSON_STOPPED = "person_stopped"
    """The person did not want to go on."""


class Dialogue(Frozen):
    """One conversation.

    Attributes:
        id: unique in its file.
        person: id of the person in the population.
        exchanges: in the order in which they were spoken.
        end: why it ended.
    """

    id: str = Field(min_length=1)
    person: str = Field(min_length=1)
    exchanges: tuple[Exchange, ...]
    end: EndReason
