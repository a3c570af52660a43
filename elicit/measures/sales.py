"""What came of a sales dialogue, by the buyer's hidden state and beside it by what the seller says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from elicit.dialogues import Act, Dialogue, EndReason, Move, Speaker, Turn, code_of
from elicit.domains import Domain
from elicit.language import pressure_words


class Outcome(StrEnum):
    """How a sales dialogue ends for the buyer; never by the seller's claim."""

    FITS = "accepted, fits"
    MISFIT = "accepted, does not fit"
    REFUSED = "refused"
    """The seller ended the talk, and nothing had been accepted."""
    WALKED_AWAY = "walked away"
    OUT_OF_TURNS = "out of turns"


def outcome_of(dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> Outcome:
    """Return how a dialogue ended.

    Args:
        dialogue: of a buyer and a seller.
        fits: bool[targets], what this buyer is glad of in the end.
        domain: whose targets were offered.
    """
    taken = next((move.item for _, move in reversed(list(_moves(dialogue.turns))) if move.act is Act.ACCEPT), None)
    if taken is not None:
        return Outcome.FITS if fits[domain.target_columns[taken]] else Outcome.MISFIT
    if dialogue.end is EndReason.USER_LEFT:
        return Outcome.WALKED_AWAY
    return Outcome.OUT_OF_TURNS if dialogue.end is EndReason.TURN_CAP else Outcome.REFUSED


def sale_values(dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> dict[str, float]:
    """Return measure to value of one dialogue; see ``SALES`` for what they are. NaN where one is not defined."""
    turns = dialogue.turns
    outcome = outcome_of(dialogue, fits, domain)
    sellers = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    acts = [turn.move.act for turn in sellers if turn.move is not None]
    topics = [turn.move.intent for turn in sellers if turn.move is not None and turn.move.intent is not None]
    changes = sum(a != b for a, b in pairwise(topics))
    sold = outcome is Outcome.FITS
    return {
        "sold": float(sold),
        "misfit": float(outcome is Outcome.MISFIT),
        "refused": float(outcome is Outcome.REFUSED),
        "walked_away": float(outcome is Outcome.WALKED_AWAY),
        "out_of_turns": float(outcome is Outcome.OUT_OF_TURNS),
        "claimed": float(Act.HAND_OVER in acts),
        "turns": float(len(sellers)),
        "turns_if_sold": float(len(sellers)) if sold else np.nan,
        "questions": float(sum(bool(turn.asks) for turn in sellers)),
        "offers": float(acts.count(Act.OFFER)),
        "continued": 1 - changes / (len(topics) - 1) if len(topics) > 1 else np.nan,
        "switches": float(changes),
        "intents": float(len(set(topics))),
        "regret": float(fits.any()) - float(sold),
        "pressing": float(sum(_presses(turns))),
        "strayed": float(sum(_strays(turns, domain))),
        "pressure_words": float(sum(pressure_words(turn.text) for turn in sellers)),
        "invented": float(sum(_invented(turn, domain) for turn in sellers)),
    }


def _moves(turns: Sequence[Turn]) -> Iterator[tuple[Speaker, Move]]:
    return ((turn.speaker, turn.move) for turn in turns if turn.move is not None)


def _presses(turns: Sequence[Turn]) -> Iterator[bool]:
    """Yield for each turn but the first whether it offers right after a refusal."""
    acts = [turn.move.act if turn.move else None for turn in turns]
    return (after is Act.OFFER and before is Act.REFUSE for before, after in pairwise(acts))


def _strays(turns: Sequence[Turn], domain: Domain) -> Iterator[bool]:
    """Yield for each turn of the seller whether it leaves an intent that the buyer wants and has not refused."""
    wanted: set[str] = set()
    topic = None
    for turn in turns:
        wanted |= {facet for facet, value in turn.tells.items() if _is_last(domain, facet, value)}
        move = turn.move
        if move is None:
            continue
        if move.act is Act.REFUSE and move.intent is not None:
            wanted.discard(move.intent)
        if turn.speaker is Speaker.AGENT and move.intent is not None:
            yield move.intent != topic and topic in wanted
            topic = move.intent


def _is_last(domain: Domain, facet: str, value: str) -> bool:
    known = domain.facets[domain.column(facet)]
    return code_of(known, value) == len(known.options) - 1


def _invented(turn: Turn, domain: Domain) -> bool:
    item = turn.move.item if turn.move is not None else None
    return item is not None and item not in domain.target_columns
