"""Sales evaluations from recipe to results, on planted people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from planted import planted_domain, planted_people
from pydantic import ValidationError

from elicit.basis import InputError
from elicit.dialogues import Act
from elicit.domains import Domain, Population, build_six_intents
from elicit.language import open_understanding
from elicit.profiles import answer_model
from elicit.recipes import (
    Fitted,
    Sales,
    Sold,
    markets,
    read_sales,
    sell,
    split_people,
    summarise_sales,
    write_sales,
)

KINDS = ("f1", "f4", "f5")


OURS = {"by": "occupation", "intents": {"smith": ("f5", "f1")}}


def shop() -> Domain:
    """Return the planted domain, whose targets are of the kinds that their class favours."""
    planted = planted_domain()
    targets = (target.model_copy(update={"kinds": (KINDS[i % 3],)}) for i, target in enumerate(planted.targets))
    return planted.model_copy(update={"targets": tuple(targets)})


def buyers(number: int = 150) -> Population:
    people = planted_people(shop(), number, voiced=False)
    work = np.where(np.arange(number) % 3 == 0, "smith", np.where(np.arange(number) % 3 == 1, "clerk", ""))
    return replace(people, personas={**people.personas, "occupation": work})


def recipe(**changes: Any) -> Sales:
    settings: dict[str, Any] = {
        "title": "Planted",
        "domain": "planted",
        "seed": 3,
        "questions": (0, 3),
        "test_folds": (0, 1),
        "mixture": {"classes": (4,), "starts": 1},
        "luck_seeds": 2,
        "sellers": (
            "rule-global",
            "rule-mined",
            "rule-shuffled",
            "rule-inferred",
            "rule-elicited",
            "asking-static",
            "pusher",
        ),
        "baseline": "rule-global",
        "contrasts": (("rule-shuffled", "rule-mined"),),
    }
    return Sales(**settings | changes)


def played(settings: Sales, people: Population | None = None) -> Sold:
    domain = shop()
    (market,) = markets(settings, lambda: (domain, people or buyers()))
    return sell(settings, market, open_understanding(domain, None))


@pytest.fixture(scope="module")
def sold() -> Sold:
    return played(recipe())


def test_every_seller_meets_everybody_as_often(sold: Sold) -> None:
    shapes = {table.shape[:2] for table in sold.tables.values()}
    people = len(sold.personas["occupation"])
    assert shapes == {(people, 2)}
    assert 40 < people < 80


def test_asking_is_worth_it_where_answers_decide(sold: Sold) -> None:
    results = summarise_sales(sold)
    assert results.rows["asking-static"]["sold"][0] > results.rows["pusher"]["sold"][0] + 0.1
    assert results.rows["pusher"]["claimed"][0] > 0.9
    assert results.rows["asking-static"]["invented"] == (0, 0, 0)


def test_every_dialogue_has_one_outcome(sold: Sold) -> None:
    for row in summarise_sales(sold).rows.values():
        outcomes = ("sold", "misfit", "refused", "walked_away", "out_of_turns")
        assert sum(row[name][0] for name in outcomes) == pytest.approx(1)


def test_the_same_recipe_gives_the_same(sold: Sold) -> None:
    again = played(recipe())
    for name, table in sold.tables.items():
        np.testing.assert_array_equal(table, again.tables[name])


def test_what_is_tested_and_against_whom(sold: Sold) -> None:
    results = summarise_sales(sold)
    pairs = {(d.questioner, d.baseline) for d in results.differences}
    assert ("rule-mined", "rule-shuffled") in pairs
    assert len(pairs) == 7
    assert {d.measure for d in results.differences} == {"sold", "misfit", "walked_away", "turns"}
    first = results.differences[0]
    means = {name: row["sold"][0] for name, row in results.rows.items()}
    assert first.difference == pytest.approx(means[first.questioner] - means[first.baseline])


def test_groups_leave_out_those_who_have_none(sold: Sold) -> None:
    groups = {(row.variable, row.group): row.people for row in summarise_sales(sold).groups}
    assert set(groups) == {("age", "old"), ("age", "young"), ("occupation", "smith"), ("occupation", "clerk")}
    assert groups["occupation", "smith"] == int((sold.personas["occupation"] == "smith").sum())


def test_a_row_a_buyer_seller_and_draw(sold: Sold, tmp_path: Any) -> None:
    results = summarise_sales(sold)
    write_sales(sold, tmp_path / "scores.parquet")
    scores = pq.read_table(tmp_path / "scores.parquet").to_pydict()
    people, draws, _ = sold.tables["pusher"].shape
    assert len(scores["sold"]) == len(sold.tables) * people * draws
    of_pusher = [s for s, name in zip(scores["sold"], scores["seller"], strict=True) if name == "pusher"]
    assert np.mean(of_pusher) == pytest.approx(results.rows["pusher"]["sold"][0])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sellers": ("rule-mind",), "baseline": "rule-mind"}, "unknown seller 'rule-mind'. Did you mean 'rule-mined'"),
        ({"sellers": ("pusher", "pusher"), "baseline": "pusher", "contrasts": ()}, "sellers names 'pusher' 2 times"),
        ({"strengths": (0.1,)}, "strengths belong to the domain 'six-intents'"),
        ({"baseline": "rule-none"}, "'rule-none' is compared, but is not among the sellers"),
        ({"contrasts": (("pusher", "rule-none"),)}, "'rule-none' is compared"),
        ({"sellers": ("rule-ours",), "baseline": "rule-ours", "contrasts": ()}, "unknown seller 'rule-ours'"),
        ({"tables": {"mined": OURS}}, "tables.mined: 'mined' is a strategy already"),
        ({"tables": {"Our table": OURS}}, "tables.Our table: a name is small letters"),
        ({"tables": {"ours": {"by": "age"}}}, "tables.ours.intents\n  Field required"),
        ({"condition": "nosy"}, "nosy"),
        ({"buyer": {"patience": 0}}, "greater than 0"),
        ({"buyer": {"patienc": 3}}, "patienc"),
        ({"buyer": {"asks_back": 1.5}}, "less than or equal to 1"),
        ({"buyer": {"asks_back": -0.1}}, "greater than or equal to 0"),
    ],
)
def test_a_recipe_that_cannot_be_used(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        recipe(**changes)


def test_people_without_an_occupation() -> None:
    people = buyers()
    nameless = replace(people, personas={"age": people.personas["age"]})
    with pytest.raises(InputError, match="these people have no occupation"):
        played(recipe(sellers=("rule-global", "rule-mined"), contrasts=()), nameless)


def test_a_table_of_sections_belongs_to_one_domain() -> None:
    with pytest.raises(InputError, match="no table of sections for the domain 'planted'"):
        played(recipe(sellers=("rule-global", "rule-paper"), contrasts=()))


def with_table(**changes: Any) -> Sales:
    sellers = ("rule-global", "rule-ours")
    return recipe(sellers=sellers, contrasts=(), tables={"ours": OURS | changes}, keep_dialogues=1000)


def test_a_table_of_ones_own_says_what_its_group_is_turned_to_first() -> None:
    sold = played(with_table())
    work = dict(zip(sold.ids, sold.personas["occupation"].tolist(), strict=True))
    first: dict[str, dict[str, str | None]] = {name: {} for name in sold.tables}
    for name, dialogues in sold.kept.items():
        for dialogue in dialogues:
            moves = (turn.move for turn in dialogue.turns if turn.move is not None)
            first[name][dialogue.person] = next(move.intent for move in moves if move.act is Act.STEER)
    smiths = [person for person in work if work[person] == "smith"]
    assert {first["rule-ours"][person] for person in smiths} == {"f5"}
    assert {first["rule-global"][person] for person in smiths} != {"f5"}
    others = [person for person in work if work[person] != "smith"]
    assert others
    assert [first["rule-ours"][person] for person in others] == [first["rule-global"][person] for person in others]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"intents": {"smith": ("f55",)}}, "unknown intent 'f55' of 'smith'. Did you mean 'f5'"),
        ({"intents": {"smith": ("f2",)}}, "unknown intent 'f2' of 'smith'"),  # A facet, but nothing is of that kind.
        ({"intents": {"smith": ("f5", "f1", "f5")}}, "intent 'f5' of 'smith' is named twice"),
        ({"intents": {"smit": ("f5",)}}, "nobody's occupation is 'smit'. Did you mean 'smith'"),
        ({"by": "ocupation"}, "these people have no ocupation"),
    ],
)
def test_a_table_that_does_not_fit_these_people(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as error:
        played(with_table(**changes))
    assert "tables.ours" in str(error.value)


def test_people_whose_occupation_is_all_unknown() -> None:
    people = buyers()
    nameless = replace(people, personas={**people.personas, "occupation": np.full(len(people), "")})
    with pytest.raises(InputError, match="these people have no occupation"):
        played(recipe(sellers=("rule-global", "rule-inferred"), contrasts=()), nameless)


def test_the_reader_of_six_intents_sees_what_is_wanted() -> None:
    """The recipes that ship: who is keen on jazz is expected to be glad of jazz."""
    settings, _ = read_sales("sales-strength")
    domain, people = build_six_intents(0.3, each=3)
    fitted = Fitted(settings, domain, next(split_people(settings, people)), 1)
    column = domain.column("LookUpMusic")
    states = np.full((3, len(domain.facets)), -1, dtype=np.int8)
    states[:, column] = (0, 1, 2)
    music = domain.kinds[:, column]
    no, maybe, keen = fitted.belief(answer_model(settings.condition)).targets(states)[:, music].mean(axis=1)
    assert no < 0.05 < maybe < keen


def test_nothing_to_sell() -> None:
    domain = planted_domain()
    with pytest.raises(InputError, match="no target is of a kind"):
        markets(recipe(), lambda: (domain, planted_people(domain)))


def test_a_chat_model_sells(tmp_path: Path) -> None:
    script = tmp_path / "seller.toml"
    script.write_text(
        """replies = ['{"reply": "Bye.", "done": "given up"}']
[[when]]
matches = "Hi|Hello|Good evening"
reply = '{"thought": "explicit", "reply": "How about it?", "offer": "target 3"}'
""",
        encoding="utf-8",
    )
    name = f"scripted:{script}"
    sold = played(recipe(sellers=(name, "pusher"), baseline="pusher", contrasts=(), luck_seeds=1))
    results = summarise_sales(sold)
    row = {measure: mean for measure, (mean, _, _) in results.rows[name].items()}
    assert row["offers"] == 1
    assert row["sold"] + row["misfit"] + row["refused"] == pytest.approx(1)
    assert 0 < row["sold"] < 1


def test_dialogues_of_a_model_that_breaks_down_are_counted(tmp_path: Path) -> None:
    script = tmp_path / "seller.toml"
    script.write_text("replies = ['<think>Hm.</think>']\n", encoding="utf-8")
    name = f"scripted:{script}"
    sold = played(recipe(sellers=(name, "pusher"), baseline="pusher", contrasts=(), luck_seeds=1))
    results = summarise_sales(sold)
    assert results.rows[name]["refused"][0] == 1
    assert any("dialogues failed (empty, agent)" in note for note in results.notes)


def test_a_chat_model_buys(tmp_path: Path) -> None:
    script = tmp_path / "buyer.toml"
    script.write_text("""replies = ["Why not. I'll take it!"]\n""", encoding="utf-8")
    sold = played(recipe(sellers=("pusher",), baseline="pusher", contrasts=(), luck_seeds=1, user=f"scripted:{script}"))
    row = {name: mean for name, (mean, _, _) in summarise_sales(sold).rows["pusher"].items()}
    assert row["offers"] == 1
    assert row["sold"] + row["misfit"] == pytest.approx(1)
