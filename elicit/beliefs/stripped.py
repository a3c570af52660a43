"""States for training: profiles of people, answered in some condition and stripped by the forward process.

Orders of stripping and noise are drawn once for a few rounds and used in turn; how much is stripped is drawn anew for
every epoch, so states hardly ever repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, draw_seed, stable_hash
from elicit.domains import Code, Codes, Population
from elicit.forward import Schedule, stripping_places
from elicit.profiles import AnswerModel, all_answers

_ROUNDS = 8
_MIXED = Schedule(0.8)


@dataclass(frozen=True)
class StrippingSettings:
    """What is stripped from the profiles that a network learns from.

    Attributes:
        schedule: which answers go first.
        live: so many answers a dialogue has at most.
        live_share: share of the states that keep 0 to ``live`` answers; the others keep any number.
    """

    schedule: Schedule = _MIXED
    live: int = 20
    live_share: float = 0.5


@dataclass(frozen=True)
class Stripped:
    """Some states and whose they are.

    Attributes:
        rows: int[n], rows of the population.
        conditions: int[n], places in the list of answer models.
        states: int8[n, facets].
    """

    rows: NDArray[np.intp]
    conditions: NDArray[np.intp]
    states: Codes


@dataclass(frozen=True)
class Stripper:
    """Strips the answers of people.

    Attributes:
        people: who answers.
        option_counts: int64[facets].
        depths: int64[facets].
        models: how people answer; each person in each epoch in one of these ways.
        settings: see :class:`StrippingSettings`.
        seed: of everything that is drawn.
    """

    people: Population
    option_counts: NDArray[np.int64]
    depths: NDArray[np.int64]
    models: Sequence[AnswerModel]
    settings: StrippingSettings
    seed: int

    def states(self, epoch: int, rows: NDArray[np.intp]) -> Stripped:
        """Return one stripped state for each of the given rows, which may repeat; other epochs give other states."""
        random = np.random.Generator(np.random.Philox(stable_hash("stripping", self.seed, epoch)))
        facets = len(self.option_counts)
        number = random.integers(_ROUNDS, size=len(rows))
        condition = random.integers(len(self.models), size=len(rows))
        live = random.random(len(rows)) < self.settings.live_share
        most = np.where(live, min(self.settings.live, facets), facets)
        kept = (random.random(len(rows)) * (most + 1)).astype(np.intp)
        said = self._said[number, condition, rows]
        gone = self._places[number, rows] < (facets - kept)[:, None]
        return Stripped(rows, condition, np.where(gone, np.int8(Code.NOT_ASKED), said))

    @cached_property
    def _places(self) -> NDArray[np.int16]:
        """When each answer goes, int16[rounds, people, facets]."""
        columns = np.broadcast_to(np.arange(len(self.option_counts)), self.people.codes.shape)
        present = np.ones(columns.shape, dtype=bool)
        places = [stripping_places(columns, present, self.depths, self.settings.schedule, luck) for luck in self._lucks]
        return np.stack(places).astype(np.int16)

    @cached_property
    def _said(self) -> Codes:
        """What each person says to each question, int8[rounds, models, people, facets]."""
        return np.stack(
            [
                np.stack([all_answers(m, m.truth(self.people), self.option_counts, luck) for m in self.models])
                for luck in self._lucks
            ]
        )

    @cached_property
    def _lucks(self) -> list[Luck]:
        seed = stable_hash("stripper", self.seed)
        return [self.people.luck(draw_seed(seed, number)) for number in range(_ROUNDS)]
