"""Who asks: questioners that choose the next facet for a whole batch of people, and rules for stopping.

May import ``beliefs`` and every room it may import.
"""

from elicit.questioners.gain import GainQuestioner
from elicit.questioners.orders import (
    EntropyQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    SkippingQuestioner,
    funnel_order,
    popular_order,
)
from elicit.questioners.protocol import NO_GAIN, STOP, FacetQuestioner
from elicit.questioners.static import learn_static_order
from elicit.questioners.stopping import Rules, StoppingQuestioner

__all__ = [
    "NO_GAIN",
    "STOP",
    "EntropyQuestioner",
    "FacetQuestioner",
    "GainQuestioner",
    "OrderedQuestioner",
    "RandomQuestioner",
    "Rules",
    "SkippingQuestioner",
    "StoppingQuestioner",
    "funnel_order",
    "learn_static_order",
    "popular_order",
]
