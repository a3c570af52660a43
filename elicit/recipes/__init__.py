"""Recipes: reads TOML, builds the parts, runs evaluations.

May import every room but ``cli``.
"""

from elicit.recipes.beliefs import BeliefRow, BeliefTest, compare_beliefs, read_belief_test
from elicit.recipes.beside import write_kept, write_people
from elicit.recipes.bounds import Bounds, bounds
from elicit.recipes.catalog_sales import catalog_markets
from elicit.recipes.differences import SCORED, against, compared
from elicit.recipes.evaluate import Evaluated, evaluate, planned_dialogues, run_facts, scores_table
from elicit.recipes.export import export_models, exported_models, push_models
from elicit.recipes.fitted import Fitted
from elicit.recipes.interview import prepare_interview
from elicit.recipes.parties import check_sides, persons_named
from elicit.recipes.parts import build_questioner
from elicit.recipes.prepared import Prepared, prepare
from elicit.recipes.recipe import Evaluation, read_recipe, read_training
from elicit.recipes.sales import CATALOGS, Sales, read_sales
from elicit.recipes.sales_summary import summarise_sales
from elicit.recipes.selling import TOGETHER, Market, Sold, markets, sales_facts, sell, together, write_sales
from elicit.recipes.simulate import simulate, simulation_facts
from elicit.recipes.simulation import Simulation, read_simulation
from elicit.recipes.split import Split, split_people
from elicit.recipes.summary import compare, summarise
from elicit.recipes.talk_scores import score_talks
from elicit.recipes.wanted_catalogs import WantedCatalog, wanted_catalogs

__all__ = [
    "CATALOGS",
    "SCORED",
    "TOGETHER",
    "BeliefRow",
    "BeliefTest",
    "Bounds",
    "Evaluated",
    "Evaluation",
    "Fitted",
    "Market",
    "Prepared",
    "Sales",
    "Simulation",
    "Sold",
    "Split",
    "WantedCatalog",
    "against",
    "bounds",
    "build_questioner",
    "catalog_markets",
    "check_sides",
    "compare",
    "compare_beliefs",
    "compared",
    "evaluate",
    "export_models",
    "exported_models",
    "markets",
    "persons_named",
    "planned_dialogues",
    "prepare",
    "prepare_interview",
    "push_models",
    "read_belief_test",
    "read_recipe",
    "read_sales",
    "read_simulation",
    "read_training",
    "run_facts",
    "sales_facts",
    "score_talks",
    "scores_table",
    "sell",
    "simulate",
    "simulation_facts",
    "split_people",
    "summarise",
    "summarise_sales",
    "together",
    "wanted_catalogs",
    "write_kept",
    "write_people",
    "write_sales",
]
