"""Question sets for products: from a coded catalog to the next question, or to a short branching set of questions.

May import ``questioners`` and every room it may import.
"""

from elicit.funnels.asking import AIMS, Aim, CatalogQuestioner, Step, Stop
from elicit.funnels.checking import problems_of
from elicit.funnels.growing import design_tree
from elicit.funnels.orders import distinguishable_bits, learned_order
from elicit.funnels.relaxing import Relaxation, smallest_relaxation
from elicit.funnels.stock import Stock
from elicit.funnels.tree import NO_PREFERENCE, Branch, End, Question, Tree, TreeQuestioner

__all__ = [
    "AIMS",
    "NO_PREFERENCE",
    "Aim",
    "Branch",
    "CatalogQuestioner",
    "End",
    "Question",
    "Relaxation",
    "Step",
    "Stock",
    "Stop",
    "Tree",
    "TreeQuestioner",
    "design_tree",
    "distinguishable_bits",
    "learned_order",
    "problems_of",
    "smallest_relaxation",
]
