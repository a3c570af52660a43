"""An encoder for which only given names are near each other."""

from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

WIDTH = 512


class Synonyms:
    """Gives names of one group the same vector, or vectors at a given cosine to the first of them."""

    def __init__(self, *groups: Sequence[str], cosine: float = 1.0) -> None:
        self._fresh = count(0, 2)
        self._rows: dict[str, NDArray[np.float32]] = {}
        for first, *others in groups:
            axis = next(self._fresh)
            self._rows[first] = self._row(axis, 1.0)
            self._rows |= {name: self._row(axis, cosine) for name in others}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            if text not in self._rows:
                self._rows[text] = self._row(next(self._fresh), 1.0)
        return np.stack([self._rows[text] for text in texts]) if texts else np.empty((0, WIDTH), np.float32)

    @staticmethod
    def _row(axis: int, cosine: float) -> NDArray[np.float32]:
        row = np.zeros(WIDTH, np.float32)
        row[axis], row[axis + 1] = cosine, np.sqrt(1 - cosine**2)
        return row
