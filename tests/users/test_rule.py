"""The rule user: what it answers when much is asked at once."""

from __future__ import annotations

import asyncio

import numpy as np

from elicit.dialogues import Speaker, Turn
from elicit.domains import Domain, Facet, Population
from elicit.profiles import answer_model
from elicit.users import Case, RuleUser, Said, Talk

DOMAIN = Domain(name="d", title="D", facets=tuple(Facet(id=f"f{n}", label=f"thing {n}") for n in range(5)))
PEOPLE = Population(
    ids=("ann",), codes=np.array([[0, 1, 1, 0, 1]], dtype=np.int8), liked=np.zeros((1, 0), dtype=bool), personas={}
)


def test_of_many_things_asked_at_once_three_are_answered() -> None:
    user = RuleUser(DOMAIN, PEOPLE, answer_model("truthful"), seed=1)
    case = Case("ann/0", "ann", 0, 0)
    asks = ("f4", "f0", "f2", "f1")
    turns = [Turn(speaker=Speaker.USER, text="Hello."), Turn(speaker=Speaker.AGENT, text="All of it?", asks=asks)]
    (said,) = asyncio.run(user.join([case]).speak([Talk(case, 0, turns)]))
    assert isinstance(said, Said)
    assert said.turn.tells == {"f4": "yes", "f0": "no", "f2": "yes"}
