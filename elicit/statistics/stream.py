"""The stream of random numbers behind resamples and permutations."""

from __future__ import annotations

import numpy as np


def stream(seed: int) -> np.random.Generator:
    """Return a Philox generator for any integer seed; seeds that differ by a multiple of 2^64 share their stream."""
    return np.random.Generator(np.random.Philox(key=seed % 2**64))
