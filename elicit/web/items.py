"""A page that leads through a catalog: items left, and the best of them with price and why they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from elicit.basis import counted
from elicit.domains import Code, Codes, Domain
from elicit.funnels import CatalogQuestioner, Relaxation, Step, Stock, Stop, labels_of, smallest_relaxation
from elicit.funnels.bins import with_currency
from elicit.funnels.exports import give_up_text, price_text
from elicit.funnels.stock import Items
from elicit.funnels.words import words
from elicit.language import question_texts
from elicit.web.views import Answered, Answers, Choice, Panel, Row, View, keyed_choices

_SKIPS: Final = (Choice("No preference", Code.NO_PREFERENCE, "0"),)
_SHOWN: Final = 6
_ENDINGS: Final = {
    Stop.ONE_LEFT: "It is the only one that fits all your answers.",
    Stop.ALIKE: "No question tells these apart any further.",
    Stop.BUDGET: "That was the last question.",
}


@dataclass(frozen=True)
class ItemAsking:
    """Asks what narrows a catalog down.

    Attributes:
        questioner: who asks, over the stock of a shop.
        currency: of the prices; empty = not known.
    """

    questioner: CatalogQuestioner
    currency: str = ""

    @property
    def stock(self) -> Stock:
        """The catalog."""
        return self.questioner.stock

    @property
    def domain(self) -> Domain:
        """What can be asked."""
        return self.stock.domain

    @property
    def nones(self) -> frozenset[str]:
        """Ids of the facets that take none of these."""
        return self.stock.nones

    @property
    def most(self) -> int:
        """How many questions are asked at most."""
        return min(self.questioner.questions or len(self.domain.facets), len(self.domain.facets))

    def view(self, answers: Answers) -> View:
        """Return what the page shows after some answers."""
        state = self._state(answers)
        step = self.questioner.step(state)
        given_up = self._given_up(step, state)
        left = counted(len(step.left), "item") + " left"
        asks = step.stop is None
        return View(
            title=self.domain.title,
            count=f"{_count(len(answers), self.most, asks)} · {left}",
            progress=len(answers) / self.most if asks else 1.0,
            heading=self._question(step.facet) if asks else _heading(step),
            why="" if asks else self._why(step, given_up),
            facet=step.facet,
            choices=keyed_choices(self._labels(step.facet), self._fitting(step)) if asks else (),
            skips=_SKIPS if asks else (),
            panels=(self._panel(given_up, state),),
            answered=self._transcript(answers, given_up.dropped),
            notice="This catalog is invented." if self.domain.invented else "",
        )

    def _given_up(self, step: Step, state: Codes) -> Relaxation:
        return smallest_relaxation(self.stock, state) if step.stop is Stop.NOTHING_FITS else Relaxation((), step.left)

    def _state(self, answers: Answers) -> Codes:
        state = np.full(len(self.domain.facets), Code.NOT_ASKED, dtype=np.int8)
        for column, code in answers:
            state[column] = code
        return state

    def _question(self, column: int) -> str:
        return question_texts(self.domain.facets[column])[0]

    def _labels(self, column: int) -> tuple[str, ...]:
        """Return what stands on the buttons of a facet, by code."""
        return labels_of(self.domain.facets[column], self.stock.nones, words().answers.none)

    def _fitting(self, step: Step) -> list[str]:
        """Return beside each button how many of the items left fit it."""
        codes = range(len(self._labels(step.facet)))
        return [counted(int(self.stock.fits(step.facet, code)[step.left].sum()), "item") for code in codes]

    def _why(self, step: Step, given_up: Relaxation) -> str:
        if step.stop is Stop.NOTHING_FITS:
            labels = [self.domain.facets[column].label for column in given_up.dropped]
            return give_up_text(labels, len(given_up.left)) + "."
        return _ENDINGS[step.stop] if step.stop else ""

    def _panel(self, given_up: Relaxation, state: Codes) -> Panel:
        kept = state.copy()
        kept[list(given_up.dropped)] = Code.NOT_ASKED
        rows = self.stock.best_of(given_up.left, _SHOWN)
        heading = _listed(len(given_up.left), bool(given_up.dropped), len(rows))
        return Panel(heading, self._items(rows, kept), "No item is left.")

    def _items(self, rows: Items, state: Codes) -> tuple[Row, ...]:
        targets = self.domain.targets
        return tuple(
            Row(targets[row].label, self._price(targets[row].price), self._fits(row, state)) for row in rows.tolist()
        )

    def _price(self, price: float | None) -> str:
        return "" if price is None else with_currency(price_text(price), self.currency)

    def _fits(self, row: int, state: Codes) -> str:
        """Return what an item has of what was wanted."""
        answered = np.flatnonzero(state >= 0).tolist()
        return " · ".join(self._fit(row, column, int(state[column])) for column in answered)

    def _fit(self, row: int, column: int, wanted: int) -> str:
        facet = self.domain.facets[column]
        if self.stock.codes[row, column] < 0:
            return f"{facet.label}: not stated"
        return f"{facet.label}: {self._labels(column)[wanted]}"

    def _transcript(self, answers: Answers, dropped: Sequence[int]) -> tuple[Answered, ...]:
        return tuple(
            self._answered(answers[: place + 1], answers[place][0] in dropped) for place in range(len(answers))
        )

    def _answered(self, answers: Answers, dropped: bool) -> Answered:
        """Return the line of the last of some answers."""
        column, code = answers[-1]
        answer = self._labels(column)[code] if code >= 0 else _SKIPS[0].text
        left = counted(len(self.stock.left(self._state(answers))), "item")
        return Answered(self._question(column), answer, f"{left} left", dropped)


def _count(answered: int, most: int, asks: bool) -> str:
    return f"Question {answered + 1} of at most {most}" if asks else f"{counted(answered, 'question')} asked"


def _heading(step: Step) -> str:
    if step.stop is Stop.NOTHING_FITS:
        return "Nothing fits all your answers"
    return "This one fits" if len(step.left) == 1 else "These fit"


def _listed(fitting: int, dropped: bool, shown: int) -> str:
    if dropped:
        return "What fits then"
    return f"{shown} of {counted(fitting, 'item')} left" if shown < fitting else f"{counted(fitting, 'item')} left"
