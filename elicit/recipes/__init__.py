"""Recipes: reads TOML, builds the parts, runs evaluations.

May import every room but ``cli``.
"""

from elicit.recipes.evaluate import Evaluated, evaluate, planned_dialogues, run_facts, scores_table
from elicit.recipes.interview import prepare_interview
from elicit.recipes.parts import Fitted, build_questioner, fit
from elicit.recipes.recipe import Evaluation, read_recipe
from elicit.recipes.split import Split, split_people
from elicit.recipes.summary import compare, summarise

__all__ = [
    "Evaluated",
    "Evaluation",
    "Fitted",
    "Split",
    "build_questioner",
    "compare",
    "evaluate",
    "fit",
    "planned_dialogues",
    "prepare_interview",
    "read_recipe",
    "run_facts",
    "scores_table",
    "split_people",
    "summarise",
]
