"""None of these: the answer of who wants something else than all that a choice offers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from elicit.basis import InputError, did_you_mean
from elicit.domains import Domain, Facet, Kind
from elicit.domains.coding import OTHER

NONE_OF_THESE: Final = "none_of_these"
"""The answer, where a choice takes it besides its options; its code is the number of options."""


def has_rest(facet: Facet) -> bool:
    """Tell whether an option stands for all values that have none of their own, which is none of the others."""
    return any(option.id == OTHER for option in facet.options)


def labels_of(facet: Facet, nones: Collection[str], none: str) -> tuple[str, ...]:
    """Return what people read for each option of a facet, and for none of these where it takes that; by code.

    The option for the rest is called as none of these is, since it says the same to them, unless somebody named it.

    Args:
        facet: what is asked.
        nones: ids of the facets that take none of these.
        none: how that reads.
    """
    labels = (none if option.id == option.label == OTHER else option.label for option in facet.options)
    return (*labels, *([none] if facet.id in nones else []))


def refuse_no_choice(domain: Domain, facet: str, where: str) -> None:
    """Raise InputError unless none of these can be an answer to a facet.

    Args:
        domain: what can be asked.
        facet: id.
        where: the facet is named, for messages.
    """
    found = domain.facets[domain.column(facet, where)]
    if found.kind is Kind.NUMBER or found.is_yes_no:
        choices = [f.id for f in domain.facets if f.kind is not Kind.NUMBER and not f.is_yes_no]
        problem = f"facet '{facet}' is no choice, so nobody answers it with none of these"
        raise InputError(problem, where=where, remedy=did_you_mean(facet, choices) if choices else "Leave it out")
    taken = next((option.id for option in found.options if option.id in {OTHER, NONE_OF_THESE}), None)
    if taken is not None:
        problem = f"facet '{facet}' has the option '{taken}', which is none of the others"
        raise InputError(problem, where=where, remedy="Leave it out")
