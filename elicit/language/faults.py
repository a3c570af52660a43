"""What is wrong with a question, found without a language model: by its words, and by the answers offered with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from math import inf
from typing import Final

from elicit.domains import Frozen
from elicit.language.quantities import Quantity, quantities
from elicit.language.spelling import WORD, plain, stems

MOST_WORDS: Final = 25
"""A longer question is hard to hold in mind while one looks for the answer; the number is ours."""


class QuestionFault(StrEnum):
    """The faults that are looked for."""

    DOUBLE_BARRELLED = "double-barrelled"
    """It asks two things at once, for which there is one answer."""
    LEADING = "leading"
    """It tells which answer is wanted."""
    PRESUPPOSING = "presupposing"
    """It takes for granted what has not been asked."""
    LEAK = "leak"
    """It names one of the offered answers and no other."""
    OVERLAP = "overlapping options"
    """Somebody fits two of the offered answers."""
    GAP = "options not exhaustive"
    """Somebody fits none of the offered numbers."""
    NO_WAY_OUT = "no none or other"
    """Whoever wants none of the listed things has nothing to choose."""
    NEGATION = "negation"
    """One has to work out what yes means."""
    TOO_LONG = "too long"
    """More than 25 words."""


_REMEDIES: Final = {
    QuestionFault.DOUBLE_BARRELLED: "Ask two questions",
    QuestionFault.LEADING: "Ask it so that every answer is equally welcome",
    QuestionFault.PRESUPPOSING: "Ask first whether it is so",
    QuestionFault.LEAK: "Name all answers, or none",
    QuestionFault.OVERLAP: "Draw the borders so that everything has one place",
    QuestionFault.GAP: "Leave no number out, and keep both ends open",
    QuestionFault.NO_WAY_OUT: "Offer 'none of these' or 'something else'",
    QuestionFault.NEGATION: "Ask it without 'not'",
    QuestionFault.TOO_LONG: f"Say it in at most {MOST_WORDS} words",
}


class Finding(Frozen):
    """One fault of one question.

    Attributes:
        fault: which.
        found: the words, or the options, that show it.
    """

    fault: QuestionFault
    found: str

    @property
    def remedy(self) -> str:
        """What to do."""
        return _REMEDIES[self.fault]


_ASKING: Final = r"(what|which|how|when|where|why|who|do|does|did|are|is|would|will|can|could|have|has|should)"
_SECOND_QUESTION: Final = re.compile(rf"\?\s+(?!or\b)\S.*\?|,?\s+\band\s+{_ASKING}\b\s+\w+", re.IGNORECASE)
_OWN: Final = "(the|your|its|his|her|their|our)"
_TWO_THINGS: Final = re.compile(rf"\b{_OWN}\s+([a-z]+\s+){{1,3}}(and|as well as)\s+(also\s+)?{_OWN}\s+[a-z]+")
"""Names with capitals ("the Beauty and the Beast") are one thing."""
_ONE_THING: Final = re.compile(r"\b(the pros and the cons|the rich and the poor|the ins and the outs)\b", re.IGNORECASE)
_PEOPLE: Final = "(everyone|everybody|most people|experts?|all of us)"
_LEADING: Final = re.compile(
    r"\b(do|would|are|is|should|could|have|did)n['’]t (you|it|we|they|this|that|there)\b"
    r"|\b(surely|obviously|of course|clearly|needless to say|no doubt)\b"
    rf"|(^|[,;:]\s*|\b(as|since|because)\s+){_PEOPLE} (knows?|agrees?|loves?|thinks?|says?)\b"
    r"|\b(you|we) (would|will|must|surely) agree\b|\bwould you agree\b"
    r"|\bhow (great|amazing|wonderful|fantastic|awful|terrible|bad|good) (is|was|are|were)\b"
    r"|,\s*(right|correct|no|yes|(is|are|do|does|did|wo|would|ca|have|has)n['’]t (it|you|they|we|there))\s*\?",
    re.IGNORECASE,
)
_PRESUPPOSING: Final = re.compile(
    r"\bwhy (do|did|are|were|don['’]t|didn['’]t|would) you\b"
    r"|\b(when|have you|did you) (did you )?(stop|stopped|quit|start|started|begin|begun) \w+ing\b"
    r"|\bhow (often|much|many times) do you (still|hate|love|regret|fail)\b"
    r"|\bwhat do you (most )?(hate|love|dislike|enjoy|like|miss) (most |best |least )?about\b"
    r"|\bwhich of your (children|pets|cars|kids|ex)\b|\bdo you still \w+\b"
    r"|\bwhat is your favou?rite thing about\b",
    re.IGNORECASE,
)
_NOT: Final = re.compile(r"\b(not|never|nothing|nobody|none|neither|nor|cannot)\b|n['’]t\b", re.IGNORECASE)
_HARMLESS_NOT: Final = re.compile(
    r"\b(whether or not|or not|not only|why not|not at all|not sure|none of (these|them)|neither of (these|them)|"
    r"if not|\w+ or never|never,|last but not least)\b",
    re.IGNORECASE,
)
_WAYS_OUT: Final = re.compile(
    r"\b(none|others?|another|else|neither|any|anything|no preference|do not know|don['’]t (know|mind|care)|not sure|"
    r"unsure|either|both|all|mixed|mixture|alike|does not matter|doesn['’]t matter|no)\b",
    re.IGNORECASE,
)
_DEGREES: Final = re.compile(
    r"\b(few|fewer|some|many|little|much|more|most|less|least|low|middle|medium|high|small|large|big|never|rarely|"
    r"sometimes|often|always|avoid|love|like|dislike|hate|all right|mostly|very|bit|between|strict|generous|light|"
    r"heavy|silent|quiet|loud|narrow|broad|old|older|new|newer|short|long|cheap|expensive|agree|disagree|yes)\b",
    re.IGNORECASE,
)
_LIGHT: Final = frozenset({"a", "an", "the", "i", "you", "to", "of", "it", "they", "them", "is", "are", "on", "in"})


def question_faults(text: str, options: Sequence[str] = (), *, choices_are_all: bool = True) -> tuple[Finding, ...]:
    """Return the faults of one question.

    Args:
        text: the question.
        options: the answers offered with it.
        choices_are_all: whether nothing but the options can be answered; where a person can always say "something
            else", it need not be among them.
    """
    checks: tuple[Callable[[str], Iterator[Finding]], ...] = (_double, _leading, _presupposing, _negation, _length)
    found = [finding for check in checks for finding in check(text)]
    if options:
        found += [*_leak(text, options), *_overlap(options), *_gaps(options)]
        found += _no_way_out(options) if choices_are_all else ()
    return tuple(found)


def _double(text: str) -> Iterator[Finding]:
    without = _ONE_THING.sub(" ", text)
    if found := _SECOND_QUESTION.search(without) or _TWO_THINGS.search(without):
        yield Finding(fault=QuestionFault.DOUBLE_BARRELLED, found=found.group().strip(" ,?"))


def _leading(text: str) -> Iterator[Finding]:
    if found := _LEADING.search(text):
        yield Finding(fault=QuestionFault.LEADING, found=found.group().strip(" ,"))


def _presupposing(text: str) -> Iterator[Finding]:
    if found := _PRESUPPOSING.search(text):
        yield Finding(fault=QuestionFault.PRESUPPOSING, found=found.group())


def _negation(text: str) -> Iterator[Finding]:
    # "Don't you …" is leading, and said there.
    plainly = _HARMLESS_NOT.sub(" ", _LEADING.sub(" ", text))
    if found := _NOT.search(plainly):
        yield Finding(fault=QuestionFault.NEGATION, found=_around(plainly, found))


def _length(text: str) -> Iterator[Finding]:
    number = len(WORD.findall(text))
    if number > MOST_WORDS:
        yield Finding(fault=QuestionFault.TOO_LONG, found=f"{number} words")


def _leak(text: str, options: Sequence[str]) -> Iterator[Finding]:
    said = stems(text)
    named = [option for option in options if _stands_in(stems(option), said)]
    # "Do you like tea?" names a degree, as most questions do, and no thing.
    if len(named) != 1 or _DEGREES.fullmatch(named[0]) or _WAYS_OUT.fullmatch(named[0]):
        return
    # "few, some or a great many" names all answers, if in other words than the labels "only a few" and "a great many".
    own = set(stems(named[0])) | _LIGHT
    if not any((set(stems(option)) - own) & set(said) for option in options if option != named[0]):
        yield Finding(fault=QuestionFault.LEAK, found=named[0])


def _stands_in(name: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return bool(name) and any(said[at : at + len(name)] == name for at in range(len(said) - len(name) + 1))


def _overlap(options: Sequence[str]) -> Iterator[Finding]:
    ranges = _ranges(options)
    for (low_name, low), (high_name, high) in pairwise(ranges):
        if high.low < low.high or (high.low == low.high and not high.beyond):
            yield Finding(fault=QuestionFault.OVERLAP, found=f"'{low_name}' and '{high_name}'")
    if ranges:
        return
    names = [(option, frozenset(stems(option))) for option in options]
    for option, words in names:
        for other, more in names:
            if words < more and not _WAYS_OUT.search(other) and not _NOT.search(other) and not _DEGREES.search(other):
                yield Finding(fault=QuestionFault.OVERLAP, found=f"'{option}' and '{other}'")


def _gaps(options: Sequence[str]) -> Iterator[Finding]:
    ranges = _ranges(options)
    if not ranges:
        return
    whole = all(end == int(end) for _, q in ranges for end in (q.low, q.high) if abs(end) < inf)
    step = 1 if whole else 0
    for (low_name, low), (high_name, high) in pairwise(ranges):
        if high.low > low.high + step:
            yield Finding(fault=QuestionFault.GAP, found=f"nothing between '{low_name}' and '{high_name}'")
    if ranges[-1][1].high < inf:
        yield Finding(fault=QuestionFault.GAP, found=f"nothing above '{ranges[-1][0]}'")
    if 1 < ranges[0][1].low < inf:
        yield Finding(fault=QuestionFault.GAP, found=f"nothing below '{ranges[0][0]}'")


def _no_way_out(options: Sequence[str]) -> Iterator[Finding]:
    listed = len(options) > 2 and not _ranges(options)
    if listed and not any(_WAYS_OUT.search(o) or _DEGREES.search(o) for o in options):
        yield Finding(fault=QuestionFault.NO_WAY_OUT, found=", ".join(options))


def _ranges(options: Sequence[str]) -> list[tuple[str, Quantity]]:
    """Return the options as ranges of numbers in ascending order; nothing if not all of them are."""
    found = []
    for option in options:
        numbers = quantities(plain(option))
        if len(numbers) == 1:
            found.append((option, numbers[0]))
        elif not _WAYS_OUT.search(option):
            return []
    return sorted(found, key=lambda named: (named[1].low, named[1].high)) if len(found) > 1 else []


def _around(text: str, found: re.Match[str]) -> str:
    """Return a word with its neighbours."""
    before, after = text[: found.start()].split()[-1:], text[found.end() :].split()[:1]
    return " ".join([*before, found.group(), *after])
