"""Sales dialogues as they are laid out on the page: what each turn does, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from elicit.basis import InputError
from elicit.dialogues import Act, Dialogue, EventKind, Turn
from elicit.measures import KeptSale, Outcome
from elicit.reports.talk_views import MOST_TALKS, Shelf, TalkView

_MOST_OF_AN_OUTCOME: Final = 3
_ACTS: Final = {
    Act.STEER: "steers",
    Act.OFFER: "offers",
    Act.HAND_OVER: "says that it has sold",
    Act.GIVE_UP: "gives up",
    Act.ACCEPT: "takes it",
    Act.REFUSE: "refuses",
    Act.LEAVE: "walks away",
    Act.INQUIRE: "asks back",
    Act.INFORM: "answers",
}
"""What a reader does not see from the words and from what is asked and told."""
OUTCOME_WORDS: Final = {
    Outcome.FITS: "sold, and it fits",
    Outcome.MISFIT: "taken, and it does not fit",
    Outcome.REFUSED: "refused",
    Outcome.WALKED_AWAY: "walked away",
    Outcome.OUT_OF_TURNS: "out of turns",
}


@dataclass(frozen=True)
class SaleTalkView:
    """One sales dialogue: its words, how it ended by the hidden wishes, and what the seller says of it."""

    talk: TalkView
    outcome: str
    claimed: bool
    fitting: int


@dataclass(frozen=True)
class SellerTalks:
    """The dialogues of a seller that are shown, and how many are kept, by outcome in words."""

    seller: str
    shown: tuple[SaleTalkView, ...]
    kept: tuple[tuple[str, int], ...]


def shown_of_an_outcome(sellers: int, markets: int) -> int:
    """Return how many dialogues of each outcome a page shows of each seller in each market."""
    return max(1, min(_MOST_OF_AN_OUTCOME, MOST_TALKS // (len(Outcome) * sellers * markets)))


def seller_talks(shelf: Shelf, most: int) -> list[SellerTalks]:
    """Return the dialogues of a market that are shown, a group a seller; the first so many of every outcome.

    Args:
        shelf: what the folder of the market holds.
        most: dialogues of an outcome.

    Raises:
        InputError: a file that is missing or damaged.
    """
    outcomes: dict[str, list[KeptSale]] = {}
    for outcome in shelf.lines("outcomes.jsonl", KeptSale):
        outcomes.setdefault(outcome.seller, []).append(outcome)
    return [_group(seller, kept, shelf, most) for seller, kept in outcomes.items()]


def _group(seller: str, kept: Sequence[KeptSale], shelf: Shelf, most: int) -> SellerTalks:
    by_outcome = {outcome: [k for k in kept if k.outcome is outcome] for outcome in Outcome}
    chosen = [k for found in by_outcome.values() for k in found[:most]]
    dialogues = _dialogues(shelf, kept[0].file, chosen)
    views = zip(shelf.views_of(dialogues), dialogues, chosen, strict=True)
    shown = tuple(
        SaleTalkView(_with_moves(view, dialogue, known), OUTCOME_WORDS[known.outcome], known.claimed, known.fitting)
        for view, dialogue, known in views
    )
    counts = tuple((OUTCOME_WORDS[outcome], len(found)) for outcome, found in by_outcome.items() if found)
    return SellerTalks(seller, shown, counts)


def _dialogues(shelf: Shelf, file: str, chosen: Sequence[KeptSale]) -> list[Dialogue]:
    """Return the chosen dialogues of a file."""
    found = {dialogue.id: dialogue for dialogue in shelf.lines(file, Dialogue)}
    if missing := next((known.id for known in chosen if known.id not in found), None):
        raise InputError(f"lacks the dialogue '{missing}'", where=str(shelf.folder / file), remedy=shelf.remedy)
    return [found[known.id] for known in chosen]


def _with_moves(view: TalkView, dialogue: Dialogue, known: KeptSale) -> TalkView:
    """Say what each turn does; that the buyer agreed is then said already."""
    agreed = EventKind.AGREED.value
    turns = (
        replace(laid, does=_does(turn, known), marks=tuple(mark for mark in laid.marks if mark[0] != agreed))
        for laid, turn in zip(view.turns, dialogue.turns, strict=True)
    )
    return replace(view, turns=tuple(turns), events=tuple(event for event in view.events if event != agreed))


def _does(turn: Turn, known: KeptSale) -> str:
    """Say what a turn does: ``offers Blade Runner, which fits``."""
    if turn.move is None:
        return ""
    does = _ACTS.get(turn.move.act, "")
    offered = next((o for o in known.offered if o.item == turn.move.item), None)
    if turn.move.act is not Act.OFFER or offered is None:
        return does
    return f"{does} {offered.label}, which {'fits' if offered.fits else 'does not fit'}"
