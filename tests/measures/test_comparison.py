"""Runs of dialogues compared by person and draw."""

from __future__ import annotations

import pytest

from elicit.measures import ComparedRun, compare_runs


def run(name: str, shift: float, people: int = 30, draws: int = 2, left_out: int = 0) -> ComparedRun:
    values = {
        (f"p{p}", d): {"ndcg": 0.3 + 0.01 * (p % 7) + shift + 0.001 * d, "learned": 5.0}
        for p in range(people)
        for d in range(draws)
    }
    return ComparedRun(name, values, left_out)


def test_a_constant_gain_is_found_and_an_equal_measure_is_not_tested() -> None:
    found = compare_runs([run("a", 0.0), run("b", 0.1)], 5, "truthful")
    (difference,) = found.differences
    assert (found.pairs, found.people) == (60, 30)
    assert difference.difference == pytest.approx(0.1)
    assert difference.beyond_noise
    assert found.means["b"]["ndcg"] - found.means["a"]["ndcg"] == pytest.approx(0.1)
    assert [m.name for m in found.equal] == ["learned"]


def test_runs_are_compared_where_both_count() -> None:
    shorter = ComparedRun("b", dict(list(run("b", 0.1).values.items())[:20]), left_out=3)
    found = compare_runs([run("a", 0.0), shorter], 5, "truthful")
    assert (found.pairs, found.people) == (20, 10)
    assert found.left_out == {"a": 40, "b": 3}


def test_the_same_run_twice_differs_in_nothing() -> None:
    found = compare_runs([run("a", 0.0), run("b", 0.0)], 5, "truthful")
    assert found.differences == ()
    assert {m.name for m in found.equal} == {"ndcg", "learned"}


def test_dialogues_of_one_person_are_one_observation() -> None:
    once, often = (compare_runs([run("a", 0, draws=d), run("b", 0.02, draws=d)], 5, "x") for d in (1, 40))
    widths = [c.differences[0].high - c.differences[0].low for c in (once, often)]
    assert widths[1] == pytest.approx(widths[0], abs=1e-9)


def test_people_in_common_are_needed() -> None:
    other = ComparedRun("b", {("q1", 0): {"ndcg": 0.1}}, 0)
    with pytest.raises(ValueError, match="no dialogue with the same person and draw counts in all of these runs"):
        compare_runs([run("a", 0.0), other], 5, "truthful")
