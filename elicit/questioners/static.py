"""The baseline to beat: one order for everybody, learned greedily on the realised loss of real people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, one_thread
from elicit.beliefs import MixtureBelief, chance_of, normalised
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes
from elicit.profiles import AnswerModel, all_answers


def learn_static_order(
    belief: MixtureBelief, truth: Codes, model: AnswerModel, spoken: Codes, luck: Luck, length: int
) -> NDArray[np.intp]:
    """Return the first facets of the order that leaves the fewest bits of the profile, chosen one after another.

    Args:
        belief: the reader whose loss counts.
        truth: int8[people, facets], profiles to be recovered; silent cells do not count.
        model: how people answer; the order is learned under the answers it will meet.
        spoken: int8[people, facets], what the people know of themselves under this model.
        luck: of these people.
        length: how many questions, at most the number of facets.

    Returns:
        int[length], columns of facets.
    """
    answers = all_answers(model, spoken, belief.counts, luck)
    logits = np.broadcast_to(belief.log_prior, (len(truth), belief.mixture.classes))
    open_bits = truth >= 0
    order: list[int] = []
    for _ in range(min(length, truth.shape[1])):
        left = [f for f in range(truth.shape[1]) if f not in order]
        with one_thread():
            losses = [_loss(belief, logits, truth, open_bits, f, answers[:, f]) for f in left]
        facet = left[int(np.argmin(losses))]
        logits = logits + _evidence(belief, facet, answers[:, facet])
        open_bits = _closed(open_bits, facet, answers[:, facet])
        order.append(facet)
    return np.array(order, dtype=np.intp)


def _evidence(belief: MixtureBelief, facet: int, answers: NDArray[np.int8]) -> Floats:
    """Return log P(answer | class), float32[people, classes]; zero for non-answers."""
    table = belief.log_heard[facet]
    return np.where((answers >= 0)[:, None], table[np.maximum(answers, 0)], np.float32(0))


def _closed(open_bits: NDArray[np.bool_], facet: int, answers: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Close a facet for those who answered it: its bits are no longer to be guessed."""
    closed = open_bits.copy()
    closed[:, facet] &= answers < 0
    return closed


def _loss(
    belief: MixtureBelief,
    logits: Floats,
    truth: Codes,
    open_bits: NDArray[np.bool_],
    facet: int,
    answers: NDArray[np.int8],
) -> float:
    """Return the mean bits of the profile that are left after one more question."""
    marginals = belief.marginals_of(normalised(logits + _evidence(belief, facet, answers)))
    bits = -np.log2(chance_of(marginals, truth))
    return float((bits * _closed(open_bits, facet, answers)).sum(axis=1).mean())
