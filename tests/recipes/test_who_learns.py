"""Splits: nobody is in two groups, and a person's place is their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import planted_domain, planted_people, planted_recipe

from elicit.basis import InputError
from elicit.domains import Population
from elicit.forward import split_people as forward_parts
from elicit.recipes import Split, split_people
from elicit.recipes.split import learners

PEOPLE = planted_people(planted_domain(facets=1, targets=0), 150)
ALL_FOLDS = (0, 1, 2, 3, 4)


def splits(people: Population = PEOPLE, **changes: object) -> list[Split]:
    return list(split_people(planted_recipe(**{"test_folds": ALL_FOLDS} | changes), people))


def groups(split: Split) -> tuple[set[str], set[str], set[str]]:
    train, validation, test = (set(group.ids) for group in (split.train, split.validation, split.test))
    return train, validation, test


def assert_disjoint(split: Split, everybody: Population = PEOPLE) -> None:
    train, validation, test = groups(split)
    assert len(train) + len(validation) + len(test) == len(everybody)
    assert train | validation | test == set(everybody.ids)


def test_folds_hold_everybody_once_and_no_group_shares_anybody() -> None:
    found = splits()
    assert [split.name for split in found] == ["fold0", "fold1", "fold2", "fold3", "fold4"]
    for split in found:
        assert_disjoint(split)
        assert len(split.validation) == round(0.15 * (150 - len(split.test)))
    tested = [person for split in found for person in split.test.ids]
    assert sorted(tested) == sorted(PEOPLE.ids)


def test_each_fold_has_choosers_of_its_own() -> None:
    choosers = [set(split.validation.ids) for split in splits()]
    assert len(set.union(*choosers)) == sum(map(len, choosers))


@given(st.permutations(range(150)), st.integers(0, 9))
@settings(max_examples=10)
def test_neither_order_nor_seed_nor_the_other_people_move_a_person(order: list[int], seed: int) -> None:
    fold = {person: split.name for split in splits() for person in split.test.ids}
    shuffled = splits(PEOPLE.take(order), seed=seed)
    assert [groups(s) for s in shuffled] == [groups(s) for s in splits()]
    for split in splits(PEOPLE.take(order[:60])):
        assert {fold[person] for person in split.test.ids} == {split.name}


def test_rows_stay_with_their_person() -> None:
    row = {person: i for i, person in enumerate(PEOPLE.ids)}
    for group in (splits()[0].train, splits()[0].validation, splits()[0].test):
        np.testing.assert_array_equal(group.codes, PEOPLE.codes[[row[i] for i in group.ids]])


def test_nobody_in_the_training_rows_of_a_questioner_is_tested_in_fold_0() -> None:
    part = dict(zip(PEOPLE.ids, forward_parts(PEOPLE), strict=True))
    first = splits(folds=5)[0]
    assert {part[person].value for person in first.test.ids} == {"test"}
    assert "test" not in {part[person].value for person in (*first.train.ids, *first.validation.ids)}


def test_fewer_tested_people_leave_more_to_learn_from() -> None:
    whole, few = splits()[1], splits(test_people=7)[1]
    assert_disjoint(few)
    assert few.test.ids == whole.test.ids[:7]


def test_the_number_of_choosers_can_be_given() -> None:
    assert [len(split.validation) for split in splits(validation_people=9)] == [9] * 5
    assert all(len(split.validation) == 1 for split in splits(validation=0.001))


def test_fewer_can_be_learned_from_and_nobody_else_is_touched() -> None:
    for whole, few in zip(splits(), splits(train_people=30), strict=True):
        assert few.train.ids == whole.train.ids[:30]
        assert (few.validation.ids, few.test.ids) == (whole.validation.ids, whole.test.ids)
    # More than there are is all of them.
    assert [s.train.ids for s in splits(train_people=999)] == [s.train.ids for s in splits()]
    assert len(learners(planted_recipe(train_people=30), PEOPLE).train) == 30


def test_held_out_people_are_tested_in_the_order_of_the_recipe() -> None:
    (split,) = splits(test_ids=("p9", "p3", "p140"))
    assert split.test.ids == ("p9", "p3", "p140")
    assert split.name == "held out"
    assert_disjoint(split)


def test_a_held_out_person_who_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"2 of the 3 held-out people are not in the data \(the first is 'zoe'\)"):
        splits(test_ids=("p1", "zoe", "yan"))


def test_too_few_people_are_refused() -> None:
    assert len(splits(PEOPLE.take(range(20)), test_ids=("p1", "p2"))) == 1
    for attempt in (splits, lambda people: learners(planted_recipe(), people)):
        with pytest.raises(InputError, match="19 people are too few"):
            attempt(PEOPLE.take(range(19)))


def test_choosers_must_leave_somebody_to_learn_from() -> None:
    with pytest.raises(InputError, match="150 validation people leave nobody"):
        splits(validation_people=150)
    with pytest.raises(InputError, match="leave nobody to learn from"):
        splits(test_ids=PEOPLE.ids)


def test_one_learner_is_nobody_to_learn_from() -> None:
    with pytest.raises(InputError, match=r"validation_people: \d+ validation people leave 1 to learn from.* 2 must"):
        splits(validation_people=len(splits()[0].train) + len(splits()[0].validation) - 1)
    with pytest.raises(InputError, match=r"validation: .* leave 1 to learn"):
        splits(PEOPLE.take(range(20)), test_ids=tuple(PEOPLE.ids[:18]))


def test_a_fold_without_people_is_refused() -> None:
    with pytest.raises(InputError, match="nobody of the 150 people is in fold"):
        splits(folds=1000, test_folds=tuple(range(1000)))


def test_where_nobody_is_tested_everybody_learns_or_chooses() -> None:
    split = learners(planted_recipe(), PEOPLE)
    assert_disjoint(split)
    assert len(split.test) == 0
