"""What a seller answers to what a buyer asks back: what the data of the item say, and no guess."""

from __future__ import annotations

from elicit.dialogues import Act, Move, Speaker, Turn
from elicit.domains import Domain, Target
from elicit.language import Phrasebook, kind_texts, price_texts
from elicit.users import Said, Talk


def informed(inquiry: Move, domain: Domain, book: Phrasebook, talk: Talk) -> Said:
    """Return the turn that answers an inquiry.

    Not known is the price of an item without one, whether something is of a kind if it has none at all or the domain
    asks for no such kind, and everything about an item that does not exist.

    Args:
        inquiry: what the buyer has asked back.
        domain: whose targets are sold.
        book: chooses the words.
        talk: in which it was asked.
    """
    column = domain.target_columns.get(inquiry.item or "")
    item = None if column is None else domain.targets[column]
    if inquiry.intent is None:
        holds, texts = None, price_texts(item.price if item else None)
    else:
        facet = domain.columns.get(inquiry.intent)
        holds = None if facet is None else _holds(item, inquiry.intent)
        texts = kind_texts(inquiry.intent if facet is None else domain.facets[facet].label, holds)
    move = Move(act=Act.INFORM, intent=inquiry.intent, item=inquiry.item, holds=holds)
    text = book.pick(talk.place, f"{Act.INFORM} at turn {len(talk.turns)}", texts)
    return Said(Turn(speaker=Speaker.AGENT, text=text, move=move), heard=True)


def _holds(item: Target | None, kind: str) -> bool | None:
    return kind in item.kinds if item is not None and item.kinds else None
