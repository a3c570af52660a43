"""What fills the system messages that ship, and which version of them it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from elicit.domains import Codes, Domain, Population
from elicit.language import prompt_text


def about(domain: Domain, people: Population, truth: Codes, row: int) -> dict[str, object]:
    """Return what a model is told of the person that it plays: ``persona`` and ``profile``, for a prompt.

    Args:
        domain: what can be asked.
        people: who can be played.
        truth: int8[people, facets], what is true of them.
        row: of the person.
    """
    profile = [
        (facet.label, facet.options[code].label)
        for facet, code in zip(domain.facets, truth[row].tolist(), strict=True)
        if code >= 0
    ]
    persona = [f"{name} {values[row]}" for name, values in people.personas.items() if values[row]]
    return {"persona": persona, "profile": profile}


def prompts_hash(names: Sequence[str]) -> str:
    """Return the SHA-256 of some prompts as they ship, first 16 hex digits."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(prompt_text(name).encode())
    return digest.hexdigest()[:16]
