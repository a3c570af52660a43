"""Occupations that personas have: 24 in six sections, what O*NET says of them, and who stands for them in MovieLens."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

from pydantic import Field

from elicit.basis import InputError, did_you_mean, resource
from elicit.domains.facets import Frozen

EVERYBODY = "everybody"
"""The widest group, which no occupation is needed for."""


class Occupation(Frozen):
    """What somebody does for a living.

    Attributes:
        id: short name.
        title: for sentences, "software engineer".
        onet: O*NET-SOC codes of the occupations it is matched to.
        interests: realistic, investigative, artistic, social, enterprising, conventional; from 1 to 7 (O*NET).
        movielens: names in MovieLens that stand for it; empty = none fits.
    """

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    onet: tuple[str, ...]
    interests: tuple[float, float, float, float, float, float]
    movielens: tuple[str, ...]


class Section(Frozen):
    """A section of the economy with its occupations."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    occupations: tuple[Occupation, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Return the six sections that ship, with four occupations each."""
    written = tomllib.loads(resource("data", "personas", "occupations.toml").read_text(encoding="utf-8"))
    return tuple(Section.model_validate(section) for section in written["sections"])


@cache
def occupations() -> Mapping[str, Occupation]:
    """Return the occupations that ship by their id."""
    return MappingProxyType({o.id: o for section in sections() for o in section.occupations})


def section_of(occupation: str) -> Section:
    """Return the section of an occupation.

    Raises:
        InputError: no such occupation; names the nearest one.
    """
    for section in sections():
        if any(known.id == occupation for known in section.occupations):
            return section
    raise InputError(f"no occupation '{occupation}'", remedy=did_you_mean(occupation, occupations()))


def stand_ins(occupation: str, known: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Return who among real people stands for an occupation.

    Args:
        occupation: its id.
        known: occupations that people of a MovieLens data set have.

    Returns:
        Their names, and whom they are: the occupation's own id, that of its section where it has none of its own, or
        :data:`EVERYBODY` (then all that are known) where the section has none either.

    Raises:
        InputError: no such occupation; names the nearest one.
    """
    section = section_of(occupation)
    own = [name for name in occupations()[occupation].movielens if name in known]
    if own:
        return tuple(own), occupation
    near = sorted({name for other in section.occupations for name in other.movielens if name in known})
    return (tuple(near), section.id) if near else (tuple(sorted(known)), EVERYBODY)
