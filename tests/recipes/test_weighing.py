"""What questions are expected to tell, learned from the people who train."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import planted_domain, planted_people

from elicit.basis import InputError
from elicit.domains import Code, Population
from elicit.forward import PROGRESSIVE, ChainRules, Split, build_chains, pair_rows, split_people
from elicit.recipes.weighing import profile_weighing

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN)
PARTS = np.array(split_people(PEOPLE))
NOTHING = np.full((1, len(DOMAIN.facets)), Code.NOT_ASKED, dtype=np.int8)


def changed(part: Split) -> Population:
    """Return the people with everybody in one part answering 0."""
    codes = PEOPLE.codes.copy()
    codes[part == PARTS] = 0
    return replace(PEOPLE, codes=codes)


def test_who_is_tested_decides_nothing_and_who_trains_does() -> None:
    before = profile_weighing(DOMAIN, PEOPLE, 0)
    worth = before.worth(NOTHING)
    tested = profile_weighing(DOMAIN, changed(Split.TEST), 0)
    assert (tested.worth(NOTHING) == worth).all()
    assert tested.source == before.source
    assert (profile_weighing(DOMAIN, changed(Split.TRAIN), 0).worth(NOTHING) != worth).any()


def test_what_tells_of_the_class_is_worth_more_than_noise_and_less_when_the_class_is_known() -> None:
    worth = profile_weighing(DOMAIN, PEOPLE, 0).worth
    at_first = worth(NOTHING)[0]
    assert set(np.argsort(-at_first)[:2].tolist()) <= {1, 4, 5}
    known = NOTHING.copy()
    known[0, [1, 4]] = 2
    assert worth(known)[0, 5] < at_first[5] / 2


def test_what_nobody_can_answer_is_worth_nothing() -> None:
    assert PEOPLE.voiced is not None
    voiced = PEOPLE.voiced.copy()
    voiced[:, 4] = False
    assert profile_weighing(DOMAIN, replace(PEOPLE, voiced=voiced), 0).worth(NOTHING)[0, 4] == 0


def test_it_does_not_know_what_a_person_will_answer() -> None:
    weighing = profile_weighing(DOMAIN, PEOPLE, 0)
    chains = build_chains(DOMAIN, PEOPLE, ChainRules())
    first = [row for row in pair_rows(DOMAIN, chains, PROGRESSIVE, 0, weighing.worth) if row["step"] == 0]
    assert len(first) == len(PEOPLE)
    # Everybody is unknown in the same way, whatever they are going to say.
    assert len({row["chosen"] for row in first}) == 1
    assert len({row["rejected"] for row in first}) > 1


@pytest.mark.parametrize("number", [1, 10, 20])
def test_too_few_people_are_refused(number: int) -> None:
    with pytest.raises(InputError, match=r"domain 'planted': \d+ people in the train split are too few .*At least 20"):
        profile_weighing(DOMAIN, planted_people(DOMAIN, number), 0)
