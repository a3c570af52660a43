"""What a trained language model says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from elicit.measures import Results

_INVENTED: Final = "\n**The people are invented. Nothing here says anything about real people.**\n"
_SHOWN: Final = ("ndcg", "target_bits", "profile_bits")
_SPOKEN: Final = ("heeds_6", "heeds_random_6", "swap_ndcg", "again", "unreadable", "flagged", "leaking")


def model_card(name: str, settings: Mapping[str, Any], results: Results, facts: Mapping[str, Any]) -> str:
    """Return the card of a language model that learned to ask, in Markdown.

    Args:
        name: of the model in its recipe.
        settings: how it was taught.
        results: of the evaluation in which it was trained; the people in it were held out.
        facts: provenance of that run.
    """
    taught = "\n".join(f"| {key} | {value} |" for key, value in settings.items() if value is not None)
    invented = (
        "\n**The people are invented. Nothing here says anything about real people.**\n" if results.invented else ""
    )
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

It knows the facets of its domain only, and answers as they stand in `facets.jsonl`. What it asks was learned from
answers that were computed from behaviour, not spoken.
"""


def _arms(name: str, results: Results) -> list[str]:
    return [q for q in results.questioners if q == results.baseline or q.rpartition("-")[0] == name]


def _curves(name: str, results: Results) -> str:
    titles = {m.name: m.title for m in results.measures if m.name in _SHOWN}
    lines = [f"| condition | questions | who | {' | '.join(titles.values())} |", "| --- " * (3 + len(titles)) + "|"]
    for row in results.rows:
        if row.questioner in _arms(name, results):
            values = " | ".join(_cell(row.values.get(measure)) for measure in titles)
            lines.append(f"| {row.condition} | {row.questions} | {row.questioner} | {values} |")
    return "\n".join(lines)


def _speech(name: str, results: Results) -> str:
    titles = {m.name: m.title for m in results.summary_measures if m.name in _SPOKEN}
    lines = [f"| condition | who | {' | '.join(titles.values())} |", "| --- " * (2 + len(titles)) + "|"]
    for row in results.summaries:
        if row.questioner in _arms(name, results):
            values = " | ".join(_cell(row.values.get(measure)) for measure in titles)
            lines.append(f"| {row.condition} | {row.questioner} | {values} |")
    return "\n".join(lines)


def _cell(value: tuple[float, float, float] | None) -> str:
    if value is None or value[0] != value[0]:
        return "–"
    mean, low, high = value
    return f"{mean:.3f}" + ("" if low != low else f" [{low:.3f}, {high:.3f}]")
