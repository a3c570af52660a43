from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from elicit.domains import Source, open_domain
from elicit.measures import Row
from elicit.recipes import read_recipe
from elicit.recipes.published import beside
from elicit.recipes.recipe import Published


def row(questioner: str, questions: int, ndcg: float) -> Row:
    return Row(questioner, "truthful", questions, {"ndcg": (ndcg, ndcg - 0.1, ndcg + 0.1)})


def test_figures_stand_beside_the_same_questioner_and_number_and_others_are_left_out() -> None:
    published = Published(
        source="S", ndcg={"truthful": {"a": {5: 0.5, 10: 0.6}, "b": {5: 0.4}, "c": {5: 0.3}, "absent": {5: 0.9}}}
    )
    found = beside(published, [row("a", 5, 0.51), row("b", 5, 0.3), row("c", 5, 0.4), row("d", 5, 0.2)])
    assert [(f.questioner, f.questions, f.ours, f.theirs) for f in found.figures] == [
        ("a", 5, 0.51, 0.5),
        ("b", 5, 0.3, 0.4),
        ("c", 5, 0.4, 0.3),
    ]
    # Of three pairs, a–b and a–c agree and b–c does not.
    assert found.agreement == {"all": pytest.approx(1 / 3)} | dict.fromkeys(
        ("truthful", "truthful after 5"), pytest.approx(1 / 3)
    )


def test_two_figures_have_no_order_worth_a_number() -> None:
    published = Published(source="S", ndcg={"truthful": {"a": {5: 0.5}, "b": {5: 0.4}}})
    assert beside(published, [row("a", 5, 0.5), row("b", 5, 0.4)]).agreement == {}


def test_the_shipped_figures_name_questioners_and_conditions_of_their_recipe() -> None:
    recipe, _ = read_recipe("movies-real")
    assert recipe.published is not None
    for condition, lines in recipe.published.ndcg.items():
        assert condition in recipe.conditions
        assert set(lines) <= set(recipe.questioners)
        assert {count for line in lines.values() for count in line} <= set(recipe.questions)


def test_the_held_out_ids_are_the_first_places_of_the_people_and_lie_in_fold_0(test_data: Path) -> None:
    _, people = open_domain("movies", Source(test_data / "movielens-1m-likes"))
    recipe, _ = read_recipe("movies-real")
    first = np.argsort(people.places())[:400]
    assert set(recipe.test_ids) == {people.ids[row] for row in first}
    assert people.places()[first].max() < 1 / 5
