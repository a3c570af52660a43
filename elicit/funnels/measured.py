"""Numbers with units in texts: "8GB memory", "14-cup carafe", "Screen size: 32 inches"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from elicit.funnels.item_texts import ItemText, Piece, pieces_of
from elicit.funnels.traits import Origin, Trait, differ, enough, most_frequent
from elicit.funnels.words import Unit, unit_spellings, words
from elicit.language.spelling import stems

_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_AFTER: Final = 3
"""Words behind a unit that can say what is measured."""


@dataclass(frozen=True)
class _Mention:
    """A number with its unit.

    Attributes:
        item: place of the item.
        unit: id of a known unit, else the stem of what is counted ("cup").
        value: in that unit.
        context: stem of the noun that says what is measured; empty if nothing does.
        about: the words around it, for people.
    """

    item: int
    unit: str
    value: float
    context: str
    about: str


def measured_traits(items: Sequence[ItemText]) -> list[Trait]:
    """Return a trait for everything that is measured or counted, the most often told first.

    Numbers with the same unit are about one thing unless items give two of them that differ ("8GB memory", "512GB
    SSD"); then the nouns beside them tell the things apart.
    """
    by_unit: dict[str, list[_Mention]] = defaultdict(list)
    for place, item in enumerate(items):
        for mention in _mentions(place, item):
            by_unit[mention.unit].append(mention)
    traits = [
        _trait(group, len(items))
        for found in by_unit.values()
        if len({mention.item for mention in found}) >= enough(len(items))
        for group in _groups(found, len(items))
    ]
    useful = [trait for trait in traits if trait.said >= enough(len(items)) and trait.different > 1]
    return sorted(useful, key=lambda trait: -trait.said)


def is_measured(text: str) -> bool:
    """Tell whether a text is a number with a known unit, "60Hz"."""
    first = next(iter(pieces_of(text)), None)
    if first is None or len(first) < 2 or not _NUMBER.fullmatch(first.words[0]):
        return False
    return first.stems[1] in unit_spellings()


def _mentions(place: int, item: ItemText) -> Iterator[_Mention]:
    for piece in item.pieces:
        if _NUMBER.search(piece.text):
            yield from _in_piece(place, piece, "")
    for key, value in item.marked:
        for piece in pieces_of(value):
            yield from _in_piece(place, piece, key)


def _in_piece(place: int, piece: Piece, key: str) -> Iterator[_Mention]:
    for at, word in enumerate(piece.words[:-1]):
        if not _NUMBER.fullmatch(word):
            continue
        value, spelling = _number(word), piece.stems[at + 1]
        if spelling in unit_spellings():
            unit, factor = unit_spellings()[spelling]
            name, value = unit.id, round(value * factor, 6)
        elif _counts(piece, at):
            name = spelling
        else:
            continue
        context, about = _context(piece, at + 2)
        yield _Mention(place, name, value, stems(key)[-1] if key else context, key or about)


def _number(word: str) -> float:
    # A comma before three digits parts thousands, any other one is a decimal point.
    whole, _, rest = word.rpartition(",")
    if whole:
        word = whole.replace(",", "") + (rest if len(rest.split(".")[0]) == 3 else f".{rest}")
    return float(word) if word.count(".") < 2 else float(word.replace(".", ""))


def _counts(piece: Piece, at: int) -> bool:
    """Tell whether the word behind a number is what it counts: a plain word, and the number no part of a name."""
    word = piece.words[at + 1]
    named = at > 0 and piece.words[at - 1][0].isupper() and at - 1 > 0
    plain = word.isalpha() and len(word) > 2 and piece.stems[at + 1] not in words().joining
    return plain and not named and piece.stems[at + 1] not in words().selling


def _context(piece: Piece, start: int) -> tuple[str, str]:
    """Return the stem of the last noun behind a unit, and the words there."""
    stop = start
    while stop < min(len(piece), start + _AFTER) and not piece.joins(stop):
        stop += 1
    return (piece.stems[stop - 1], piece.shown(start, stop).lower()) if stop > start else ("", "")


def _groups(mentions: Sequence[_Mention], items: int) -> list[list[_Mention]]:
    """Return the mentions by what is measured, the most frequent first."""
    by_context: dict[str, list[_Mention]] = defaultdict(list)
    for mention in mentions:
        by_context[mention.context].append(mention)
    groups: list[list[list[_Mention]]] = []
    for found in sorted(by_context.values(), key=lambda found: -len(found)):
        column = _column(found, items)
        fitting = [group for group in groups if not any(differ(column, _column(other, items)) for other in group)]
        if fitting:
            fitting[0].append(found)
        else:
            groups.append([found])
    return [[mention for found in group for mention in found] for group in groups]


def _column(mentions: Sequence[_Mention], items: int) -> list[float | None]:
    """Return the value that each item gives most often, None where it gives none."""
    given: dict[int, list[float]] = defaultdict(list)
    for mention in mentions:
        given[mention.item].append(mention.value)
    return [most_frequent(given[place]) if place in given else None for place in range(items)]


def _trait(mentions: Sequence[_Mention], items: int) -> Trait:
    id, about = mentions[0].unit, _said(mentions)
    unit = next((unit for unit in words().units if unit.id == id), None)
    if about and not (unit and unit.contexts):
        # Where most numbers are called the same, those that are called otherwise measure something else.
        mentions = [mention for mention in mentions if mention.about == about]
    values = tuple(None if value is None else f"{value:g}" for value in _column(mentions, items))
    if unit is None:
        return Trait(f"{about} ({id}s)" if about else words().counted.format(things=f"{id}s"), values, Origin.MEASURED)
    return Trait(f"{_named(mentions, unit) or about or unit.about} ({id})", values, Origin.MEASURED)


def _named(mentions: Sequence[_Mention], unit: Unit) -> str:
    """Return what the nouns beside most numbers say that is measured, if the unit knows any of them."""
    named = [unit.contexts[mention.context] for mention in mentions if mention.context in unit.contexts]
    return most_frequent(named) if named else ""


def _said(mentions: Sequence[_Mention]) -> str:
    """Return the words that stand beside more than half of the numbers, if there are such."""
    frequent = most_frequent(mention.about for mention in mentions)
    return frequent if sum(mention.about == frequent for mention in mentions) * 2 > len(mentions) else ""
