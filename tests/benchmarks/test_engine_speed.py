"""Whole dialogues of 15 questions with noise, on one core. ``pytest tests/benchmarks --benchmark-only`` runs these."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import Luck
from elicit.beliefs import Inputs, MixtureBelief, Perceptron
from elicit.dialogues import Transcript
from elicit.profiles import Mixture, Noisy, sample_people
from elicit.questioners import (
    FacetQuestioner,
    GainQuestioner,
    OrderedQuestioner,
    Rules,
    SwitchingQuestioner,
    ValueHead,
)
from elicit.runs import play

FACETS, OPTIONS, CLASSES, PEOPLE, QUESTIONS = 180, 3, 120, 4096, 15
COUNTS = np.full(FACETS, OPTIONS)


@pytest.fixture(scope="module")
def mixture() -> Mixture:
    random = np.random.default_rng(0)
    return Mixture(
        shares=random.dirichlet(np.ones(CLASSES)).astype(np.float32),
        answers=random.dirichlet(np.ones(OPTIONS), size=(FACETS, CLASSES)).transpose(0, 2, 1).astype(np.float32),
        likes=np.zeros((0, CLASSES), dtype=np.float32),
    )


def measure(benchmark: BenchmarkFixture, questioner: FacetQuestioner, mixture: Mixture) -> Transcript:
    luck = Luck.of(0, [f"p{i}" for i in range(PEOPLE)])
    spoken, _ = sample_people(mixture, luck)
    rules = Rules(np.arange(FACETS))
    transcript: Transcript = benchmark.pedantic(
        play, (questioner, Noisy(), spoken, COUNTS, rules, luck, QUESTIONS), rounds=5, warmup_rounds=1
    )
    benchmark.extra_info["dialogues_per_second"] = round(PEOPLE / benchmark.stats.stats.median)
    return transcript


def test_static_order(benchmark: BenchmarkFixture, mixture: Mixture) -> None:
    transcript = measure(benchmark, OrderedQuestioner(np.random.default_rng(1).permutation(FACETS)), mixture)
    assert (transcript.asked >= 0).all()


def test_mixture_gain(benchmark: BenchmarkFixture, mixture: Mixture) -> None:
    belief = MixtureBelief(mixture, COUNTS, Noisy().error)
    transcript = measure(benchmark, GainQuestioner(belief.information), mixture)
    assert (transcript.asked >= 0).all()


def head(hidden: int = 256) -> ValueHead:
    """A head that asks people different things: what it takes to learn one makes it no faster."""
    random = np.random.default_rng(2)
    inputs = Inputs(COUNTS, ("truthful", "noisy", "silent"), {})

    def layer(*shape: int) -> np.ndarray:
        return (random.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32)

    width = inputs.width
    return ValueHead(
        inputs,
        Perceptron(
            straight=layer(width, FACETS),
            first=layer(width, hidden),
            first_bias=layer(hidden),
            second=layer(hidden, hidden),
            second_bias=layer(hidden),
            last=layer(hidden, FACETS),
            bias=layer(FACETS) * np.float32(10),
        ),
    )


def test_value_head(benchmark: BenchmarkFixture, mixture: Mixture) -> None:
    asking = head()
    transcript = measure(benchmark, GainQuestioner(lambda states: asking.gain(states, "noisy")), mixture)
    assert len(np.unique(transcript.asked, axis=0)) > PEOPLE / 2


def test_static_then_value_head(benchmark: BenchmarkFixture, mixture: Mixture) -> None:
    asking = head()
    then = GainQuestioner(lambda states: asking.gain(states, "noisy"))
    first = OrderedQuestioner(np.random.default_rng(1).permutation(FACETS))
    transcript = measure(benchmark, SwitchingQuestioner(first, then, 5), mixture)
    assert len(np.unique(transcript.asked[:, :5], axis=0)) == 1
