"""Occupations of personas, and who stands for them."""

from __future__ import annotations

import pytest

from elicit.basis import InputError
from elicit.domains import EVERYBODY, occupations, section_of, sections, stand_ins

ML1M = {"farmer", "programmer", "technician/engineer", "scientist", "academic/educator", "artist", "writer"}


def test_the_cells_of_the_study() -> None:
    assert [section.id for section in sections()] == [
        *("farming", "information", "finance", "education", "health", "arts")
    ]
    assert {len(section.occupations) for section in sections()} == {4}
    assert len(occupations()) == 24


def test_interests_are_on_their_scale_and_tell_occupations_apart() -> None:
    interests = [occupation.interests for occupation in occupations().values()]
    assert all(1 <= value <= 7 for each in interests for value in each)
    realistic, artistic = 0, 2
    assert occupations()["woodcutter"].interests[realistic] > occupations()["actor"].interests[realistic]
    assert occupations()["actor"].interests[artistic] > occupations()["woodcutter"].interests[artistic]


class TestStandIns:
    """Fall-back from the occupation to its section, and from there to everybody."""

    def test_of_its_own(self) -> None:
        assert stand_ins("data-scientist", ML1M) == (("programmer", "scientist"), "data-scientist")

    def test_of_its_section(self) -> None:
        assert stand_ins("actor", ML1M) == (("artist", "writer"), "arts")
        assert stand_ins("fisherman", ML1M) == (("farmer",), "farming")

    def test_everybody(self) -> None:
        assert stand_ins("nurse", ML1M) == (tuple(sorted(ML1M)), EVERYBODY)

    def test_unknown(self) -> None:
        with pytest.raises(InputError, match=r"no occupation 'docter'.*Did you mean 'doctor'"):
            stand_ins("docter", ML1M)

    def test_section(self) -> None:
        assert section_of("nurse").id == "health"
