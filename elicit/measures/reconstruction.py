"""How much of the hidden profile, and of what the person likes, has come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs import Belief, facet_bits, ndcg, target_bits
from elicit.beliefs.protocol import Floats
from elicit.dialogues import Transcript
from elicit.domains import Codes, Population

_CALIBRATION_BINS = 10
_DECIDED = 0.95
Scores = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Reader:
    """Scores what a belief makes of the answers, the same belief for every questioner.

    Attributes:
        belief: turns answers into profiles and recommendations.
        depths: int[facets]; the deepest level is left out of the accuracy where there are several.
    """

    belief: Belief
    depths: NDArray[np.int64]

    def score(self, states: Codes, people: Population) -> Scores:
        """Return each measure after the answers in ``states``, float64[people] (NaN where it is not defined).

        ``profile_bits``: bits of the true profile on facets that have not been answered; ``accuracy``: share of those
        facets guessed right, single items left out; ``target_bits`` and ``ndcg`` over the targets.
        """
        return self._score(self.belief.marginals(states), states, people)

    def follow(self, transcript: Transcript, people: Population) -> tuple[Scores, NDArray[np.float64]]:
        """Return each measure after 0, 1, … questions, and the share of questions that were not worth asking.

        Returns:
            float64[people, turns + 1] a measure, and float64[people]: the share of questions whose answer the belief
            already held for 95 % sure, NaN where nothing was asked.
        """
        asked = transcript.asked
        turns, facets = asked.shape[1], len(self.belief.option_counts)
        curves: list[Scores] = []
        wasted = np.zeros(len(people))
        for turn in range(turns + 1):
            known = transcript.states(turn, facets)
            marginals = self.belief.marginals(known)
            curves.append(self._score(marginals, known, people))
            if turn < turns:
                rows = np.flatnonzero(asked[:, turn] >= 0)
                wasted[rows] += marginals[rows, asked[rows, turn]].max(axis=1) >= _DECIDED
        table = {name: np.stack([scores[name] for scores in curves], axis=1) for name in curves[0]}
        questions = (asked >= 0).sum(axis=1)
        return table, np.where(questions > 0, wasted / np.maximum(questions, 1), np.nan)

    def _score(self, marginals: Floats, states: Codes, people: Population) -> Scores:
        hidden = (states < 0) & (people.codes >= 0)
        scores = {
            "profile_bits": facet_bits(marginals, people.codes, hidden).astype(np.float64),
            "accuracy": _accuracy(marginals, people.codes, hidden & self.broad),
        }
        if people.liked.shape[1]:
            chance = self.belief.targets(states)
            scores["target_bits"] = target_bits(chance, people.liked).astype(np.float64)
            scores["ndcg"] = ndcg(chance, people.liked)
        return scores

    @property
    def broad(self) -> NDArray[np.bool_]:
        """Facets that count for accuracy, bool[facets]: all but the deepest level, where there are several levels.

        The deepest are single items, mostly 'no' and too easily guessed.
        """
        broadest, deepest = self.depths.min(), self.depths.max()
        return np.asarray((self.depths < deepest) | (broadest == deepest))


def calibration_error(belief: Belief, states: Codes, people: Population) -> float:
    """Return the expected calibration error of the most probable option of unanswered facets, from 0 (best) to 1.

    Mean over ten equal bins of confidence, weighted by size, of |share right − mean confidence| (Guo et al. 2017).
    """
    marginals = belief.marginals(states)
    hidden = (states < 0) & (people.codes >= 0)
    confidence = marginals.max(axis=2)[hidden]
    right = (marginals.argmax(axis=2) == people.codes)[hidden]
    if not len(confidence):
        return float("nan")
    place = np.minimum((confidence * _CALIBRATION_BINS).astype(np.intp), _CALIBRATION_BINS - 1)
    gaps = np.bincount(place, weights=right - confidence, minlength=_CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _accuracy(marginals: NDArray[np.float32], truth: Codes, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    right = (marginals.argmax(axis=2) == truth) & counted
    total = counted.sum(axis=1)
    return np.where(total > 0, right.sum(axis=1) / np.maximum(total, 1), np.nan)
