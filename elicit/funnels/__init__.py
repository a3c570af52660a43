"""Question sets for products: from a coded catalog to the next question, or to a short branching set of questions.

May import ``questioners`` and every room it may import.
"""

from elicit.funnels.asking import AIMS, Aim, CatalogQuestioner, Step, Stop
from elicit.funnels.checking import problems_of
from elicit.funnels.exhaustive import FEW, tree_costs
from elicit.funnels.facets import CatalogMapping, catalog_mapping, enriched
from elicit.funnels.growing import design_tree
from elicit.funnels.linting import QuestionProblem, question_problems
from elicit.funnels.nones import NONE_OF_THESE, labels_of
from elicit.funnels.opening import OpenedCatalog, catalog_text, mapping_text, open_catalog
from elicit.funnels.orders import distinguishable_bits, learned_order
from elicit.funnels.reader import Reader
from elicit.funnels.relaxing import Relaxation, smallest_relaxation
from elicit.funnels.shoppers import Shopper, Wanted, read_shoppers, wanted_by
from elicit.funnels.stock import Stock
from elicit.funnels.stocking import stock_of
from elicit.funnels.tree import NO_PREFERENCE, Branch, End, Question, Tree, TreeQuestioner
from elicit.funnels.visitors import fitting, invented_shoppers
from elicit.funnels.wording import WordedCatalog, word_questions

__all__ = [
    "AIMS",
    "FEW",
    "NONE_OF_THESE",
    "NO_PREFERENCE",
    "Aim",
    "Branch",
    "CatalogMapping",
    "CatalogQuestioner",
    "End",
    "OpenedCatalog",
    "Question",
    "QuestionProblem",
    "Reader",
    "Relaxation",
    "Shopper",
    "Step",
    "Stock",
    "Stop",
    "Tree",
    "TreeQuestioner",
    "Wanted",
    "WordedCatalog",
    "catalog_mapping",
    "catalog_text",
    "design_tree",
    "distinguishable_bits",
    "enriched",
    "fitting",
    "invented_shoppers",
    "labels_of",
    "learned_order",
    "mapping_text",
    "open_catalog",
    "problems_of",
    "question_problems",
    "read_shoppers",
    "smallest_relaxation",
    "stock_of",
    "tree_costs",
    "wanted_by",
    "word_questions",
]
