"""People drawn from three classes that are known."""

from __future__ import annotations

import numpy as np

from elicit.basis import Luck
from elicit.domains import Population
from elicit.profiles import Mixture, sample_people

COUNTS = np.array([2, 3, 2, 4, 2, 3, 2, 2, 1, 3])


def planted() -> Mixture:
    """Classes of 50, 30 and 20 %; each likes another option of each facet with .85, and another target with .9."""
    options = np.arange(COUNTS.max())
    favourite = (np.arange(3)[None, :] + np.arange(len(COUNTS))[:, None]) % COUNTS[:, None]
    others = np.maximum(COUNTS - 1, 1)[:, None, None]
    chance = np.where(options[None, :, None] == favourite[:, None, :], 0.85, 0.15 / others)
    answers = np.where(options[None, :, None] < COUNTS[:, None, None], chance, 0)
    answers /= answers.sum(axis=1, keepdims=True)
    likes = np.where(np.eye(3), 0.9, 0.1)
    return Mixture(np.array([0.5, 0.3, 0.2], dtype=np.float32), answers.astype(np.float32), likes.astype(np.float32))


def crowd(people: int, seed: int = 0, mixture: Mixture | None = None, name: str = "p") -> Population:
    ids = tuple(f"{name}{i}" for i in range(people))
    codes, liked = sample_people(mixture or planted(), Luck.of(seed, ids))
    return Population(ids, codes, liked)


def small(codes: object, liked: object = ()) -> Population:
    table = np.asarray(codes, dtype=np.int8)
    likes = np.asarray(liked, dtype=np.bool_) if len(liked) else np.zeros((len(table), 0), dtype=np.bool_)  # type: ignore[arg-type]
    return Population(tuple(f"s{i}" for i in range(len(table))), table, likes)
