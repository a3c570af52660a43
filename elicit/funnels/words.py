"""Words with which features are read out of product texts; a table a language, ``data/catalogs/LANGUAGE.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator

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
    """How is asked for each kind of facet, what people also call a price, and how is asked for what buyers say."""

    price: tuple[str, ...]
    number: tuple[str, ...]
    choice: tuple[str, ...]
    flag: tuple[str, ...]
    called: tuple[str, ...]
    mentioned: tuple[str, ...]
    price_names: tuple[str, ...]


def _stemmed(given: object) -> object:
    return frozenset(map(stem, given.split())) if isinstance(given, str) else given


Stemmed = Annotated[frozenset[str], BeforeValidator(_stemmed)]
"""Stems, given as words with spaces between."""


class ReviewWords(Frozen):
    """Words with which reviews are read.

    Attributes:
        told: how names of columns that are read from reviews begin.
        negating: stems that deny what follows.
        sparing: stems before which they do not.
        contrasting: stems at which a clause ends.
        blaming: stems that find fault.
        leading: stems that go with the word behind ``linking``.
        linking: stem that belongs to a phrase behind one of ``leading``.
        being: stems that join an item and what is said of it.
        stressing: stems that stress what follows.
        empty: stems that are no part of a phrase.
    """

    told: str
    negating: Stemmed
    sparing: Stemmed
    contrasting: Stemmed
    blaming: Stemmed
    leading: Stemmed
    linking: str
    being: Stemmed
    stressing: Stemmed
    empty: Stemmed


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
        bins: of numbers.
        reviews: with which reviews are read.
    """

    joining: Stemmed
    selling: Stemmed
    colors: Stemmed
    sizes: Stemmed
    popularity: Stemmed
    units: tuple[Unit, ...]
    questions: Questions
    bins: Bins
    reviews: ReviewWords


@cache
def words(language: str = "en") -> Words:
    """Return the words of a language that ships."""
    path = resource("data", "catalogs", f"{language}.toml")
    return Words.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def unit_spellings() -> Mapping[str, tuple[Unit, float]]:
    """Return each spelling of a unit with the unit and how many of it it is."""
    return {spelling: (unit, factor) for unit in words().units for spelling, factor in unit.factors.items()}
