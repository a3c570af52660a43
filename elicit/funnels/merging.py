"""Traits that mean the same become one, and so do values of one trait, as far as no item contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from elicit.funnels.likeness import Likeness
from elicit.funnels.names import BRAND
from elicit.funnels.traits import AGREE, Origin, Trait
from elicit.models import Encoder

_MOST_VALUES: Final = 100
"""Values of a trait that are compared, the most frequent first; rarer ones are no options by themselves anyway."""
_YES, _NO = "yes", "no"
_OF_THE_CATALOG: Final = -1


@dataclass(frozen=True)
class Merged:
    """What is left of traits.

    Attributes:
        traits: in the order in which they came.
        names: name of a trait or column to the names of those that were merged into it.
        notes: one sentence a merge.
    """

    traits: tuple[Trait, ...]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass
class _Group:
    """A trait with all that was merged into it; of a column of the catalog nothing changes."""

    trait: Trait
    place: int
    names: list[str] = field(default_factory=list)

    @property
    def is_column(self) -> bool:
        """Whether it is of the catalog itself."""
        return self.place < 0


def merged_by_meaning(traits: Sequence[Trait], columns: Sequence[Trait], encoder: Encoder) -> Merged:
    """Return traits of which no two mean the same.

    Names must mean the same (:class:`Likeness`), and the items must not contradict: where two traits both say
    something, they say the same in two thirds of the items. Two flags that are mentioned moreover are so of nearly the
    same items (of two thirds of those of the rarer one the other is mentioned too), or never together, as two words for
    one thing are; flags that meet in some items only are two things. Choices must share a value. Numbers are left as
    the rules have told them apart, and so are brands, whose names mean nothing.

    Args:
        traits: what texts say.
        columns: what the catalog itself says, into which a trait may be merged, but which stay as they are.
        encoder: of sentences.
    """
    likeness = Likeness(encoder)
    likeness.prepare([each.name for each in (*columns, *traits) if each.origin is not Origin.MEASURED])
    notes: list[str] = []
    folded = [_with_fewer_values(trait, likeness, notes) for trait in traits]
    groups = [_Group(column, _OF_THE_CATALOG) for column in columns]
    for place, trait in sorted(enumerate(folded), key=lambda pair: -len(_said(pair[1]))):
        into = next((group for group in groups if _is_same(group, trait, likeness)), None)
        if into is None:
            groups.append(_Group(trait, place))
        else:
            _take(into, trait, likeness)
            notes.append(f"'{trait.name}' was merged into '{into.trait.name}': they mean the same.")
    kept = sorted((group for group in groups if not group.is_column), key=lambda group: group.place)
    return Merged(
        tuple(group.trait for group in kept), {g.trait.name: tuple(g.names) for g in groups if g.names}, tuple(notes)
    )


def _with_fewer_values(trait: Trait, likeness: Likeness, notes: list[str]) -> Trait:
    """Return a choice with values that mean the same written as the most frequent of them."""
    if _is_flag(trait) or trait.origin is Origin.MEASURED or trait.name == BRAND:
        return trait
    into = _leaders(Counter(value for value in trait.values if value), likeness)
    said = [f"'{value}' was merged into '{leader}'" for value, leader in into.items() if value != leader]
    if said:
        notes.append(f"Of '{trait.name}' {' and '.join(said)}: they mean the same.")
    return replace(trait, values=tuple(into.get(value, value) if value else value for value in trait.values))


def _leaders(counts: Counter[str], likeness: Likeness) -> dict[str, str]:
    """Return the value as which each frequent value is written."""
    frequent = [value for value, _ in counts.most_common(_MOST_VALUES)]
    likeness.prepare(frequent)
    into: dict[str, str] = {}
    for value in frequent:
        leaders = (leader for leader in dict.fromkeys(into.values()) if likeness.same(leader, value))
        into[value] = next(leaders, value)
    return into


def _is_same(group: _Group, trait: Trait, likeness: Likeness) -> bool:
    """Tell whether a trait means the same as all that is in a group, and no item contradicts."""
    other = group.trait
    if _is_flag(other) != _is_flag(trait) or Origin.MEASURED in {other.origin, trait.origin}:
        return False
    if not all(likeness.same(name, trait.name) for name in (other.name, *group.names)):
        return False
    if not _agree(other, trait, likeness):
        return False
    return _together_or_never(other, trait) if _is_flag(trait) else _share_a_value(other, trait, likeness)


def _agree(one: Trait, other: Trait, likeness: Likeness) -> bool:
    pairs = Counter((a, b) for a, b in zip(_cells(one), _cells(other), strict=True) if a and b)
    same = sum(number for (a, b), number in pairs.items() if likeness.same(a, b))
    return same >= AGREE * pairs.total()


def _together_or_never(one: Trait, other: Trait) -> bool:
    if {one.origin, other.origin} != {Origin.MENTIONED}:
        return True
    ours, theirs = _said(one), _said(other)
    both = len(ours & theirs)
    return not both or both >= AGREE * min(len(ours), len(theirs))


def _share_a_value(one: Trait, other: Trait, likeness: Likeness) -> bool:
    ours, theirs = (_frequent(trait.values) for trait in (one, other))
    likeness.prepare([*ours, *theirs])
    return any(likeness.same(a, b) for a in ours for b in theirs)


def _frequent(values: Iterable[str | None]) -> list[str]:
    return [value for value, _ in Counter(value for value in values if value).most_common(_MOST_VALUES)]


def _take(group: _Group, trait: Trait, likeness: Likeness) -> None:
    group.names.append(trait.name)
    if group.is_column:
        return
    ours = group.trait
    written = {value: value for value in _frequent(trait.values)}
    for value in written:
        written[value] = next((own for own in _frequent(ours.values) if likeness.same(own, value)), value)
    pairs = zip(_cells(ours), _cells(trait), strict=True)
    empty = _NO if _is_flag(ours) else None
    values = (a or (written.get(b, b) if b else empty) for a, b in pairs)
    group.trait = replace(ours, values=tuple(values))


def _is_flag(trait: Trait) -> bool:
    return {_YES, _NO} >= set(trait.values) - {None}


def _cells(trait: Trait) -> Iterable[str | None]:
    """Return the values; that a text does not mention something does not say that it is not so."""
    if trait.origin is not Origin.MENTIONED:
        return trait.values
    return tuple(value if value == _YES else None for value in trait.values)


def _said(trait: Trait) -> set[int]:
    """Return the items of which a trait says something, of a flag those that have it."""
    flag = _is_flag(trait)
    return {n for n, value in enumerate(trait.values) if (value == _YES if flag else value is not None)}
