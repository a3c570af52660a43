"""How is asked for a flag: "Would you like a carafe?", "Would you like a cordless one?", as the texts speak of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from elicit.domains import YES_NO
from elicit.domains.mapping import FacetRule
from elicit.funnels.item_texts import ItemText
from elicit.funnels.phrases import Use, phrase_of, said_of_all, uses_of
from elicit.funnels.words import words
from elicit.language.spelling import stem

_COUNTED: Final = 0.2
"""Share of uses with an article above which a thing can be counted: lists and headings leave the article out."""


def with_flags_worded(
    rules: Sequence[FacetRule], items: Sequence[ItemText], subject: Collection[str]
) -> tuple[FacetRule, ...]:
    """Return the rules, those for yes and no with questions that fit what they ask for.

    What an item is ("a cordless kettle") is asked for otherwise than what it has ("with a carafe"), and a thing that
    can be counted has an article. A flag of which no text speaks keeps its wordings.

    Args:
        rules: what can be asked.
        items: all of them, or enough to show how they are spoken of.
        subject: stems of what all items are.
    """
    flags = {phrase_of(rule.label): rule for rule in rules if rule.column and rule.options == YES_NO}
    common = said_of_all(items) | set(subject)
    uses = uses_of(items, flags.keys() - {()})
    worded = {flags[phrase].column: _worded(flags[phrase], found, common) for phrase, found in uses.items()}
    return tuple(worded.get(rule.column, rule) for rule in rules)


def _worded(rule: FacetRule, uses: Sequence[Use], common: Collection[str]) -> FacetRule:
    about = _with_article(rule.label)
    templates = _templates(rule.label, uses, common)
    return rule.model_copy(
        update={"wordings": tuple(text.format(label=rule.label, a_label=about) for text in templates)}
    )


def _templates(label: str, uses: Sequence[Use], common: Collection[str]) -> tuple[str, ...]:
    asked = words().questions
    things = [use for use in uses if use.ends(common) and not use.is_of_item(common) and not use.is_listed]
    if len({use.item for use in uses if use.is_of_item(common)}) > len({use.item for use in things}):
        return asked.flag_of_item
    if _is_plural(label):
        return asked.flag_plural
    return asked.flag_counted if _is_counted(things) else asked.flag


def _is_plural(label: str) -> bool:
    last = label.split()[-1]
    return last.islower() and last.endswith("s") and stem(last) != last


def _is_counted(things: Sequence[Use]) -> bool:
    """Tell whether a thing has an article at least now and then, which no word for a stuff or a brand has."""
    before = Counter(use.joined_by for use in things if not use.after and use.joined_by)
    return sum(before[article] for article in words().articles.both) > _COUNTED * before.total()


def _with_article(label: str) -> str:
    """Return a phrase behind the article that its first letter wants, as it is spoken ("an LED", "an upright")."""
    articles, first = words().articles, label[0]
    spelled = sum(map(str.isupper, label.split()[0])) > 1
    wants = (articles.spelled if spelled else articles.spoken).find(first.lower()) >= 0
    return f"{articles.before_vowel if wants else articles.plain} {label}"
