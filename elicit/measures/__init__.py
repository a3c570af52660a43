"""What is measured: reconstruction, recommendation, the shape of dialogues, and how to read each number.

May import ``runs`` and every room it may import.
"""

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
from elicit.measures.kept_sales import KeptSale, Offered, kept_sale
from elicit.measures.level import area_under, questions_to_level, share_of_gain
from elicit.measures.reconstruction import Reader, calibration_error
from elicit.measures.results import TROUBLE, Beside, Difference, Measure, Published, Results, Row
from elicit.measures.sale_logs import JudgedSale, LoggedSale, judge_sale, read_sale_logs
from elicit.measures.sales import SALES, GroupRow, Outcome, SalesResults, intent_won, outcome_of, sale_values
from elicit.measures.talks import FINISHED, TALKS, TalkResults, TalkRow, talk_counts, told
from elicit.measures.understanding import Example, Judged, Score, Understood, understand
from elicit.measures.words import different, rouge_l, worded_badly

__all__ = [
    "CURVES",
    "FINISHED",
    "SALES",
    "TALKS",
    "TROUBLE",
    "UNPAIRED",
    "WHOLE",
    "Beside",
    "ComparedRun",
    "Comparison",
    "Difference",
    "Example",
    "Funnel",
    "GroupRow",
    "Judged",
    "JudgedSale",
    "KeptSale",
    "LoggedSale",
    "Measure",
    "Offered",
    "Outcome",
    "Published",
    "Reader",
    "Results",
    "Row",
    "SalesResults",
    "Score",
    "TalkResults",
    "TalkRow",
    "Understood",
    "area_under",
    "asked_again",
    "calibration_error",
    "compare_runs",
    "counterfactual_change",
    "counterfactual_changes",
    "different",
    "funnel_shape",
    "intent_won",
    "judge_sale",
    "kept_sale",
    "outcome_of",
    "questions_asked",
    "questions_to_level",
    "read_sale_logs",
    "rouge_l",
    "sale_values",
    "share_of_gain",
    "swapped",
    "talk_counts",
    "told",
    "unanswered",
    "unanswered_by_depth",
    "understand",
    "unreadable",
    "worded_badly",
]
