"""States: what is known after some exchanges, in the two forms that a language model reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypedDict

from elicit.dialogues import Exchange
from elicit.domains import Domain
from elicit.language import option_label

SYSTEM_LINE: Final = "You find out what a person prefers. Ask one short question at a time."
_HEAD: Final = "Known so far:\n"
_NOTHING: Final = "nothing yet\n"
_TAIL: Final = "Next question:\n"


class Message(TypedDict):
    """One message of the chat format."""

    role: str
    content: str


def profile_lines(domain: Domain, exchanges: Iterable[Exchange]) -> list[str]:
    """Return one line an exchange: what it was about, and the value. A non-answer leaves its own mark."""
    lines = []
    for exchange in exchanges:
        facet = domain.facets[domain.column(exchange.facet)]
        lines.append(f"- {facet.label}: {option_label(facet, exchange.answer.value)}\n")
    return lines


def profile_state(lines: Sequence[str]) -> str:
    """Return the partial profile that stands before the next question (the paper's P^t) from its lines.

    It holds no word of how anything was asked, and no trace of what is missing.
    """
    return _HEAD + ("".join(lines) or _NOTHING) + _TAIL


def dialogue_state(exchanges: Iterable[Exchange]) -> list[Message]:
    """Return the dialogue as chat messages: the system line, then question and answer in turn."""
    messages: list[Message] = [{"role": "system", "content": SYSTEM_LINE}]
    for exchange in exchanges:
        messages.append({"role": "assistant", "content": exchange.question.text})
        messages.append({"role": "user", "content": exchange.answer.text})
    return messages
