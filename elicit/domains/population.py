"""Many people as a coded table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.domains.codes import SILENT

Codes = NDArray[np.int8]
Rows = NDArray[np.intp]
_PLACE_SEED = 1


@dataclass(frozen=True)
class Population:
    """People with hidden profiles.

    Attributes:
        ids: one name a person, unique.
        codes: int8[people, facets], the truth; −2 where the person has no value.
        liked: bool[people, targets]; no columns where there are no targets.
        personas: variable (``age``, ``gender``, ``occupation`` …) to text[people]; empty text where not known.
        voiced: bool[people, facets], whether the person could really answer; None where the data cannot tell
            "not seen" from "not liked".
    """

    ids: tuple[str, ...]
    codes: Codes
    liked: NDArray[np.bool_]
    personas: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    voiced: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        people = len(self.ids)
        tables = [self.codes, self.liked, *self.personas.values(), *([] if self.voiced is None else [self.voiced])]
        if any(len(t) != people for t in tables):
            raise ValueError(f"tables of {sorted({len(t) for t in tables})} rows for {people} people")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Rows | Sequence[int]) -> Population:
        """Return some of the people, in the given order."""
        rows = np.asarray(rows, dtype=np.intp)
        return Population(
            ids=tuple(self.ids[r] for r in rows),
            codes=self.codes[rows],
            liked=self.liked[rows],
            personas={name: values[rows] for name, values in self.personas.items()},
            voiced=None if self.voiced is None else self.voiced[rows],
        )

    def spoken_codes(self) -> Codes:
        """Return int8[people, facets]: the truth where the person could really answer, else −2.

        Raises:
            ValueError: the data cannot tell (``voiced`` is None).
        """
        if self.voiced is None:
            raise ValueError("these people's silence is not recorded")
        return np.where(self.voiced, self.codes, np.int8(SILENT))

    def places(self) -> NDArray[np.float64]:
        """Return each person's place in [0, 1), float64[people], from which every split is cut.

        It depends on the id alone, not on a seed: chains and evaluations cut at the same places, so nobody a questioner
        was trained on is among those it is tested on.
        """
        return self.luck(_PLACE_SEED).uniform("place")

    def luck(self, seed: int) -> Luck:
        """Return the luck of these people under a seed."""
        return Luck.of(seed, self.ids)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of ids and all tables, first 16 hex digits."""
        digest = hashlib.sha256("\x1f".join(self.ids).encode())
        for table in (self.codes, self.liked, self.voiced):
            digest.update(b"none" if table is None else np.ascontiguousarray(table).tobytes())
        for name, values in sorted(self.personas.items()):
            digest.update("\x1f".join([name, *values.tolist()]).encode())
        return digest.hexdigest()[:16]
