"""Faults of the answers that are offered with a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from math import inf
from typing import Final, NamedTuple

from elicit.language.faults import Finding, QuestionFault
from elicit.language.leaks import named_alone
from elicit.language.quantities import quantities
from elicit.language.spelling import plain, stems

_ELSE: Final = re.compile(
    r"\b(?:none|others?|another|else|neither|any|anything|no preference|either|both|all|mixed|mixture|alike|depends|"
    r"does not matter|do not (?:know|mind|care)|not sure|unsure|no|yes)\b"
)
_NOT_KNOWN: Final = re.compile(
    r"\b(?:not (?:know|sure|remember|say|tell|applicable)|unsure|no idea|rather not|prefer not)\b"
)
_DEGREE: Final = re.compile(
    r"\b(?:few|fewer|some|many|little|much|more|most|less|least|low|middle|medium|high|small|large|big|never|rarely|"
    r"seldom|sometimes|often|always|daily|weekly|monthly|yearly|avoid|love|like|dislike|hate|all right|mostly|very|"
    r"quite|rather|fairly|somewhat|slightly|extremely|bit|between|strict|generous|light|heavy|silent|quiet|loud|narrow|"
    r"broad|old|older|new|newer|short|long|cheap|expensive|agree|disagree|neutral|poor|fair|good|excellent|bad|average|"
    r"satisfied|dissatisfied|important|unimportant|likely|unlikely|beginner|intermediate|advanced|expert|not)\b"
)
_LISTS: Final = re.compile(r"\b(?:which|what|who|where)\b")
_RECALLS: Final = re.compile(r"\b(?:how (?:many|much|often|long)|when|which year)\b.*\b(?:did|were|was|have|had) you\b")
_BELOW: Final = re.compile(r"\b(?:under|below|before|until|(?:less|fewer|cheaper|shorter|smaller|lighter) than)\b")
_MOST_DECIMALS: Final = 6
_NEARLY: Final = 1.001
"""More than one, since 13.5 - 13.4 is more than 0.1 in the numbers of a computer."""
_NUMBER: Final = re.compile(r"\d")
_AMOUNT: Final = re.compile(r"\d+(?:[.,]\d+)*")
_DECADE: Final = re.compile(r"\d0'?s\b")
_UNIT: Final = re.compile(
    r"\b(?:(second|minute|hour|day|week|month|year)s?|([kmgt]b|[mck]?m|k?g))\b|(?<=\d)([kmgt]b|[mck]?m|k?g)\b"
)
_LIGHT: Final = frozenset(stems("a an the i you to of it they them is are on in"))


class _Range(NamedTuple):
    low: float
    high: float
    opened: bool
    """Without its lower end."""
    ended: bool
    """Without its upper end."""
    label: str


def option_faults(text: str, options: Sequence[str], *, choices_are_all: bool) -> Iterator[Finding]:
    """Yield the faults of the options, and the leak of one of them by the text."""
    yield from _leak(text, options)
    ranges = _ranges(options)
    if ranges:
        yield from _shared_numbers(ranges)
        yield from _missing_numbers(ranges)
    else:
        yield from _shared_things(options)
    if choices_are_all and options:
        yield from _no_way_out(text, options, bool(ranges))


def _leak(text: str, options: Sequence[str]) -> Iterator[Finding]:
    said = set(stems(text))
    for place, option in enumerate(options):
        # "Do you like tea?" names a degree, as most questions do, and no thing.
        if not named_alone(text, options, place) or _DEGREE.fullmatch(plain(option)) or _ELSE.fullmatch(plain(option)):
            continue
        # "few, some or many" names all answers, if in other words than the labels "only a few" and "a great many".
        own = set(stems(option)) | _LIGHT
        if not any((set(stems(other)) - own) & said for other in options):
            yield Finding(fault=QuestionFault.LEAK, found=option)


def _ranges(options: Sequence[str]) -> list[_Range]:
    """Return the options as ranges in ascending order; nothing where not all are, and for points on a scale."""
    labels = [plain(option) for option in options]
    if any(_DECADE.search(label) for label in labels) or len(_units(labels)) > 1:
        return []
    found = []
    for option, label in zip(options, labels, strict=True):
        numbers = quantities(label)
        if len(numbers) == 1:
            low, high, beyond = numbers[0].low, numbers[0].high, numbers[0].beyond
            found.append(_Range(low, high, beyond, low == -inf and bool(_BELOW.search(label)), option))
        elif not _ELSE.search(label) and not _NOT_KNOWN.search(label):
            return []
    return sorted(found) if sum(r.low < r.high for r in found) > 1 else []


def _units(labels: Sequence[str]) -> set[str]:
    return {next(filter(None, found)) for label in labels for found in _UNIT.findall(label)}


def _shared_numbers(ranges: Sequence[_Range]) -> Iterator[Finding]:
    for one, other in pairwise(ranges):
        if other.low < one.high or (other.low == one.high and not one.ended and not other.opened):
            yield Finding(fault=QuestionFault.OVERLAP, found=f"'{one.label}' and '{other.label}'")


def _missing_numbers(ranges: Sequence[_Range]) -> Iterator[Finding]:
    ends = [end for r in ranges for end in (r.low, r.high) if abs(end) < inf]
    # After 13.4 comes 13.5, as 14 comes after 13: what lies between is not written with so many digits.
    step = 10.0 ** -max((_decimals(end) for end in ends), default=0)
    for one, other in pairwise(ranges):
        if other.low > one.high + step * _NEARLY:
            yield Finding(fault=QuestionFault.GAP, found=f"nothing between '{one.label}' and '{other.label}'")
    per_cent = "%" in ranges[-1].label or "per cent" in ranges[-1].label
    if ranges[-1].high < inf and not (per_cent and ranges[-1].high == 100):
        yield Finding(fault=QuestionFault.GAP, found=f"nothing above '{ranges[-1].label}'")
    if ranges[0].low > 1:
        yield Finding(fault=QuestionFault.GAP, found=f"nothing below '{ranges[0].label}'")


def _decimals(number: float) -> int:
    return next((n for n in range(_MOST_DECIMALS) if round(number, n) == number), _MOST_DECIMALS)


def _shared_things(options: Sequence[str]) -> Iterator[Finding]:
    for one, other in combinations(options, 2):
        small, large = sorted((one, other), key=lambda option: len(stems(option)))
        if stems(small) and (stems(small) == stems(large) or _is_kind_of(large, small, options)):
            yield Finding(fault=QuestionFault.OVERLAP, found=f"'{small}' and '{large}'")


def _is_kind_of(large: str, small: str, options: Sequence[str]) -> bool:
    """Tell whether all words of an option stand in another that is neither a degree of it nor it and a third one."""
    rest = set(stems(large)) - set(stems(small))
    # "1.5 l" is no kind of "1 l".
    if (numbers := _AMOUNT.findall(small)) and numbers != _AMOUNT.findall(large):
        return False
    if (
        not rest
        or not set(stems(small)) < set(stems(large))
        or _ELSE.search(plain(large))
        or _DEGREE.search(plain(large))
    ):
        return False
    # "York" and "New York" are two towns.
    if re.search(rf"(?<=[A-Z]\w\w ){re.escape(small)}\b", large) and small[:1].isupper():
        return False
    return not any(set(stems(third)) and set(stems(third)) <= rest for third in options)


def _no_way_out(text: str, options: Sequence[str], are_ranges: bool) -> Iterator[Finding]:
    labels, asked = [plain(option) for option in options], plain(text)
    known = any(_NOT_KNOWN.search(label) for label in labels)
    if _RECALLS.search(asked) and not known:
        yield Finding(fault=QuestionFault.NO_DONT_KNOW, found=", ".join(options))
    listed = len(options) > 2 and not are_ranges and bool(_LISTS.search(asked))
    if listed and not known and not any(_ELSE.search(o) or _DEGREE.search(o) or _NUMBER.search(o) for o in labels):
        yield Finding(fault=QuestionFault.NO_WAY_OUT, found=", ".join(options))
