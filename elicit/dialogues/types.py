"""Records of what was said."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Final, Literal

from pydantic import Field, model_validator

from elicit.dialogues.moves import Move
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
    TURN_CAP = "turn_cap"
    """The agent had as many turns as it may have."""
    AGENT_DONE = "agent_done"
    """The agent said that it was done."""
    USER_DONE = "user_done"
    """The user agreed, the agent acted, and all was said."""
    USER_LEFT = "user_left"
    """The user left without an agreement."""
    USER_EMPTY = "user_empty"
    """The user said nothing, twice: a failure of the simulation, counted apart from those of the agent."""


class Speaker(StrEnum):
    """The two sides of a dialogue."""

    USER = "user"
    AGENT = "agent"


class EventKind(StrEnum):
    """What happened in a turn that a reader of the dialogue wants to see marked."""

    NOT_UNDERSTOOD = "not_understood"
    """An agent's turn asks for nothing that the domain has, or a user's turn does not answer what was asked."""
    REPEATED = "repeated"
    """The agent asks again for a facet that was answered, in whatever words."""
    VERBATIM = "verbatim"
    """The speaker says exactly what it has said before."""
    LEAKED = "leaked"
    """The opening gives away values before anything was asked."""
    CONTRADICTED = "contradicted"
    """The user says something that is not in its hidden profile; this counts against the user."""
    ROLE_SWAP = "role_swap"
    """The reply went on in the role of the other side; that part was cut off."""
    STRIPPED = "stripped"
    """Reasoning or markup that was not meant for the other side was cut off."""
    SHORTENED = "shortened"
    """The reply was too long and was cut."""
    RETRIED = "retried"
    """The first reply could not be used; this is the second."""
    FELL_BACK = "fell_back"
    """The rule user spoke in the place of a user whose replies could not be used."""
    AGREED = "agreed"
    """The user agreed and wants to leave; the agent still has its turn to act."""


class Event(Frozen):
    """Something that happened in a turn; ``detail`` says what, for people."""

    kind: EventKind
    detail: str = ""


class Message(Frozen):
    """One message of a chat as a model gets it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Turn(Frozen):
    """What one side said, what it means, and what happened.

    Attributes:
        speaker: who.
        text: the words.
        asks: ids of the facets that it asks for; empty where it asks for nothing that the domain has.
        options: answers shown with the question.
        tells: facet id to value (an option's id or a non-answer), as said here.
        events: what happened.
        move: what it does in a sales dialogue.
        request: the exact messages that were sent for it, where a model spoke.
    """

    speaker: Speaker
    text: str
    asks: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    tells: Mapping[str, str] = {}
    events: tuple[Event, ...] = ()
    move: Move | None = None
    request: tuple[Message, ...] | None = None


class Usage(Frozen):
    """What the models of one side did in a dialogue or a run.

    Attributes:
        calls: requests that were sent or answered from the cache.
        cached: those answered from the cache, which cost nothing.
        prompt_tokens: sent.
        reply_tokens: received.
        money: what it cost, in the currency of the prices that were given.
    """

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    reply_tokens: int = 0
    money: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            cached=self.cached + other.cached,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            reply_tokens=self.reply_tokens + other.reply_tokens,
            money=self.money + other.money,
        )


NO_USAGE: Final = Usage()


class Dialogue(Frozen):
    """One conversation; the two sides take turns strictly.

    Attributes:
        id: unique in its file.
        person: id of the person in the population.
        turns: in the order in which they were spoken.
        end: why it ended.
        usage: what the models of each side did.
        timing: seconds from the first turn to the last; the one field that differs from run to run.
    """

    id: str = Field(min_length=1)
    person: str = Field(min_length=1)
    turns: tuple[Turn, ...]
    end: EndReason
    usage: Mapping[Speaker, Usage] = {}
    timing: float = 0.0

    @model_validator(mode="after")
    def _alternates(self) -> Dialogue:
        for number, (turn, following) in enumerate(pairwise(self.turns), start=1):
            if turn.speaker is following.speaker:
                raise ValueError(f"turns {number} and {number + 1} are both the {turn.speaker.value}'s")
        return self


class Fault(StrEnum):
    """Whose failure ended a dialogue early."""

    AGENT = "agent"
    """The agent's own; it counts as a dialogue in which nothing was learned."""
    USER = "user"
    """The simulated person's; the dialogue is left out of the figures and counted apart."""
    MODEL = "model"
    """A model refused or could not handle a request; left out, as above."""
    TRANSPORT = "transport"
    """The way to a model: unreachable, too slow, overloaded; left out, as above."""


class Failure(Frozen):
    """A dialogue that did not finish.

    Attributes:
        id: of the dialogue.
        person: id of the person in the population.
        fault: whose failure it was.
        side: whose turn it was.
        kind: short name, for counting.
        detail: one line for people; never holds a key.
        turns: what had been said.
        usage: what the models of each side had done.
        timing: seconds until it failed.
    """

    id: str = Field(min_length=1)
    person: str = Field(min_length=1)
    fault: Fault
    side: Speaker
    kind: str
    detail: str
    turns: tuple[Turn, ...] = ()
    usage: Mapping[Speaker, Usage] = {}
    timing: float = 0.0
