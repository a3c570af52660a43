"""The rival PEP (Preference Elicitation with Priors, arXiv 2602.15012), rebuilt for tables of people.

Two families under one roof. *Coherent* models are what the paper describes, made consistent: ``pairs``, ``latent``,
``linear``. *Released* models are what its code does, kept with their faults and labelled so: see ``released``. Figures
got with either are ours and no reproduction of the paper's. May import what ``questioners`` may import.
"""

from elicit.questioners.pep.latent import LatentBelief, fit_latent
from elicit.questioners.pep.linear import LinearBelief, LinearModel, fit_linear
from elicit.questioners.pep.named import PEP, PEP_MODELS, PepFit, pep_belief, pep_questioner
from elicit.questioners.pep.pairs import PairsBelief, PairTables, count_pairs
from elicit.questioners.pep.released import MODELS, Criteria, ReleasedBelief, Statistics, count_criteria
from elicit.questioners.pep.rules import once_each
from elicit.questioners.pep.selection import RULES, ReleasedQuestioner, binary_gain, fixed_order

__all__ = [
    "MODELS",
    "PEP",
    "PEP_MODELS",
    "RULES",
    "Criteria",
    "LatentBelief",
    "LinearBelief",
    "LinearModel",
    "PairTables",
    "PairsBelief",
    "PepFit",
    "ReleasedBelief",
    "ReleasedQuestioner",
    "Statistics",
    "binary_gain",
    "count_criteria",
    "count_pairs",
    "fit_latent",
    "fit_linear",
    "fixed_order",
    "once_each",
    "pep_belief",
    "pep_questioner",
]
