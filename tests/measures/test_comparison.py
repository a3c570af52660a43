"""Runs of dialogues compared by person and draw."""

from __future__ import annotations

import math

import pytest

from elicit.measures import ComparedRun, compare_runs

NAN = math.nan


def run(name: str, shift: float, people: int = 30, draws: int = 2) -> ComparedRun:
    values = {
        (f"p{p}", d): {"ndcg": 0.3 + 0.01 * (p % 7) + shift + 0.001 * d, "learned": 5.0}
        for p in range(people)
        for d in range(draws)
    }
    return ComparedRun(name, values, {})


def test_a_constant_gain_is_found_and_an_equal_measure_is_not_tested() -> None:
    found = compare_runs([run("a", 0.0), run("b", 0.1)], 5, "truthful")
    (difference,) = found.differences
    assert (found.pairs, found.people) == (60, 30)
    assert difference.difference == pytest.approx(0.1)
    assert difference.beyond_noise
    assert found.means["b"]["ndcg"] - found.means["a"]["ndcg"] == pytest.approx(0.1)
    assert [m.name for m in found.equal] == ["learned"]
    assert found.means["a"]["learned"] == found.means["b"]["learned"] == 5.0


def test_runs_are_compared_where_both_count() -> None:
    shorter = ComparedRun("b", dict(list(run("b", 0.1).values.items())[:20]), {"user": 2, "transport": 1})
    found = compare_runs([run("a", 0.0), shorter], 5, "truthful")
    assert (found.pairs, found.people) == (20, 10)
    assert found.left_out == {"a": {"unpaired": 40}, "b": {"user": 2, "transport": 1}}


def test_the_same_run_twice_differs_in_nothing() -> None:
    found = compare_runs([run("a", 0.0), run("b", 0.0)], 5, "truthful")
    assert found.differences == ()
    assert {m.name for m in found.equal} == {"ndcg", "learned"}


def test_dialogues_of_one_person_are_one_observation() -> None:
    once, often = (compare_runs([run("a", 0, draws=d), run("b", 0.02, draws=d)], 5, "x") for d in (1, 40))
    widths = [c.differences[0].high - c.differences[0].low for c in (once, often)]
    assert widths[1] == pytest.approx(widths[0], abs=1e-9)


def test_people_in_common_are_needed() -> None:
    other = ComparedRun("b", {("q1", 0): {"ndcg": 0.1}}, {})
    with pytest.raises(ValueError, match="no dialogue with the same person and draw counts in all of these runs"):
        compare_runs([run("a", 0.0), other], 5, "truthful")


def test_a_value_that_one_run_lacks_is_left_out_in_the_other() -> None:
    shares = {("p", 0): 0.4, ("p", 1): NAN, ("q", 0): 0.2}, {("p", 0): 0.4, ("p", 1): 0.0, ("q", 0): 0.5}
    runs = [
        ComparedRun(name, {pair: {"repeated": value, "leaked": NAN} for pair, value in own.items()}, {})
        for name, own in zip("ab", shares, strict=True)
    ]
    found = compare_runs(runs, 5, "truthful")
    (difference,) = found.differences
    assert difference.difference == pytest.approx((0.0 + 0.3) / 2)
    assert found.means["b"]["repeated"] - found.means["a"]["repeated"] == pytest.approx(difference.difference)
    assert [m.name for m in found.unknown] == ["leaked"]
    assert found.equal == ()
    assert "leaked" not in found.means["a"]


def test_the_order_of_dialogues_does_not_matter() -> None:
    a, b = run("a", 0.0), run("b", 0.02)
    backwards = ComparedRun("b", dict(reversed(list(b.values.items()))), {})
    assert compare_runs([a, b], 5, "x") == compare_runs([a, backwards], 5, "x")


def test_one_person_says_nothing_about_others() -> None:
    found = compare_runs([run("a", 0.0, people=1), run("b", 0.3, people=1)], 5, "x")
    (difference,) = found.differences
    assert difference.difference == pytest.approx(0.3)
    assert math.isnan(difference.low)
    assert not difference.beyond_noise


def test_chance_is_not_called_a_difference_and_each_later_run_is_held_against_the_first() -> None:
    noise = {
        (f"p{p}", 0): {"ndcg": 0.3 + 0.01 * (p % 7) + (0.05 if p % 2 else -0.05), "learned": 5.0} for p in range(30)
    }
    found = compare_runs([run("a", 0.0, draws=1), ComparedRun("b", noise, {}), run("c", 0.2, draws=1)], 5, "x")
    assert [(d.questioner, d.baseline, d.beyond_noise) for d in found.differences] == [
        ("b", "a", False),
        ("c", "a", True),
    ]
