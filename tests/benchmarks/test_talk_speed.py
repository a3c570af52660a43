"""Dialogues of 20 questions in the text loop, on one core. ``pytest tests/benchmarks --benchmark-only`` runs these.

The same questioner asks the same people, once in codes, where both sides say what they mean, and once through words,
where it is found from what they say. Both write their dialogues to disk, and they take turns, so that a busy machine
slows down both alike.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from in_words_only import InWordsOnly
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import one_thread
from elicit.dialogues import Dialogue
from elicit.domains import YES_NO, Domain, Facet, Option, Population
from elicit.language import open_understanding
from elicit.measures import told
from elicit.profiles import Truthful
from elicit.questioners import OrderedQuestioner, Rules
from elicit.runs import Conversation, Hearing, QuestionerAgent, TalkLog, read_finished
from elicit.users import Case, RuleUser

FACETS, PEOPLE, QUESTIONS, ROUNDS = 60, 256, 20, 5
SCALE = tuple(Option(id=i, label=f"{i} of it") for i in ("little", "some", "much"))


@dataclass(frozen=True)
class Crowd:
    """People, who asks them, and what understands both."""

    user: RuleUser
    agent: QuestionerAgent
    hearing: Hearing

    def play(self, folder: Path, in_words: bool) -> float:
        """Play one dialogue with everybody and return the seconds it took."""
        sides = [InWordsOnly(side) if in_words else side for side in (self.user, self.agent)]
        loop = Conversation(*sides, self.hearing, QUESTIONS + 1, at_once=1)
        cases = [Case(f"{person}/0", person, row, 0) for row, person in enumerate(self.user.people.ids)]
        folder.mkdir()
        started = time.perf_counter()
        with TalkLog(folder) as log:
            asyncio.run(loop.play(cases, log.keep))
        return time.perf_counter() - started


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    facets = tuple(
        Facet(
            id=f"f{i}",
            label=f"thing {i}",
            options=(YES_NO, SCALE)[i % 2],
            wordings=(f"How about thing {i}?", f"Thing {i}?"),
        )
        for i in range(FACETS)
    )
    domain = Domain(name="things", title="Things", facets=facets)
    random = np.random.default_rng(0)
    codes = random.integers(domain.option_counts, size=(PEOPLE, FACETS)).astype(np.int8)
    people = Population(
        ids=tuple(f"p{i}" for i in range(PEOPLE)), codes=codes, liked=np.zeros((PEOPLE, 0), dtype=np.bool_)
    )
    order = OrderedQuestioner(random.permutation(FACETS))
    rules = Rules(np.arange(FACETS))
    return Crowd(
        RuleUser(domain, people, Truthful(), seed=0),
        QuestionerAgent("static", order, domain, rules, people.ids, seed=0, questions=QUESTIONS),
        Hearing(domain, codes, open_understanding(domain, None), audits=False),
    )


def learned(folder: Path) -> dict[str, dict[str, str]]:
    dialogues: list[Dialogue] = list(read_finished(folder))
    return {d.id: dict(told(d.turns)) for d in dialogues}


def test_static_order_through_words_and_in_codes(benchmark: BenchmarkFixture, crowd: Crowd, tmp_path: Path) -> None:
    numbers, seconds = itertools.count(), list[tuple[float, float]]()

    def both() -> None:
        number = next(numbers)
        seconds.append(
            (crowd.play(tmp_path / f"words-{number}", True), crowd.play(tmp_path / f"codes-{number}", False))
        )

    with one_thread():
        benchmark.pedantic(both, rounds=ROUNDS, warmup_rounds=1)
    measured = seconds[1:]
    words, codes = (median(side) for side in zip(*measured, strict=True))
    benchmark.extra_info["dialogues_per_second_through_words"] = round(PEOPLE / words)
    benchmark.extra_info["dialogues_per_second_in_codes"] = round(PEOPLE / codes)
    benchmark.extra_info["times_as_long_through_words"] = round(median(one / other for one, other in measured), 2)
    found = learned(tmp_path / "words-1")
    assert found == learned(tmp_path / "codes-1")
    assert {len(values) for values in found.values()} == {QUESTIONS}
    assert len(found) == PEOPLE
