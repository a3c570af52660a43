"""Pairs of questions: in one state, the question that is worth the most and another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.dialogues import code_of
from elicit.domains import Code, Codes, Domain
from elicit.forward.chains import Chain
from elicit.forward.schedules import Schedule
from elicit.forward.states import profile_state
from elicit.forward.steps import Step, stripped_steps
from elicit.language import Phrasebook

Worth = Callable[[Codes], NDArray[np.floating]]
"""States to what each question is expected to bring there, float[B, facets]."""
_CANDIDATES: Final = 8
"""Questions that are compared in a state, half of them the best, half any."""
_SAME: Final = 1e-6
"""Bits by which gains that are equal differ, since they are added up in another order."""
_TOGETHER: Final = 256
"""States that are weighed at once: what an exact gain needs grows with states times facets squared."""


class PairRow(TypedDict):
    """A row of the format ``preference``: two questions at one step of one chain.

    ``step`` is the number of answers that the prompt knows; ``chosen`` is expected to bring more than ``rejected``.
    """

    person: str
    split: str
    step: int
    prompt: str
    chosen: str
    rejected: str


def pair_rows(
    domain: Domain, chains: Sequence[Chain], schedule: Schedule, seed: int, worth: Worth
) -> Iterator[PairRow]:
    """Yield at most one pair of questions a step, in the states of ``prompt_rows``.

    Candidates are all facets that the state does not know, also those that the chain never asks: what this person can
    answer is not known before it is asked. They are ranked by what they are *expected* to bring, over all answers that
    a person may give. What a question brought this very person (its gain in hindsight) is no label: measured, it
    teaches to ask as badly as at random, since the best question in hindsight is the one with the surprising answer.

    Both questions are in the words of the domain, whoever worded the chain, so that a pair differs in what is asked
    and not in how. A step at which no question is worth less than the best gives no row.

    Args:
        domain: of the chains.
        chains: those without exchanges give no row.
        schedule: how they are stripped.
        seed: of the stripping, the wordings and the draw of the other question.
        worth: what questions are expected to bring.
    """
    book = Phrasebook(domain, Luck.of(seed, [chain.person for chain in chains]))
    for steps in _batches(list(stripped_steps(domain, chains, schedule, seed))):
        states = np.stack([_codes(domain, step) for step in steps])
        luck = Luck.of(seed, [f"{step.chain.person} {step.known}" for step in steps])
        better, worse = best_and_other(np.where(states == Code.NOT_ASKED, worth(states), -np.inf), luck)
        for step, chosen, rejected in zip(steps, better.tolist(), worse.tolist(), strict=True):
            if chosen != rejected:
                yield PairRow(
                    person=step.chain.person,
                    split=step.chain.split.value,
                    step=step.known,
                    prompt=profile_state(step.kept_lines),
                    chosen=book.question(step.row, chosen).text,
                    rejected=book.question(step.row, rejected).text,
                )


def best_and_other(worth: NDArray[np.floating], luck: Luck) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the best facet of each row and another one that is worth less, int[B] each.

    The other is drawn among the next best four and four of any; where none is worth less, it is the best again.

    Args:
        worth: float[B, facets], −inf for what cannot be asked.
        luck: of the B rows.
    """
    ranked = np.argsort(-worth, axis=1, kind="stable")
    order = luck.order("candidates", worth.shape[1])
    half = _CANDIDATES // 2
    candidates = np.concatenate([ranked[:, 1 : 1 + half], order[:, :half]], axis=1)
    offered = np.take_along_axis(worth, candidates, axis=1)
    open_to = (offered > -np.inf) & (offered < worth.max(axis=1, keepdims=True) - _SAME)
    draws = np.where(open_to, luck.table("which is compared", candidates.shape[1]), -1.0)
    place = draws.argmax(axis=1)
    rows = np.arange(len(worth))
    best = ranked[:, 0]
    return best, np.where(open_to[rows, place], candidates[rows, place], best)


def _batches(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), _TOGETHER):
        yield steps[start : start + _TOGETHER]


def _codes(domain: Domain, step: Step) -> Codes:
    """Return what is known at a step, int8[facets]."""
    codes = np.full(len(domain.facets), Code.NOT_ASKED, dtype=np.int8)
    for exchange in step.kept:
        column = domain.column(exchange.facet)
        codes[column] = code_of(domain.facets[column], exchange.answer.value)
    return codes
