from __future__ import annotations

import pickle

import pytest

from elicit.basis import InputError, UnavailableError, did_you_mean


@pytest.mark.parametrize(
    ("where", "remedy", "text"),
    [
        ("", "", "no such facet"),
        ("a.toml:3", "", "a.toml:3: no such facet"),
        ("", "Did you mean 'age'?", "no such facet. Did you mean 'age'?"),
        ("a.toml:3", "Rename it", "a.toml:3: no such facet. Rename it"),
    ],
)
def test_message_says_where_what_and_what_to_do(where: str, remedy: str, text: str) -> None:
    error = InputError("no such facet", where=where, remedy=remedy)
    assert str(error) == text
    assert (error.what, error.where, error.remedy) == ("no such facet", where, remedy)


def test_what_is_raised_in_another_process_arrives_whole() -> None:
    error = InputError("no such facet", where="a.toml:3", remedy="Rename it")
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is InputError
    assert str(arrived) == "a.toml:3: no such facet. Rename it"
    assert (arrived.what, arrived.where, arrived.remedy) == ("no such facet", "a.toml:3", "Rename it")


def test_wrong_input_and_failing_surroundings_are_told_apart() -> None:
    assert not issubclass(UnavailableError, InputError)
    assert not issubclass(InputError, UnavailableError)


def test_the_nearest_word_else_the_known_ones_else_nothing() -> None:
    assert did_you_mean("gendre", ["age", "gender"]) == "Did you mean 'gender'?"
    assert did_you_mean("xyz", ["age", "gender"]) == "Known: age, gender"
    assert did_you_mean("xyz", map(str, range(8))) == "Known: 0, 1, 2, 3, 4, 5, 6, 7"
    assert did_you_mean("xyz", map(str, range(9))) == "Known: 0, 1, 2, 3, 4, 5, 6, 7, …"
    assert did_you_mean("xyz", []) == ""
