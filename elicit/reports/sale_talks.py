"""Sales dialogues as they are laid out on the page: what each turn does, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from elicit.basis import InputError
from elicit.dialogues import Act, Dialogue, Move, read_dialogues
from elicit.measures import KeptSale, Outcome
from elicit.reports.talk_views import MOST_TALKS, Shelf, TalkView

_MOST_OF_AN_OUTCOME: Final = 3
_ACTS: Final = {
    Act.CHAT: "chats",
    Act.ASK: "asks what tells items apart",
    Act.STEER: "turns to",
    Act.OFFER: "offers",
    Act.HAND_OVER: "says that it has sold",
    Act.GIVE_UP: "gives up",
    Act.TELL: "",
    Act.ACCEPT: "takes it",
    Act.REFUSE: "refuses",
    Act.LEAVE: "walks away",
}
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


def seller_talks(folder: Path, remedy: str, most: int) -> list[SellerTalks]:
    """Return the dialogues of a market that are shown, a group a seller; the first so many of every outcome.

    Args:
        folder: of the market.
        remedy: what a person does about a file that is damaged.
        most: dialogues of an outcome.

    Raises:
        InputError: a file that is missing or damaged.
    """
    shelf = Shelf(folder, remedy)
    outcomes: dict[str, list[KeptSale]] = {}
    for outcome in shelf.lines("outcomes.jsonl", KeptSale):
        outcomes.setdefault(outcome.seller, []).append(outcome)
    return [_group(seller, kept, folder, shelf, remedy, most) for seller, kept in outcomes.items()]


def _group(seller: str, kept: Sequence[KeptSale], folder: Path, shelf: Shelf, remedy: str, most: int) -> SellerTalks:
    by_outcome = {outcome: [k for k in kept if k.outcome is outcome] for outcome in Outcome}
    chosen = [k for found in by_outcome.values() for k in found[:most]]
    dialogues = _dialogues(folder / kept[0].file, chosen, remedy)
    views = shelf.views_of(dialogues)
    shown = (
        SaleTalkView(
            _with_moves(view, dialogue, known, shelf), OUTCOME_WORDS[known.outcome], known.claimed, known.fitting
        )
        for view, dialogue, known in zip(views, dialogues, chosen, strict=True)
    )
    counts = tuple((OUTCOME_WORDS[outcome], len(found)) for outcome, found in by_outcome.items() if found)
    return SellerTalks(seller, tuple(shown), counts)


def _dialogues(path: Path, chosen: Sequence[KeptSale], remedy: str) -> list[Dialogue]:
    """Return the chosen dialogues of a file."""
    found: Mapping[str, Dialogue] = {dialogue.id: dialogue for dialogue in read_dialogues(path)}
    if missing := next((known.id for known in chosen if known.id not in found), None):
        raise InputError(f"lacks the dialogue '{missing}'", where=str(path), remedy=remedy)
    return [found[known.id] for known in chosen]


def _with_moves(view: TalkView, dialogue: Dialogue, known: KeptSale, shelf: Shelf) -> TalkView:
    turns = zip(view.turns, dialogue.turns, strict=True)
    return replace(
        view,
        turns=tuple(replace(laid, does=_does(turn.move, known, shelf) if turn.move else "") for laid, turn in turns),
    )


def _does(move: Move, known: KeptSale, shelf: Shelf) -> str:
    """Say what a turn does: ``offers Blade Runner, which fits``."""
    words = [_ACTS[move.act]]
    if move.act is Act.OFFER and move.item is not None:
        words += _item(move.item, known)
    elif move.act is Act.STEER and move.intent is not None:
        words.append(shelf.facet(move.intent).label)
    return " ".join(words)


def _item(item: str, known: KeptSale) -> Iterator[str]:
    for offered in known.offered:
        if offered.item == item:
            yield f"{offered.label}, which {'fits' if offered.fits else 'does not fit'}"
