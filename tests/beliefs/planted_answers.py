"""A population whose rules are known, and a class mixture that knows some of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs import Crossed, LearningSettings, NetworkSettings, StrippingSettings
from elicit.domains import Codes, Population
from elicit.profiles import Mixture

# A and B are coins and PARITY tells whether they differ, which no class says. CLASS_A, CLASS_B and CLASS_C follow one
# of two hidden classes, HOME the town one lives in. VOICED is a coin that only people of class 1 can speak of.
A, B, PARITY, CLASS_A, CLASS_B, CLASS_C, HOME, VOICED = range(8)
COUNTS = np.array([2, 2, 2, 2, 2, 3, 2, 2])
DEPTHS = np.arange(8) // 3
TYPICAL = 0.85
TOWNS = ("north", "south")


def planted(people: int, seed: int) -> Population:
    """People with two targets: the first follows the class, the second the parity."""
    random = np.random.default_rng(seed)

    def mostly(value: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(random.random(people) < TYPICAL, value, 1 - value)

    codes = random.integers(2, size=(people, len(COUNTS)))
    kind = random.integers(2, size=people)
    town = random.integers(2, size=people)
    codes[:, PARITY] = codes[:, A] ^ codes[:, B]
    codes[:, CLASS_A], codes[:, CLASS_B], codes[:, CLASS_C] = mostly(kind), mostly(kind), 2 * mostly(kind)
    codes[:, HOME] = mostly(town)
    voiced = np.ones(codes.shape, dtype=bool)
    voiced[:, VOICED] = kind == 1
    liked = np.stack([mostly(kind), codes[:, PARITY]], axis=1).astype(bool)
    names = tuple(f"{seed}-{n}" for n in range(people))
    return Population(names, codes.astype(np.int8), liked, {"town": np.array(TOWNS)[town]}, voiced)


def two_classes() -> Mixture:
    """The exact mixture of the two classes; it holds everything else for a coin."""
    answers = np.zeros((len(COUNTS), 3, 2), dtype=np.float32)
    answers[:, :2] = 0.5
    for facet, option in ((CLASS_A, 1), (CLASS_B, 1), (CLASS_C, 2)):
        answers[facet, :2] = 0
        answers[facet, [0, option]] = [[TYPICAL, 1 - TYPICAL], [1 - TYPICAL, TYPICAL]]
    likes = np.array([[1 - TYPICAL, TYPICAL], [0.5, 0.5]], dtype=np.float32)
    return Mixture(np.array([0.5, 0.5], dtype=np.float32), answers, likes)


def everybody(mixture: Mixture, people: int) -> Crossed:
    """One mixture for all: it was not fitted, so it knows none of the people."""
    return Crossed(mixture, (), np.full(people, -1))


def small(epochs: int, **others: object) -> NetworkSettings:
    learning = LearningSettings(hidden=32, dropout=0.0, learning_rate=1e-2, batch=128, epochs=epochs)
    chosen: dict[str, object] = {"rows": 1024, "supposed": 8, "consistency": 1.0, **others}
    return NetworkSettings(learning, StrippingSettings(live=4), **chosen)  # type: ignore[arg-type]


def knowing(people: Population, *facets: int) -> Codes:
    """States in which just these facets are answered truthfully."""
    return np.where(np.isin(np.arange(len(COUNTS)), facets), people.codes, np.int8(-1))
