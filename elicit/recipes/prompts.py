"""What prompts say of the person that a model plays."""

from __future__ import annotations

from elicit.domains import Codes, Domain, Population


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
