"""The questions about a catalog in the words of a chat model; what it gets wrong stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from elicit.dialogues import Message
from elicit.domains import Facet, Kind
from elicit.domains.mapping import FacetRule
from elicit.funnels.opening import OpenedCatalog
from elicit.funnels.stock import Stock
from elicit.language import MOST_LISTED, Task, Tell, open_desk, question_texts, rendered
from elicit.models import Encoder, ModelSettings

_SEED: Final = 0
_NEW: Final = "in new words"


@dataclass(frozen=True)
class WordedCatalog:
    """A catalog with questions in the words of a model, and what was counted.

    Attributes:
        opened: the model's question stands first among the wordings, in mapping and stock.
        counts: the model, questions it was given, replies to them by what was found of each
            (:class:`elicit.language.verdicts.Verdict`), questions that stayed as they were, and those with new words.
    """

    opened: OpenedCatalog
    counts: Mapping[str, object]


def word_questions(
    opened: OpenedCatalog, asked: Collection[str], settings: ModelSettings, encoder: Encoder | None, tell: Tell
) -> WordedCatalog:
    """Let a chat model word some questions anew.

    It is told what is sold, and of each facet the label, how it is answered and how it is asked so far. Its question is
    used if it is one sentence, asks for that facet alone, names no single answer and the linter finds nothing; else it
    is tried once more, with the reason. Facets of one rule for many columns or values share their templates and keep
    them.

    Args:
        opened: the catalog.
        asked: ids of the facets to word.
        settings: of the model.
        encoder: helps to understand what its questions ask for; None = words only.
        tell: hears how far it is.

    Raises:
        InputError: a file, a model or an environment variable that is not there.
        UnavailableError: the model cannot be reached or used, or has replied to nothing.
    """
    own = {_id(rule) for rule in opened.mapping.facets if rule.column and rule.kind is not Kind.MULTI}
    facets = [facet for facet in opened.stock.domain.facets if facet.id in own.intersection(asked)]
    texts, counts = asyncio.run(_texts(opened.stock, facets, settings, encoder, tell))
    return WordedCatalog(_with_texts(opened, texts), counts)


async def _texts(
    stock: Stock, facets: Sequence[Facet], settings: ModelSettings, encoder: Encoder | None, tell: Tell
) -> tuple[dict[str, str], Mapping[str, object]]:
    """Return the question for each facet, and what was counted."""
    async with open_desk(stock.domain, settings, encoder, _SEED, alone=True) as desk:
        tasks = [_task(stock, facet) for facet in facets]
        texts = await desk.worded(tasks, tell)
        words = "words and encoder" if encoder else "words"
        new = sum(texts[task] != task.wording for task in tasks)
        counts = {"model": desk.model.name, "understood by": words, "questions": len(tasks), **desk.tally, _NEW: new}
    return {task.facet: texts[task] for task in tasks}, counts


def _task(stock: Stock, facet: Facet) -> Task:
    labels, wording = [option.label for option in facet.options], question_texts(facet)[0]
    told = rendered(
        "writer-task.jinja",
        label=facet.label,
        is_budget=facet.id in stock.ceilings,
        answers=labels[:MOST_LISTED],
        more=len(labels) > MOST_LISTED,
        wording=wording,
    )
    things = stock.domain.title.replace("-", " ").replace("_", " ")
    system = Message(role="system", content=rendered("writer.jinja", things=things))
    return Task(facet.id, wording, (system, Message(role="user", content=told)))


def _with_texts(opened: OpenedCatalog, texts: Mapping[str, str]) -> OpenedCatalog:
    """Return a catalog with these questions, by facet, before its other wordings."""
    rules = tuple(
        rule.model_copy(update={"wordings": _first(texts[_id(rule)], rule.wordings)}) if _id(rule) in texts else rule
        for rule in opened.mapping.facets
    )
    domain = opened.stock.domain
    facets = tuple(
        facet.model_copy(update={"wordings": _first(texts[facet.id], facet.wordings)}) if facet.id in texts else facet
        for facet in domain.facets
    )
    stock = replace(opened.stock, domain=domain.model_copy(update={"facets": facets}))
    return replace(opened, mapping=opened.mapping.model_copy(update={"facets": rules}), stock=stock)


def _first(text: str, wordings: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((text, *wordings)))


def _id(rule: FacetRule) -> str:
    """Return the id of the facet of a rule for one column."""
    return rule.id or rule.column
