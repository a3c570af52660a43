"""A shop of teas, concerts and walks, and buyers of whom everything is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np

from elicit.dialogues import Dialogue, Failure
from elicit.domains import Domain, Facet, Option, Population, Target
from elicit.language import open_understanding
from elicit.profiles import Truthful, intents_of, known_wishes
from elicit.questioners import Rules
from elicit.runs import Conversation, Hearing
from elicit.sellers import FixedStrategy, HouseRules, Policy, RuleSeller, SellerAgent
from elicit.users import Case, Party, RuleBuyer, Temper

LEVELS = tuple(Option(id=i, label=i) for i in ("avoid", "neutral", "love"))
KINDS = ("tea", "jazz", "walks")
EACH = 4
DOMAIN = Domain(
    name="shop",
    title="Shop",
    facets=(
        Facet(id="budget", label="your budget"),
        *(Facet(id=kind, label=kind, options=LEVELS) for kind in KINDS),
        Facet(id="big-bands", label="big bands", depth=1, parents=("jazz",)),
    ),
    targets=tuple(
        Target(id=f"{kind}-{n}", label=f"{kind} number {n}", kinds=(kind,), price=10.0)
        for kind in KINDS
        for n in range(EACH)
    ),
)
JAZZ, BIG_BANDS = 2, 4
CALM = Temper(patience=1000, mistaken=0, gives_in=0, takes=1)
"""A buyer that takes what fits and nothing else, and never leaves."""


def buyers(*codes: Sequence[int], likes: Sequence[Sequence[str]]) -> Population:
    """Return people with these codes who like these targets."""
    liked = np.array([[target.id in them for target in DOMAIN.targets] for them in likes])
    return Population(tuple(f"b{n}" for n in range(len(codes))), np.array(codes, dtype=np.int8), liked)


def rule_seller(table: Any = (3.0, 2.0, 1.0), **changes: Any) -> RuleSeller:
    """Return a seller that turns to tea, jazz and walks in this order, and offers the first items first."""
    ranked = np.linspace(1, 0, len(DOMAIN.targets))
    settings: dict[str, Any] = {
        "domain": DOMAIN,
        "intents": intents_of(DOMAIN),
        "strategy": FixedStrategy(np.atleast_2d(np.array(table, dtype=float))),
        "chances": lambda states: np.broadcast_to(ranked, (len(states), len(ranked))),
        "house": HouseRules(),
        "first": None,
        "rules": Rules.of(DOMAIN),
    }
    return RuleSeller(**settings | changes)


def conversation(
    agent: Party, people: Population, temper: Temper, turns: int, domain: Domain = DOMAIN
) -> list[Dialogue | Failure]:
    """Let an agent sell to everybody once, and return what came of it in the order of the people."""
    buyer = RuleBuyer(domain, people, known_wishes(domain, people), Truthful(), temper, seed=1)
    hearing = Hearing(domain, people.codes, open_understanding(domain, None), audits=False)
    kept: list[Dialogue | Failure] = []
    cases = [Case(f"{person}/0", person, row, 0) for row, person in enumerate(people.ids)]
    asyncio.run(Conversation(buyer, agent, hearing, turns, 1).play(cases, kept.append))
    assert len(kept) == len(people)
    return sorted(kept, key=lambda record: people.ids.index(record.person))


def sold(
    policy: Policy, people: Population, temper: Temper = CALM, turns: int = 10, domain: Domain = DOMAIN
) -> list[Dialogue]:
    """Let a policy sell to everybody once."""
    records = conversation(SellerAgent("seller", policy, domain, people.ids, seed=2), people, temper, turns, domain)
    dialogues = [record for record in records if isinstance(record, Dialogue)]
    assert len(dialogues) == len(people)
    return dialogues


def steps(dialogue: Dialogue | Failure) -> list[str]:
    """Return what was done, turn by turn, with what."""
    moves = [turn.move for turn in dialogue.turns if turn.move is not None]
    return [" ".join(filter(None, (move.act, move.item or move.intent))) for move in moves]
