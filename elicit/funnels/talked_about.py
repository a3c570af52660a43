"""Which facets reviewers talk about: what many do is asked early, and what nobody does late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import Final

from elicit.domains.mapping import FacetRule
from elicit.domains.tables import Table
from elicit.funnels.sayings import Voices
from elicit.funnels.sought import Phrases, Stems
from elicit.funnels.words import words
from elicit.language.spelling import stems

BROAD_SHARE: Final = 0.1
"""Share of the reviewers who must talk about a facet for it to be broad."""
DETAIL_SHARE: Final = 0.01
"""What fewer than this share of the reviewers talk about is a detail."""
FEW: Final = 30
"""Fewer reviews do not tell what is a detail: that none of thirty talks of what a tenth would has a chance of 4 %."""
_MOST_VALUES: Final = 1000
"""Values of a column that are looked for, as of a multiple choice."""


def talk_shares(voices: Voices, table: Table, rules: Sequence[FacetRule]) -> list[float]:
    """Return for each facet the share of the reviewers who talk about it.

    That is who uses its label, one of its names or one of its values, whether in praise or not.

    Args:
        voices: what reviewers say.
        table: the items.
        rules: the facets, each of one column.
    """
    about: dict[Stems, set[int]] = defaultdict(set)
    for place, rule in enumerate(rules):
        for phrase in _phrases(table, rule):
            about[phrase].add(place)
    looked, numbers = Phrases(about), [0] * len(rules)
    for clauses in voices.clauses:
        said = {phrase for clause in clauses for phrase, _ in looked.within(clause.stems)}
        for place in {place for phrase in said for place in about[phrase]}:
            numbers[place] += 1
    return [number / len(voices) for number in numbers]


def _phrases(table: Table, rule: FacetRule) -> Iterator[Stems]:
    """Yield the phrases that are about a facet."""
    joining = words().joining
    for name in (rule.label, *rule.names):
        # People write "cordless" of a column "is_cordless".
        if phrase := tuple(dropwhile(joining.__contains__, stems(name))):
            yield phrase
    yield from value_phrases(table, rule.column)


def value_phrases(table: Table, column: str) -> Iterator[Stems]:
    """Yield what a column says of items, as stems; numbers, yes and no, praise and small talk are nothing."""
    if not table.is_list(column) and table.is_numeric(column, ("",)):
        return
    cells = table.column(column).combine_chunks()
    values = (cells.flatten() if table.is_list(column) else cells).unique().drop_null()[:_MOST_VALUES].to_pylist()
    empty = words().joining | words().selling | words().reviews.empty
    for phrase in map(stems, values):
        if not empty.issuperset(phrase) and not all(word.isdecimal() for word in phrase):
            yield phrase
