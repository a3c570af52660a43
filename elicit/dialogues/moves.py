"""What the turns of a sales dialogue do."""

from __future__ import annotations

from enum import StrEnum

from elicit.domains import Frozen


class Act(StrEnum):
    """What a turn of a sales dialogue does."""

    CHAT = "chat"
    """The seller asks for nothing and offers nothing."""
    ASK = "ask"
    """The seller asks what tells items apart."""
    STEER = "steer"
    """The seller turns the talk to an intent: asks whether the buyer wants such a thing."""
    OFFER = "offer"
    """The seller offers an item."""
    HAND_OVER = "hand_over"
    """The seller says that it has sold, and hands the buyer over to whoever does the rest."""
    GIVE_UP = "give_up"
    """The seller ends the talk and says that it has not sold."""
    INFORM = "inform"
    """The seller answers what the buyer has asked back."""
    TELL = "tell"
    """The buyer answers, or says something of itself."""
    ACCEPT = "accept"
    """The buyer takes what was offered."""
    REFUSE = "refuse"
    """The buyer does not want what was offered."""
    INQUIRE = "inquire"
    """The buyer asks back about what was offered before it decides."""
    LEAVE = "leave"
    """The buyer walks away."""


class Thought(StrEnum):
    """What a seller thinks of the talk before it speaks (the four thoughts of arXiv 2510.08621)."""

    NO_INTENT = "no_intent"
    """Nothing has been said of what the buyer wants: chat, or ask."""
    IMPLIED = "implied"
    """The buyer has let something be seen that it may want: steer to it."""
    UNCHANGED = "unchanged"
    """The topic is still the same: go on."""
    EXPLICIT = "explicit"
    """The buyer wants it: offer, and hand over when it is taken."""


class Move(Frozen):
    """What a turn of a sales dialogue does.

    Attributes:
        act: what kind of move.
        intent: id of the facet that asks for what the talk is about; None = nothing in particular. Of ``inquire`` and
            ``inform`` the kind that is asked about; None = what the item costs.
        item: id of the target that is offered, asked about, taken or refused; a model can name one that does not exist.
        thought: of the seller.
        holds: of ``inform``, whether the item is of the kind; None = that is not known, or was not asked.
    """

    act: Act
    intent: str | None = None
    item: str | None = None
    thought: Thought | None = None
    holds: bool | None = None
