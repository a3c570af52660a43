"""Intervals, paired comparisons, permutation, corrections for many tests, power.

Imports nothing of ours. Wrong input raises plain ``ValueError`` with a sentence for people.
"""

from elicit.statistics.agreement import cohen_kappa, kendall_tau_b
from elicit.statistics.bootstrap import (
    bootstrap_mean,
    cluster_bootstrap,
    crossed_bootstrap,
    paired_bootstrap,
)
from elicit.statistics.correction import benjamini_hochberg, holm
from elicit.statistics.cramer import cramers_v
from elicit.statistics.interval import Interval
from elicit.statistics.permutation import permutation_p, permutation_share
from elicit.statistics.power import people_needed, smallest_detectable_effect
from elicit.statistics.stream import stream

__all__ = [
    "Interval",
    "benjamini_hochberg",
    "bootstrap_mean",
    "cluster_bootstrap",
    "cohen_kappa",
    "cramers_v",
    "crossed_bootstrap",
    "holm",
    "kendall_tau_b",
    "paired_bootstrap",
    "people_needed",
    "permutation_p",
    "permutation_share",
    "smallest_detectable_effect",
    "stream",
]
