"""The pairwise model by definition, in plain loops and double precision."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod

import numpy as np

from elicit.domains import Codes
from elicit.questioners.pep import PairTables


def bits(chances: np.ndarray) -> float:
    return -sum(p * log2(p) for p in chances if p > 0)


@dataclass(frozen=True)
class PairEnumeration:
    tables: PairTables
    error: float
    told: Codes

    def slip(self, facet: int, true: int, said: int) -> float:
        count = int(self.tables.counts[facet])
        if count == 1:
            return 1.0
        return 1 - self.error if said == true else self.error / (count - 1)

    def likelihood(self, facet: int, true: int, asked: int, said: int) -> float:
        """P(says ``said`` at ``asked`` | is ``true`` at ``facet``)."""
        if asked == facet:
            return self.slip(facet, true, said)
        row = self.tables.joint[facet, true, asked].astype(float)
        return sum(row[b] / row.sum() * self.slip(asked, b, said) for b in range(int(self.tables.counts[asked])))

    def facet(self, facet: int, told: Codes) -> np.ndarray:
        """P(true option) of a facet after these answers."""
        asked = np.flatnonzero(told >= 0)
        weight = np.zeros(self.tables.shares.shape[1])
        for a in range(int(self.tables.counts[facet])):
            said = prod(self.likelihood(facet, a, g, int(told[g])) for g in asked)
            weight[a] = self.tables.shares[facet, a] * said
        return weight / weight.sum()

    def marginals(self) -> np.ndarray:
        return np.stack([self.facet(f, self.told) for f in range(len(self.told))])

    def answers(self, question: int) -> np.ndarray:
        """P(answer) to a question."""
        true = self.facet(question, self.told)
        count = int(self.tables.counts[question])
        return np.array([sum(true[a] * self.slip(question, a, b) for a in range(count)) for b in range(count)])

    def others(self, question: int) -> float:
        """Sum over the other open facets of the Jensen–Shannon divergence of what the answers lead to."""
        chance, total = self.answers(question), 0.0
        for facet in np.flatnonzero(self.told < 0):
            if facet != question:
                after = [self.facet(facet, self.after(question, said)) for said in range(len(chance))]
                mean = np.tensordot(chance, np.array(after), axes=1)
                total += bits(mean) - sum(c * bits(p) for c, p in zip(chance, after, strict=True))
        return total

    def own(self, question: int) -> float:
        chance = self.answers(question)
        return bits(chance) - bits(np.array([self.slip(question, 0, said) for said in range(len(chance))]))

    def after(self, question: int, said: int) -> Codes:
        told = self.told.copy()
        told[question] = said
        return told
