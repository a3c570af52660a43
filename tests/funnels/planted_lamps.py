"""Eight lamps that four questions part, and the same with names that try to be more than text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from elicit.domains import Code, Codes, Domain, Facet, Kind, Option, Target
from elicit.funnels.exports import Funnel, funnel_of
from elicit.funnels.growing import design_tree
from elicit.funnels.nones import NONE_OF_THESE
from elicit.funnels.stock import Stock
from elicit.funnels.tree import NO_PREFERENCE, Tree

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "a | b",
    "`code` *bold* _thin_",
    "two\nlines",
    """'single' "double" \\ back""",
    "lamp 💡",
    "\u200fright to left\u202e",
    "</script><!--",
    "{n1} ${n1} {{ 7 * 7 }}",
    "+1",
    "-1",
    "@SUM(A1)",
    "# head",
    "1. one",
    "bell\x07",
    "&amp; <b>",
    "[link](http://x)",
)


def _options(labels: list[str]) -> tuple[Option, ...]:
    return tuple(Option(id=label.replace(" ", "-"), label=label) for label in labels)


FACETS = (
    Facet(id="room", label="room", options=_options(["desk", "bedside", "floor"]), wordings=("Where shall it stand?",)),
    Facet(
        id="price",
        label="price",
        kind=Kind.NUMBER,
        depth=1,
        options=_options(["up to 30", "up to 60", "over 60"]),
        cuts=(30, 60),
        wordings=("What may it cost?",),
    ),
    Facet(id="dimmable", label="dimming", depth=1, wordings=("Shall it be dimmable?",)),
    Facet(id="color", label="color", depth=2, options=_options(["black", "white", "brass"])),
)
CODES = np.array(
    [
        # room, price, dimmable, color; below 0 = not said
        [0, 0, 0, 0],
        [0, 1, 1, 1],
        [0, 2, 1, 2],
        [1, 0, 0, 1],
        [1, 1, 0, 1],
        [1, 1, 1, 0],
        [2, 2, 0, 0],
        [-2, 2, -2, 2],
    ],
    dtype=np.int8,
)
LABELS = ("Pico", "Nova", "Aria", "Luna", "Luna Plus", "Stella", "Atlas", "Orion")
PRICES = (19.0, 49.5, 1250.0, 25.0, 39.0, 45.0, 120.0, None)


def lamps() -> Stock:
    """Return the lamps; no floor lamp costs at most 60."""
    names = zip(LABELS, PRICES, strict=True)
    targets = tuple(Target(id=label.lower().replace(" ", "-"), label=label, price=price) for label, price in names)
    return Stock(
        Domain(name="lamps", title="Lamps", facets=FACETS, targets=targets), CODES, ceilings=frozenset({"price"})
    )


def lamps_tree() -> Tree:
    return design_tree(lamps(), aim="best", nodes=40)


def lamps_funnel() -> Funnel:
    return funnel_of(lamps_tree(), lamps())


def hostile_lamps() -> Stock:
    """Return lamps whose names, options and wordings are hostile, all of ``HOSTILE`` among names and options."""
    texts = iter(HOSTILE * 3)
    facets = tuple(
        facet.model_copy(
            update={
                "label": next(texts),
                "wordings": (next(texts),),
                "options": tuple(o.model_copy(update={"id": f"{o.id} '", "label": next(texts)}) for o in facet.options),
            }
        )
        for facet in FACETS
    )
    targets = tuple(Target(id=t.id, label=next(texts), price=t.price) for t in lamps().domain.targets)
    domain = Domain(name="lamps", title=HOSTILE[8] + HOSTILE[9], facets=facets, targets=targets)
    return Stock(domain, CODES, ceilings=frozenset({"price"}))


def hostile_funnel() -> Funnel:
    return funnel_of(design_tree(hostile_lamps(), aim="best", nodes=40), hostile_lamps())


def codes_of(answers: Iterable[tuple[str, str]], funnel: Funnel, domain: Domain) -> Iterator[Codes]:
    """Yield the coded answers before the first question and after each."""
    state = np.full(len(domain.facets), Code.NOT_ASKED, dtype=np.int8)
    yield state.copy()
    for node, option in answers:
        facet = domain.columns[funnel.tree.by_id[node].facet]
        ids = [*(o.id for o in domain.facets[facet].options), NONE_OF_THESE]
        state[facet] = Code.NO_PREFERENCE if option == NO_PREFERENCE else ids.index(option)
        yield state.copy()
