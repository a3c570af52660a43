"""Any selling policy as the agent of a dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, draw_seed
from elicit.dialogues import Act, EndReason, Move, Speaker, Turn
from elicit.domains import Domain, Target
from elicit.language import Phrasebook, seller_texts
from elicit.sellers.informing import informed
from elicit.sellers.views import QUESTIONS, Plan, View
from elicit.users import ByRule, Case, Failed, Said, Talk, Voice

_ENDS = frozenset({Act.HAND_OVER, Act.GIVE_UP})


class Policy(Protocol):
    """Decides what a seller does."""

    def plans(self, views: Sequence[View], luck: Luck) -> list[Plan]:
        """Return what is done next in each of some talks in which nothing was taken yet.

        Args:
            views: of the talks.
            luck: of the buyers, a row a talk.
        """


@dataclass(frozen=True)
class SellerAgent(ByRule):
    """A seller that speaks: what its policy plans, in the words of the domain and of :func:`seller_texts`.

    What is taken it hands over; what the buyer asks back it answers truly, and no policy is asked about either.

    Attributes:
        name: for tables.
        policy: decides.
        domain: what can be asked and offered.
        people: ids of the population's people; their luck decides words and draws.
        seed: of words and draws.
    """

    name: str
    policy: Policy
    domain: Domain
    people: tuple[str, ...]
    seed: int

    def join(self, cases: Sequence[Case]) -> Voice:
        """Return the voice for a group of dialogues."""
        luck = Luck.of(draw_seed(self.seed, cases[0].draw), [self.people[case.row] for case in cases])
        views = [View.empty(case.row, len(self.domain.facets)) for case in cases]
        return _SellerVoice(self, Phrasebook(self.domain, luck), views)


@dataclass(frozen=True)
class _SellerVoice(Voice):
    seller: SellerAgent
    book: Phrasebook
    views: list[View]

    async def speak(self, talks: Sequence[Talk]) -> list[Said | Failed]:
        """Return what is said next in each dialogue."""
        views = [self.views[talk.place] for talk in talks]
        for talk, view in zip(talks, views, strict=True):
            view.hear(talk.turns[-1], self.seller.domain)
        inquiries = [_inquiry(talk) for talk in talks]
        undecided = np.array(
            [view.taken is None and asked is None for view, asked in zip(views, inquiries, strict=True)]
        )
        planned = iter(self._planned(talks, undecided) if undecided.any() else ())
        return [
            informed(asked, self.seller.domain, self.book, talk)
            if asked is not None
            else self._said(talk, view, next(planned) if view.taken is None else _hand_over(view))
            for talk, view, asked in zip(talks, views, inquiries, strict=True)
        ]

    def _planned(self, talks: Sequence[Talk], undecided: NDArray[np.bool_]) -> list[Plan]:
        places = np.array([talk.place for talk in talks], dtype=np.intp)[undecided]
        return self.seller.policy.plans([self.views[place] for place in places], self.book.luck.rows(places))

    def _said(self, talk: Talk, view: View, plan: Plan) -> Said:
        view.do(plan)
        domain = self.seller.domain
        item = None if plan.item is None else domain.targets[plan.item]
        facet = None if plan.facet is None else domain.facets[plan.facet].id
        intent = facet if plan.act in {Act.STEER, Act.OFFER} else None
        move = Move(act=plan.act, intent=intent, item=item.id if item else None, thought=plan.thought)
        if plan.act in QUESTIONS and plan.facet is not None:
            question = self.book.question(talk.place, plan.facet)
            text = plan.words or question.text
            turn = Turn(speaker=Speaker.AGENT, text=text, asks=question.facets, options=question.options, move=move)
            return Said(turn, heard=True)
        words = self.book.pick(talk.place, f"{plan.act} at turn {len(talk.turns)}", seller_texts(plan.act))
        turn = Turn(speaker=Speaker.AGENT, text=words.format(item=_named(item, plan.act)), move=move)
        return Said(turn, EndReason.AGENT_DONE if plan.act in _ENDS else None, heard=True)


def _named(item: Target | None, act: Act) -> str:
    """Return how an item is spoken of: with its price where it is offered and has one."""
    if item is None:
        return "it"
    return item.label if item.price is None or act is not Act.OFFER else f"{item.label} for {item.price:g}"


def _inquiry(talk: Talk) -> Move | None:
    """Return what the buyer has just asked back."""
    move = talk.turns[-1].move
    return move if move is not None and move.act is Act.INQUIRE else None


def _hand_over(view: View) -> Plan:
    return Plan(Act.HAND_OVER, view.intent, view.taken)
