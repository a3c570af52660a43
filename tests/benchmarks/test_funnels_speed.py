"""One decision over 100,000 items, and a whole tree. ``pytest tests/benchmarks --benchmark-only`` runs these."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import one_thread
from elicit.domains import Code, Domain, Facet, Option, Target
from elicit.funnels import Aim, CatalogQuestioner, Stock, design_tree

ITEMS, FACETS = 100_000, 20


@pytest.fixture(scope="module")
def stock() -> Stock:
    random = np.random.default_rng(0)
    counts = random.integers(2, 8, size=FACETS)
    facets = tuple(
        Facet(id=f"f{n}", label=f"f{n}", options=tuple(Option(id=f"o{k}", label=f"o{k}") for k in range(count)))
        for n, count in enumerate(counts)
    )
    items = tuple(Target(id=f"i{row}", label=f"i{row}") for row in range(ITEMS))
    domain = Domain(name="shop", title="Shop", facets=facets, targets=items)
    return Stock(domain, random.integers(counts, size=(ITEMS, FACETS)).astype(np.int8))


@pytest.mark.parametrize("error", [0.0, 0.05])
@pytest.mark.parametrize("aim", ["item", "best"])
def test_the_first_question(benchmark: BenchmarkFixture, stock: Stock, aim: Aim, error: float) -> None:
    questioner = CatalogQuestioner(stock, aim, error=error)
    state = np.full(FACETS, Code.NOT_ASKED, dtype=np.int8)
    with one_thread():
        step = benchmark.pedantic(questioner.step, (state,), rounds=20, warmup_rounds=2)
    benchmark.extra_info["milliseconds_a_decision"] = round(benchmark.stats.stats.median * 1e3, 1)
    assert step.facet >= 0


def test_a_tree_of_six_questions(benchmark: BenchmarkFixture, stock: Stock) -> None:
    tree = benchmark.pedantic(design_tree, (stock,), rounds=3, warmup_rounds=1)
    benchmark.extra_info["milliseconds_a_tree"] = round(benchmark.stats.stats.median * 1e3)
    assert len(tree.nodes) > 100
