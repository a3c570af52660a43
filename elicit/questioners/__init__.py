"""Who asks: questioners that choose the next facet for a whole batch of people, and rules for stopping.

May import ``beliefs`` and every room it may import.
"""

from elicit.questioners.gain import GainQuestioner, RerankingQuestioner
from elicit.questioners.orders import (
    EntropyQuestioner,
    OrderedQuestioner,
    RandomQuestioner,
    SkippingQuestioner,
    funnel_order,
    popular_order,
)
from elicit.questioners.protocol import (
    NO_GAIN,
    STOP,
    UNREADABLE,
    Asked,
    FacetQuestioner,
    Questioner,
    SpeakingQuestioner,
    WeighingQuestioner,
    best,
    next_questions,
)
from elicit.questioners.static import Teachers, learn_static_order
from elicit.questioners.stopping import Rules, StoppingQuestioner
from elicit.questioners.value import SwitchingQuestioner, ValueHead
from elicit.questioners.value_training import Guide, ValueSettings, train_value_head

__all__ = [
    "NO_GAIN",
    "STOP",
    "UNREADABLE",
    "Asked",
    "EntropyQuestioner",
    "FacetQuestioner",
    "GainQuestioner",
    "Guide",
    "OrderedQuestioner",
    "Questioner",
    "RandomQuestioner",
    "RerankingQuestioner",
    "Rules",
    "SkippingQuestioner",
    "SpeakingQuestioner",
    "StoppingQuestioner",
    "SwitchingQuestioner",
    "Teachers",
    "ValueHead",
    "ValueSettings",
    "WeighingQuestioner",
    "best",
    "funnel_order",
    "learn_static_order",
    "next_questions",
    "popular_order",
    "train_value_head",
]
