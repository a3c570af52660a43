"""A belief whose guesses are given, to work out measures by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes, Population


@dataclass(frozen=True)
class Given:
    """Believes the same whatever was answered.

    Attributes:
        table: float[people, facets, K], or [facets, K] for everybody.
        liked: float[people, targets].
    """

    table: NDArray[np.floating]
    liked: NDArray[np.floating] | None = None

    @property
    def option_counts(self) -> NDArray[np.int64]:
        return (self.table > 0).reshape(-1, *self.table.shape[-2:]).any(axis=0).sum(axis=1)

    def marginals(self, states: Codes) -> NDArray[np.float32]:
        return np.broadcast_to(self.table, (len(states), *self.table.shape[-2:])).astype(np.float32)

    def information(self, states: Codes) -> NDArray[np.float32]:
        raise NotImplementedError

    def targets(self, states: Codes) -> NDArray[np.float32]:
        assert self.liked is not None
        return self.liked.astype(np.float32)


def people(codes: object, liked: object = None) -> Population:
    """Return people p0, p1 … with these codes and likes; without likes there are no targets."""
    table = np.asarray(codes, dtype=np.int8)
    likes = np.zeros((len(table), 0)) if liked is None else np.asarray(liked)
    return Population(ids=tuple(f"p{i}" for i in range(len(table))), codes=table, liked=likes.astype(np.bool_))
