"""Words with which features are read out of product texts; a table a language, ``data/catalogs/LANGUAGE.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, field_validator

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
        is_amount: whether is asked for "how much" of it.
    """

    id: str
    factors: Mapping[str, float]
    about: str
    contexts: Mapping[str, str] = {}
    is_amount: bool = False


class Questions(Frozen):
    """How is asked for each kind of facet, and what people also call a price.

    Attributes:
        price: a budget.
        number: a number with a unit.
        count: of ``{things}``.
        amount: a number of a unit that is asked for by "how much".
        choice: one of several values.
        flag: a thing that an item has or has not.
        flag_counted: a thing that can be counted; ``{a_label}`` is the label with its article.
        flag_plural: several things.
        flag_of_item: what an item is or is not.
        called: what buyers call an item.
        mentioned: what buyers mention of an item.
        price_names: what people also call a price.
    """

    price: tuple[str, ...]
    number: tuple[str, ...]
    count: tuple[str, ...]
    amount: tuple[str, ...]
    choice: tuple[str, ...]
    flag: tuple[str, ...]
    flag_counted: tuple[str, ...]
    flag_plural: tuple[str, ...]
    flag_of_item: tuple[str, ...]
    called: tuple[str, ...]
    mentioned: tuple[str, ...]
    price_names: tuple[str, ...]


class Articles(Frozen):
    """The article of one thing.

    Attributes:
        plain: usually.
        before_vowel: before a vowel.
        spoken: letters with which words begin that want the second.
        spelled: the same of letters that are spelled ("LED").
    """

    plain: str
    before_vowel: str
    spoken: str
    spelled: str

    @property
    def both(self) -> tuple[str, str]:
        """The two of them."""
        return self.plain, self.before_vowel


def _stemmed(given: object) -> object:
    return frozenset(map(stem, given.split())) if isinstance(given, str) else given


Stemmed = Annotated[frozenset[str], BeforeValidator(_stemmed)]
"""Stems, given as words with spaces between."""


class Answers(Frozen):
    """How is answered besides the options of a facet; who wants something else than all of them wants ``none``."""

    none: str


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
        listing: stems of words between things that are listed ("and").
        being: stems of words between a thing and what it is like ("is").
        kinds: stems of words for any kind ("style"), which say nothing by themselves.
        itself: stems of words for the item itself: what stands before them is said of it ("compact design").
        bearing: stems of words that add nothing to what stands before them ("HDR technology").
        colors: stems.
        sizes: stems of sizes that have a name.
        popularity: stems in the names of columns that say how liked items are.
        denying: stems that deny what stands beside them.
        denying_starts: first syllables of words that deny the rest of them.
        denying_end: last syllable of words that deny what stands before it.
        opposites: groups of which a thing is one only, each of one or several stems that mean the same.
        roles: stems in the names of what is no feature: names, ids and prices.
        units: that are known.
        counted: what the number of ``{things}`` is called.
        questions: by kind of facet.
        articles: of one thing.
        answers: to any facet.
        bins: of numbers.
        reviews: with which reviews are read.
    """

    joining: Stemmed
    selling: Stemmed
    listing: Stemmed
    being: Stemmed
    kinds: Stemmed
    itself: Stemmed
    bearing: Stemmed
    colors: Stemmed
    sizes: Stemmed
    popularity: Stemmed
    denying: Stemmed
    denying_starts: tuple[str, ...]
    denying_end: str
    opposites: tuple[tuple[frozenset[str], ...], ...]
    roles: Stemmed
    units: tuple[Unit, ...]
    counted: str
    questions: Questions
    articles: Articles
    answers: Answers
    bins: Bins
    reviews: ReviewWords

    @field_validator("opposites", mode="before")
    @classmethod
    def _grouped(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        lines = given.strip().splitlines()
        return tuple(tuple(frozenset(map(stem, word.split("|"))) for word in line.split()) for line in lines)


@cache
def words(language: str = "en") -> Words:
    """Return the words of a language that ships."""
    path = resource("data", "catalogs", f"{language}.toml")
    return Words.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def unit_spellings() -> Mapping[str, tuple[Unit, float]]:
    """Return each spelling of a unit with the unit and how many of it it is."""
    return {spelling: (unit, factor) for unit in words().units for spelling, factor in unit.factors.items()}
