"""Beliefs by definition: every hidden class and every true profile is enumerated, in double precision."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import product
from math import log2, prod

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes
from elicit.profiles import Mixture

Joint = dict[Hashable, float]


def slip(true: int, said: int, count: int, error: float) -> float:
    """P(said | true) by the definition of the noise."""
    if count == 1:
        return 1.0
    return 1 - error if said == true else error / (count - 1)


def mutual_information(joint: dict[tuple[Hashable, Hashable], float]) -> float:
    """Bits, by definition."""
    total = sum(joint.values())
    first: Joint = {}
    second: Joint = {}
    for (a, b), w in joint.items():
        first[a] = first.get(a, 0) + w / total
        second[b] = second.get(b, 0) + w / total
    return sum(w / total * log2(w / total / first[a] / second[b]) for (a, b), w in joint.items() if w > 0)


@dataclass(frozen=True)
class Enumeration:
    """All worlds (class, true profile) with their weights after the answers of one person."""

    mixture: Mixture
    counts: NDArray[np.int64]
    error: float
    state: Codes
    prior: NDArray[np.floating] | None = None

    def worlds(self) -> Iterator[tuple[int, tuple[int, ...], float]]:
        shares = (self.mixture.shares if self.prior is None else self.prior).astype(float)
        answers = self.mixture.answers.astype(float)
        asked = [f for f, code in enumerate(self.state) if code >= 0]
        for c, truth in product(range(len(shares)), product(*map(range, self.counts.tolist()))):
            weight = shares[c] * prod(answers[f, x, c] for f, x in enumerate(truth))
            yield c, truth, weight * prod(self.noise(f, truth[f], int(self.state[f])) for f in asked)

    def noise(self, facet: int, true: int, said: int) -> float:
        return slip(true, said, int(self.counts[facet]), self.error)

    def classes(self) -> NDArray[np.float64]:
        weight = np.zeros(self.mixture.classes)
        for c, _, w in self.worlds():
            weight[c] += w
        return weight / weight.sum()

    def marginals(self) -> NDArray[np.float64]:
        weight = np.zeros((len(self.counts), int(self.counts.max())))
        for _, truth, w in self.worlds():
            weight[range(len(truth)), truth] += w
        return weight / weight[0].sum()

    def about_class(self, question: int) -> float:
        return mutual_information(self._with_answer(question, lambda c, truth: {c: 1.0}))

    def about_facet(self, question: int, goal: int) -> float:
        return mutual_information(self._with_answer(question, lambda c, truth: {truth[goal]: 1.0}))

    def about_target(self, question: int, target: int) -> float:
        liked = self.mixture.likes[target].astype(float)
        return mutual_information(self._with_answer(question, lambda c, truth: {0: 1 - liked[c], 1: liked[c]}))

    def _with_answer(self, question, goal):  # type: ignore[no-untyped-def]
        joint: dict[tuple[Hashable, Hashable], float] = {}
        for c, truth, w in self.worlds():
            for said in range(int(self.counts[question])):
                for value, chance in goal(c, truth).items():
                    pair = (said, value)
                    joint[pair] = joint.get(pair, 0) + w * chance * self.noise(question, truth[question], said)
        return joint


def random_mixture(seed: int, counts: NDArray[np.int64], classes: int, targets: int = 2) -> Mixture:
    """A mixture with anything between nearly even and nearly certain answers."""
    random = np.random.default_rng(seed)
    answers = np.zeros((len(counts), int(counts.max()), classes), dtype=np.float32)
    for f, count in enumerate(counts):
        answers[f, :count] = random.dirichlet(np.full(count, random.choice([0.2, 1, 5])), size=classes).T
    shares = random.dirichlet(np.ones(classes)).astype(np.float32)
    return Mixture(shares, answers, random.random((targets, classes)).astype(np.float32))


def random_states(seed: int, counts: NDArray[np.int64], people: int) -> Codes:
    """Answers, non-answers of every kind, and facets that were not asked."""
    random = np.random.default_rng(seed)
    answers = random.integers(counts, size=(people, len(counts)))
    other = random.choice([-1, -1, -1, -2, -3, -4, -5], size=answers.shape)
    return np.where(random.random(answers.shape) < 0.4, answers, other).astype(np.int8)
