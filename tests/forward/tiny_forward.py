"""A domain small enough to work out by hand: two facets at depth 0, two at depth 1, three films at depth 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from elicit.domains import Domain, Facet, Kind, Option, Population


def _opinion(name: str, depth: int) -> Facet:
    options = tuple(
        Option(id=i, label=f"{verb} {name}", phrasings=(f"I say one {verb} {name}.", f"One {verb} {name}."))
        for i, verb in (("avoid", "avoids"), ("take", "takes"), ("love", "loves"))
    )
    wordings = (f"What of {name}?", f"How about {name}?", f"And {name}?")
    return Facet(id=name, label=f"views on {name}", depth=depth, options=options, wordings=wordings)


def _film(name: str) -> Facet:
    options = tuple(
        Option(id=i, label=i, phrasings=(f"{word}, {name}.", f"{word} to {name}."))
        for i, word in (("no", "No"), ("yes", "Yes"))
    )
    wordings = (f"Do you like {name} (1999)?", f"Is {name} good?", f"Would you see {name}?")
    label = f"{name} (1999)"
    return Facet(id=f"film:{name}", label=label, kind=Kind.MULTI, depth=2, options=options, wordings=wordings)


FACETS = (
    _opinion("pace", 0),
    _opinion("length", 0),
    _opinion("comedy", 1),
    _opinion("drama", 1),
    _film("Alpha"),
    _film("Beta"),
    _film("Gamma"),
)
DOMAIN = Domain(name="tiny", title="Tiny", source="written for the tests", facets=FACETS)


def people(codes: Sequence[Sequence[int]], voiced: Sequence[Sequence[bool]] | None = None) -> Population:
    """Return people p0, p1 … of these codes, of whom the first has no known occupation."""
    number = len(codes)
    return Population(
        ids=tuple(f"p{i}" for i in range(number)),
        codes=np.array(codes, dtype=np.int8).reshape(number, len(FACETS)),
        liked=np.zeros((number, 0), dtype=np.bool_),
        personas={
            "age": np.array(["18-24"] * number, dtype=np.str_),
            "occupation": np.array(["", *["writer"] * number][:number], dtype=np.str_),
        },
        voiced=None if voiced is None else np.array(voiced, dtype=np.bool_),
    )


def crowd(number: int, seed: int = 0, silent: float = 0.0) -> Population:
    """Return people who answer at random and are silent on a share of the facets."""
    rng = np.random.Generator(np.random.Philox(seed))
    codes = np.minimum(rng.integers(0, 3, (number, len(FACETS))), [2, 2, 2, 2, 1, 1, 1])
    return people(codes.tolist(), (rng.random(codes.shape) >= silent).tolist())
