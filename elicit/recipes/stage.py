"""Where sellers meet buyers, and what came of each dialogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.dialogues import Dialogue, EndReason, Failure, Fault
from elicit.domains import Domain, Population
from elicit.language import Understanding
from elicit.measures import SALES, intent_won, sale_values
from elicit.profiles import Wishes, answer_model, intents_of
from elicit.recipes.sales import Sales
from elicit.runs import Conversation, Hearing
from elicit.users import Case, Party, RuleBuyer

Table = NDArray[np.float64]
SALE_NAMES: Final = tuple(measure.name for measure in SALES)
"""The columns of the tables."""


@dataclass(frozen=True)
class Played:
    """What came of a seller's dialogues with the buyers of a split, draw after draw in the order of the people.

    Attributes:
        values: float64[dialogues, measures], in the order of ``SALES``; NaN where they do not count.
        won: int[dialogues], the place of the intent in which was sold what fits; −1 = none.
        failures: why a dialogue failed, a text a dialogue; empty where it did not.
        kept: the dialogues that are kept for readers.
        troubles: what went wrong in learning what the seller needs.
    """

    values: Table
    won: NDArray[np.intp]
    failures: tuple[str, ...]
    kept: tuple[Dialogue, ...]
    troubles: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Where the sellers of one split meet its buyers.

    Attributes:
        recipe: the settings.
        domain: what can be asked and offered.
        split: its name.
        buyers: who is sold to.
        wishes: theirs.
        understanding: of what a side says in words only.
    """

    recipe: Sales
    domain: Domain
    split: str
    buyers: Population
    wishes: Wishes
    understanding: Understanding

    @property
    def buyer(self) -> RuleBuyer:
        """The buyers by rule."""
        recipe = self.recipe
        model = answer_model(recipe.condition)
        return RuleBuyer(self.domain, self.buyers, self.wishes, model, recipe.buyer, recipe.seed)

    def cases(self) -> Iterator[Case]:
        """Yield the dialogues of a seller, draw after draw in the order of the people."""
        for draw in range(self.recipe.luck_seeds):
            for row, person in enumerate(self.buyers.ids):
                yield Case(f"{person}/{draw}", person, row, draw)

    async def play(self, buyer: Party, seller: Party) -> list[Dialogue | Failure]:
        """Return the dialogues of a seller with everybody, in the order of the cases."""
        hearing = Hearing(self.domain, self.buyers.codes, self.understanding, audits=False)
        kept: dict[str, Dialogue | Failure] = {}

        def keep(record: Dialogue | Failure) -> None:
            kept[record.id] = record

        cases = list(self.cases())
        await Conversation(buyer, seller, hearing, self.recipe.turns, 1).play(cases, keep)
        return [kept[case.id] for case in cases]

    def judged(self, records: Sequence[Dialogue | Failure], troubles: Sequence[str]) -> Played:
        """Return what came of the dialogues of a seller.

        Args:
            records: in the order of the cases.
            troubles: what went wrong in learning what the seller needs.
        """
        judged = list(zip(self.cases(), records, strict=True))
        rows = [self._values(case.row, record) for case, record in judged]
        places = {self.domain.facets[column].id: place for place, column in enumerate(intents_of(self.domain))}
        intents = [
            intent_won(record, self.wishes.fits[case.row], self.domain) if isinstance(record, Dialogue) else None
            for case, record in judged
        ]
        return Played(
            values=np.array([[row.get(name, np.nan) for name in SALE_NAMES] for row in rows]),
            won=np.array([-1 if intent is None else places[intent] for intent in intents], dtype=np.intp),
            failures=tuple(f"{r.kind}, {r.fault}" if isinstance(r, Failure) else "" for r in records),
            kept=tuple(
                record
                for case, record in judged
                if isinstance(record, Dialogue) and case.draw == 0 and case.row < self.recipe.keep_dialogues
            ),
            troubles=tuple(troubles),
        )

    def _values(self, row: int, record: Dialogue | Failure) -> dict[str, float]:
        if isinstance(record, Failure):
            if record.fault is not Fault.AGENT:
                return {}
            # A seller that breaks down has sold nothing.
            record = Dialogue(id=record.id, person=record.person, turns=record.turns, end=EndReason.AGENT_DONE)
        return sale_values(record, self.wishes.fits[row], self.domain)
