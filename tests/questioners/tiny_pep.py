"""People whose counts are worked out by hand, for the tests of PEP."""

from __future__ import annotations

import numpy as np

from elicit.domains import SILENT, Codes, Population


def table(*groups: tuple[int, tuple[int, ...]]) -> Codes:
    """So many people with these codes, group after group."""
    return np.concatenate([np.tile(np.array(codes, dtype=np.int8), (many, 1)) for many, codes in groups])


def state(*codes: int) -> Codes:
    return np.array([codes], dtype=np.int8)


def of(codes: Codes, name: str = "p") -> Population:
    return Population(tuple(f"{name}{i}" for i in range(len(codes))), codes, np.zeros((len(codes), 0), dtype=np.bool_))


def crowd(seed: int, counts: np.ndarray, people: int, silent: float = 0.0) -> Codes:
    """People of two types, some of whose cells are silent."""
    random = np.random.default_rng(seed)
    kind = random.integers(2, size=people)
    leaning = random.integers(counts, size=(2, len(counts)))
    codes = np.where(
        random.random((people, len(counts))) < 0.6, leaning[kind], random.integers(counts, size=(people, len(counts)))
    )
    return np.where(random.random(codes.shape) < silent, SILENT, codes).astype(np.int8)


# Trap 1: of 1000 people 80 have c, of whom 32 have d (.40); of the other 920 have d 69 (.075). So P(d) = .101.
RARE = table((32, (1, 1)), (48, (1, 0)), (69, (0, 1)), (851, (0, 0)))
TWO = np.array([2, 2])
