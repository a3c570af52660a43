"""What a folder of chains says about itself: the facts, and the dataset card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import elicit
from elicit.dialogues import NonAnswer
from elicit.domains import Domain, Population
from elicit.forward.chains import Chain, ChainRules
from elicit.forward.orders import Order
from elicit.forward.schedules import Schedule
from elicit.forward.splits import Split
from elicit.language import Leak, leaks

Files = Mapping[str, Mapping[Split, str]]
"""Row format to split to the path of its file."""

_INVENTED = "**The people are invented.** Nothing here was said, done or preferred by anybody."
_WORDED = (
    "But for questions: a chat model worded them anew, each was checked (one question, the right facet, no leak, no "
    "fault that the linter finds), and what failed twice stayed as it was. Pairs keep the domain's words."
)
_REAL = "The people are real, their words are not: values come from the source, sentences from the domain's wordings."


def chain_facts(
    domain: Domain, population: Population, chains: Sequence[Chain], rules: ChainRules, schedule: Schedule
) -> dict[str, object]:
    """Return what decided the chains, and what was counted in them, as JSON can hold it."""
    exchanges = [e for c in chains for e in c.exchanges]
    values = Counter(e.answer.value for e in exchanges)
    return {
        "written_by": f"elicit {elicit.__version__}",
        "domain": domain.name,
        "title": domain.title,
        "source": domain.source,
        "invented": domain.invented,
        "domain_hash": domain.hash,
        "people_hash": population.hash,
        "order": rules.order.value if isinstance(rules.order, Order) else list(rules.order),
        "length": rules.length,
        "silent": rules.silent.value,
        "schedule": str(schedule),
        "seed": rules.seed,
        "people": len(chains),
        "people_without_answers": sum(not c.exchanges for c in chains),
        "people_by_split": {s.value: sum(c.split is s for c in chains) for s in Split},
        "exchanges": len(exchanges),
        "non_answers": {n.value: values[n.value] for n in NonAnswer},
        "distinct_sequences": len({tuple(e.facet for e in c.exchanges) for c in chains if c.exchanges}),
        "leaks": leak_counts(domain, chains),
    }


def leak_counts(domain: Domain, chains: Sequence[Chain]) -> dict[str, int]:
    """Return how many questions leak their answer's content, by kind of leak."""
    spoken = Counter((e.question.text, e.facet, e.answer.value) for c in chains for e in c.exchanges)
    counts = Counter[Leak]()
    for (text, facet, value), times in spoken.items():
        leak = leaks(text, domain.facets[domain.column(facet)], value)
        if leak is not None:
            counts[leak] += times
    return {kind.value: counts[kind] for kind in Leak}


def card(facts: Mapping[str, object], files: Files) -> str:
    """Return the dataset card; from its head ``datasets.load_dataset(FOLDER, FORMAT)`` finds the rows."""
    return "\n".join([_yaml(files), *_prose(facts), *_table(facts), *_fields(files)]) + "\n"


def _yaml(files: Files) -> str:
    lines = ["---", "language:", "- en", "configs:"]
    for name, paths in files.items():
        lines += [f"- config_name: {name}", "  data_files:"]
        for split, path in paths.items():
            lines += [f"  - split: {split.value}", f"    path: {path}"]
    return "\n".join([*lines, "---", ""])


def _prose(facts: Mapping[str, object]) -> list[str]:
    return [
        f"# Chains: {facts['title']}",
        "",
        "Each chain asks one person about a profile, broad to specific, and is answered from it.",
        _INVENTED if facts["invented"] else _REAL,
        *([_WORDED] if "writer" in facts else []),
        "",
        f"Source and terms: {facts['source'] or 'not stated'}. What holds for the source holds for this folder.",
        "",
    ]


def _table(facts: Mapping[str, object]) -> list[str]:
    lines = ["| fact | value |", "| --- | --- |"]
    for name, value in facts.items():
        if name not in ("title", "source"):
            lines.append(f"| {name.replace('_', ' ')} | {_in_words(value)} |")
    return [*lines, ""]


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    if isinstance(value, list):
        return ", ".join(value)
    return "no limit" if value is None else str(value)


def _fields(files: Files) -> list[str]:
    pairs = (
        "- `preference/`: a step a row: of the questions `chosen` and `rejected` the first is expected to tell more."
    )
    return [
        "## Files",
        "",
        "- `chains.jsonl`: a person a line, to be read.",
        "- `prompt-completion/`: a step a row: `prompt` is what is known, `completion` the next question.",
        "- `prompt-only/`: the same without the next question.",
        "- `messages/`: a chain a row: `assistant` asks, `user` answers.",
        "- `text/`: a chain a row in few tokens: a line a question, a line an answer.",
        *([pairs] if "preference" in files else []),
        "- `datasets/`: the same rows, for `datasets.load_from_disk`.",
        "- `elicit.json`: the facts above.",
        "",
        "Splits are by person: nobody is in two of them; a split without people has no file.",
        "A leak by naming is a yes/no question that names its thing, which cannot be helped; a leak by value names the",
        "option that is answered and no other.",
    ]
