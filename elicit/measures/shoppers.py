"""Shoppers who often have no preference and sometimes err: how soon their item is among the first shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, did_you_mean, draw_seed, one_thread
from elicit.domains import Code, Codes
from elicit.funnels import Stock
from elicit.measures.funnels import Shoppers, talk_with
from elicit.profiles import Noisy
from elicit.questioners import FacetQuestioner
from elicit.statistics import Interval, cluster_bootstrap

_BLOCK = 64
_EQUAL = 1e-5
"""Items whose chances differ by less than this share are equally likely; the rest is rounding."""


@dataclass(frozen=True)
class Undecided(Noisy):
    """Often has no preference and sometimes errs; ``unknown`` where the catalog does not say."""

    condition: str = "undecided"

    def answer(self, truth: Codes, facets: NDArray[np.intp], option_counts: NDArray[np.int64], luck: Luck) -> Codes:
        """Return the codes after noise; the same shopper meets the same noise at the same facet, whoever asks."""
        said = super().answer(truth, facets, option_counts, luck)
        return np.where(said == Code.UNKNOWN, np.int8(Code.NO_PREFERENCE), said)


@dataclass(frozen=True)
class Recall:
    """How often the wanted item is among the first shown, after 0, 1, 2 … questions.

    Attributes:
        share: mean over shoppers with its interval, float64[questions + 1].
        ahead: the same less that of the baseline, of the same shoppers; None for the baseline.
    """

    share: Interval
    ahead: Interval | None


def compare_recall(
    stock: Stock,
    questioners: Mapping[str, FacetQuestioner],
    baseline: str,
    *,
    questions: int = 6,
    top: int = 3,
    most: int = 300,
    draws: int = 3,
    seed: int = 0,
) -> dict[str, Recall]:
    """Return how soon questioners bring the wanted item to the top, compared over the same shoppers with the same luck.

    One reader ranks for all: the belief that allows for the errors that the shoppers make. All shoppers count alike, so
    with a prior and few items the mean is that over items.

    Args:
        stock: the catalog.
        questioners: name to who asks.
        baseline: the name of the one that the others are compared with.
        questions: asked at most.
        top: items shown.
        most: shoppers at most.
        draws: of the noise, for each shopper; they are no further shoppers.
        seed: of the noise and the resamples.

    Raises:
        InputError: no such baseline.
    """
    if baseline not in questioners:
        raise InputError(f"no questioner '{baseline}'", where="baseline", remedy=did_you_mean(baseline, questioners))
    found = {
        name: recall_after(questioner, stock, questions=questions, top=top, most=most, draws=draws, seed=seed)
        for name, questioner in questioners.items()
    }
    return {
        name: Recall(
            cluster_bootstrap(recall, seed=seed),
            None if name == baseline else cluster_bootstrap(recall - found[baseline], seed=seed),
        )
        for name, recall in found.items()
    }


def recall_after(
    questioner: FacetQuestioner,
    stock: Stock,
    *,
    questions: int = 6,
    top: int = 3,
    most: int = 300,
    draws: int = 3,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return how likely the wanted item is shown after 0, 1, 2 … questions, float64[shoppers, draws, questions + 1].

    Items that are equally likely share their places, so that no order of rows is rewarded.
    """
    shoppers, model = Shoppers.of(stock, most), Undecided()
    belief = stock.belief(model.error)
    recall = np.zeros((len(shoppers.rows), draws, questions + 1))
    with one_thread():
        for draw in range(draws):
            talks = talk_with(questioner, stock, shoppers, model, questions, draw_seed(seed, draw))
            for asked in range(questions + 1):
                states = talks.states(asked, len(stock.domain.facets))
                for rows in np.array_split(np.arange(len(states)), -(-len(states) // _BLOCK)):
                    recall[rows, draw, asked] = _shown(belief.posterior(states[rows]), shoppers.rows[rows], top)
    return recall


def _shown(posterior: NDArray[np.float32], wanted: NDArray[np.intp], top: int) -> NDArray[np.float64]:
    """Return how likely each wanted item is among the first, float64[shoppers]."""
    own = posterior[np.arange(len(wanted)), wanted][:, None]
    ahead = (posterior > own * (1 + _EQUAL)).sum(axis=1)
    equal = (np.abs(posterior - own) <= own * _EQUAL).sum(axis=1)
    return np.asarray(np.clip((top - ahead) / equal, 0, 1), dtype=np.float64)
