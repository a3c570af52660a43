"""The value head: a network that says at once what each question is worth, in microseconds a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import Inputs, Origin, Perceptron, load_learned, save_learned
from elicit.beliefs.protocol import Floats
from elicit.domains import Code, Codes
from elicit.questioners.protocol import Choices, FacetQuestioner

_KIND: Final = "value head"


@dataclass(frozen=True)
class ValueHead:
    """Predicts what each question will bring: bits, or hundredths of NDCG@10, as its goal is counted.

    Attributes:
        inputs: layout of what it is told.
        perceptron: states to gains, one output a facet.
        origin: what it was learned from and for: ``domain``, ``goal`` and so on.
    """

    inputs: Inputs
    perceptron: Perceptron
    origin: Origin = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.perceptron.straight.shape != (self.inputs.width, len(self.inputs.option_counts)):
            raise ValueError("the value head's layers do not fit its facets")

    def gain(self, states: Codes, condition: str) -> Floats:
        """Return what each question is expected to bring, float32[B, facets].

        Args:
            states: int8[B, facets].
            condition: how people answer; one that the head was trained for.
        """
        place = np.full(len(states), self.inputs.conditions.index(condition))
        return self.perceptron(self.inputs.of(states, place))

    def save(self, folder: Path) -> None:
        """Write the head to a folder of its own; see ``save_learned``."""
        save_learned(folder, _KIND, self.origin, self.inputs.to_json(), self.perceptron.layers())

    @classmethod
    def load(cls, folder: Path, origin: Origin) -> ValueHead:
        """Read what :meth:`save` wrote.

        Raises:
            InputError: damaged, not a value head, or of another origin than is said here.
        """
        return load_learned(folder, _KIND, origin, cls._made)

    @classmethod
    def _made(cls, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> ValueHead:
        return cls(Inputs.from_json(facts), Perceptron.of(arrays), facts["origin"])


@dataclass(frozen=True)
class SwitchingQuestioner:
    """Lets one questioner ask first and another one afterwards.

    Attributes:
        first: asks the first ``after`` questions.
        then: asks all others.
        after: number of questions.
    """

    first: FacetQuestioner
    then: FacetQuestioner
    after: int

    def choose(self, states: Codes, allowed: NDArray[np.bool_], luck: Luck) -> Choices:
        """Return the choice of whoever's turn it is."""
        early = (states != Code.NOT_ASKED).sum(axis=1) < self.after
        if early.all():
            return self.first.choose(states, allowed, luck)
        if not early.any():
            return self.then.choose(states, allowed, luck)
        choice = np.empty(len(states), dtype=np.intp)
        for rows, questioner in ((np.flatnonzero(early), self.first), (np.flatnonzero(~early), self.then)):
            choice[rows] = questioner.choose(states[rows], allowed[rows], luck.rows(rows))
        return choice
