"""What the names of items say by place: the brand comes first, the variant last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from elicit.funnels.item_texts import ItemText
from elicit.funnels.traits import Origin, Trait, enough
from elicit.funnels.words import words
from elicit.language.spelling import stem, stems

BRAND: Final = "brand"
_DASH: Final = re.compile(r"\s+[-–—|]\s+")
_WORDS_OF_A_BRAND: Final = 3
_WORDS_OF_A_VARIANT: Final = 4
SIZE: Final = "size"
_USUAL: Final = 0.6
"""Share of the names that must have a last part for it to be a variant."""


def name_traits(items: Sequence[ItemText]) -> list[Trait]:
    """Return the brand and the variant, where the names are built so."""
    labels = [item.label.strip() for item in items]
    return [trait for trait in (_brand(labels), _variant(labels)) if trait is not None]


def _brand(labels: Sequence[str]) -> Trait | None:
    """Return what names begin with: the part before a dash, or the first words that several names share."""
    firsts = [_DASH.split(label)[0] if len(_DASH.split(label)) > 1 else "" for label in labels]
    dashed = {first for first in firsts if 0 < len(first.split()) <= _WORDS_OF_A_BRAND and first.isalpha()}
    starts = Counter(start for label in labels for start in _starts(label))
    values = [next((s for s in _starts(label)[::-1] if s in dashed), "") or _shared(label, starts) for label in labels]
    shared = Counter(values)
    leading = sum(shared[value] > 1 for value in values)
    if leading < enough(len(labels)) or len(shared) < 2:
        return None
    return Trait(BRAND, tuple(values), Origin.NAME)


def _starts(label: str) -> list[str]:
    """Return the first word of a name, the first two, and so on."""
    parts = label.split()
    return [" ".join(parts[:length]).rstrip(",") for length in range(1, min(_WORDS_OF_A_BRAND, len(parts)) + 1)]


def _shared(label: str, starts: Counter[str]) -> str:
    """Return the beginning of a name: more than its first word where all names with that word go on alike."""
    begun = _starts(label)
    longer = [start for start in begun if starts[start] > 1 and starts[start] == starts[begun[0]]]
    return longer[-1] if longer else begun[0] if begun else ""


def _variant(labels: Sequence[str]) -> Trait | None:
    """Return what stands behind the last dash; a size or a color is called so."""
    lasts = [parts[-1] if len(parts := _DASH.split(label)) > 1 else None for label in labels]
    said = [last for last in lasts if last is not None and len(last.split()) <= _WORDS_OF_A_VARIANT]
    if len(said) < _USUAL * len(labels) or not 1 < len(set(said)) < len(said):
        return None
    kept = set(said)
    values = tuple(last if last in kept else None for last in lasts)
    return Trait(kind_of(Counter(said)) or "variant", values, Origin.NAME)


def kind_of(values: Counter[str]) -> str:
    """Return "color" or "size" where most values, counted as often as they occur, hold a word for one; else nothing."""
    for name, known in (("color", words().colors), (SIZE, words().sizes)):
        if sum(number for value, number in values.items() if known.intersection(stems(value))) * 2 > values.total():
            return name
    return ""


def color_of(value: str) -> str:
    """Return the color in a value, of several words for colors the last: "nightfall black" is "black"."""
    found = [word for word in value.split() if stem(word.casefold()) in words().colors]
    return found[-1].lower() if found else value
