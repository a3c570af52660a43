"""What a neural network is told of a person: answers, how people answer, and the persona if it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.protocol import Floats
from elicit.domains import Code, Codes, Population


@dataclass(frozen=True)
class Inputs:
    """The layout of a network's inputs.

    For each facet a one at the answered option, or at one more place for any non-answer; then a one at the condition;
    then for each persona variable a one at its value, all zeros where it is not known.

    Attributes:
        option_counts: int64[facets].
        conditions: ways of answering that the network knows apart.
        personas: persona variable to its values.
    """

    option_counts: NDArray[np.int64]
    conditions: tuple[str, ...]
    personas: Mapping[str, tuple[str, ...]]

    @property
    def options(self) -> int:
        """K, the largest number of options."""
        return int(self.option_counts.max())

    @property
    def width(self) -> int:
        """Number of inputs."""
        return self._personas_from + sum(len(values) for values in self.personas.values())

    def of(self, states: Codes, conditions: NDArray[np.integer], personas: NDArray[np.integer] | None = None) -> Floats:
        """Return the inputs, float32[B, width].

        Args:
            states: int8[B, facets].
            conditions: int[B], places in ``conditions``.
            personas: int[B, variables], places in the values of each variable, −1 = not known; None = of nobody.
        """
        inputs = np.zeros((len(states), self.width), dtype=np.float32)
        rows, facets = np.nonzero(states != Code.NOT_ASKED)
        codes = states[rows, facets]
        inputs[rows, facets * (self.options + 1) + np.where(codes >= 0, codes, self.options)] = 1
        inputs[np.arange(len(states)), self._conditions_from + conditions] = 1
        if personas is not None:
            rows, variables = np.nonzero(personas >= 0)
            inputs[rows, self._persona_starts[variables] + personas[rows, variables]] = 1
        return inputs

    def personas_of(self, people: Population) -> NDArray[np.intp]:
        """Return the persona codes of people, int[people, variables]; −1 where unknown or a value never seen."""
        codes = np.full((len(people), len(self.personas)), -1, dtype=np.intp)
        for variable, (name, values) in enumerate(self.personas.items()):
            place = {value: n for n, value in enumerate(values)}
            told: Sequence[str] = people.personas[name].tolist() if name in people.personas else [""] * len(people)
            codes[:, variable] = [place.get(value, -1) for value in told]
        return codes

    def to_json(self) -> dict[str, Any]:
        """Return the layout as JSON values."""
        return {
            "option_counts": self.option_counts.tolist(),
            "conditions": list(self.conditions),
            "personas": {name: list(values) for name, values in self.personas.items()},
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Inputs:
        """Return the layout that :meth:`to_json` gave, among whatever other values."""
        personas = {str(name): tuple(map(str, values)) for name, values in facts["personas"].items()}
        counts = np.array(facts["option_counts"], dtype=np.int64)
        return cls(counts, tuple(map(str, facts["conditions"])), personas)

    @property
    def _conditions_from(self) -> int:
        return len(self.option_counts) * (self.options + 1)

    @property
    def _personas_from(self) -> int:
        return self._conditions_from + len(self.conditions)

    @cached_property
    def _persona_starts(self) -> NDArray[np.intp]:
        sizes = [len(values) for values in self.personas.values()]
        return np.asarray(self._personas_from + np.cumsum([0, *sizes])[:-1], dtype=np.intp)


def persona_values(people: Population) -> dict[str, tuple[str, ...]]:
    """Return the values of each persona variable that occur, without the empty text."""
    return {name: tuple(sorted(set(values.tolist()) - {""})) for name, values in people.personas.items()}
