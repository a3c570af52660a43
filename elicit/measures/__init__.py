"""What is measured: reconstruction, recommendation, the shape of dialogues, and how to read each number.

May import ``runs`` and every room it may import.
"""

from elicit.measures.catalogs import Compared, Coverage, Served, coverage, pooled_recall, questions_to_item, served
from elicit.measures.catalogue import CURVES, WHOLE
from elicit.measures.comparison import UNPAIRED, ComparedRun, Comparison, compare_runs
from elicit.measures.dialogues import (
    Funnel,
    asked_again,
    counterfactual_change,
    counterfactual_changes,
    funnel_shape,
    questions_asked,
    swapped,
    unanswered,
    unanswered_by_depth,
    unreadable,
)
from elicit.measures.funnels import CurvePoint, Narrowing, Shoppers, funnel_curve, narrow, rivals, talk_with
from elicit.measures.kept_sales import KeptSale, Offered, kept_sale
from elicit.measures.level import area_under, questions_to_level, share_of_gain
from elicit.measures.optimum import optimum_tree_cost
from elicit.measures.reconstruction import Reader, calibration_error
from elicit.measures.results import TROUBLE, Beside, Difference, Measure, Published, Results, Row
from elicit.measures.sale_agreement import NOT_COMPARABLE, SaleAgreement, sale_agreement
from elicit.measures.sale_logs import JudgedSale, LoggedSale, judge_sale, read_sale_logs
from elicit.measures.sales import SALES, GroupRow, Outcome, SalesResults, intent_won, outcome_of, sale_values
from elicit.measures.shoppers import Recall, Undecided, compare_recall, recall_after
from elicit.measures.talks import FINISHED, TALKS, TalkResults, TalkRow, talk_counts, told
from elicit.measures.understanding import Example, Judged, Score, Understood, understand
from elicit.measures.words import different, rouge_l, worded_badly

__all__ = [
    "CURVES",
    "FINISHED",
    "NOT_COMPARABLE",
    "SALES",
    "TALKS",
    "TROUBLE",
    "UNPAIRED",
    "WHOLE",
    "Beside",
    "Compared",
    "ComparedRun",
    "Comparison",
    "Coverage",
    "CurvePoint",
    "Difference",
    "Example",
    "Funnel",
    "GroupRow",
    "Judged",
    "JudgedSale",
    "KeptSale",
    "LoggedSale",
    "Measure",
    "Narrowing",
    "Offered",
    "Outcome",
    "Published",
    "Reader",
    "Recall",
    "Results",
    "Row",
    "SaleAgreement",
    "SalesResults",
    "Score",
    "Served",
    "Shoppers",
    "TalkResults",
    "TalkRow",
    "Undecided",
    "Understood",
    "area_under",
    "asked_again",
    "calibration_error",
    "compare_recall",
    "compare_runs",
    "counterfactual_change",
    "counterfactual_changes",
    "coverage",
    "different",
    "funnel_curve",
    "funnel_shape",
    "intent_won",
    "judge_sale",
    "kept_sale",
    "narrow",
    "optimum_tree_cost",
    "outcome_of",
    "pooled_recall",
    "questions_asked",
    "questions_to_item",
    "questions_to_level",
    "read_sale_logs",
    "recall_after",
    "rivals",
    "rouge_l",
    "sale_agreement",
    "sale_values",
    "served",
    "share_of_gain",
    "swapped",
    "talk_counts",
    "talk_with",
    "told",
    "unanswered",
    "unanswered_by_depth",
    "understand",
    "unreadable",
    "worded_badly",
]
