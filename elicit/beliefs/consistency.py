"""What any belief makes of answers that have not been given: gain and the consistency gap.

A consistent belief is the average of what it would be after each possible answer. Exact Bayes is consistent; a neural
network is not, by less than a hundredth a facet, but over all facets by as much as an answer tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs.entropy import answer_information, entropy, heard
from elicit.beliefs.gain import divergence
from elicit.beliefs.goal import HUNDREDTHS, Goal
from elicit.beliefs.protocol import Belief, Floats
from elicit.beliefs.ranking import expected_ndcg
from elicit.domains import Code, Codes

Facets = NDArray[np.intp]
_AT_ONCE = 8192
"""Supposed states that are read together."""
_PEOPLE = 1024


def suppose(belief: Belief, states: Codes, facets: Facets) -> Codes:
    """Return the states after each possible answer to some questions, int8[B, questions, K, facets].

    Args:
        belief: names the number of options.
        states: int8[B, facets].
        facets: int[B, questions], what is asked. An option that a facet has not is taken for its last one.
    """
    questions, options = facets.shape[1], int(belief.option_counts.max())
    after = np.repeat(states, questions * options, axis=0).reshape(len(states), questions, options, -1)
    answers = np.minimum(np.arange(options), belief.option_counts[facets][:, :, None] - 1)
    np.put_along_axis(after, facets[:, :, None, None], answers[..., None].astype(np.int8), axis=3)
    return after


def supposed_gain(belief: Belief, states: Codes, goal: Goal, facets: Facets) -> Floats:
    """Return what the answers to some questions are expected to bring for a goal, if they are given.

    In bits, the Jensen–Shannon divergence of what the answers lead to, summed over the facets of the goal that are not
    answered and over the targets; of a facet of the goal that is asked itself, what its answer tells. For a
    recommendation, how many hundredths of NDCG@10 it gains by being made after the answer instead of before (the value
    of information: Howard 1966). Both are never negative, whether or not the belief is consistent.

    Args:
        belief: any.
        states: int8[B, facets].
        goal: what one wants to know.
        facets: int[B, questions].

    Returns:
        float32[B, questions]; 0 for facets that were answered.
    """
    block = max(1, _AT_ONCE // (facets.shape[1] * int(belief.option_counts.max())))
    gain = np.zeros(facets.shape, dtype=np.float32)
    for at in range(0, len(states), block):
        gain[at : at + block] = _gain(belief, states[at : at + block], goal, facets[at : at + block])
    return gain


def _gain(belief: Belief, states: Codes, goal: Goal, facets: Facets) -> Floats:
    rows = np.arange(len(states))[:, None]
    counts, error = belief.option_counts, belief.error
    answers = heard(np.swapaxes(belief.marginals(states), 1, 2), counts, error)
    chance = np.swapaxes(answers, 1, 2)[rows, facets]
    gain = np.zeros(facets.shape, dtype=np.float32)
    after = suppose(belief, states, facets)
    flat = after.reshape(-1, states.shape[1])
    if goal.facets.any():
        told = _divergences(chance, belief.marginals(flat))
        told *= ((states < 0) & goal.facets)[:, None]
        np.put_along_axis(told, facets[:, :, None], 0, axis=2)
        gain += told.sum(axis=2)
        gain += answer_information(answers, counts, error)[rows, facets] * goal.facets[facets]
    if goal.targets:
        liked = belief.targets(flat)
        gain += _divergences(chance, np.stack([1 - liked, liked], axis=-1)).sum(axis=2)
    if goal.ranking:
        gain += HUNDREDTHS * _better_ranking(chance, belief.targets(flat))
    return gain * (states[rows, facets] < 0)


def _better_ranking(chance: Floats, liked: Floats) -> Floats:
    """Return the NDCG@10 that answers are expected to add, float32[B, questions].

    Args:
        chance: float32[B, questions, K].
        liked: float32[B · questions · K, targets], after each answer.
    """
    after = liked.reshape(*chance.shape, -1)
    # As with bits, what is believed now is taken to be the mean of what the answers lead to.
    now = np.einsum("bqk,bqkt->bqt", chance, after)
    return np.asarray(np.maximum((chance * expected_ndcg(after)).sum(axis=2) - expected_ndcg(now), 0))


def _divergences(chance: Floats, after: Floats) -> Floats:
    """Return the divergence of what the answers lead to, float32[B, questions, goal].

    Args:
        chance: float32[B, questions, K].
        after: float32[B · questions · K, goal, values].
    """
    people, questions, options = chance.shape
    shaped = after.reshape(people * questions, options, *after.shape[1:])
    return divergence(chance.reshape(-1, options), shaped).reshape(people, questions, -1)


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
    """Return the consistency gap over all facets that may still be asked; none if there is no such facet.

    Args:
        belief: where answers are taken for true (``error`` 0); a wrong answer would widen the gap.
        states: int8[B, facets], what is known of some people.
    """
    everything = np.arange(states.shape[1])
    gaps, gains = [], []
    for at in range(0, len(states), _PEOPLE):
        part = states[at : at + _PEOPLE]
        now = belief.marginals(part)
        here = entropy(now)
        for facet in everything[(part == Code.NOT_ASKED).any(axis=0)]:
            asked = part[:, facet] == Code.NOT_ASKED
            others = (part < 0) & (everything != facet)
            chance = now[:, facet]
            after = belief.marginals(suppose(belief, part, np.full((len(part), 1), facet)).reshape(-1, part.shape[1]))
            after = after.reshape(len(part), -1, *now.shape[1:])
            mean = (chance[:, :, None, None] * after).sum(axis=1)
            gaps.append((np.abs(here - entropy(mean)) * others).sum(axis=1)[asked])
            gains.append((divergence(chance, after) * others).sum(axis=1)[asked])
    if not gaps:
        return Gap(0.0, 0.0)
    return Gap(float(np.concatenate(gaps).mean()), float(np.concatenate(gains).mean()))
