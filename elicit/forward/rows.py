"""Rows for training, in the dataset formats of TRL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TypedDict

from elicit.dialogues import Exchange
from elicit.domains import Domain
from elicit.forward.chains import Chain
from elicit.forward.schedules import Schedule, chain_places
from elicit.forward.states import Message, compact_text, dialogue_state, profile_state
from elicit.forward.steps import stripped_steps


class PromptRow(TypedDict):
    """A row of the format ``prompt-completion``: one step of one chain.

    ``step`` is the number of answers that the prompt knows (the paper's t); ``facet`` is what the completion asks for.
    """

    person: str
    split: str
    step: int
    facet: str
    prompt: str
    completion: str


class MessagesRow(TypedDict):
    """A row of the format ``messages``: one chain; ``facets`` are what its questions ask for."""

    person: str
    split: str
    facets: list[str]
    messages: list[Message]


class TextRow(TypedDict):
    """A row of the format ``text``: one chain, a line a question and a line an answer; see ``states.compact_text``."""

    person: str
    split: str
    facets: list[str]
    text: str


class PromptOnlyRow(TypedDict):
    """A row of the format ``prompt-only``: what is known at a step, for training that writes the question itself."""

    person: str
    split: str
    step: int
    prompt: str


def prompt_rows(domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Iterator[PromptRow]:
    """Yield one row a step: from a partial profile to the text of the next question.

    A chain of n exchanges gives n rows, with n, n − 1 … 1 answers stripped. The next question is the broadest stripped
    one, the first in the order of the chain. Under ``progressive`` these are the pairs (P^t, Q_t) of arXiv 2510.12015;
    under ``random`` the states also lie off the path of the order, the question is still the order's.
    """
    for step in stripped_steps(domain, chains, schedule, seed):
        yield PromptRow(
            person=step.chain.person,
            split=step.chain.split.value,
            step=step.known,
            facet=step.next.facet,
            prompt=profile_state(step.kept_lines),
            completion=step.next.question.text,
        )


def prompt_only_rows(domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Iterator[PromptOnlyRow]:
    """Yield the prompts of :func:`prompt_rows`, without what the order would ask next."""
    for row in prompt_rows(domain, chains, schedule, seed):
        yield PromptOnlyRow(person=row["person"], split=row["split"], step=row["step"], prompt=row["prompt"])


def messages_rows(domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int) -> Iterator[MessagesRow]:
    """Yield one row a chain, for a loss on every question: all steps share one sequence.

    What is stripped last is asked first, so that every prefix is a state of the schedule. Under ``progressive`` that
    is the order of the chain; under ``random`` the chain is permuted, differently for each seed. Chains without
    exchanges give no row.
    """
    for chain, exchanges in _as_asked(domain, chains, schedule, seed):
        yield MessagesRow(
            person=chain.person,
            split=chain.split.value,
            facets=[e.facet for e in exchanges],
            messages=dialogue_state(exchanges),
        )


def text_rows(
    domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int, marked: bool = False
) -> Iterator[TextRow]:
    """Yield one row a chain in few tokens, in the order of :func:`messages_rows`.

    Args:
        domain: of the chains.
        chains: those without exchanges give no row.
        schedule: what is stripped last is asked first.
        seed: of the stripping.
        marked: whether a mark that names the facet stands before the words of each question.
    """
    for chain, exchanges in _as_asked(domain, chains, schedule, seed):
        yield TextRow(
            person=chain.person,
            split=chain.split.value,
            facets=[e.facet for e in exchanges],
            text=compact_text(domain, exchanges, marked),
        )


def _as_asked(
    domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int
) -> Iterator[tuple[Chain, list[Exchange]]]:
    """Yield each chain that has exchanges, and these with what is stripped last first."""
    for chain, places in zip(chains, chain_places(domain, chains, schedule, seed).tolist(), strict=True):
        turns = sorted(zip(places, chain.exchanges, strict=False), key=itemgetter(0), reverse=True)
        if turns:
            yield chain, [exchange for _, exchange in turns]
