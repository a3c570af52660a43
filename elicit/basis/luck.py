"""Same-luck draws: every random number is a pure function of (seed, purpose, person, key).

All questioners meet the same noise, and no result depends on batch size, order or workers. The generator is
Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), written over NumPy arrays so
that a whole batch is drawn at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10

Words = NDArray[np.uint64]


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Return the four 32-bit output words of Philox 4x32-10, held in uint64 arrays of the counters' shape."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        product0, product1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (product1 >> _HALF) ^ c1 ^ np.uint64(k0),
            product1 & _LOW,
            (product0 >> _HALF) ^ c3 ^ np.uint64(k1),
            product0 & _LOW,
        )
        k0, k1 = (k0 + _KEY_STEPS[0]) & 0xFFFFFFFF, (k1 + _KEY_STEPS[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def stable_hash(*parts: object) -> int:
    """Return a 64-bit number that is the same on every machine and in every process."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def person_keys(ids: Sequence[str]) -> NDArray[np.uint64]:
    """Return one stable 64-bit key a person, uint64[people]: the same person draws the same luck in every subset."""
    return np.fromiter((stable_hash("person", i) for i in ids), dtype=np.uint64, count=len(ids))


def draw_seed(seed: int, draw: int) -> int:
    """Return the seed of one draw of everything that a person does; it is never the seed that others learn with."""
    return seed * 1_000_003 + draw + 1


@dataclass(frozen=True)
class Luck:
    """The luck of a batch of people under one seed.

    Attributes:
        seed: any integer.
        people: uint64[B], one key a row of the batch (see :func:`person_keys`).
    """

    seed: int
    people: NDArray[np.uint64]

    @classmethod
    def of(cls, seed: int, ids: Sequence[str]) -> Luck:
        """Make the luck of the people with these ids."""
        return cls(seed, person_keys(ids))

    def rows(self, index: NDArray[np.intp] | slice) -> Luck:
        """Return the luck of some rows of the batch."""
        return Luck(self.seed, self.people[index])

    def uniform(self, purpose: str, keys: NDArray[np.integer] | int = 0) -> NDArray[np.float64]:
        """Draw one number in [0, 1) a person for a purpose.

        Args:
            purpose: what the draw is for, for instance ``"noise"``; different purposes are independent.
            keys: a facet, turn or draw number: one int for all, int[B] or int[B, n].

        Returns:
            float64 of the shape of ``keys``, or [B] for one int.
        """
        number = np.asarray(keys, dtype=np.uint64)
        people = self.people if number.ndim < 2 else self.people[:, None]
        low, high, number = np.broadcast_arrays(people & _LOW, people >> _HALF, number)
        key = stable_hash(self.seed, purpose)
        words = philox(
            (low, high, number & _LOW, np.zeros_like(number)),
            (key & 0xFFFFFFFF, key >> 32),
        )
        return ((words[0] >> np.uint64(5)) * 67108864.0 + (words[1] >> np.uint64(6))) / 9007199254740992.0

    def table(self, purpose: str, width: int) -> NDArray[np.float64]:
        """Draw ``width`` numbers in [0, 1) a person, float64[B, width]."""
        return self.uniform(purpose, np.broadcast_to(np.arange(width), (len(self.people), width)))

    def order(self, purpose: str, width: int) -> NDArray[np.intp]:
        """Draw a random order of ``width`` things for each person, int[B, width]."""
        return np.argsort(self.table(purpose, width), axis=1, kind="stable")
