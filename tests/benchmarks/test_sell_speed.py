"""Sales dialogues by rule, on one core. ``pytest tests/benchmarks --benchmark-only`` runs this.

One condition of the occupation study: a rule seller that goes by occupation meets 7,200 invented buyers with six
intents. What is learned is learned before; the dialogues are played and judged.
"""

from __future__ import annotations

import asyncio

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import one_thread
from elicit.dialogues import Dialogue, Failure
from elicit.domains import build_six_intents
from elicit.language import open_understanding
from elicit.measures import sale_values
from elicit.profiles import Truthful, fit_rates, group_rates, intents_of, known_wishes
from elicit.questioners import Rules
from elicit.runs import Conversation, Hearing
from elicit.sellers import FixedStrategy, HouseRules, RuleSeller, SellerAgent, preferred_first
from elicit.users import Case, RuleBuyer, Temper

STRENGTH, EACH, TURNS, ROUNDS = 0.3, 15, 10, 3


def test_the_grid_of_the_occupation_study(benchmark: BenchmarkFixture) -> None:
    domain, people = build_six_intents(STRENGTH, EACH)
    popularity = people.liked.mean(axis=0)
    rates = fit_rates(domain, people.liked, popularity)
    mined = group_rates(rates, people.personas["occupation"]).of(people.personas["occupation"])
    seller = RuleSeller(
        domain=domain,
        intents=intents_of(domain),
        strategy=FixedStrategy(preferred_first(mined / rates.mean(axis=0), rates.mean(axis=0), 2)),
        chances=lambda states: np.broadcast_to(popularity, (len(states), len(popularity))),
        house=HouseRules(),
        first=None,
        rules=Rules.of(domain),
        details=1,
    )
    buyer = RuleBuyer(domain, people, known_wishes(domain, people), Truthful(), Temper(), seed=1)
    agent = SellerAgent("rule-mined", seller, domain, people.ids, seed=2)
    hearing = Hearing(domain, people.codes, open_understanding(domain, None), audits=False)
    cases = [Case(f"{person}/0", person, row, 0) for row, person in enumerate(people.ids)]
    rows = {person: row for row, person in enumerate(people.ids)}
    turns: list[int] = []

    def sell() -> None:
        turns.clear()

        def keep(record: Dialogue | Failure) -> None:
            assert isinstance(record, Dialogue)
            sale_values(record, people.liked[rows[record.person]], domain)
            turns.append(len(record.turns))

        asyncio.run(Conversation(buyer, agent, hearing, TURNS, 1).play(cases, keep))

    with one_thread():
        benchmark.pedantic(sell, rounds=ROUNDS, warmup_rounds=1)
    assert len(turns) == len(people) == 7200
    benchmark.extra_info["dialogues"] = len(turns)
    benchmark.extra_info["turns_a_dialogue"] = round(float(np.mean(turns)), 1)
    benchmark.extra_info["dialogues_per_second"] = round(len(turns) / benchmark.stats.stats.median)
