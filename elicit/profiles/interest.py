"""How well offers of each kind fit people of each group, learned with shrinkage: small groups are told what all are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import EVERYBODY, Domain, Population, film_genres, occupations, stand_ins

Floats = NDArray[np.float64]
_SHELF = 5
"""Best sellers of a kind that are looked at."""


def intents_of(domain: Domain) -> NDArray[np.intp]:
    """Return the columns of the facets that ask for a kind of thing, int[intents], in the order of the facets."""
    return np.flatnonzero(domain.kinds.any(axis=0))


def best_sellers(domain: Domain, popularity: Floats) -> list[NDArray[np.intp]]:
    """Return the columns of the five targets of each kind that are the most popular, one array an intent."""
    kinds = (np.flatnonzero(domain.kinds[:, intent]) for intent in intents_of(domain))
    return [kind[np.argsort(-popularity[kind], kind="stable")[:_SHELF]] for kind in kinds]


def rates_on(shelves: Sequence[NDArray[np.intp]], liked: NDArray[np.bool_] | NDArray[np.floating]) -> Floats:
    """Return the share of each shelf that fits each person, float64[people, shelves].

    Args:
        shelves: columns of targets, see :func:`best_sellers`.
        liked: bool[people, targets], or how likely each fits.
    """
    return np.stack([liked[:, shelf].mean(axis=1) for shelf in shelves], axis=1)


def fit_rates(domain: Domain, liked: NDArray[np.bool_], popularity: Floats) -> Floats:
    """Return the share of the best sellers of each kind that fits each person, float64[people, intents]."""
    return rates_on(best_sellers(domain, popularity), liked)


@dataclass(frozen=True)
class GroupRates:
    """What is expected of each group.

    Attributes:
        overall: float64[intents], of everybody whose group is known (of everybody where nobody's is).
        groups: group to float64[intents].
    """

    overall: Floats
    groups: Mapping[str, Floats]

    def of(self, groups: NDArray[np.str_]) -> Floats:
        """Return what is expected of people of these groups, float64[people, intents]; of strangers, what is of all."""
        return np.stack([self.groups.get(group, self.overall) for group in groups.tolist()])


def group_rates(rates: Floats, groups: NDArray[np.str_]) -> GroupRates:
    """Learn the mean rate of each group, drawn to that of everybody (empirical Bayes).

    A group's mean differs from that of everybody by what is true of it and by chance. How much is true is estimated for
    each intent by the method of moments (analysis of variance). That share of each difference is kept, the
    less the fewer people are in the group. Where chance alone explains the differences, nothing is kept.

    Args:
        rates: float64[people, intents].
        groups: text[people]; empty where a person's group is not known, which makes no group.
    """
    if not (groups != "").any():
        return GroupRates(rates.mean(axis=0), {})
    rates, groups = rates[groups != ""], groups[groups != ""]
    overall = rates.mean(axis=0)
    names, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(places, column, len(names)) for column in rates.T], axis=1) / sizes[:, None]
    within = ((rates - means[places]) ** 2).sum(axis=0) / max(len(rates) - len(names), 1)
    between = (sizes[:, None] * (means - overall) ** 2).sum(axis=0) - (len(names) - 1) * within
    true = np.maximum(between / max(len(rates) - (sizes**2).sum() / len(rates), 1e-9), 0)
    kept = true / np.maximum(true + within / sizes[:, None], 1e-12)
    shrunk = overall + kept * (means - overall)
    return GroupRates(overall, dict(zip(names.tolist(), shrunk, strict=True)))


def film_tastes(domain: Domain, people: Population) -> dict[str, Floats]:
    """Return occupation to the shares of its people who love each kind of film, float64[kinds], summing to one.

    The rates of real occupations are shrunken as in :func:`group_rates`; ours has the mean of those who stand for it,
    and everybody's where nobody does (``stand_ins``).

    Args:
        domain: the movies domain.
        people: of MovieLens.

    Raises:
        InputError: the domain has no facet for a genre, or the people no occupation.
    """
    columns = [domain.column(f"genre:{genre}", where="films of six-intents") for genre in film_genres()]
    if "occupation" not in people.personas:
        raise InputError("these people have no occupation", remedy="Take a MovieLens folder with users")
    loves = (people.codes[:, columns] == domain.option_counts[columns] - 1).astype(np.float64)
    learned = group_rates(loves, people.personas["occupation"])
    tastes = {}
    for occupation in occupations():
        names, level = stand_ins(occupation, learned.groups)
        rate = learned.overall if level == EVERYBODY else np.mean([learned.groups[name] for name in names], axis=0)
        tastes[occupation] = rate / rate.sum()
    return tastes
