"""The rule buyer: answers, takes, refuses and walks away by its hidden wishes and its patience; no model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from elicit.basis import Luck, draw_seed, stable_hash
from elicit.dialogues import Act, EndReason, Event, EventKind, Move, Speaker, Turn
from elicit.domains import NON_ANSWERS, Domain, Frozen, Population, Target
from elicit.language import Phrasebook, buyer_texts, inquiry_texts, not_in_shop_texts
from elicit.profiles import AnswerModel, Wishes
from elicit.users.answering import Answering
from elicit.users.parties import ByRule, Case, Failed, Said, Talk, Voice


class Temper(Frozen):
    """How buyers react. Assumptions, not measured on anybody; patience is counted in questions that are no bother.

    Attributes:
        patience: of the average buyer; buyers have between half of it and half as much again.
        turn: patience that every turn of the seller costs.
        repeated: what a question costs on top that was answered already.
        pointless: what a question costs on top to which the buyer has no answer.
        refused: what an offer costs on top that the buyer does not want.
        pressed: what an offer costs on top that follows a refusal.
        takes: chance to take an item that fits.
        mistaken: chance to take an item that does not fit where it could not look better, else in proportion.
        gives_in: what pressing adds to the chance to take something that does not fit and is not barred.
        asks_back: share of offers about which the buyer asks first, once an item, where there is something to ask: what
            it costs if that was not said, or whether it is of a kind that the buyer likes best or least and of which it
            was not offered. The answer costs the patience of a turn, as all that the seller says. Who learns that an
            item is of a kind that it likes least (the first option) does not take it by mistake, pressed or not.
    """

    patience: float = Field(default=8.0, gt=0)
    turn: float = Field(default=0.5, ge=0)
    repeated: float = Field(default=1.0, ge=0)
    pointless: float = Field(default=0.5, ge=0)
    refused: float = Field(default=1.0, ge=0)
    pressed: float = Field(default=1.0, ge=0)
    takes: float = Field(default=0.95, ge=0, le=1)
    mistaken: float = Field(default=0.3, ge=0, le=1)
    gives_in: float = Field(default=0.1, ge=0, le=1)
    asks_back: float = Field(default=0.0, ge=0, le=1)


@dataclass(frozen=True)
class RuleBuyer(ByRule):
    """Everybody of a population as a buyer.

    Attributes:
        domain: what can be asked and offered.
        people: with their hidden profiles.
        wishes: of the same people.
        model: how they answer.
        temper: how they react.
        seed: of noise, words and reactions; the same person reacts the same way to the same offer, whoever makes it.
    """

    domain: Domain
    people: Population
    wishes: Wishes
    model: AnswerModel
    temper: Temper
    seed: int

    @property
    def name(self) -> str:
        """How it was named."""
        return "rule"

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        rows = np.array([case.row for case in cases], dtype=np.intp)
        people = self.people.take(rows)
        luck = people.luck(draw_seed(self.seed, cases[0].draw))
        answering = Answering(self.domain, self.model, self.model.truth(people), Phrasebook(self.domain, luck))
        return _BuyerVoice(
            buyer=self,
            answering=answering,
            rows=rows,
            mood=_by_item("takes", luck, self.domain),
            patience=self.temper.patience * (0.5 + luck.uniform("patience")),
            pressed=np.zeros(len(cases), dtype=np.int64),
        )


@dataclass(frozen=True)
class _BuyerVoice(Voice):
    """A group of buyers.

    Attributes:
        buyer: what they have in common.
        answering: their answers.
        rows: of the population.
        mood: float[people, targets] in [0, 1); an offer is taken where its chance is higher.
        patience: float[people], what is left of it.
        pressed: int[people], how often each was offered something right after a refusal.
    """

    buyer: RuleBuyer
    answering: Answering
    rows: NDArray[np.intp]
    mood: NDArray[np.float64]
    patience: NDArray[np.float64]
    pressed: NDArray[np.int64]

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return what each buyer does next."""
        codes = self.answering.codes(talks)
        return [self._said(talk, codes.get(talk.place, {})) for talk in talks]

    def _said(self, talk: Talk, codes: Mapping[str, int]) -> Said:
        move = self._planned(talk, codes)
        text, tells = self._words(talk, move, codes)
        turn = Turn(speaker=Speaker.USER, text=text, tells=tells, move=move)
        if move.act is Act.ACCEPT:
            turn = turn.model_copy(update={"events": (Event(kind=EventKind.AGREED, detail=move.item or ""),)})
        return Said(turn, EndReason.USER_LEFT if move.act in {Act.ACCEPT, Act.LEAVE} else None, heard=True)

    def _planned(self, talk: Talk, codes: Mapping[str, int]) -> Move:
        """Return what a buyer wants to do, and take off its patience what the seller's turn has cost."""
        if not talk.turns:
            return Move(act=Act.CHAT)
        self.patience[talk.place] -= self.buyer.temper.turn + self._bother(talk, codes)
        offer = _open_offer(talk)
        if offer is None:
            return Move(act=Act.TELL if self.patience[talk.place] > 0 else Act.LEAVE)
        if offer.new:
            self.pressed[talk.place] += offer.pressing
            if (inquiry := self._inquiry(talk, offer.move)) is not None:
                return inquiry
        return self._decided(talk, offer)

    def _inquiry(self, talk: Talk, offered: Move) -> Move | None:
        """Return what a buyer wants to know before it decides, if it asks; an item that does not exist has nothing."""
        share, item = self.buyer.temper.asks_back, offered.item
        column = self.buyer.domain.target_columns.get(item or "")
        if not share or column is None or self.patience[talk.place] <= 0:
            return None
        if any(move.act is Act.INQUIRE and move.item == item for move in _moves(talk)):
            return None
        unsaid = self._unsaid(talk, offered, self.buyer.domain.targets[column])
        if not unsaid or self._curiosity[talk.place, column] >= share:
            return None
        about = unsaid[int(self._subjects[talk.place, column] * len(unsaid))]
        return Move(act=Act.INQUIRE, intent=about, item=item)

    def _unsaid(self, talk: Talk, offered: Move, target: Target) -> list[str | None]:
        """Return what could be asked about an item: its price (None), and kinds that matter to the buyer."""
        facets = self.buyer.domain.facets
        kinds = [facets[column].id for column in np.flatnonzero(self._cares[talk.place])]
        priced = target.price is None or _names(talk.turns[-1].text, target.price)
        return [*([] if priced else [None]), *(kind for kind in kinds if kind != offered.intent)]

    @cached_property
    def _cares(self) -> NDArray[np.bool_]:
        """Which intents each buyer likes best or least, bool[people, facets]."""
        domain, truth = self.buyer.domain, self.answering.truth
        extreme: NDArray[np.bool_] = (truth == 0) | ((truth > 0) & (truth == domain.option_counts - 1))
        return extreme & domain.kinds.any(axis=0)

    @cached_property
    def _curiosity(self) -> NDArray[np.float64]:
        return _by_item("asks back", self.answering.book.luck, self.buyer.domain)

    @cached_property
    def _subjects(self) -> NDArray[np.float64]:
        return _by_item("asks back about", self.answering.book.luck, self.buyer.domain)

    def _decided(self, talk: Talk, offer: _Offer) -> Move:
        """Return whether a buyer takes what was offered, and take off its patience what an unwanted offer costs."""
        temper, intent, item = self.buyer.temper, offer.move.intent, offer.move.item
        if self._takes(talk, item):
            return Move(act=Act.ACCEPT, intent=intent, item=item)
        self.patience[talk.place] -= temper.refused + temper.pressed * offer.pressing
        if self.patience[talk.place] <= 0:
            return Move(act=Act.LEAVE)
        return Move(act=Act.REFUSE, intent=intent, item=item)

    def _bother(self, talk: Talk, codes: Mapping[str, int]) -> float:
        """Return what a question costs on top, in patience."""
        temper = self.buyer.temper
        known = {facet for turn in talk.turns[:-1] for facet, value in turn.tells.items() if value not in NON_ANSWERS}
        repeated = any(facet in known for facet in codes)
        pointless = bool(codes) and all(code < 0 for code in codes.values())
        return temper.repeated * repeated + temper.pointless * pointless

    def _takes(self, talk: Talk, item: str | None) -> bool:
        column = self.buyer.domain.target_columns.get(item or "")
        if column is None:
            return False
        temper, wishes, row = self.buyer.temper, self.buyer.wishes, self.rows[talk.place]
        fits = wishes.fits[row, column]
        if wishes.barred[row, column] or (not fits and self._warned(talk, item)):
            return False
        doubtful = temper.mistaken * wishes.appeal[row, column] + temper.gives_in * self.pressed[talk.place]
        return bool(self.mood[talk.place, column] < (temper.takes if fits else doubtful))

    def _warned(self, talk: Talk, item: str | None) -> bool:
        """Tell whether a buyer was told that an item is of a kind that it likes least."""
        truth, columns = self.answering.truth[talk.place], self.buyer.domain.columns
        told = (
            move.intent or "" for move in _moves(talk) if move.act is Act.INFORM and move.item == item and move.holds
        )
        return any(truth[columns[kind]] == 0 for kind in told if kind in columns)

    def _words(self, talk: Talk, move: Move, codes: Mapping[str, int]) -> tuple[str, Mapping[str, str]]:
        """Return what a buyer says, and what it tells by it."""
        pick, turn = self.answering.book.pick, len(talk.turns)
        if move.act is Act.TELL and codes:
            return self.answering.said(talk.place, codes)
        if move.act is Act.INQUIRE:
            return pick(talk.place, f"{move.act} at turn {turn}", inquiry_texts(self._label(move.intent))), {}
        unknown = move.act is Act.REFUSE and move.item not in self.buyer.domain.target_columns
        texts = not_in_shop_texts() if unknown else buyer_texts(move.act)
        return pick(talk.place, f"{move.act} at turn {turn}", texts), {}

    def _label(self, facet: str | None) -> str | None:
        domain = self.buyer.domain
        return None if facet is None else domain.facets[domain.column(facet)].label


@dataclass(frozen=True)
class _Offer:
    """What a buyer has to decide on.

    Attributes:
        move: what was offered.
        pressing: whether that was right after a refusal.
        new: whether it was offered just now, and not before the buyer asked back about it.
    """

    move: Move
    pressing: bool
    new: bool


def _open_offer(talk: Talk) -> _Offer | None:
    """Return what was just offered, or what the buyer has asked back about, whatever was said to that; None = nothing.

    Who says something else than an offer after an inquiry has answered it as well as it can.
    """
    asked_back = _did(talk, -2, Act.INQUIRE) and not _did(talk, -1, Act.OFFER)
    place = -3 if asked_back else -1
    move = talk.turns[place].move if _did(talk, place, Act.OFFER) else None
    return None if move is None else _Offer(move, _did(talk, place - 1, Act.REFUSE), not asked_back)


def _by_item(purpose: str, luck: Luck, domain: Domain) -> NDArray[np.float64]:
    """Return a draw for each person and target, float64[people, targets], whatever else is in the domain."""
    items = np.array([stable_hash(target.id) & 0xFFFFFFFF for target in domain.targets], dtype=np.uint64)
    return luck.uniform(purpose, np.broadcast_to(items, (len(luck.people), len(items))))


def _names(text: str, price: float) -> bool:
    """Tell whether a text holds a price as a number of its own."""
    return re.search(rf"(?<![\d.]){re.escape(f'{price:g}')}(?!\.?\d)", text) is not None


def _moves(talk: Talk) -> Iterator[Move]:
    return (turn.move for turn in talk.turns if turn.move is not None)


def _did(talk: Talk, place: int, act: Act) -> bool:
    """Tell whether a turn, counted from the end, did something."""
    move = talk.turns[place].move if len(talk.turns) >= -place else None
    return move is not None and move.act is act
