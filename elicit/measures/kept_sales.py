"""What a reader of a sales dialogue wants beside it: how it ended by what was hidden from the seller."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elicit.dialogues import Act, Dialogue, Speaker
from elicit.domains import Domain, Frozen
from elicit.measures.sales import Outcome, outcome_of


class Offered(Frozen):
    """An item that was offered.

    Attributes:
        item: id of the target; a model can name one that does not exist.
        label: what a person reads.
        fits: whether the buyer is glad of it in the end.
    """

    item: str
    label: str
    fits: bool


class KeptSale(Frozen):
    """What came of a dialogue that is kept for readers; a line of ``outcomes.jsonl``.

    Attributes:
        seller: as the recipe names it.
        file: in which the dialogue lies, below the folder of ``outcomes.jsonl``.
        id: of the dialogue, unique in its file.
        outcome: by the hidden wishes, never by what the seller says.
        claimed: whether the seller says that it has sold.
        fitting: how many items fit this buyer.
        offered: what was offered, each item once.
    """

    seller: str
    file: str
    id: str
    outcome: Outcome
    claimed: bool
    fitting: int
    offered: tuple[Offered, ...]


def kept_sale(seller: str, file: str, dialogue: Dialogue, fits: NDArray[np.bool_], domain: Domain) -> KeptSale:
    """Judge a dialogue for its readers.

    Args:
        seller: as the recipe names it.
        file: in which the dialogue lies.
        dialogue: of a buyer and the seller.
        fits: bool[targets], what this buyer is glad of in the end.
        domain: whose targets were offered.
    """
    moves = [turn.move for turn in dialogue.turns if turn.speaker is Speaker.AGENT and turn.move is not None]
    items = dict.fromkeys(move.item for move in moves if move.act is Act.OFFER and move.item is not None)
    return KeptSale(
        seller=seller,
        file=file,
        id=dialogue.id,
        outcome=outcome_of(dialogue, fits, domain),
        claimed=any(move.act is Act.HAND_OVER for move in moves),
        fitting=int(fits.sum()),
        offered=tuple(_offered(item, fits, domain) for item in items),
    )


def _offered(item: str, fits: NDArray[np.bool_], domain: Domain) -> Offered:
    column = domain.target_columns.get(item)
    if column is None:
        return Offered(item=item, label=item, fits=False)
    return Offered(item=item, label=domain.targets[column].label, fits=bool(fits[column]))
