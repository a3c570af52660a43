"""Faults of a question that its words show.

Everything is looked up in a text of the same length in which names, and phrases that stand for one thing, are a single
word without meaning: "the Beauty and the Beast" joins nothing, and "Never Say Never Again" denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from elicit.language.faults import MOST_WORDS, Finding, QuestionFault
from elicit.language.spelling import WORD

_LONGEST: Final = 2000
"""Letters; what is longer is too long, and nothing else about it is worth telling."""

_CAPITAL: Final = r"[A-Z][\w'&.!-]*"
_SMALL: Final = r"(?:(?:of|the|a|an|and|or|in|on|to|for|from|with|at|by|de|la|&)[:,]?\s+){0,3}"
_NAME: Final = re.compile(
    rf"(?<=[a-z] )(?!I\b){_CAPITAL}(?:[,:]?\s+{_SMALL}(?:{_CAPITAL}|\d+\b))*(?:\?(?=\s*\())?(?:\s*\(\d{{4}}\))?"
)
_ONE_THING: Final = re.compile(
    r"\b(?:action and adventure|salt and pepper|black and white|food and drink|bed and breakfast|arts and crafts|"
    r"pros and (?:the )?cons|ins and (?:the )?outs|rich and (?:the )?poor|friends and family|bits and pieces|"
    r"safe and sound|quick and easy|nice and \w+|more and more|again and again|now and (?:then|again)|so and so|"
    r"up and down|back and forth|health and safety|terms and conditions|research and development|"
    r"science and technology|rock and roll|rhythm and blues|drum and bass|sword and sorcery)\b",
    re.IGNORECASE,
)
_HARMLESS_NOT: Final = re.compile(
    r"\b(?:whether or not|or not|not only|why not|not at all|if not|not sure|no (?:more|less|fewer|later) than|"
    r"none of (?:these|them|those)|neither of (?:these|them|those)|never mind|yes or no|no or yes|no longer|"
    r"last but not least|or never)\b",
    re.IGNORECASE,
)

_WH: Final = r"(?:what|which|whose|whom|who|when|where|why|how)"
_AUX: Final = r"(?:do|does|did|is|are|was|were|will|would|can|could|shall|should|may|might|must|has|have|had)"
_WHO: Final = r"(?:you|it|he|she|we|they|i|there|this|that|these|those)"
_OPENING: Final = r"^(?:(?:so|well|ok|okay|oh|great|and|but|or|now|then|also|hey|honestly)\b[\s,]*)*"
_ASKS: Final = (
    rf"(?:{_WH}\b(?!\s+(?:{_WHO}|about)\b)|{_AUX}\s+(?:{_WHO}|your|the|an?|any|anyone|anybody|people|\w+s)\b)"
)
_ASKS_ALONE: Final = re.compile(rf"{_OPENING}(?:if \w+,?\s+)?(?:{_WH}\b(?!\s+{_WHO}\b)|{_AUX}\b)", re.IGNORECASE)
_TOPIC: Final = re.compile(rf"{_OPENING}(?:what|how) about\b", re.IGNORECASE)
_GOES_ON: Final = re.compile(r"^\W*or\b", re.IGNORECASE)
_INVERTED: Final = (
    rf"(?:(?:do|have|had)\s+(?:you|they|we|i)\b"
    rf"|(?:does|did|is|are|was|were|will|would|can|could|should|may|has)\s+{_WHO}\b)"
)
_OWN: Final = r"(?:the|your|its|his|her|their|our)"
_JUDGES: Final = (
    r"\b(?:like|love|enjoy|hate|prefer|satisfied|happy|pleased|impressed|think (?:of|about)|feel about|rate|recommend|"
    r"trust|opinion|important|useful)\b"
)
_TOGETHER: Final = r"(?!.*\b(?:between|difference|both|compare\w*|combination|mix\w*|relation\w*|balance)\b)"
_ENDING: Final = r"(?=\s*(?:\?|$))"

_DOUBLE: Final = (
    # "what is it and how much …", "do you …, and if so, why"
    rf"{_ASKS}.*?\b(?!{_WH}\b)[\w']+,?\s+(?P<found>(?:and|&)\s+(?:also\s+|then\s+|if \w+,?\s+)?"
    rf"(?:(?:what|why|how)\b(?:\s+\w+)?|(?:who|when|where|which)\s+{_AUX}\b|(?:who|when|where){_ENDING}|{_INVERTED}))",
    rf"^(?P<found>{_WH} (?:and|or) {_WH})\b",
    # "how important is it: how many hours …"
    rf"{_OPENING}{_ASKS}[^:]*(?::|\s[–—-])\s+"
    rf"(?P<found>(?:{_WH}\s+(?:\w+\s+)?{_AUX}|how (?:many|much|often)|{_INVERTED})(?![^?]*\bor\b)[^?]*)",
    # "… with the price and the service", "… with price and quality"
    rf"^{_TOGETHER}.*{_JUDGES}.*?\b(?P<found>{_OWN}\s+(?:[\w'-]+\s+){{1,3}}and\s+(?:also\s+)?{_OWN}\s+[\w'-]+)",
    rf"^{_TOGETHER}.*\b(?:satisfied|happy|pleased|impressed|rate|important)\b"
    rf"(?: \w+){{0,2}}? (?:with|is|are|was|were|rate) (?P<found>(?:\w+ )?\w+ and \w+){_ENDING}",
    # "is it fast and reliable", "is the staff friendly and the food tasty"
    rf"{_OPENING}(?:is|are|was|were)\s+(?:it|they|{_OWN}\s+\w+)\s+(?:\w+ly\s+|very\s+)?"
    rf"(?P<found>\w+ and (?:{_OWN}\s+\w+\s+)?\w+){_ENDING}",
    # "do you enjoy cooking and eating out"
    rf"\b(?:like|love|enjoy|hate|mind|prefer)\s+(?P<found>\w{{2,}}(?<!th)ing(?:\s+\w+){{0,2}}?\s+and\s+\w{{2,}}ing)"
    rf"(?:\s+(?:out|in|up|together))?{_ENDING}",
    # "do you have pets and want …"
    rf"{_OPENING}{_AUX}\s+(?:you|they|people)\b.*?"
    rf"\b(?P<found>and\s+(?:also\s+)?(?:want|need|prefer|own|believe|agree|hate|intend|expect))\b",
    # "do you and your wife like …"
    rf"{_OPENING}(?P<found>(?:do|did|would|are|can) you and (?:your|the) \w+)\s+"
    r"(?:like|love|enjoy|prefer|want|think|feel|agree|hate)\b",
)

_PEOPLE: Final = r"(?:everyone|everybody|most people|(?:the )?experts?|all of us)"
_JUDGED: Final = (
    r"(?:wonderful|fantastic|amazing|excellent|superb|brilliant|terrific|outstanding|terrible|awful|horrible|dreadful|"
    r"disgusting|appalling|outrageous|disgraceful|ridiculous|stupid)"
)
_AUX_NOT: Final = rf"(?:{_AUX}n't|can't|won't|ain't)"
_LEADING: Final = (
    rf"{_OPENING}(?P<found>{_AUX_NOT}\s+[\w']+)",
    rf"^(?!.*\b{_WH}\b).*[,;:]\s*(?P<found>{_AUX_NOT}\s+{_WHO})\b",
    rf"{_OPENING}(?P<found>{_AUX} (?:you|we|they|it) not (?:think|agree|find|feel|believe|want|say))\b",
    rf",\s*(?P<found>right|correct|yes|no|eh|huh|agreed|{_AUX}(?:n't)? {_WHO}|(?:ca|wo)n't {_WHO}){_ENDING}",
    r"\b(?P<found>surely|obviously|undoubtedly|needless to say|no doubt)\b",
    r"(?:^|[,;:]\s*)(?P<found>(?:clearly|naturally|of course),?\s+(?:you|it|this|that|the|we)\b(?!\s+(?:can|may)\b))",
    rf"(?:^|[,;:]\s*|\b(?:as|since|because)\s+)(?P<found>{_PEOPLE} (?:knows?|agrees?|loves?|thinks?|says?))\b",
    r"(?:^|,\s*)(?P<found>like (?:most|all|any|every|everyone|everybody)\b(?: \w+)?)",
    r"\b(?P<found>(?:do|would) you (?:also )?agree)\b(?!.*\bdisagree)",
    r"\b(?P<found>(?:you|we) (?:would|will|must|surely) agree)\b",
    rf"\b(?P<found>(?:this|that|these|those|{_OWN})\s+(?:\w+ly\s+|very\s+|so\s+)?{_JUDGED}\s+[a-z]+)",
    rf"\b(?P<found>how (?:great|{_JUDGED}) (?:is|was|are|were))\b",
    rf"\b(?P<found>why (?:worry|bother|settle|waste|risk)|who (?:would|does|could|can|wo)n't|{_OPENING}you know)\b",
)

_SAID_BEFORE: Final = r"(?:it|that|this|these|those|them|him|her|the|so|one)"
_KIN: Final = (
    r"(?:children|kids|child|sons?|daughters?|husband|wife|spouse|partner|girlfriend|boyfriend|boss|employer|dogs?|cats?|"
    r"pets?|car|garden)"
)
_PRESUPPOSING: Final = (
    r"\b(?P<found>why (?:do|did) (?:you|people) (?:(?:hate|dislike|detest|love|adore|avoid|refuse)\b"
    rf"(?!\s+{_SAID_BEFORE}\b)|(?:never|always|still|fail to|keep) \w+))",
    rf"\b(?P<found>what (?:do|did) you (?:most )?(?:hate|dislike|love) (?:most |best |least )?about)\b"
    rf"(?!\s+{_SAID_BEFORE}\b)",
    rf"\b(?P<found>(?:when|why|how|how often|how many times) {_AUX} you (?:\w+ )?(?:(?:stop|quit) \w+ing|give up))\b",
    r"\b(?P<found>(?:have you|did you) (?:\w+ )?(?:stopped|quit|stop|given up|give up)\b(?: \w+ing)?)",
    r"\b(?P<found>(?:do|are) you still \w+)",
    r"\b(?P<found>which (?:one )?of your (?:exe?s|jobs|houses|cars|wives|husbands|" + _KIN + r"))\b",
    rf"\b(?P<found>(?:how(?: \w+)?|what|when|where|why|who)(?:'s|\s+{_AUX}) your {_KIN})\b",
    rf"(?:{_OPENING}|[,;]\s*)(?P<found>(?:since|now that|given that|seeing that) you(?:'re|'ve)? \w+)",
    r"\b(?P<found>what (?:problems?|difficulties|difficulty|trouble|complaints) (?:do|did|have) you)\b",
)

_TO_SPEAK: Final = r"(?:say|think(?! of)|agree|believe|feel|mean)"
_NOT: Final = r"(?:not|never|nothing|nobody|none)"
_NEGATION: Final = (
    rf"{_OPENING}(?P<found>{_AUX} (?:(?!that\b|which\b|who\b)\w+ ){{1,3}}?(?:not|never)\b(?: \w+)?)",
    rf"{_OPENING}(?P<found>(?:is|was|are|were) there (?:nothing|nobody|no one|no|none)\b(?: \w+)?)",
    rf"{_OPENING}(?:do|did|would) you {_TO_SPEAK}\b[^?]*?(?P<found>\w+(?:n't| {_NOT}) \w+)",
)
_DENIES: Final = re.compile(
    r"\b(?:not|never|nothing|nobody|none|neither|cannot|without|no|hardly|unless|dislik\w+|avoid\w*|refus\w+|deny|denies|"
    r"denied|oppos\w+|forb\w+|prohibit\w*|prevent\w*|disagree\w*|fail to|impossible|untrue|unhappy|unnecessary|"
    r"unimportant|uncommon|unusual|lack\w*|reject\w*)\b|n't\b",
    re.IGNORECASE,
)
_ALTERNATIVE: Final = re.compile(r"\bor\b|[,;:?]")


def word_faults(text: str) -> Iterator[Finding]:
    """Yield the faults that the words of a question show, at most one of each kind."""
    masked = _masked(text) if len(text) <= _LONGEST else text
    number = len(WORD.findall(masked))
    if len(text) <= _LONGEST:
        for fault, span in _spans(masked):
            if span:
                yield Finding(fault=fault, found=text[slice(*span)].strip(" ,?"))
    if number > MOST_WORDS:
        yield Finding(fault=QuestionFault.TOO_LONG, found=f"{number} words")


def _spans(masked: str) -> Iterator[tuple[QuestionFault, tuple[int, int] | None]]:
    yield QuestionFault.DOUBLE_BARRELLED, _second_question(masked) or _first(_DOUBLE, masked)
    leading = _first(_LEADING, masked)
    yield QuestionFault.LEADING, leading
    yield QuestionFault.PRESUPPOSING, _first(_PRESUPPOSING, masked)
    # "Don't you …" is leading, and said there.
    yield QuestionFault.NEGATION, None if leading else _denied_twice(masked) or _first(_NEGATION, masked)


def _masked(text: str) -> str:
    masked = text.replace("’", "'")
    for pattern in (_NAME, _ONE_THING, _HARMLESS_NOT):
        masked = pattern.sub(lambda found: "x" * len(found.group()), masked)
    return masked


def _first(patterns: Sequence[str], text: str) -> tuple[int, int] | None:
    for pattern in patterns:
        if found := re.search(pattern, text, re.IGNORECASE):
            return found.span("found")
    return None


def _second_question(text: str) -> tuple[int, int] | None:
    """Return where the second of several sentences that ask stands.

    One that begins with "or" goes on asking, and after "What about dramas?" the question is still to come.
    """
    asking = [found for found in re.finditer(r"[^\s?][^?]*\?", text) if _ASKS_ALONE.search(found.group())]
    if asking and _TOPIC.search(asking[0].group()):
        asking = asking[1:]
    second = next((found for found in asking[1:] if not _GOES_ON.match(found.group())), None)
    return second.span() if second else None


def _denied_twice(text: str) -> tuple[int, int] | None:
    """Return from where to where two words deny within one alternative."""
    start = 0
    for part in [*_ALTERNATIVE.finditer(text), None]:
        stop = part.start() if part else len(text)
        denials = list(_DENIES.finditer(text, start, stop))
        if len(denials) > 1:
            return denials[0].start(), denials[1].end()
        start = part.end() if part else stop
    return None
