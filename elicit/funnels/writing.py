"""How nodes are written: what a question is good for, and why nothing more is asked, in one sentence each."""

from __future__ import annotations

import numpy as np

from elicit.basis import counted
from elicit.domains import Code, Codes
from elicit.funnels.asking import Step, Stop
from elicit.funnels.relaxing import Relaxation
from elicit.funnels.stock import Items, Stock
from elicit.funnels.tree import End, Question

_SHOWN = 10
"""Items that an end names."""


def question_node(stock: Stock, step: Step) -> Question:
    """Return the node of a question, its id and branches still to be filled in."""
    facet = stock.domain.facets[step.facet].id
    gain = round(step.gain, 4)
    return Question(id="", facet=facet, items_left=len(step.left), gain=gain, why=_why_asked(stock, step), branches=())


def end_node(stock: Stock, state: Codes, step: Step) -> End:
    """Return an end at which something fits, its id still to be filled in; of a step that asks, its end if cut off."""
    questions = int((state != Code.NOT_ASKED).sum())
    return End(
        id="",
        reason=step.stop or Stop.NO_ROOM,
        items_left=len(step.left),
        why=_why_ended(step, questions),
        items=_shown(stock, step.left),
    )


def relaxed_node(stock: Stock, relaxation: Relaxation) -> End:
    """Return an end at which nothing fits, its id still to be filled in."""
    dropped = [stock.domain.facets[facet] for facet in relaxation.dropped]
    labels, left = " and ".join(facet.label for facet in dropped), len(relaxation.left)
    fit = f"{counted(left, 'item')} {'do' if left > 1 else 'does'}"
    return End(
        id="",
        reason=Stop.NOTHING_FITS,
        items_left=0,
        why=f"no item fits all answers; without the answer on {labels} {fit}",
        items=_shown(stock, relaxation.left),
        dropped=tuple(facet.id for facet in dropped),
    )


def _why_asked(stock: Stock, step: Step) -> str:
    facet, items = stock.domain.facets[step.facet], counted(len(step.left), "item")
    if facet.id in stock.ceilings:
        kept = [int(stock.fits(step.facet, answer)[step.left].sum()) for answer in range(len(facet.options))]
        return f"an answer keeps between {min(kept)} and {max(kept)} of the {items}"
    values = stock.codes[step.left, step.facet]
    sizes = np.bincount(values[values >= 0])
    sizes = sizes[sizes > 0]
    silent = len(values) - int(sizes.sum())
    if not silent:
        return f"splits the {items} into {len(sizes)} groups of at most {sizes.max():,}"
    groups = f"{counted(len(sizes), 'group')} of at most {sizes.max():,}"
    return f"splits {len(values) - silent:,} of the {items} into {groups}; of the others the catalog does not say"


def _why_ended(step: Step, questions: int) -> str:
    left = counted(len(step.left), "item")
    match step.stop:
        case Stop.ONE_LEFT:
            return "one item is left"
        case Stop.ALIKE:
            return f"no further question tells the {left} apart"
        case Stop.BUDGET:
            return f"{counted(questions, 'question')} asked, {left} left"
        case _:
            return f"the tree may not grow further, {left} left"


def _shown(stock: Stock, rows: Items) -> tuple[str, ...]:
    return tuple(stock.domain.targets[row].id for row in stock.best_of(rows, _SHOWN))
