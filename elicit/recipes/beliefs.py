"""Compares beliefs: what each makes of a few answers of held-out people, and how consistent it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from elicit.basis import one_thread
from elicit.beliefs import Belief, Gap, MixtureBelief, consistency_gap
from elicit.domains import Code, Codes, Domain, Population
from elicit.measures import Reader
from elicit.profiles import CONDITIONS, answer_model
from elicit.questioners import funnel_order
from elicit.recipes.fitting import crossed, population_model, possible_models, taught_network
from elicit.recipes.observing import mean_known
from elicit.recipes.recipe import Lesson, NetworkRecipe, read_as
from elicit.recipes.split import Split, split_people
from elicit.statistics import Interval, paired_bootstrap

_GAP_PEOPLE = 100
_DIALOGUE = 15
"""Answers beyond which nobody asks, so that the gap there is of no interest."""
Order = Literal["random", "funnel"]


class BeliefRecipe(NetworkRecipe):
    """One belief: the class mixture, or a masked network with its settings.

    Attributes:
        name: for the table.
        kind: which.
        people: how many learn; None = all.
        personas: whether the network learns what personas tell, and knows those of the test people.
    """

    name: str
    kind: Literal["mixture", "network"] = "network"
    people: int | None = Field(default=None, ge=2)
    personas: bool = False


class BeliefTest(Lesson):
    """A comparison of beliefs.

    Attributes:
        answers: after how many truthful answers, in random order and in the order of the hand-made funnel.
        beliefs: what is compared, with the first.
    """

    answers: tuple[int, ...] = (0, 3, 8, 15, 40)
    beliefs: tuple[BeliefRecipe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> BeliefTest:
        names = [belief.name for belief in self.beliefs]
        if len(set(names)) < len(names):
            raise ValueError("two beliefs have one name")
        if any(number < 0 for number in self.answers):
            raise ValueError(f"answers {list(self.answers)} must be 0 or more")
        return self


@dataclass(frozen=True)
class BeliefRow:
    """What one belief made of a number of answers.

    Attributes:
        belief: its name.
        seconds: for learning it.
        order: of the answers.
        answers: how many; 180 of 180 is the whole profile.
        profile_bits, target_bits, ndcg: means over the people; NaN without targets, or where nobody likes one.
        more_bits: profile bits more than the first belief, with the 95 % interval over people.
        gap: consistency gap after random answers; None where it was not measured.
        trouble: what went wrong in learning, or an empty text.
    """

    belief: str
    seconds: float
    order: Order
    answers: int
    profile_bits: float
    target_bits: float
    ndcg: float
    more_bits: Interval
    gap: Gap | None
    trouble: str = ""

    def flat(self) -> dict[str, object]:
        """Return the row as JSON values."""
        row = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("more_bits", "gap")}
        row |= {"more_bits": [float(part) for part in self.more_bits]}
        return row | ({"gap": self.gap.gap, "gain": self.gap.gain} if self.gap else {})


def read_belief_test(name: str) -> BeliefTest:
    """Return a comparison of beliefs by the name of a shipped recipe or by file.

    Raises:
        InputError: no such recipe, or something in it that cannot be used.
    """
    return read_as(BeliefTest, name)[0]


def compare_beliefs(recipe: BeliefTest, domain: Domain, population: Population) -> Iterator[BeliefRow]:
    """Learn each belief on the first split of the recipe and read the answers of its test people.

    Raises:
        InputError: too few people.
    """
    return _compared(recipe, domain, next(split_people(recipe, population)))


def _compared(recipe: BeliefTest, domain: Domain, split: Split) -> Iterator[BeliefRow]:
    tests = list(_tests(recipe, domain, split))
    first: dict[tuple[Order, int], NDArray[np.float64]] = {}
    for settings in recipe.beliefs:
        started = time.monotonic()
        belief, trouble = _learned(settings, recipe, domain, split)
        seconds = time.monotonic() - started
        for order, number, states in tests:
            with one_thread():
                scores = Reader(belief, domain.depths).score(states, split.test)
                # Where personas are known the states are those of all people in their order, not of some.
                near = order == "random" and number <= min(_DIALOGUE, len(domain.facets) - 1) and not settings.personas
                gap = consistency_gap(belief, states[:_GAP_PEOPLE]) if near else None
            bits = scores["profile_bits"]
            more = paired_bootstrap(bits, first.setdefault((order, number), bits), seed=recipe.seed)
            profile, targets, ndcg = (_mean(scores, name) for name in ("profile_bits", "target_bits", "ndcg"))
            yield BeliefRow(settings.name, seconds, order, number, profile, targets, ndcg, more, gap, trouble)


def _mean(scores: Mapping[str, NDArray[np.float64]], measure: str) -> float:
    """Return the mean over the people who have a measure, NaN where nobody has."""
    return float(mean_known(scores[measure], axis=0)) if measure in scores else float("nan")


def _tests(recipe: BeliefTest, domain: Domain, split: Split) -> Iterator[tuple[Order, int, Codes]]:
    """Give orders, numbers of answers and the states after them; the whole profile last."""
    facets = len(domain.facets)
    codes = split.test.codes
    numbers = sorted({min(number, facets) for number in recipe.answers} | {facets})
    by_luck = np.argsort(split.test.luck(recipe.seed).order("answers", facets), axis=1)
    funnel = np.argsort(funnel_order(domain, split.train))
    orders: tuple[tuple[Order, NDArray[np.intp]], ...] = (("random", by_luck), ("funnel", funnel[None]))
    for order, places in orders:
        for number in numbers:
            if order == "random" or 0 < number < facets:  # Nothing and everything have no order.
                yield order, number, np.where(places < number, codes, np.int8(Code.NOT_ASKED))


def _learned(settings: BeliefRecipe, recipe: BeliefTest, domain: Domain, split: Split) -> tuple[Belief, str]:
    """Return a belief and what went wrong in learning it, or an empty text."""
    if settings.people is not None:
        split = replace(split, train=split.train.take(range(min(settings.people, len(split.train)))))
    mixture, classes = population_model(recipe.mixture, domain, split, recipe.seed)
    if settings.kind == "mixture":
        return MixtureBelief(mixture, domain.option_counts), ""
    mixtures = crossed(split.train, domain.option_counts, mixture, classes, recipe.mixture.smoothing)
    models, _ = possible_models(CONDITIONS, split.train)
    network, course = taught_network(
        settings, domain, split, models, mixtures, _DIALOGUE, recipe.seed, {}, settings.personas
    )
    belief = network.belief(answer_model("truthful").condition)
    return (belief.condition_on(split.test) if settings.personas else belief), course.trouble
