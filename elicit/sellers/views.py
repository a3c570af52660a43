"""What a seller knows of a talk, and what it plans to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from elicit.dialogues import Act, Thought, Transcript, Turn
from elicit.domains import Code, Codes, Domain
from elicit.users import take_in

QUESTIONS = frozenset({Act.ASK, Act.STEER})
"""Acts that put a question."""


@dataclass(frozen=True)
class Plan:
    """What a seller does next.

    Attributes:
        act: what kind of move; answers to what the buyer asks back are not planned.
        facet: column of what is asked (``ask``, ``steer``) or of the kind of thing that is offered (``offer``).
        item: column of the target that is offered or handed over.
        thought: why.
        words: in which it is said, where whoever plans has words of its own; else empty.
    """

    act: Act
    facet: int | None = None
    item: int | None = None
    thought: Thought | None = None
    words: str = ""


@dataclass
class View:
    """One talk as its seller sees it.

    Attributes:
        row: of the person, for those whose persona is known.
        state: int8[facets], what the buyer has told.
        offered: columns of the targets that were offered, in order.
        refusals: offers in a row that were refused, with nothing in between but answers to what the buyer asks back.
        intent: column of the facet that the talk is about; None = nothing in particular.
        asked: questions so far, steering among them: column, what was answered (a code), and words of its own.
        taken: column of the target that the buyer has just accepted.
    """

    row: int
    state: Codes
    offered: list[int] = field(default_factory=list)
    refusals: int = 0
    intent: int | None = None
    asked: list[tuple[int, int, str]] = field(default_factory=list)
    taken: int | None = None

    @classmethod
    def empty(cls, row: int, facets: int) -> View:
        """Return the view before anything was said."""
        return cls(row, np.full(facets, Code.NOT_ASKED, dtype=np.int8))

    def hear(self, turn: Turn, domain: Domain) -> None:
        """Take in what the buyer has said; a non-answer takes back nothing that was answered."""
        told = take_in(self.state, turn, domain)
        if self.asked and self.asked[-1][0] in told:
            column, _, words = self.asked[-1]
            self.asked[-1] = (column, told[column], words)
        if turn.move is not None and turn.move.act is Act.REFUSE:
            self.refusals += 1
        if turn.move is not None and turn.move.act is Act.ACCEPT and self.offered:
            self.taken = self.offered[-1]

    def do(self, plan: Plan) -> None:
        """Take in what the seller does."""
        if plan.act in QUESTIONS and plan.facet is not None:
            self.asked.append((plan.facet, Code.NOT_ASKED, plan.words))
        if plan.act is Act.OFFER and plan.item is not None:
            self.offered.append(plan.item)
        else:
            self.refusals = 0
        if plan.act in {Act.STEER, Act.OFFER}:
            self.intent = plan.facet


def transcript_of(views: Sequence[View]) -> Transcript:
    """Return the questions and answers of talks with as many questions each."""
    asked = [[column for column, _, _ in view.asked] for view in views]
    answers = [[code for _, code, _ in view.asked] for view in views]
    words = tuple(tuple(text for _, _, text in view.asked) for view in views)
    shape = (len(views), -1)
    return Transcript(
        np.array(asked, dtype=np.int16).reshape(shape), np.array(answers, dtype=np.int8).reshape(shape), words
    )
