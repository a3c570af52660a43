"""What readers of dialogues want beside them: facets, hidden profiles, and what came of sales."""

from __future__ import annotations

import json
from pathlib import Path

from elicit.basis import write_text
from elicit.dialogues import value_of, write_dialogues
from elicit.domains import Domain, Population
from elicit.recipes.selling import Market, Sold


def write_people(domain: Domain, people: Population, folder: Path) -> None:
    """Write ``facets.jsonl``, and ``profiles.jsonl`` with the hidden profiles of these people."""
    write_text(folder / "facets.jsonl", "".join(facet.model_dump_json() + "\n" for facet in domain.facets))
    lines = []
    for row, person in enumerate(people.ids):
        codes = zip(domain.facets, people.codes[row].tolist(), strict=True)
        profile = {facet.id: value_of(facet, code) for facet, code in codes if code >= 0}
        persona = {name: str(values[row]) for name, values in people.personas.items()}
        lines.append(json.dumps({"person": person, "persona": persona, "profile": profile}, ensure_ascii=False))
    write_text(folder / "profiles.jsonl", "".join(line + "\n" for line in lines))


def write_kept(sold: Sold, market: Market, folder: Path) -> None:
    """Write the dialogues that are kept, a file a seller, and ``outcomes.jsonl`` and what else is read beside them.

    Args:
        sold: what came of all dialogues.
        market: in which they were held.
        folder: of the market.
    """
    files = {outcome.seller: folder / outcome.file for outcome in sold.outcomes}
    for seller, path in files.items():
        write_dialogues(path, sold.kept[seller])
    write_text(folder / "outcomes.jsonl", "".join(outcome.model_dump_json() + "\n" for outcome in sold.outcomes))
    shown = {dialogue.person for dialogues in sold.kept.values() for dialogue in dialogues}
    rows = [row for row, person in enumerate(market.sold_to.ids) if person in shown]
    write_people(market.domain, market.sold_to.take(rows), folder)
