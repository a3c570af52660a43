"""What an open question is after: things that a person likes, things that a person dislikes, or neither."""

from __future__ import annotations

import re
from typing import Final

from elicit.language.replies import NEGATIVE, POSITIVE
from elicit.language.spelling import plain

_WISH: Final = re.compile(
    r"\b(like|likes|love|enjoy|favou?rites?|prefer|preference|looking for|after|into|fan of|want|need|taste|watch|"
    r"kinds?|types?|sorts?|genres?|recommend|help)\b"
)
_DISLIKE: Final = re.compile(
    r"\b(dislike|hate|avoid|can not stand|can not bear|least favou?rite|"
    r"not (?:(?:really|usually|you|particularly) )*(?:like|enjoy|love|want|watch|into|a fan))\b"
)
_REASON: Final = re.compile(
    r"\b(why|how come|what makes|what was the reason|what is the reason)\b|"
    r"\bwhat (?:do|did|would) (?:not )?you (?:\w+ )?(?:like|love|enjoy|dislike|hate)(?: \w+){0,2} about\b|"
    r"\bwhat (?:is|was) it (?:about|that)\b|\bwhat about .*(?<!, )\b(?:do|did) not you (?:like|enjoy|love)\b"
)


def asks_for_reasons(question: str) -> bool:
    """Whether a plain question is after why something is liked, which no facet tells."""
    return bool(_REASON.search(question))


def wish_of(question: str) -> str | None:
    """Return which liking a reply has that only names things: of ``"Which films do you like?"``, of its opposite."""
    text = plain(question)
    if asks_for_reasons(text):
        return None
    if _DISLIKE.search(text):
        return NEGATIVE
    return POSITIVE if _WISH.search(text) else None
