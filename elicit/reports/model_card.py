"""What a trained language model says about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from elicit.measures import Measure, Results, Row

_INVENTED: Final = "\n**The people are invented. Nothing here says anything about real people.**\n"
_SHOWN: Final = ("ndcg", "target_bits", "profile_bits")
_SPOKEN: Final = (
    *("gain_ndcg", "gain_target_bits", "heeds_6", "heeds_random_6", "swap_ndcg"),
    *("again", "unreadable", "flagged", "leaking"),
)
_AT_HOME: Final = "It knows the facets of its domain only, and answers as they stand in `facets.jsonl`."
_ABROAD: Final = "Sent to another domain it reads what may be asked there; how well it asks must be measured there."


def model_card(name: str, settings: Mapping[str, Any], results: Results, facts: Mapping[str, Any]) -> str:
    """Return the card of a language model that learned to ask, in Markdown.

    Args:
        name: of the model in its recipe.
        settings: how it was taught.
        results: of the evaluation in which it was trained; the people in it were held out.
        facts: provenance of that run.
    """
    taught = "\n".join(f"| {key} | {value} |" for key, value in settings.items() if value is not None)
    invented = _INVENTED if results.invented else ""
    return f"""---
library_name: transformers
tags: [elicit, clarifying-questions, trl]
---
# {name}: asks about {results.domain}
{invented}
A causal language model that asks the next question about a person, written by elicit {facts.get("elicit", "")}.

```python
from elicit import load_questioner

questioner = load_questioner("FOLDER")
questioner.next([])  # then with the messages so far
```

## How it was taught

Recipe {facts.get("recipe", "")} (hash {facts.get("recipe_hash", "")}), seed {facts.get("seed", "")},
domain hash {facts.get("domain_hash", "")}, people hash {facts.get("people_hash", "")},
commit {facts.get("commit", "unknown")}.

| setting | value |
| --- | --- |
{taught}

## What it does for {results.people} people it has never met

Means over people; in brackets 95 % bootstrap intervals over people.

{_curves(name, results)}

{_speech(name, results)}

## Limits

{_AT_HOME if settings.get("listed") is None else _ABROAD} What it asks was learned from
answers that were computed from behaviour, not spoken.
"""


def _arms(name: str, results: Results) -> list[str]:
    return [q for q in results.questioners if q == results.baseline or q.rpartition("-")[0] == name]


def _curves(name: str, results: Results) -> str:
    rows = [
        ((row.condition, str(row.questions), row.questioner), row)
        for row in results.rows
        if row.questioner in _arms(name, results)
    ]
    return _table(("condition", "questions", "who"), rows, results.measures, _SHOWN)


def _speech(name: str, results: Results) -> str:
    rows = [
        ((row.condition, row.questioner), row) for row in results.summaries if row.questioner in _arms(name, results)
    ]
    return _table(("condition", "who"), rows, results.summary_measures, _SPOKEN)


def _table(
    heads: Sequence[str], rows: Sequence[tuple[Sequence[str], Row]], measures: Sequence[Measure], shown: Sequence[str]
) -> str:
    """Return a table in Markdown of those measures that are shown, each row with its first cells."""
    titles = {m.name: m.title for m in measures if m.name in shown}
    lines = [f"| {' | '.join([*heads, *titles.values()])} |", "| --- " * (len(heads) + len(titles)) + "|"]
    lines += [f"| {' | '.join([*first, *(_cell(row.values.get(m)) for m in titles)])} |" for first, row in rows]
    return "\n".join(lines)


def _cell(value: tuple[float, float, float] | None) -> str:
    if value is None or value[0] != value[0]:
        return "–"
    mean, low, high = value
    return f"{mean:.3f}" + ("" if low != low else f" [{low:.3f}, {high:.3f}]")
