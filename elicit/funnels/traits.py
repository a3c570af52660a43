"""A trait: what texts say of the items about one thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

Value = TypeVar("Value", bound=Hashable)
LEAST: Final = 2
"""Items of which something must be said."""
LEAST_SHARE: Final = 0.1
"""Share of the items of which something must be said."""
AGREE: Final = 2 / 3
"""Two traits that say the same of this share of the items of which both say something can be one."""


class Origin(StrEnum):
    """How a trait was read."""

    MARKED = "key and value"
    MEASURED = "number and unit"
    NAME = "place in the name"
    HEADED = "word before the same word"
    MENTIONED = "mentioned or not"
    TOLD = "told by a model"


@dataclass(frozen=True)
class Trait:
    """What texts say of the items about one thing.

    Attributes:
        name: what it is about, a few words.
        values: one an item; None = nothing is said. Of numbers as they are written with a decimal point.
        origin: how it was read.
    """

    name: str
    values: tuple[str | None, ...]
    origin: Origin

    @property
    def said(self) -> int:
        """Of how many items something is said."""
        return sum(value is not None for value in self.values)

    @property
    def different(self) -> int:
        """How many different values there are."""
        return len(set(self.values) - {None})


def enough(items: int) -> int:
    """Return of how many out of some items something must be said."""
    return max(LEAST, round(LEAST_SHARE * items))


def most_frequent(values: Iterable[Value]) -> Value:
    """Return what occurs most often, of several the first."""
    return Counter(values).most_common(1)[0][0]


def differ(one: Sequence[object], other: Sequence[object]) -> bool:
    """Tell whether two columns contradict each other in more than half of the items where both say something."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return sum(a != b for a, b in both) * 2 > len(both)
