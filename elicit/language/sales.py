"""What buyers and sellers say beside questions and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from elicit.dialogues import Act

_BUYER: Final[Mapping[Act, tuple[str, ...]]] = {
    Act.CHAT: ("Hi.", "Hello.", "Hi there.", "Good evening."),
    Act.TELL: ("Not much to tell.", "Nothing in particular.", "I am just looking.", "I haven't thought about it."),
    Act.ACCEPT: ("Yes, I'll take that.", "All right, that one, please.", "That sounds good.", "Good, I'll have it."),
    Act.REFUSE: ("No, that is not for me.", "I don't think so.", "No, thank you, not that one.", "I'd rather not."),
    Act.LEAVE: ("I have to go. Goodbye.", "Never mind, I'll look elsewhere.", "That's enough for me, bye."),
}
_SELLER: Final[Mapping[Act, tuple[str, ...]]] = {
    Act.CHAT: ("Hello! How are you today?", "Hi, nice to meet you.", "Good to see you. How was your day?"),
    Act.OFFER: ("How about {item}?", "May I suggest {item}?", "I think {item} would suit you."),
    Act.HAND_OVER: ("Good, I will arrange {item} for you.", "Done: {item} is yours.", "They will get {item} ready."),
    Act.GIVE_UP: ("I don't think that I have anything for you today.", "Then I won't keep you. Thank you."),
}
_NOT_IN_SHOP: Final = (
    "I don't think there is such a thing.",
    "I can't find that anywhere.",
    "That does not seem to exist.",
)
_ASKS_PRICE: Final = ("What does it cost?", "How much is it?", "And what is the price?")
_ASKS_KIND: Final = (
    'Would you put that under "{kind}"?',
    'One thing first: does that come under "{kind}"?',
    'Is it one for "{kind}"?',
)
_PRICE: Final = ("It costs {price:g}.", "It is {price:g}.", "The price is {price:g}.")
_OF_KIND: Final[Mapping[bool, tuple[str, ...]]] = {
    True: ('Yes, it comes under "{kind}".', 'It does, under "{kind}".', 'Yes, one for "{kind}".'),
    False: ('No, it does not come under "{kind}".', 'Not under "{kind}", no.', 'No, nothing for "{kind}".'),
}
_NOT_KNOWN: Final = ("We do not know that.", "I am afraid we do not know.", "That we do not know; I won't guess.")

_PRESSURE: Final = re.compile(
    r"\b(?:hurry|last chance|only today|today only|(?:buy|order|decide)(?: it| now)? right now|"
    r"limited[- ](?:time|offer|stock)|while stocks last|don'?t miss|you (?:must|have to) (?:buy|have|try|decide)|"
    r"trust me|believe me|you won'?t regret|everybody (?:has|wants)|just say yes|act (?:fast|now)|"
    r"before it'?s too late|(?:selling|sell) out fast|going fast)\b",
    re.I,
)


def pressure_words(text: str) -> int:
    """Return how often a text presses its reader, by a short list of phrases; what they paraphrase is not seen."""
    return len(_PRESSURE.findall(text))


def buyer_texts(act: Act) -> tuple[str, ...]:
    """Return the sentences with which a buyer may do something."""
    return _BUYER[act]


def seller_texts(act: Act) -> tuple[str, ...]:
    """Return the sentences with which a seller may do something; ``{item}`` stands for what is offered."""
    return _SELLER[act]


def not_in_shop_texts() -> tuple[str, ...]:
    """Return the sentences with which a buyer may answer to the offer of something that does not exist."""
    return _NOT_IN_SHOP


def inquiry_texts(kind: str | None) -> tuple[str, ...]:
    """Return the sentences with which a buyer may ask back about what is offered.

    Args:
        kind: label of the kind that it asks about; None = it asks what the item costs.
    """
    return _ASKS_PRICE if kind is None else tuple(text.format(kind=kind) for text in _ASKS_KIND)


def price_texts(price: float | None) -> tuple[str, ...]:
    """Return the sentences with which a seller may say what something costs; None = nobody knows."""
    return _NOT_KNOWN if price is None else tuple(text.format(price=price) for text in _PRICE)


def kind_texts(kind: str, holds: bool | None) -> tuple[str, ...]:
    """Return the sentences with which a seller may say whether something is of a kind; None = nobody knows."""
    return _NOT_KNOWN if holds is None else tuple(text.format(kind=kind) for text in _OF_KIND[holds])
