"""What is known after some answers: the class mixture, the masked network, the item posterior, and expected gain.

May import ``forward``, ``language``, ``profiles``, ``dialogues``, ``domains``, ``basis`` and ``statistics``.
"""

from elicit.beliefs.consistency import Gap, consistency_gap, suppose, supposed_gain
from elicit.beliefs.entropy import LEAST_CHANCE, chance_of, entropy, normalised
from elicit.beliefs.files import Origin, load_learned, save_learned
from elicit.beliefs.gain import divergence, facet_gain, target_gain
from elicit.beliefs.goal import Goal, facet_bits, ranking_lacks, target_bits
from elicit.beliefs.inputs import Inputs, persona_values
from elicit.beliefs.items import ItemBelief
from elicit.beliefs.learning import Course, LearningSettings, Module, Task, learn
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.network import Network, NetworkBelief
from elicit.beliefs.network_training import Crossed, NetworkSettings, train_network
from elicit.beliefs.perceptron import Perceptron
from elicit.beliefs.protocol import Belief, Guesses
from elicit.beliefs.ranking import expected_ndcg, ndcg
from elicit.beliefs.stripped import Stripped, Stripper, StrippingSettings

__all__ = [
    "LEAST_CHANCE",
    "Belief",
    "Course",
    "Crossed",
    "Gap",
    "Goal",
    "Guesses",
    "Inputs",
    "ItemBelief",
    "LearningSettings",
    "MixtureBelief",
    "Module",
    "Network",
    "NetworkBelief",
    "NetworkSettings",
    "Origin",
    "Perceptron",
    "Stripped",
    "Stripper",
    "StrippingSettings",
    "Task",
    "chance_of",
    "consistency_gap",
    "divergence",
    "entropy",
    "expected_ndcg",
    "facet_bits",
    "facet_gain",
    "learn",
    "load_learned",
    "ndcg",
    "normalised",
    "persona_values",
    "ranking_lacks",
    "save_learned",
    "suppose",
    "supposed_gain",
    "target_bits",
    "target_gain",
    "train_network",
]
