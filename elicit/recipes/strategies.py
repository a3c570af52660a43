"""Builds the strategies of rule sellers from people who learn, for buyers of whom at most the persona is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError
from elicit.domains import SIX_INTENTS, Codes, Domain, Population, section_pulls
from elicit.profiles import AnswerModel, fit_rates, group_rates
from elicit.recipes.fitted import Fitted
from elicit.sellers import AskedStrategy, FixedStrategy, Strategy, preferred_first

Floats = NDArray[np.float64]
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "mined": ("occupation",),
    "mined-rate": ("occupation",),
    "shuffled": ("occupation",),
    "age": ("age",),
    "age-gender": ("age", "gender"),
}
STRATEGIES: Final = ("none", "global", "paper", *_GROUPS, "inferred", "elicited")
"""What a rule seller goes by: nothing; what sells to everybody; a table of two intents a section; the occupation, by
lift or by rate; another person's occupation; age bands, or age bands and gender; the occupation as it is guessed from
the first answers; the answers."""
_PAPER_INTENTS: Final = 2
_BY_RATE: Final = "mined-rate"
_SHUFFLED: Final = "shuffled"


def build_strategy(
    name: str, fitted: Fitted, model: AnswerModel, buyers: Population, first_questions: int, preferred: int
) -> Strategy:
    """Build a strategy by its name.

    Args:
        name: one of :data:`STRATEGIES`.
        fitted: what was learned from other people than the buyers.
        model: how buyers answer.
        buyers: whose personas may be looked at.
        first_questions: that are asked where answers decide.
        preferred: how many intents a strategy by lift puts first.

    Raises:
        InputError: these people lack a persona variable that the strategy goes by.
    """
    train, domain = fitted.split.train, fitted.domain
    rates = fit_rates(domain, train.liked, train.liked.mean(axis=0))
    overall = rates.mean(axis=0)
    if name == "none":
        return FixedStrategy(np.tile(-np.arange(len(overall), dtype=np.float64), (len(buyers), 1)))
    if name == "global":
        return FixedStrategy(np.tile(overall, (len(buyers), 1)))
    if name == "paper":
        return FixedStrategy(preferred_first(_by_section(domain, buyers), overall, _PAPER_INTENTS))
    if name in _GROUPS:
        variables = _GROUPS[name]
        groups = _groups(buyers, variables)
        if name == _SHUFFLED:
            groups = groups[np.random.Generator(np.random.Philox(fitted.seed)).permutation(len(groups))]
        expected = group_rates(rates, _groups(train, variables)).of(groups)
        return FixedStrategy(expected if name == _BY_RATE else preferred_first(expected / overall, overall, preferred))
    if name == "inferred":
        return AskedStrategy(first_questions, _by_inferred_occupation(fitted, model, rates, preferred))
    return AskedStrategy(first_questions, _by_answers(fitted, model, domain))


def _groups(people: Population, variables: Sequence[str]) -> NDArray[np.str_]:
    """Return each person's group, text[people]; empty where a variable is not known."""
    for variable in variables:
        if variable not in people.personas:
            raise InputError(
                f"these people have no {variable}", where="sellers", remedy="Leave out strategies that go by it"
            )
    known = np.all([people.personas[variable] != "" for variable in variables], axis=0)
    names = [", ".join(values) for values in zip(*(people.personas[v].tolist() for v in variables), strict=True)]
    return np.where(known, np.array(names, dtype=np.str_), "")


def _by_section(domain: Domain, buyers: Population) -> Floats:
    """Return how each buyer's section pulls at each intent, float64[people, intents]."""
    if domain.name != SIX_INTENTS:
        raise InputError(
            f"there is no table of sections for the domain '{domain.name}'",
            where="rule-paper",
            remedy=f"It belongs to the domain '{SIX_INTENTS}'",
        )
    pulls = section_pulls()
    return np.stack([pulls[section] for section in buyers.personas["section"].tolist()])


def _by_answers(fitted: Fitted, model: AnswerModel, domain: Domain) -> Callable[[Codes], Floats]:
    """Return how well the best sellers of each kind are expected to fit after the answers."""
    belief, popularity = fitted.belief(model), fitted.split.train.liked.mean(axis=0)
    return lambda states: fit_rates(domain, belief.targets(states), popularity)


def _by_inferred_occupation(
    fitted: Fitted, model: AnswerModel, rates: Floats, preferred: int
) -> Callable[[Codes], Floats]:
    """Return what mined lift says where the occupation is only guessed, by the classes of the population model."""
    belief, train = fitted.mixture_belief(model), fitted.split.train
    groups = _groups(train, ("occupation",))
    learned = group_rates(rates, groups)
    member = belief.posterior(train.codes)
    share = np.stack([member[groups == name].sum(axis=0) for name in learned.groups], axis=1)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    of_class = share @ np.stack(list(learned.groups.values()))

    def expected(states: Codes) -> Floats:
        guess = np.asarray(belief.posterior(states) @ of_class, dtype=np.float64)
        return preferred_first(guess / learned.overall, learned.overall, preferred)

    return expected
