"""States: what is known after some exchanges, in the two forms that a language model reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypedDict

from elicit.dialogues import Exchange
from elicit.domains import Domain, Facet
from elicit.language import option_label

SYSTEM_LINE: Final = "You find out what a person prefers. Ask one short question at a time."
LINE_END: Final = "\n"
"""Ends each question and each answer of the compact text of a dialogue."""
PROFILE_HEAD: Final = "Known so far:\n"
PROFILE_EMPTY: Final = "nothing yet\n"
PROFILE_TAIL: Final = "Next question:\n"

LISTING_HEAD: Final = "What may be asked:\n"
LISTING_TAIL: Final = "Dialogue:\n"


class Message(TypedDict):
    """One message of the chat format."""

    role: str
    content: str


def profile_lines(domain: Domain, exchanges: Iterable[Exchange]) -> list[str]:
    """Return one line an exchange: what it was about, and the value."""
    return [profile_line(domain.facets[domain.column(e.facet)], e.answer.value) for e in exchanges]


def profile_line(facet: Facet, value: str) -> str:
    """Return the line of a facet in a profile. A non-answer leaves its own mark."""
    return f"- {facet.label}: {option_label(facet, value)}\n"


def profile_state(lines: Sequence[str]) -> str:
    """Return the partial profile that stands before the next question (the paper's P^t) from its lines.

    It holds no word of how anything was asked, and no trace of what is missing.
    """
    return PROFILE_HEAD + ("".join(lines) or PROFILE_EMPTY) + PROFILE_TAIL


def listing_line(facet: Facet) -> str:
    """Return the line of a facet in a list of what may be asked."""
    return f"- {facet.label}{LINE_END}"


def facet_mark(facet_id: str) -> str:
    """Return the token by which a model may name the facet before it words the question.

    No control token of a tokenizer begins like it.
    """
    return f"<|ask:{facet_id}|>"


def answer_line(facet: Facet, value: str) -> str:
    """Return an answer as it stands in the compact text of a dialogue: a line with the option, or what became of it."""
    return f"{option_label(facet, value)}{LINE_END}"


def compact_text(domain: Domain, exchanges: Iterable[Exchange], marked: bool = False) -> str:
    """Return a dialogue in few tokens: a line a question and a line an answer.

    Args:
        domain: of the exchanges.
        exchanges: in the order of asking.
        marked: whether :func:`facet_mark` stands before the words of each question.
    """
    lines = []
    for exchange in exchanges:
        facet = domain.facets[domain.column(exchange.facet)]
        lines.append(f"{facet_mark(facet.id) if marked else ''}{exchange.question.text}{LINE_END}")
        lines.append(answer_line(facet, exchange.answer.value))
    return "".join(lines)


def dialogue_state(exchanges: Iterable[Exchange]) -> list[Message]:
    """Return the dialogue as chat messages: the system line, then question and answer in turn."""
    messages: list[Message] = [{"role": "system", "content": SYSTEM_LINE}]
    for exchange in exchanges:
        messages.append({"role": "assistant", "content": exchange.question.text})
        messages.append({"role": "user", "content": exchange.answer.text})
    return messages
