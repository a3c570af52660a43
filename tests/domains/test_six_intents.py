"""Invented buyers with six intents."""

from __future__ import annotations

import numpy as np
import pytest

from elicit.basis import InputError
from elicit.domains import Domain, Population, build_six_intents
from elicit.statistics import cramers_v

INTENTS = ("FindAttraction", "FindRestaurants", "FindMovie", "LookUpMusic", "SearchHotel", "FindEvents")


@pytest.fixture(scope="module")
def made() -> tuple[Domain, Population]:
    return build_six_intents(0.3, each=3)


def test_the_cells_of_the_study(made: tuple[Domain, Population]) -> None:
    domain, people = made
    assert len(people) == 24 * 20 * 3
    assert len(set(people.ids)) == len(people)
    _, counts = np.unique(people.personas["occupation"], return_counts=True)
    assert set(counts.tolist()) == {60}
    assert set(people.personas["section"]) == {"farming", "information", "finance", "education", "health", "arts"}
    assert domain.invented
    assert tuple(domain.facets[c].id for c in np.flatnonzero(domain.kinds.any(axis=0))) == INTENTS
    assert all(target.price is not None for target in domain.targets)


def test_every_facet_can_be_asked_in_several_ways(made: tuple[Domain, Population]) -> None:
    assert all(len(facet.wordings) >= 3 for facet in made[0].facets)


def test_an_occupation_tells_as_much_as_it_is_told_to() -> None:
    found = []
    for strength in (0.0, 0.3, 1.0):
        domain, people = build_six_intents(strength)
        wishes = (people.codes[:, domain.columns[intent]] for intent in INTENTS)
        found.append([cramers_v(people.personas["occupation"], wish) for wish in wishes])
    nothing, some, all_ = np.array(found)
    assert nothing.max() < 0.07  # What chance leaves, in six tables of 24 times 3.
    assert 0.15 < some.min() < some.max() < 0.25
    assert all_.min() > 0.95


def test_wishes_are_thirds_and_fit_what_is_liked(made: tuple[Domain, Population]) -> None:
    domain, people = made
    wish, detail = (people.codes[:, domain.columns[name]] for name in ("LookUpMusic", "LookUpMusic:detail"))
    assert np.bincount(wish, minlength=3) / len(people) == pytest.approx([1 / 3] * 3, abs=0.05)
    jazz = domain.facets[domain.column("LookUpMusic:detail")].options[2]
    assert jazz.id == "jazz"
    plain, fancy = (people.liked[:, domain.target_columns[f"LookUpMusic:jazz:{sort}"]] for sort in ("plain", "fancy"))
    np.testing.assert_array_equal(plain, (detail == 2) & (wish > 0))
    np.testing.assert_array_equal(fancy, (detail == 2) & (wish == 2) & (people.codes[:, 0] > 0))


def test_other_strengths_keep_a_persons_own_taste() -> None:
    _, weak = build_six_intents(0.0, each=1)
    domain, strong = build_six_intents(0.5, each=1)
    details = [c for c, facet in enumerate(domain.facets) if facet.parents]
    np.testing.assert_array_equal(weak.codes[:, details], strong.codes[:, details])


def test_a_strength_that_cannot_be() -> None:
    with pytest.raises(InputError, match=r"strength of 1\.5"):
        build_six_intents(1.5)
