"""Builds the strategies of rule sellers from people who teach, for buyers of whom at most the persona is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from elicit.basis import InputError, did_you_mean
from elicit.domains import SIX_INTENTS, Codes, Domain, Frozen, Population, section_pulls
from elicit.profiles import AnswerModel, best_sellers, group_rates, intents_of, one_hot, rates_on
from elicit.recipes.fitted import Fitted
from elicit.sellers import AskedStrategy, FixedStrategy, Strategy, preferred_first

Floats = NDArray[np.float64]
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "mined": ("occupation",),
    "mined-rate": ("occupation",),
    "shuffled": ("occupation",),
    "shuffled-rate": ("occupation",),
    "age": ("age",),
    "age-gender": ("age", "gender"),
}
_GUESSED: Final = ("inferred", "inferred-rate")
_PAPER: Final = "paper"
STRATEGIES: Final = ("none", "global", _PAPER, *_GROUPS, *_GUESSED, "elicited")
"""What a rule seller goes by: nothing; what sells to everybody; a table of two intents a section; the occupation;
somebody else's occupation; age bands, or age bands and gender; the occupation as it is guessed from the first answers;
the answers. Those that go by a group go by its lift, or by its rates."""
_RATE: Final = "-rate"
_SHUFFLED: Final = "shuffled"
_PAPER_INTENTS: Final = 2
_LEAST_RATE: Final = 1e-9


class StrategyTable(Frozen):
    """What people of a group are turned to first, as somebody has set it down.

    Attributes:
        by: variable of the personas, such as ``occupation``.
        intents: group to the ids of the facets that ask for a kind of thing, the first one first. Everybody else, and
            all other intents, as ``global``.
    """

    by: str
    intents: Mapping[str, tuple[str, ...]]


def refuse_strategy(name: str, domain: Domain, people: Population, tables: Mapping[str, StrategyTable]) -> None:
    """Raise InputError if these people, or the domain, lack what a strategy goes by.

    Args:
        name: of the strategy.
        domain: what can be asked and offered.
        people: whose personas may be looked at.
        tables: strategies of the recipe's own.
    """
    if name in tables:
        _refuse_table(f"tables.{name}", tables[name], domain, people)
    if name == _PAPER and domain.name != SIX_INTENTS:
        problem = f"there is no table of sections for the domain '{domain.name}'"
        raise InputError(problem, where="rule-paper", remedy=f"It belongs to the domain '{SIX_INTENTS}'")
    for variable in ("occupation",) if name in _GUESSED else _GROUPS.get(name, ()):
        _known_groups(f"rule-{name}", variable, people)


def _refuse_table(where: str, table: StrategyTable, domain: Domain, people: Population) -> None:
    groups = _known_groups(where, table.by, people)
    intents = _intent_ids(domain)
    for group, preferred in table.intents.items():
        if group not in groups:
            raise InputError(f"nobody's {table.by} is '{group}'", where=where, remedy=did_you_mean(group, groups))
        for number, intent in enumerate(preferred):
            if intent not in intents:
                problem, remedy = f"unknown intent '{intent}' of '{group}'", did_you_mean(intent, intents)
                raise InputError(problem, where=where, remedy=remedy)
            if intent in preferred[:number]:
                raise InputError(f"intent '{intent}' of '{group}' is named twice", where=where, remedy="Name it once")


def _intent_ids(domain: Domain) -> list[str]:
    return [domain.facets[column].id for column in intents_of(domain)]


def _known_groups(where: str, variable: str, people: Population) -> list[str]:
    """Return the groups of people, of whom some must be in one."""
    groups = sorted(set(people.personas.get(variable, np.array([], dtype=np.str_)).tolist()) - {""})
    if not groups:
        problem, remedy = f"these people have no {variable}", "Leave out strategies that go by it"
        raise InputError(problem, where=where, remedy=remedy)
    return groups


@dataclass(frozen=True)
class Strategist:
    """Builds strategies.

    Attributes:
        fitted: what was learned from other people than the buyers.
        model: how buyers answer.
        buyers: whose personas may be looked at.
        first_questions: that are asked where answers decide.
        preferred: how many intents a strategy by lift puts first.
        tables: strategies of the recipe's own.
    """

    fitted: Fitted
    model: AnswerModel
    buyers: Population
    first_questions: int
    preferred: int
    tables: Mapping[str, StrategyTable]

    def strategy(self, name: str) -> Strategy:
        """Build a strategy by its name, one of :data:`STRATEGIES` or of the tables."""
        if name in self.tables:
            return FixedStrategy(self._by_table(self.tables[name]))
        if name == "none":
            return FixedStrategy(np.tile(-np.arange(len(self._overall), dtype=np.float64), (len(self.buyers), 1)))
        if name == "global":
            return FixedStrategy(np.tile(self._overall, (len(self.buyers), 1)))
        if name == _PAPER:
            pulls = section_pulls()
            pull = np.stack([pulls[section] for section in self.buyers.personas["section"].tolist()])
            # As a lift, of which only the order counts.
            return FixedStrategy(preferred_first(np.exp(pull), self._overall, _PAPER_INTENTS))
        if name in _GROUPS:
            return FixedStrategy(self._by_group(name))
        return AskedStrategy(self.first_questions, self._by_guess(name) if name in _GUESSED else self._by_answers())

    def _by_table(self, table: StrategyTable) -> Floats:
        """Return how the intents rank for each buyer's group in a table, float64[people, intents]."""
        intents = _intent_ids(self.fitted.domain)
        # As a lift, of which only the order counts.
        lift = {
            group: np.array([1 + len(ids) - ids.index(i) if i in ids else 0 for i in intents], dtype=np.float64)
            for group, ids in table.intents.items()
        }
        nothing = np.zeros(len(intents))
        rows = [lift.get(group, nothing) for group in self.buyers.personas[table.by].tolist()]
        return preferred_first(np.stack(rows), self._overall, len(intents))

    def _by_group(self, name: str) -> Floats:
        """Return how the intents rank for each buyer's group, float64[people, intents]."""
        groups = _groups(self.buyers, _GROUPS[name])
        if name.startswith(_SHUFFLED):
            groups = groups[np.random.Generator(np.random.Philox(self.fitted.seed)).permutation(len(groups))]
        learned = group_rates(self._rates, _groups(self._train, _GROUPS[name]))
        return self._ranked(name, learned.of(groups), learned.overall)

    def _by_guess(self, name: str) -> Callable[[Codes], Floats]:
        """Return the same where the occupation is guessed from the answers, as if they were independent given it."""
        groups = _groups(self._train, ("occupation",))
        learned = group_rates(self._rates, groups)
        rates = np.stack(list(learned.groups.values()))
        counts = self.fitted.domain.option_counts
        options = int(counts.max())
        hot = one_hot(self._train.codes, options)
        told = np.stack([hot[groups == group].sum(axis=0) for group in learned.groups]).reshape(len(rates), -1, options)
        chance = (told + 1) / (told.sum(axis=2) + counts)[..., None]
        logs = np.log(chance.reshape(len(rates), -1))
        prior = np.log([(groups == group).mean() for group in learned.groups])

        def expected(states: Codes) -> Floats:
            guess = softmax(prior + one_hot(states, options) @ logs.T, axis=1)
            return self._ranked(name, np.asarray(guess @ rates, dtype=np.float64), learned.overall)

        return expected

    def _by_answers(self) -> Callable[[Codes], Floats]:
        """Return how well the best sellers of each kind are expected to fit after the answers."""
        belief, shelves = self.fitted.belief(self.model), self._shelves
        return lambda states: rates_on(shelves, belief.targets(states))

    def _ranked(self, name: str, expected: Floats, overall: Floats) -> Floats:
        """Return what is expected as it is, or with the highest lifts first."""
        if name.endswith(_RATE):
            return expected
        # What nobody is glad of lifts nobody.
        lift = np.where(overall > _LEAST_RATE, expected / np.maximum(overall, _LEAST_RATE), 1.0)
        return preferred_first(lift, self._overall, self.preferred)

    @property
    def _train(self) -> Population:
        return self.fitted.split.train

    @cached_property
    def _shelves(self) -> list[NDArray[np.intp]]:
        return best_sellers(self.fitted.domain, self._train.liked.mean(axis=0))

    @cached_property
    def _rates(self) -> Floats:
        """How well the best sellers of each kind fit those who teach, float64[people, intents]."""
        return rates_on(self._shelves, self._train.liked)

    @cached_property
    def _overall(self) -> Floats:
        return np.asarray(self._rates.mean(axis=0), dtype=np.float64)


def _groups(people: Population, variables: Sequence[str]) -> NDArray[np.str_]:
    """Return each person's group, text[people]; empty where a variable is not known."""
    known = np.all([people.personas[variable] != "" for variable in variables], axis=0)
    names = [", ".join(values) for values in zip(*(people.personas[v].tolist() for v in variables), strict=True)]
    return np.where(known, np.array(names, dtype=np.str_), "")
