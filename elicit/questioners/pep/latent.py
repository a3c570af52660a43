"""``pep-latent``: a mixture of user types, which is the class mixture of ``profiles`` as PEP would choose it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicit.beliefs import MixtureBelief, facet_gain
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes, Population
from elicit.profiles import Mixture, MixtureSettings, choose_classes, fit_starts, pool
from elicit.questioners.pep.rules import own_gain

_SETTINGS = MixtureSettings(classes=(1, 5, 10, 20, 40))


def fit_latent(train: Population, validation: Population, option_counts: NDArray[np.int64], seed: int) -> Mixture:
    """Fit the mixture, its number of types (1 = no structure) chosen by held-out likelihood, all starts averaged."""
    classes = choose_classes(train, validation, option_counts, _SETTINGS, seed)
    return pool(fit_starts(train, option_counts, classes, _SETTINGS, seed))


@dataclass(frozen=True)
class LatentBelief(MixtureBelief):
    """The mixture's belief with PEP's rules; its ``information`` is the rule ``type``."""

    def whole(self, states: Codes) -> Floats:
        """Return the bits that each question tells about all facets not answered, its own too, float32[B, facets]."""
        return facet_gain(self, states, np.arange(len(self.counts)))

    def others(self, states: Codes) -> Floats:
        """Return the bits that each question tells about the other facets not answered, float32[B, facets]."""
        own = own_gain(self.marginals(states), self.counts, self.error) * (states < 0)
        return np.asarray(np.maximum(self.whole(states) - own, 0))
