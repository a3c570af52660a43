"""One decision among 1,000 questions and 10,000 items. ``pytest tests/benchmarks --benchmark-only`` runs these."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import one_thread
from elicit.beliefs import ItemBelief, MixtureBelief, facet_gain
from elicit.domains import Code
from elicit.profiles import Mixture

FACETS, ITEMS, ANSWERED = 1_000, 10_000, 5


@pytest.mark.parametrize("error", [0.0, 0.02])
@pytest.mark.parametrize("options", [2, 3])
def test_one_decision_over_items(benchmark: BenchmarkFixture, options: int, error: float) -> None:
    random = np.random.default_rng(0)
    values = random.integers(options, size=(ITEMS, FACETS)).astype(np.int8)
    belief = ItemBelief(values, np.full(FACETS, options), error)
    states = np.full((1, FACETS), Code.NOT_ASKED, dtype=np.int8)
    states[0, :ANSWERED] = values[0, :ANSWERED]
    with one_thread():
        gain = benchmark.pedantic(belief.information, (states,), rounds=30, warmup_rounds=2)
    benchmark.extra_info["milliseconds_a_decision"] = round(benchmark.stats.stats.median * 1e3, 2)
    assert gain.shape == (1, FACETS)


def test_gain_in_all_facets(benchmark: BenchmarkFixture) -> None:
    random = np.random.default_rng(0)
    answers = random.dirichlet(np.ones(3), size=(60, 40)).transpose(0, 2, 1).astype(np.float32)
    mixture = Mixture(np.full(40, 1 / 40, dtype=np.float32), answers, np.zeros((0, 40), dtype=np.float32))
    belief = MixtureBelief(mixture, np.full(60, 3), 0.05)
    states = np.full((64, 60), Code.NOT_ASKED, dtype=np.int8)
    with one_thread():
        gain = benchmark.pedantic(facet_gain, (belief, states, np.arange(60)), rounds=5, warmup_rounds=1)
    benchmark.extra_info["milliseconds_a_person"] = round(benchmark.stats.stats.median * 1e3 / 64, 2)
    assert gain.shape == (64, 60)
