"""What people read of a question set, the same in all exports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from elicit.basis import listed, whole_letters
from elicit.domains import Facet, Target
from elicit.funnels.asking import Stop
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.nones import labels_of
from elicit.funnels.tree import End, answers_to
from elicit.language import question_texts

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Ending:
    """What people read at an end.

    Attributes:
        heading: whether something fits.
        text: why nothing more is asked, or which answers to give up; sentences.
        items: what is shown, the likeliest first.
        more: how many more items fit.
    """

    heading: str
    text: str
    items: tuple[Target, ...]
    more: int


def one_line(text: str) -> str:
    """Return a text without line breaks and what no file can hold, else as it is."""
    return " ".join(_CONTROLS.sub(" ", whole_letters(text)).split())


def wording_of(facet: Facet) -> str:
    """Return how a facet is asked for."""
    return one_line(question_texts(facet)[0])


def choices_of(funnel: Funnel, facet: Facet) -> dict[str, str]:
    """Return what is read for each answer to a facet: id to label, in the order of the answers."""
    labels = (*labels_of(facet, funnel.nones, funnel.none_of_these), funnel.no_preference)
    return dict(zip(answers_to(facet, funnel.nones), map(one_line, labels), strict=True))


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def price_text(price: float | None) -> str:
    """Return a price as it is read, ``1,299`` or ``12.50``; nothing where it is not known."""
    if price is None:
        return ""
    return f"{price:,.0f}" if price == int(price) else f"{price:,.2f}"


def item_text(item: Target) -> str:
    """Return an item with its price."""
    return ": ".join(filter(None, [one_line(item.label), price_text(item.price)]))


def ending_of(funnel: Funnel, end: End) -> Ending:
    """Return what people read at an end."""
    items = tuple(funnel.item_by_id[item] for item in end.items)
    if not end.dropped:
        heading = "This one fits" if end.items_left == 1 else "These fit"
        # That a tree was cut off means nothing to who answers.
        why = f"{end.items_left:,} items are left" if end.reason is Stop.NO_ROOM else one_line(end.why)
        return Ending(heading, sentence(why), items, max(end.items_left - len(items), 0))
    labels = [one_line(funnel.facet_by_id[facet].label) for facet in end.dropped]
    return Ending("Nothing fits all your answers", give_up_text(labels, len(items)) + ":", items, 0)


def give_up_text(labels: list[str], items: int) -> str:
    """Return which answers to give up, by the labels of their facets, so that so many items fit; no full stop."""
    answers = "answers" if len(labels) > 1 else "answer"
    does = "these do" if items > 1 else "this one does"
    return f"Give up your {answers} on {listed(labels)}, and {does}"
