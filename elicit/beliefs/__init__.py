"""What is known after some answers: the class mixture, the item posterior, and expected gain.

May import ``forward``, ``language``, ``profiles``, ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.beliefs.entropy import LEAST_CHANCE, chance_of, entropy, normalised
from elicit.beliefs.gain import divergence, facet_gain, target_gain
from elicit.beliefs.items import ItemBelief
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.protocol import Belief

__all__ = [
    "LEAST_CHANCE",
    "Belief",
    "ItemBelief",
    "MixtureBelief",
    "chance_of",
    "divergence",
    "entropy",
    "facet_gain",
    "normalised",
    "target_gain",
]
