"""Twelve things for camping: what they are decides what else can be asked of them, and at last the color."""

from __future__ import annotations

from itertools import product

import numpy as np

from elicit.domains import Domain, Facet, Option, Target
from elicit.funnels import Stock, design_tree
from elicit.funnels.exports import Funnel, funnel_of

ASKED = {
    "kind": ("tent", "lamp", "stove"),
    "persons": ("two", "four"),
    "light": ("warm", "cold"),
    "fuel": ("gas", "wood"),
    "color": ("red", "blue"),
}
DETAILS = {"tent": "persons", "lamp": "light", "stove": "fuel"}
"""What is asked of things of one kind alone."""
_UNSAID = -2


def camp() -> Stock:
    """Return one thing of each kind, detail and color; each choice takes none of these."""
    facets = tuple(
        Facet(id=id, label=id, options=tuple(Option(id=o, label=o) for o in options), wordings=(f"Which {id}?",))
        for id, options in ASKED.items()
    )
    rows = list(product(range(3), range(2), range(2)))
    codes = [
        [kind, *(detail if kind == place else _UNSAID for place in range(3)), color] for kind, detail, color in rows
    ]
    things = tuple(Target(id=f"t{number}", label=f"Thing {number}") for number in range(len(rows)))
    domain = Domain(name="camp", title="Camp", facets=facets, targets=things)
    return Stock(domain, np.array(codes, dtype=np.int8), nones=frozenset(ASKED))


def camp_funnel() -> Funnel:
    """Return the questions about the things for camping."""
    return funnel_of(design_tree(camp(), questions=5), camp())
