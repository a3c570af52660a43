"""What is wanted, who reads, when it is enough, and when the static order hands over."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from planted import OURS, planted_domain, planted_people, planted_recipe, run

from elicit.basis import InputError, Luck, person_keys
from elicit.domains import Codes, Population
from elicit.profiles import Noisy, Truthful, answer_model
from elicit.questioners import STOP, OrderedQuestioner, SwitchingQuestioner
from elicit.recipes import Fitted, build_questioner, compare, evaluate, planned_dialogues, split_people
from elicit.recipes.recipe import PEP_STATIC
from elicit.recipes.switch import choose_switch
from elicit.runs import RunFolder

pytestmark = pytest.mark.filterwarnings("error")

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN, 100)
WITHOUT = planted_domain(targets=0)
TASTELESS = dataclasses.replace(PEOPLE, liked=np.zeros_like(PEOPLE.liked))
"""They like none of the targets, so that bits of the goal decide on the switch."""
WANTING = ("static", "mixture-goal", "network", "value", "value-rerank", "value-stop", "static-value")
"""Questioners that know the goal."""


@dataclass(frozen=True)
class Mute:
    """Asks nothing."""

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        return np.full(len(states), STOP)


@dataclass(frozen=True)
class Knowing:
    """Knows which facets each person can answer, and asks only those, the rich ones first.

    Attributes:
        people: who is known.
    """

    people: Population

    def choose(self, states: Codes, allowed: np.ndarray, luck: Luck) -> np.ndarray:
        place = {key: row for row, key in enumerate(person_keys(self.people.ids).tolist())}
        known = self.people.spoken_codes()[[place[key] for key in luck.people.tolist()]] >= 0
        worth = np.where(known, DOMAIN.option_counts, 0)
        return np.argmax(np.where(allowed, worth, -1), axis=1)


def learned(people: Population = PEOPLE, **changes: object) -> Fitted:
    recipe = planted_recipe(**changes)
    return Fitted(recipe, DOMAIN, next(iter(split_people(recipe, people))), 3)


def firsts(fitted: Fitted, name: str) -> set[int]:
    """Return what is asked first."""
    nothing = np.full((3, len(DOMAIN.facets)), -1, dtype=np.int8)
    allowed = np.ones(nothing.shape, dtype=bool)
    luck = Luck.of(1, ["a", "b", "c"])
    return set(build_questioner(name, fitted, Truthful()).choose(nothing, allowed, luck).tolist())


@pytest.mark.parametrize("goal", ["targets", "all", "ndcg"])
@pytest.mark.parametrize("name", WANTING)
def test_targets_cannot_be_wanted_where_there_are_none(goal: str, name: str) -> None:
    recipe = planted_recipe(goal=goal, questioners=(name,), baseline=name)
    with pytest.raises(InputError) as caught:
        compare(recipe, WITHOUT, planted_people(WITHOUT, 60))
    assert str(caught.value).startswith("goal: domain 'planted' has no targets")


@pytest.mark.parametrize("name", ["value-ndcg", "static-targets", "static-value-all"])
def test_whose_own_goal_cannot_be_is_left_out_with_a_note(name: str, tmp_path: Path) -> None:
    recipe, people = planted_recipe(questioners=("static", name)), planted_people(WITHOUT, 60)
    done = run(recipe, WITHOUT, people, tmp_path / "run")
    assert done.results.questioners == ("static",)
    assert f"The questioner '{name}' was left out: domain 'planted' has no targets" in " ".join(done.results.notes)
    assert planned_dialogues(recipe, WITHOUT, people) * 2 == planned_dialogues(recipe, DOMAIN, people)
    assert done.results.facts["Recipe hash"] == recipe.hash


@pytest.mark.parametrize("name", ["value-ndcg", "static-targets", "static-value-all"])
def test_a_baseline_whose_goal_cannot_be_is_named_before_anything_is_learned(name: str, tmp_path: Path) -> None:
    recipe, people = planted_recipe(questioners=("static", name), baseline=name), planted_people(WITHOUT, 60)
    folder = RunFolder.start(tmp_path / "run", "", {})
    for attempt in (
        lambda: planned_dialogues(recipe, WITHOUT, people),
        lambda: evaluate(recipe, WITHOUT, people, folder),
    ):
        with pytest.raises(InputError, match="has no targets") as caught:
            attempt()
        assert caught.value.where == f"questioner '{name}'"
    assert sorted(path.name for path in folder.path.iterdir()) == ["recipe.toml", "run.json"]


@pytest.mark.parametrize("goal", ["NDCG", "nope", ["f1"], (), None])
def test_a_goal_that_was_never_checked_is_no_empty_goal(goal: object) -> None:
    recipe = planted_recipe(questioners=("static",)).model_copy(update={"goal": goal})
    with pytest.raises(
        InputError, match=r"goal: .* is neither one of profile, targets, all, ndcg nor a tuple of facets"
    ):
        compare(recipe, DOMAIN, PEOPLE)


@pytest.mark.parametrize("goal", ["targets", "ndcg"])
def test_the_fixed_orders_of_a_rival_that_knows_no_targets_want_the_whole_profile(goal: str) -> None:
    for name in PEP_STATIC:
        orders = []
        for wanted in (goal, "profile"):
            built = build_questioner(name, learned(goal=wanted), Truthful())
            assert isinstance(built, OrderedQuestioner)
            orders.append(built.order)
        np.testing.assert_array_equal(*orders)


def test_a_facet_that_is_wanted_but_unknown_is_answered_with_a_near_one() -> None:
    with pytest.raises(InputError, match=r"'f77'.*Did you mean 'f7'") as caught:
        compare(planted_recipe(goal=("f1", "f77")), DOMAIN, PEOPLE)
    assert "\n" not in str(caught.value)


def test_a_goal_is_facets_targets_or_both() -> None:
    every, none = np.ones(12, dtype=bool), np.zeros(12, dtype=bool)
    for goal, facets, targets in (
        ("profile", every, False),
        ("targets", none, True),
        ("ndcg", none, False),
        ("all", every, True),
        (("f3", "f9"), np.isin(np.arange(12), [3, 9]), False),
    ):
        found = learned().goal(goal)
        np.testing.assert_array_equal(found.facets, facets)
        assert found.targets is targets
        assert found.ranking is (goal == "ndcg")


@pytest.mark.parametrize("name", ["static", "mixture-goal", "network"])
def test_one_wanted_facet_that_nothing_else_tells_of_is_asked_first(name: str) -> None:
    # Facets 2 and 9 are noise: only asking tells them, and asking for the class tells nothing of them.
    for column in (2, 9):
        assert firsts(learned(goal=(f"f{column}",)), name) == {column}


@pytest.mark.parametrize("name", ["static", "mixture-goal"])
def test_who_wants_targets_does_not_ask_for_noise(name: str) -> None:
    assert firsts(learned(goal="targets"), name) <= {1, 4, 5, 8, 10}


@pytest.mark.parametrize("goal", ["targets", "all", "ndcg", ("f4", "f9")])
def test_every_questioner_has_every_goal(goal: object) -> None:
    results = compare(
        planted_recipe(goal=goal, questioners=OURS, conditions=("noisy",), test_folds=(0,)), DOMAIN, PEOPLE
    )
    for name in OURS:
        before, after = (results.value(name, "noisy", count, "ndcg") for count in (0, 5))
        assert before is not None
        assert after is not None
        assert np.isfinite([before[0], after[0]]).all()


@pytest.mark.parametrize("goal", ["profile", "targets", "ndcg"])
def test_who_names_a_goal_of_their_own_asks_as_if_the_recipe_had_it(goal: str) -> None:
    names = ("static", "network", "value", "static-value")
    own = tuple(f"{name}-{goal}" for name in names)
    mine, theirs = (
        evaluate(planted_recipe(goal=wanted, questioners=(*asked, "random"), baseline="random"), DOMAIN, PEOPLE)
        for wanted, asked in (("all", own), (goal, names))
    )
    for condition in ("truthful", "noisy", "silent"):
        for name, like in zip(own, names, strict=True):
            for table in ("asked", "answers"):
                np.testing.assert_array_equal(
                    *(getattr(run.transcripts[condition, n], table) for run, n in ((mine, name), (theirs, like)))
                )


def test_heads_for_two_goals_are_kept_apart(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("value", "value-ndcg"), baseline="value", test_folds=(0,))
    run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    kept = {folder.name for folder in (tmp_path / "run" / "learned" / "fold0").iterdir()}
    assert {"value-head", "value-head-ndcg"} <= kept


def test_who_stops_early_has_asked_less_and_it_is_shown(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("static", "value", "value-stop"), stop_at=1.0, questions=(0, 2, 12))
    done = run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    assert "asked" in {m.name for m in done.results.summary_measures}
    for row in done.results.summaries:
        mean, low, high = row.values["asked"]
        lengths = done.evaluated.observed[row.condition, row.questioner].whole["asked"]
        assert mean == pytest.approx(lengths.mean())
        if row.questioner != "value-stop":
            assert (mean, low, high) == (12, 12, 12)
        else:
            assert 0 < low <= mean <= high < 12
            # People who tell more at once are asked less.
            assert lengths.min() < lengths.max()


def test_who_expects_too_little_of_everything_asks_nothing(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("static", "value-stop"), stop_at=99.0)
    done = run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    for row in done.results.summaries:
        if row.questioner == "value-stop":
            assert row.values["asked"] == (0.0, 0.0, 0.0)
            assert all(np.isnan(row.values[name][0]) for name in ("funnel", "adaptivity", "redundancy", "unanswered"))
    for name in ("ndcg", "profile_bits"):
        curves = done.evaluated.observed["noisy", "value-stop"].curves[name]
        np.testing.assert_array_equal(curves[..., 0], curves[..., 5])


def test_the_network_reads_all_questioners_alike(tmp_path: Path) -> None:
    recipe = planted_recipe(reader="network", questioners=(*OURS, "pep-pairs"), test_folds=(0,), questions=(0, 2, 5))
    done = run(recipe, DOMAIN, PEOPLE, tmp_path / "run")
    mixture = compare(planted_recipe(test_folds=(0,)), DOMAIN, PEOPLE)
    for condition in ("truthful", "noisy", "silent"):
        rows = [r.values for r in done.results.rows if (r.condition, r.questions) == (condition, 0)]
        assert len(rows) == len(recipe.questioners)
        assert all(values == rows[0] for values in rows)
        assert rows[0]["profile_bits"] != mixture.value("static", condition, 0, "profile_bits")
        for name in OURS:
            bits = [done.results.value(name, condition, count, "profile_bits") for count in (0, 5)]
            assert bits[0] is not None
            assert bits[1] is not None
            assert bits[1][0] < bits[0][0]
    assert any(note.startswith("The reader is the masked network") for note in done.results.notes)
    assert any(note.startswith("The reader is the class mixture") for note in mixture.notes)
    # What the whole profile gives is read by the same reader.
    assert set(done.evaluated.full) == {"ndcg", "profile_bits", "target_bits", "accuracy"}


@pytest.mark.parametrize("model", [Truthful(), Noisy()])
def test_the_switch_is_chosen_without_the_tested(model: Truthful | Noisy) -> None:
    fitted = learned()
    test = fitted.split.test
    random = np.random.Generator(np.random.Philox(2))
    shuffled = dataclasses.replace(test, codes=test.codes[random.permutation(len(test))], liked=~test.liked)
    other = dataclasses.replace(fitted, split=dataclasses.replace(fitted.split, test=shuffled))
    then = build_questioner("mixture", fitted, model)
    one, two = (choose_switch(f, model, then, "profile") for f in (fitted, other))
    assert one.after == two.after
    for switch, who in ((one, fitted), (two, other)):
        assert isinstance(switch.first, OrderedQuestioner)
        np.testing.assert_array_equal(switch.first.order, who.static_order(model, "profile"))
        assert switch.then is then


def test_the_static_order_keeps_the_floor_where_the_other_has_nothing_to_ask() -> None:
    fitted = learned(TASTELESS, questions=(0, 2, 4))
    assert choose_switch(fitted, Truthful(), Mute(), "profile").after == 4


def test_the_floor_is_given_up_at_once_to_who_knows_what_can_be_answered() -> None:
    fitted = learned(TASTELESS, questions=(2, 4))
    assert choose_switch(fitted, answer_model("silent"), Knowing(fitted.split.validation), "profile").after == 0


def test_of_equals_the_order_keeps_the_floor() -> None:
    # One facet is wanted and nothing else tells of it: whoever asks for it first, nothing is left to gain.
    fitted = learned(TASTELESS, goal=("f2",), questions=(1, 3))
    assert choose_switch(fitted, Truthful(), OrderedQuestioner(np.array([2])), ("f2",)).after == 3


def test_where_people_have_tastes_the_headline_decides_and_not_the_goal() -> None:
    # The order wants to know two facets that are noise; the other asks what tells the class, and with it the tastes.
    fitted = learned(goal=("f2", "f9"), questions=(1, 2, 3))
    telling = OrderedQuestioner(np.array([4, 5, 1]))
    assert choose_switch(fitted, Truthful(), telling, ("f2", "f9")).after == 0
    blind = learned(TASTELESS, goal=("f2", "f9"), questions=(1, 2, 3))
    assert choose_switch(blind, Truthful(), telling, ("f2", "f9")).after >= 2


def test_one_chooser_is_enough() -> None:
    results = compare(planted_recipe(questioners=("static", "static-value"), validation_people=1), DOMAIN, PEOPLE)
    assert {row.questioner for row in results.rows} == {"static", "static-value"}


def test_a_half_of_the_choosers_without_tastes_does_not_outweigh_the_other() -> None:
    people = learned().split.validation
    halves = np.arange(len(people)) % 2
    for silenced in (0, 1):
        liked = PEOPLE.liked.copy()
        liked[[PEOPLE.ids.index(people.ids[row]) for row in np.flatnonzero(halves == silenced)]] = False
        fitted = learned(dataclasses.replace(PEOPLE, liked=liked), goal=("f2", "f9"), questions=(1, 2, 3))
        assert fitted.split.validation.ids == people.ids
        # In bits of the goal the order would win; whoever has tastes says otherwise, and alone.
        assert choose_switch(fitted, Truthful(), OrderedQuestioner(np.array([4, 5, 1])), ("f2", "f9")).after == 0


def test_the_chosen_switch_is_what_plays() -> None:
    built = build_questioner("static-value", learned(), Noisy())
    assert isinstance(built, SwitchingQuestioner)
    assert built.after in (0, 1, 2, 3, 5)
