"""What a chat model is: it gets messages and returns a reply, one at a time or many together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from elicit.basis import UnavailableError
from elicit.dialogues import Message


class ModelFault(StrEnum):
    """Why a model did not reply."""

    UNREACHABLE = "unreachable"
    """Nobody listens at the address; trying again does not help."""
    REFUSED = "refused"
    """The key is missing, wrong or not allowed to do this."""
    NO_MODEL = "no_model"
    """The server does not have this model."""
    BUDGET = "budget"
    """The money that may be spent is spent."""
    SLOW = "slow"
    """No reply within the time limit."""
    OVERLOADED = "overloaded"
    """Too many requests (429), after all tries."""
    BROKEN = "broken"
    """The server fails (5xx) or sends what is no reply, after all tries."""
    CONTEXT = "context"
    """The dialogue has become longer than the model can read."""
    REJECTED = "rejected"
    """The server does not take this request."""

    @property
    def stops_run(self) -> bool:
        """Whether every further request would fail in the same way."""
        return self in {ModelFault.UNREACHABLE, ModelFault.REFUSED, ModelFault.NO_MODEL, ModelFault.BUDGET}


class ModelError(RuntimeError):
    """A model did not reply.

    Args:
        fault: why.
        detail: one line for people; never holds a key.
    """

    def __init__(self, fault: ModelFault, detail: str) -> None:
        self.fault, self.detail = fault, detail
        super().__init__(detail)


@dataclass(frozen=True)
class Request:
    """One request; equal requests to one model are the same question.

    Attributes:
        messages: the chat so far; the model speaks next.
        seed: of the draws.
        temperature: 0 = always the most probable word.
        max_tokens: of the reply.
        schema: JSON Schema that the reply must fulfil; None = free text.
    """

    messages: tuple[Message, ...]
    seed: int = 0
    temperature: float = 0.0
    max_tokens: int = 200
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """What a model said.

    Attributes:
        text: the words.
        prompt_tokens: read.
        reply_tokens: written.
        cached: whether it came from the cache, so that no model was asked.
        cut: whether the reply ended because ``max_tokens`` was reached.
    """

    text: str
    prompt_tokens: int = 0
    reply_tokens: int = 0
    cached: bool = False
    cut: bool = False


class ChatModel(Protocol):
    """A plain class with these members is a chat model.

    Attributes:
        name: the specification without secrets, for messages and provenance.
        together: how many requests it likes to get at once; 1 = each by itself, many at the same time.
    """

    @property
    def name(self) -> str:
        """The specification without secrets."""

    @property
    def together(self) -> int:
        """How many requests it likes to get at once."""

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Return a reply, or why there is none, for each request, in order."""


def refuse_silence(replies: Sequence[Reply | ModelError], role: str, first: bool) -> None:
    """End a run whose model cannot be used, or has replied to nothing, before anything of it is written.

    Args:
        replies: to some requests together.
        role: of the model, for messages.
        first: whether these were asked for the first time; of those that are tried again all may fail.

    Raises:
        UnavailableError: a fault that ends a run, or no reply at all to first requests.
    """
    errors = [reply for reply in replies if isinstance(reply, ModelError)]
    final = [error for error in errors if error.fault.stops_run]
    if final or (first and errors and len(errors) == len(replies)):
        raise UnavailableError(f"{(final or errors)[0].detail} ({role}); nothing was written")
