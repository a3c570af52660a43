"""Small catalogs, one written by hand and random ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elicit.domains import Codes, Domain, Facet, Kind, Option, Target
from elicit.funnels import Stock

Prior = NDArray[np.float32]


def facet(
    number: int, options: int, depth: int = 0, parents: Sequence[int] = (), sensitive: bool = False, bins: bool = False
) -> Facet:
    return Facet(
        id=f"f{number}",
        label=f"facet {number}",
        kind=Kind.NUMBER if bins else Kind.SINGLE,
        depth=depth,
        parents=tuple(f"f{parent}" for parent in parents),
        options=tuple(Option(id=f"o{k}", label=f"option {k}") for k in range(options)),
        sensitive=sensitive,
        cuts=tuple(float(cut) for cut in range(options - 1)) if bins else (),
    )


def shop(
    facets: Sequence[Facet],
    codes: object,
    prior: object = None,
    ceilings: Sequence[str] = (),
    nones: Sequence[str] = (),
) -> Stock:
    table = np.asarray(codes, dtype=np.int8)
    items = tuple(Target(id=f"i{row}", label=f"item {row}") for row in range(len(table)))
    domain = Domain(name="shop", title="Shop", facets=tuple(facets), targets=items)
    weights = None if prior is None else np.asarray(prior, dtype=np.float32)
    return Stock(domain, table, weights, frozenset(ceilings), frozenset(nones))


def plain(codes: object, prior: object = None) -> Stock:
    """A shop without any order among its facets, with as many options as the codes need, two at least."""
    table = np.asarray(codes, dtype=np.int8)
    counts = np.maximum(table.max(axis=0) + 1, 2)
    return shop([facet(n, int(count)) for n, count in enumerate(counts)], table, prior)


def random_shop(seed: int, gaps: float = 0.2) -> Stock:
    """Up to 40 items with parents, a sensitive facet, bins, a ceiling, none of these, gaps and a prior."""
    random = np.random.default_rng(seed)
    facets = [
        facet(0, 3),
        facet(1, 2, depth=1, parents=[0]),
        facet(2, 4, depth=2, parents=[1]),
        facet(3, 2, sensitive=True),
        facet(4, 5, bins=True),
        facet(5, 3, depth=1, bins=True),
        facet(6, 2, depth=1, parents=[3]),
        facet(7, 1),
    ]
    rows = int(random.integers(1, 40))
    codes = random.integers([len(f.options) for f in facets], size=(rows, len(facets)))
    missing = random.choice([-1, -2, -3], size=codes.shape)
    prior = random.dirichlet(np.ones(rows)) if seed % 2 else None
    table = np.where(random.random(codes.shape) < gaps, missing, codes)
    return shop(facets, table, prior, ["f4"], ["f0", "f1", "f2"])


def answers(stock: Stock, told: dict[int, int]) -> Codes:
    """The state of somebody who has told some facets."""
    state = np.full(len(stock.domain.facets), -1, dtype=np.int8)
    for column, code in told.items():
        state[column] = code
    return state
