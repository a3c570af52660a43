"""What is wrong with the wordings of a domain, found without a language model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from elicit.domains import Facet, Frozen

MIN_WORDINGS: Final = 3
"""A questioner that hears one wording only learns the wording."""


class WordingFault(StrEnum):
    """The faults that are looked for."""

    FEW_WORDINGS = "few wordings"
    """Fewer than three different wordings."""
    TWIN_WORDING = "twin wording"
    """Two facets have the same wording, so nobody can tell which one was asked."""
    UNFILLED_BRACE = "unfilled brace"
    """A template's brace was left in a text."""
    NO_PHRASINGS = "no phrasings"
    """An option that people can say by its label only."""


class WordingProblem(Frozen):
    """One fault at one facet; ``detail`` says in words what was found."""

    facet: str
    fault: WordingFault
    detail: str


def wording_problems(facets: Sequence[Facet]) -> tuple[WordingProblem, ...]:
    """Return the faults of the wordings, by kind of fault and then in the order of the facets."""
    checks = (_few_wordings, _twin_wordings, _unfilled_braces, _options_without_phrasings)
    return tuple(problem for check in checks for problem in check(facets))


def _few_wordings(facets: Sequence[Facet]) -> Iterator[WordingProblem]:
    for facet in facets:
        number = len({_folded(w) for w in facet.wordings})
        if number < MIN_WORDINGS:
            detail = f"{number} different wordings, {MIN_WORDINGS} are needed"
            yield WordingProblem(facet=facet.id, fault=WordingFault.FEW_WORDINGS, detail=detail)


def _twin_wordings(facets: Sequence[Facet]) -> Iterator[WordingProblem]:
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for facet in facets:
        for wording in facet.wordings:
            owners[_folded(wording)].setdefault(facet.id, wording)
    for twins in owners.values():
        first, *others = twins
        for other in others:
            detail = f"'{twins[other]}' also asks for '{first}'"
            yield WordingProblem(facet=other, fault=WordingFault.TWIN_WORDING, detail=detail)


def _unfilled_braces(facets: Sequence[Facet]) -> Iterator[WordingProblem]:
    for facet in facets:
        for text in _texts(facet):
            if "{" in text or "}" in text:
                yield WordingProblem(facet=facet.id, fault=WordingFault.UNFILLED_BRACE, detail=f"'{text}'")


def _options_without_phrasings(facets: Sequence[Facet]) -> Iterator[WordingProblem]:
    for facet in facets:
        mute = [o.id for o in facet.options if not o.phrasings]
        if mute:
            detail = f"options without phrasings: {', '.join(mute)}"
            yield WordingProblem(facet=facet.id, fault=WordingFault.NO_PHRASINGS, detail=detail)


def _texts(facet: Facet) -> Iterator[str]:
    yield facet.label
    yield from facet.wordings
    for option in facet.options:
        yield option.label
        yield from option.phrasings


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
