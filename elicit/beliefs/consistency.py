"""What any belief makes of answers that have not been given: gain and the consistency gap.

A consistent belief is the average of what it would be after each possible answer. Exact Bayes is consistent; a neural
network is not, by less than a hundredth a facet, but over all facets by as much as an answer tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from elicit.beliefs.entropy import entropy, fit, heard
from elicit.beliefs.gain import divergence
from elicit.beliefs.protocol import Belief, Floats
from elicit.domains import Code, Codes

_AT_ONCE = 256


def suppose(belief: Belief, states: Codes, facet: int) -> Floats:
    """Return P(true option) of all facets after each possible answer to one, float32[B, answers, facets, K]."""
    answers = int(belief.option_counts[facet])
    after = np.repeat(states, answers, axis=0)
    after[:, facet] = np.tile(np.arange(answers), len(states))
    marginals = belief.marginals(after)
    return marginals.reshape(len(states), answers, *marginals.shape[1:])


def supposed_gain(belief: Belief, states: Codes) -> Floats:
    """Return the bits that the answer to each facet is expected to tell about the whole profile.

    The Jensen–Shannon divergence of what the answers lead to, summed over the other facets that are not answered, plus
    what the answer tells about its own facet; 0 for facets that were answered.

    Returns:
        float32[B, facets].
    """
    parts = [_gain(belief, states[at : at + _AT_ONCE]) for at in range(0, len(states), _AT_ONCE)]
    return np.concatenate(parts)


def _gain(belief: Belief, states: Codes) -> Floats:
    marginals = np.swapaxes(belief.marginals(states), 1, 2)
    chance = heard(marginals, belief.option_counts, belief.error)
    noise = entropy(fit(chance.shape[1], belief.option_counts, belief.error)[0], axis=0)
    gain = np.maximum(entropy(chance, axis=1) - noise, 0)
    open_facets = states < 0
    for facet in np.flatnonzero(open_facets.any(axis=0)).tolist():
        after = suppose(belief, states, facet)
        told = divergence(chance[:, : after.shape[1], facet], after) * open_facets
        told[:, facet] = 0
        gain[:, facet] += told.sum(axis=1)
    return np.asarray(gain * open_facets, dtype=np.float32)


@dataclass(frozen=True)
class Gap:
    """How far a belief is from being consistent.

    Attributes:
        gap: bits, mean over people and questions of the sum over all other facets j of |H(p_j) − H(mean over answers of
            p_j after the answer)|; 0 for exact Bayes.
        gain: bits that a question is expected to tell about these facets, in the Jensen–Shannon form.
    """

    gap: float
    gain: float

    @property
    def ratio(self) -> float:
        """Gap in units of gain: above 1 the inconsistency is larger than what an answer tells."""
        return self.gap / self.gain if self.gain else float("nan")


def consistency_gap(belief: Belief, states: Codes) -> Gap:
    """Return the consistency gap over all facets that may still be asked.

    Args:
        belief: where answers are taken for true (``error`` 0); a wrong answer would widen the gap.
        states: int8[B, facets], what is known of some people.
    """
    gaps, gains = [], []
    for at in range(0, len(states), _AT_ONCE):
        part = states[at : at + _AT_ONCE]
        now = belief.marginals(part)
        here = entropy(now)
        for facet in np.flatnonzero((part == Code.NOT_ASKED).any(axis=0)).tolist():
            asked = part[:, facet] == Code.NOT_ASKED
            others = part < 0
            others[:, facet] = False
            after = suppose(belief, part, facet)
            chance = now[:, facet, : after.shape[1]]
            mean = (chance[:, :, None, None] * after).sum(axis=1)
            gaps.append((np.abs(here - entropy(mean)) * others).sum(axis=1)[asked])
            gains.append((divergence(chance, after) * others).sum(axis=1)[asked])
    return Gap(float(np.concatenate(gaps).mean()), float(np.concatenate(gains).mean()))
