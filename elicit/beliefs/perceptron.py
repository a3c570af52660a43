"""A small neural network as plain arrays: it is learned with torch and used without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from elicit.beliefs.protocol import Floats


@dataclass(frozen=True)
class Perceptron:
    """A linear map that two hidden layers correct.

    With h1 = relu(x · first + first_bias) and h2 = h1 + relu(h1 · second + second_bias) it returns
    x · straight + h2 · last + bias. The straight part learns what single answers tell, which is most of what a few
    hundred people can teach; the layers learn what answers tell together.

    Attributes:
        straight: float32[inputs, outputs].
        first, first_bias: float32[inputs, hidden], float32[hidden].
        second, second_bias: float32[hidden, hidden], float32[hidden].
        last, bias: float32[hidden, outputs], float32[outputs].
    """

    straight: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    last: Floats
    bias: Floats

    def __post_init__(self) -> None:
        inputs, outputs = self.straight.shape
        hidden = len(self.first_bias)
        shapes = {
            "first": (inputs, hidden),
            "second": (hidden, hidden),
            "second_bias": (hidden,),
            "last": (hidden, outputs),
            "bias": (outputs,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"layer '{name}' has shape {getattr(self, name).shape} where {shape} fits")

    def __call__(self, inputs: Floats, outputs: slice = slice(None)) -> Floats:
        """Return some of the outputs, float32[B, outputs], for inputs float32[B, inputs]."""
        # In a dialogue few inputs are set, and the same ones for many people.
        used = np.flatnonzero(inputs.any(axis=0))
        seen = inputs[:, used]
        hidden: Floats = seen @ self.first[used]
        hidden += self.first_bias
        np.maximum(hidden, 0, out=hidden)
        deeper = hidden @ self.second
        deeper += self.second_bias
        np.maximum(deeper, 0, out=deeper)
        hidden += deeper
        result: Floats = hidden @ self.last[:, outputs]
        result += seen @ self.straight[used, outputs]
        result += self.bias[outputs]
        return result

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(layer.size for layer in self.layers().values())

    def layers(self) -> dict[str, Floats]:
        """Return the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, layers: Mapping[str, Floats]) -> Perceptron:
        """Make one of arrays by name, of which there may be others."""
        return cls(**{field.name: np.ascontiguousarray(layers[field.name], dtype=np.float32) for field in fields(cls)})
