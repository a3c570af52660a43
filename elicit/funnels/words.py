"""Words with which features are read out of product texts; a table a language, ``data/catalogs/LANGUAGE.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from pydantic import field_validator

from elicit.basis import resource
from elicit.domains import Frozen
from elicit.language.spelling import stem


class Unit(Frozen):
    """A unit of measure.

    Attributes:
        id: as people write it behind a number.
        factors: stem of a spelling to how many of the unit it is.
        about: what is usually measured in it.
        contexts: stem of a word beside it to what is measured then.
    """

    id: str
    factors: Mapping[str, float]
    about: str
    contexts: Mapping[str, str] = {}


class Questions(Frozen):
    """How is asked for each kind of facet, and what people also call a price."""

    price: tuple[str, ...]
    number: tuple[str, ...]
    choice: tuple[str, ...]
    flag: tuple[str, ...]
    price_names: tuple[str, ...]


class Answers(Frozen):
    """How is answered besides the options of a facet; who wants something else than all of them wants ``none``."""

    none: str


class Bins(Frozen):
    """How the first, a middle and the last bin of a number are called."""

    first: str
    middle: str
    last: str


class Words(Frozen):
    """The words of a language.

    Attributes:
        joining: stems at which a noun phrase ends.
        selling: stems that praise, and tell no product from another.
        colors: stems.
        sizes: stems of sizes that have a name.
        popularity: stems in the names of columns that say how liked items are.
        units: that are known.
        questions: by kind of facet.
        answers: to any facet.
        bins: of numbers.
    """

    joining: frozenset[str]
    selling: frozenset[str]
    colors: frozenset[str]
    sizes: frozenset[str]
    popularity: frozenset[str]
    units: tuple[Unit, ...]
    questions: Questions
    answers: Answers
    bins: Bins

    @field_validator("joining", "selling", "colors", "sizes", "popularity", mode="before")
    @classmethod
    def _stemmed(cls, given: object) -> object:
        return frozenset(map(stem, given.split())) if isinstance(given, str) else given


@cache
def words(language: str = "en") -> Words:
    """Return the words of a language that ships."""
    path = resource("data", "catalogs", f"{language}.toml")
    return Words.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def unit_spellings() -> Mapping[str, tuple[Unit, float]]:
    """Return each spelling of a unit with the unit and how many of it it is."""
    return {spelling: (unit, factor) for unit in words().units for spelling, factor in unit.factors.items()}
