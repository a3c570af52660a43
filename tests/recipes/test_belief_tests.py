"""What beliefs make of a few answers: rows, orders, gaps and bad recipes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planted import planted_domain, planted_people

from elicit.basis import InputError
from elicit.recipes import BeliefRow, compare_beliefs, read_belief_test
from elicit.recipes.beliefs import BeliefRecipe, BeliefTest

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN)
SMALL: dict[str, Any] = {"hidden": 8, "epochs": 2, "rows": 200}


def belief_test(*beliefs: BeliefRecipe, **changes: Any) -> BeliefTest:
    settings = {"title": "t", "domain": "planted", "answers": (0, 3), "mixture": {"classes": (4,), "starts": 1}}
    return BeliefTest.model_validate(settings | {"beliefs": [b.model_dump() for b in beliefs]} | changes)


@pytest.fixture(scope="module")
def rows() -> list[BeliefRow]:
    beliefs = (
        BeliefRecipe(name="mixture", kind="mixture"),
        BeliefRecipe(name="network", **SMALL),
        BeliefRecipe(name="knows them", personas=True, **SMALL),
        BeliefRecipe(name="few", kind="mixture", people=6),
    )
    return list(compare_beliefs(belief_test(*beliefs), DOMAIN, PEOPLE))


def named(rows: list[BeliefRow], name: str) -> dict[tuple[str, int], BeliefRow]:
    return {(row.order, row.answers): row for row in rows if row.belief == name}


def test_each_belief_reads_the_same_answers(rows: list[BeliefRow]) -> None:
    expected = [("random", 0), ("random", 3), ("random", 12), ("funnel", 3)]
    for name in ("mixture", "network", "knows them", "few"):
        assert list(named(rows, name)) == expected
        assert named(rows, name)["random", 12].profile_bits == 0
        assert named(rows, name)["random", 3].profile_bits < named(rows, name)["random", 0].profile_bits
    # Before the first answer a network that is not told otherwise believes what its mixture believes, nearly.
    assert named(rows, "network")["random", 0].profile_bits == pytest.approx(
        named(rows, "mixture")["random", 0].profile_bits, abs=0.5
    )
    assert named(rows, "few")["random", 3].profile_bits > named(rows, "mixture")["random", 3].profile_bits


def test_the_difference_is_to_the_first_belief(rows: list[BeliefRow]) -> None:
    assert all(
        row.more_bits.mean == row.more_bits.low == row.more_bits.high == 0 for row in named(rows, "mixture").values()
    )
    few, first = named(rows, "few")["random", 3], named(rows, "mixture")["random", 3]
    assert few.more_bits.mean == pytest.approx(few.profile_bits - first.profile_bits, abs=1e-5)
    assert few.more_bits.low <= few.more_bits.mean <= few.more_bits.high


def test_the_mixture_is_consistent_and_gaps_stand_where_they_can_be_measured(rows: list[BeliefRow]) -> None:
    for (order, answers), row in named(rows, "mixture").items():
        assert (row.gap is None) == (order == "funnel" or answers == 12)
        if row.gap:
            assert row.gap.gap == pytest.approx(0, abs=1e-4)
            assert row.gap.gain > 0
    network = named(rows, "network")["random", 3].gap
    assert network is not None
    assert network.gap > 1e-3
    assert all(row.gap is None for row in named(rows, "knows them").values())


@pytest.mark.filterwarnings("error")
def test_without_tastes_or_targets_a_measure_is_missing_and_not_wrong() -> None:
    tasteless = replace(PEOPLE, liked=np.zeros_like(PEOPLE.liked))
    recipe = belief_test(BeliefRecipe(name="mixture", kind="mixture"))
    assert all(
        np.isnan(row.ndcg) and np.isfinite(row.target_bits) for row in compare_beliefs(recipe, DOMAIN, tasteless)
    )
    bare = planted_domain(targets=0)
    rows = list(compare_beliefs(recipe, bare, planted_people(bare)))
    assert all(np.isnan([row.ndcg, row.target_bits]).all() and row.profile_bits >= 0 for row in rows)


def test_learning_that_makes_things_worse_is_told() -> None:
    wild = BeliefRecipe(name="wild", learning_rate=1.0, consistency=0, **SMALL)
    rows = list(compare_beliefs(belief_test(BeliefRecipe(name="mixture", kind="mixture"), wild), DOMAIN, PEOPLE))
    assert {row.trouble for row in rows[:4]} == {""}
    (trouble,) = {str(row.flat()["trouble"]) for row in rows[4:]}
    assert trouble.startswith("no epoch of 2 was better than no learning")


def test_who_cannot_be_split_is_refused_before_anything_is_learned() -> None:
    with pytest.raises(InputError, match="nobody of the 150 people"):
        compare_beliefs(belief_test(BeliefRecipe(name="a"), folds=1000), DOMAIN, PEOPLE)


def test_rows_are_plain_values(rows: list[BeliefRow]) -> None:
    flat = named(rows, "network")["random", 3].flat()
    assert {"belief", "answers", "order", "profile_bits", "more_bits", "gap", "gain"} <= set(flat)
    assert isinstance(flat["gap"], float)
    assert "gap" not in named(rows, "network")["funnel", 3].flat()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = 't'\ndomain = 'd'\nbeliefs = []", "beliefs"),
        ("title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\n[[beliefs]]\nname = 'a'", "two beliefs have one name"),
        ("title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\nlive_share = 1.5", "live_share"),
        ("title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\nschedule = 'mixture:2'", "not a share from 0 to 1"),
        ("title = 't'\ndomain = 'd'\nanswers = [-1]\n[[beliefs]]\nname = 'a'", "must be 0 or more"),
        ("title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\nkind = 'magic'", "kind"),
        ("title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\npeople = 1", "people: .* greater than or equal to 2"),
        (
            "title = 't'\ndomain = 'd'\n[[beliefs]]\nname = 'a'\nhiden = 1",
            "unknown key 'beliefs.0.hiden'. Did you mean 'hidden'",
        ),
    ],
)
def test_bad_recipes(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_belief_test(str(path))


def test_the_shipped_recipe_can_be_read() -> None:
    assert len({belief.name for belief in read_belief_test("movies-beliefs").beliefs}) > 10
