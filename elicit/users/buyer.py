"""The rule buyer: answers, takes, refuses and walks away by its hidden wishes and its patience; no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from elicit.basis import draw_seed, stable_hash
from elicit.dialogues import Act, EndReason, Event, EventKind, Move, Speaker, Turn
from elicit.domains import NON_ANSWERS, Domain, Frozen, Population
from elicit.language import Phrasebook, buyer_texts, not_in_shop_texts
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
        items = np.array([stable_hash(target.id) & 0xFFFFFFFF for target in self.domain.targets], dtype=np.uint64)
        return _BuyerVoice(
            buyer=self,
            answering=answering,
            rows=rows,
            mood=luck.uniform("takes", np.broadcast_to(items, (len(cases), len(items)))),
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
        temper, theirs = self.buyer.temper, talk.turns[-1]
        offered = theirs.move if theirs.move is not None and theirs.move.act is Act.OFFER else None
        after_refusal = _did(talk, -2, Act.REFUSE)
        self.patience[talk.place] -= temper.turn + self._bother(talk, codes)
        if offered is not None:
            self.pressed[talk.place] += after_refusal
            if self._takes(talk.place, offered.item):
                return Move(act=Act.ACCEPT, intent=offered.intent, item=offered.item)
            self.patience[talk.place] -= temper.refused + temper.pressed * after_refusal
        if self.patience[talk.place] <= 0:
            return Move(act=Act.LEAVE)
        if offered is not None:
            return Move(act=Act.REFUSE, intent=offered.intent, item=offered.item)
        return Move(act=Act.TELL)

    def _bother(self, talk: Talk, codes: Mapping[str, int]) -> float:
        """Return what a question costs on top, in patience."""
        temper = self.buyer.temper
        known = {facet for turn in talk.turns[:-1] for facet, value in turn.tells.items() if value not in NON_ANSWERS}
        repeated = any(facet in known for facet in codes)
        pointless = bool(codes) and all(code < 0 for code in codes.values())
        return temper.repeated * repeated + temper.pointless * pointless

    def _takes(self, place: int, item: str | None) -> bool:
        column = self.buyer.domain.target_columns.get(item or "")
        if column is None:
            return False
        temper, wishes, row = self.buyer.temper, self.buyer.wishes, self.rows[place]
        if wishes.barred[row, column]:
            return False
        doubtful = temper.mistaken * wishes.appeal[row, column] + temper.gives_in * self.pressed[place]
        chance = temper.takes if wishes.fits[row, column] else doubtful
        return bool(self.mood[place, column] < chance)

    def _words(self, talk: Talk, move: Move, codes: Mapping[str, int]) -> tuple[str, Mapping[str, str]]:
        """Return what a buyer says, and what it tells by it."""
        pick, turn = self.answering.book.pick, len(talk.turns)
        if move.act is Act.TELL and codes:
            return self.answering.said(talk.place, codes)
        unknown = move.act is Act.REFUSE and move.item not in self.buyer.domain.target_columns
        texts = not_in_shop_texts() if unknown else buyer_texts(move.act)
        return pick(talk.place, f"{move.act} at turn {turn}", texts), {}


def _did(talk: Talk, place: int, act: Act) -> bool:
    """Tell whether a turn, counted from the end, did something."""
    move = talk.turns[place].move if len(talk.turns) >= -place else None
    return move is not None and move.act is act
