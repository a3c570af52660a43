"""What is known after some answers: the class mixture, the item posterior, and expected gain.

May import ``forward``, ``language``, ``profiles``, ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.beliefs.entropy import entropy
from elicit.beliefs.gain import divergence, facet_gain, target_gain
from elicit.beliefs.items import ItemBelief
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.protocol import Belief

__all__ = ["Belief", "ItemBelief", "MixtureBelief", "divergence", "entropy", "facet_gain", "target_gain"]
