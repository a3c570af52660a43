"""What a buyer decides, read from its words alone: by a short list of phrases, so that others can check it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Decision(StrEnum):
    """What somebody says about taking what was offered."""

    TAKES = "takes"
    DEFERS = "defers"
    """Wants to think about it, to ask somebody, to come back: polite, and no purchase."""
    REFUSES = "refuses"
    LEAVES = "leaves"
    OPEN = "open"
    """Says nothing of it."""


_FILLER: Final = r"(?:\s+(?:\w+|just|probably|definitely|then)){0,2}?"
_DEFERS: Final = (
    r"think (?:about|over|on) (?:it|this|that)",
    r"think it over",
    r"(?:to|let me|gonna|will|i'?ll) (?:just )?(?:have to )?think(?: some more| about| over|\.|,|$)",
    r"sleep on it",
    r"get back to you",
    r"come back (?:later|to you)",
    r"(?:discuss|talk)(?: it| this)?(?: over)? with (?:my|the)",
    r"before (?:i|we) (?:decide|purchase|buy)",
    r"i'?ll consider",
    r"(?:some|more) time to (?:think|decide)",
    r"haven'?t decided",
)
_TAKES: Final = (
    rf"i(?:'?ll| will| am|'?m|'?d like to|'?m going to| think i'?ll){_FILLER}"
    r" (?:take|taking|buy|buying|get|getting|have|order|go with|going with|go for|stick with|choose|purchase)"
    r" (?:it|that|this|the|one|them)",
    r"you(?:'ve)? sold me",
    r"that'?s the one",
    r"(?:sounds|sound) like (?:exactly )?what i(?:'m| am| was) looking for",
    r"(?:this|that|it) is the choice i(?:'m| am) going to make",
    r"(?:it'?s a )?deal[.!]",
    r"(?:let'?s|we'?ll) (?:do|take|buy) (?:it|that|this)",
    r"the way to go",
)
_REFUSES: Final = (
    r"no,? thank(?:s| you)",
    r"not (?:really )?(?:for me|interested|what i(?:'m| am) looking for|my thing)",
    r"i(?: really)? (?:don'?t|do not) think so",
    r"i(?: really)? (?:don'?t|do not) (?:want|need|like) (?:it|that|this|them|those|either|any of (?:them|these))\b",
    r"i(?:'d| would) rather not",
    r"i'?ll pass",
    r"(?:but )?not (?:right now|today|at this time|this time|at the moment)",
    r"i(?: really)? (?:don'?t|do not) (?:think|believe|feel) (?:that )?i(?: can|'?ll| will|'?d| would| want| am)",
    r"i(?:'m| am) not (?:able|going|willing|ready|comfortable|prepared) to",
    r"i(?: really| just)? (?:can'?t|cannot|can not|won'?t|will not|wouldn'?t) (?:donate|give|spare|buy|pay|spend)",
    r"too expensive",
    r"(?:can'?t|cannot|could not) afford",
    r"more than i (?:want|can|was)",
    r"out of my (?:budget|price range)",
)
_LEAVES: Final = (
    r"good ?bye",
    r"\bbye\b",
    r"i(?: have|'ve)? (?:to|got to|gotta) go",
    r"look(?:ing)? elsewhere",
    r"forget (?:it|about it)",
    r"i(?:'m| am) done here",
    r"stop (?:asking|talking)",
)
_NEGATED: Final = re.compile(r"\b(?:not|never|don'?t|won'?t|didn'?t|if|whether|should|would)\b[^.!?]{0,24}$", re.I)


def decision(text: str) -> Decision:
    """Return what a buyer's turn decides.

    Who wants to think about it defers, however pleased they sound. To take something after a negation, an "if" or a
    "should" decides nothing. Phrases that are not on the list are not seen: shares of decisions are lower bounds.
    """
    for kind, phrases in _PATTERNS.items():
        if any(kind is not Decision.TAKES or not _NEGATED.search(text[: m.start()]) for m in phrases.finditer(text)):
            return kind
    return Decision.OPEN


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:\b{phrase})" for phrase in phrases), re.I)


# In this order: the first that is found counts.
_PATTERNS: Final = {
    Decision.DEFERS: _pattern(_DEFERS),
    Decision.LEAVES: _pattern(_LEAVES),
    Decision.TAKES: _pattern(_TAKES),
    Decision.REFUSES: _pattern(_REFUSES),
}
