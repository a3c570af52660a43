"""Everything learned anew, several at a time, and what is kept of it for a run that goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from planted import Run, contents, planted_domain, planted_people, planted_recipe, run

from elicit.basis import InputError
from elicit.recipes import (
    Evaluation,
    Fitted,
    evaluate,
    planned_dialogues,
    run_facts,
    scores_table,
    split_people,
    summarise,
)
from elicit.runs import RunFolder

pytestmark = pytest.mark.filterwarnings("error")

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN, 80)
LEARNERS = ("static", "mixture", "network", "value")


def recipe_of(**changes: object) -> Evaluation:
    return planted_recipe(
        **{"questioners": LEARNERS, "conditions": ("noisy",), "training_seeds": 2, "luck_seeds": 2} | changes
    )


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(recipe_of(), DOMAIN, PEOPLE, tmp_path_factory.mktemp("twice") / "run")


@pytest.fixture
def copied(twice: Run, tmp_path: Path) -> RunFolder:
    """Return a copy of the folder of the finished run."""
    return RunFolder(Path(shutil.copytree(twice.folder.path, tmp_path / "run")))


def learned(folder: RunFolder) -> dict[str, tuple[int, int]]:
    """Return when each learned file was written, and which file it is; without notes of trouble."""
    files = sorted(p for p in (folder.path / "learned").rglob("*") if p.is_file() and p.suffix != ".txt")
    return {str(p.relative_to(folder.path)): (p.stat().st_mtime_ns, p.stat().st_ino) for p in files}


def go_on(folder: RunFolder, workers: int = 1) -> None:
    recipe = recipe_of()
    folder = RunFolder.resume(folder.path, run_facts(recipe, DOMAIN, PEOPLE))
    folder.write_scores(scores_table(evaluate(recipe, DOMAIN, PEOPLE, folder, workers=workers)))


def exchange(one: Path, two: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


@pytest.mark.parametrize(
    ("other", "problem"), [("fold1-training0", "other people"), ("fold0-training1", "another seed")]
)
def test_what_was_learned_elsewhere_is_not_used_here(copied: RunFolder, other: str, problem: str) -> None:
    learned = copied.path / "learned"
    exchange(learned / "fold0-training0" / "network", learned / other / "network")
    with pytest.raises(InputError, match=f"comes from {problem}.*anew"):
        go_on(copied)


def test_a_value_head_of_another_goal_is_not_used(tmp_path: Path) -> None:
    recipe = recipe_of(questioners=("value", "value-ndcg"), baseline="value", training_seeds=1, test_folds=(0,))
    folder = run(recipe, DOMAIN, PEOPLE, tmp_path / "run").folder
    (learned,) = (folder.path / "learned").iterdir()
    exchange(learned / "value-head", learned / "value-head-ndcg")
    with pytest.raises(InputError, match=r"comes from another goal \(ndcg, now profile\)"):
        evaluate(recipe, DOMAIN, PEOPLE, folder)


def test_everybody_is_played_once_a_training_and_draw(twice: Run) -> None:
    people = len(twice.evaluated.ids)
    shards = sorted(path.stem for path in (twice.folder.path / "answers.parquet").glob("*.parquet"))
    assert shards == sorted(
        f"fold{fold}-training{training}-noisy-{name}-{draw}"
        for fold in (0, 1)
        for training in (0, 1)
        for name in LEARNERS
        for draw in (0, 1)
    )
    assert planned_dialogues(twice.recipe, DOMAIN, PEOPLE) == people * 2 * len(LEARNERS) * 2
    kept = {str(Path(name).parent) for name in learned(twice.folder)}
    assert kept == {
        f"learned/fold{fold}-training{training}/{what}"
        for fold in (0, 1)
        for training in (0, 1)
        for what in ("mixture", "network", "value-head")
    }


def test_tables_have_an_axis_of_trainings_and_scores_a_column(twice: Run) -> None:
    people = len(twice.evaluated.ids)
    for seen in twice.evaluated.observed.values():
        assert {table.shape for table in seen.curves.values()} == {(people, 2, 6)}
        assert {table.shape for table in seen.whole.values()} == {(people, 2)}
    assert {table.shape for table in twice.evaluated.full.values()} == {(people, 2)}
    assert len(twice.evaluated.classes) == 4
    table = pq.read_table(twice.folder.path / "scores.parquet")
    assert table.num_rows == people * 2 * len(LEARNERS) * 3
    assert sorted(set(table.column("training").to_pylist())) == [0, 1]
    assert "luck_seed" not in table.column_names


def test_two_trainings_learn_different_things(twice: Run) -> None:
    for what in ("network", "value-head"):
        one, two = (
            (twice.folder.path / "learned" / f"fold0-training{n}" / what / "weights.safetensors").read_bytes()
            for n in (0, 1)
        )
        assert one != two
    for name in LEARNERS:
        bits = twice.evaluated.observed["noisy", name].curves["profile_bits"]
        # Even before the first question: the mixture that reads was learned anew too.
        assert (bits[:, 0] != bits[:, 1]).any(axis=0).all()


def test_the_first_training_is_the_one_of_a_recipe_without_trainings(twice: Run, tmp_path: Path) -> None:
    once = run(recipe_of(training_seeds=1), DOMAIN, PEOPLE, tmp_path / "once")
    for key, seen in once.evaluated.observed.items():
        for name, table in seen.curves.items():
            np.testing.assert_array_equal(table[:, 0], twice.evaluated.observed[key].curves[name][:, 0])
    assert (once.folder.path / "learned" / "fold0" / "network").is_dir()
    assert "what was learned held fixed" in " ".join(once.results.notes)


def test_intervals_speak_of_both_trainings(twice: Run) -> None:
    for row in twice.results.rows:
        for name, (mean, low, high) in row.values.items():
            each = np.nanmean(twice.evaluated.observed["noisy", row.questioner].curves[name], axis=0)[:, row.questions]
            assert mean == pytest.approx(each.mean())
            assert low <= each.min()
            assert each.max() <= high
    notes = " ".join(twice.results.notes)
    assert "over people and trainings, both drawn anew" in notes
    assert "held fixed" not in notes
    assert twice.results.facts["Trainings and draws of the noise"] == "2 and 2"


def test_a_difference_is_that_of_the_same_training(twice: Run) -> None:
    observed = twice.evaluated.observed
    for found in twice.results.differences:
        pair = [
            observed["noisy", name].curves[found.measure][..., found.questions] for name in (found.questioner, "static")
        ]
        assert found.difference == pytest.approx(np.nanmean(pair[0] - pair[1]))
        assert found.low <= found.difference <= found.high


def test_several_workers_find_the_same(twice: Run, copied: RunFolder) -> None:
    # One part is learned anew in its process, the others are found; everything is played again.
    shutil.rmtree(copied.path / "learned" / "fold0-training1")
    shutil.rmtree(copied.path / "answers.parquet")
    (copied.path / "scores.parquet").unlink()
    seen: list[tuple[str, int, int]] = []
    evaluated = evaluate(twice.recipe, DOMAIN, PEOPLE, copied, lambda *step: seen.append(step), workers=2)
    copied.write_scores(scores_table(evaluated))
    assert contents(copied.path) == contents(twice.folder.path)
    assert summarise(evaluated, {}).to_json() == summarise(twice.evaluated, {}).to_json()
    ended = [step for step in seen if step[0].endswith(": done")]
    assert [step[1:] for step in ended] == [(done, 4) for done in range(1, 5)]
    titles = {f"fold{fold}, training {training}" for fold in (0, 1) for training in (1, 2)}
    assert {doing for doing, _, _ in ended} == {f"{title}, noisy: done" for title in titles}
    # What each process does meanwhile is told too.
    assert {f"{title}: static, noisy" for title in titles} < {doing for doing, _, _ in seen}
    counts = [step[1:] for step in seen]
    assert counts == sorted(counts)
    assert counts[0] == (0, 4)


def test_workers_share_what_each_training_learns(tmp_path: Path) -> None:
    recipe = recipe_of(conditions=("truthful", "noisy"), training_seeds=1, test_folds=(0,))
    alone = run(recipe, DOMAIN, PEOPLE, tmp_path / "alone")
    folder = RunFolder.start(tmp_path / "shared", recipe.to_toml(), run_facts(recipe, DOMAIN, PEOPLE))
    shared = evaluate(recipe, DOMAIN, PEOPLE, folder, workers=2)
    assert summarise(shared, {}).to_json() == summarise(alone.evaluated, {}).to_json()
    kept = [
        {path.name for path in (place / "learned" / "fold0").iterdir()} for place in (folder.path, alone.folder.path)
    ]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_person_did_wrong_is_said_in_one_line_wherever_it_was_noticed(tmp_path: Path, workers: int) -> None:
    recipe = planted_recipe(questioners=("static", "elsewhere:ask"))
    folder = RunFolder.start(tmp_path / "run", "", run_facts(recipe, DOMAIN, PEOPLE))
    with pytest.raises(InputError) as caught:
        evaluate(recipe, DOMAIN, PEOPLE, folder, workers=workers)
    assert str(caught.value) == "questioner 'elsewhere:ask': cannot import 'elsewhere'"
    assert (caught.value.what, caught.value.where) == ("cannot import 'elsewhere'", "questioner 'elsewhere:ask'")


def test_what_took_long_to_learn_is_not_learned_again(twice: Run, copied: RunFolder) -> None:
    before = learned(copied)
    assert len(before) == 24
    shutil.rmtree(copied.path / "answers.parquet")
    (copied.path / "scores.parquet").unlink()
    go_on(copied)
    assert learned(copied) == before
    assert contents(copied.path) == contents(twice.folder.path)


def test_what_is_missing_is_learned_again_and_comes_out_the_same(twice: Run, copied: RunFolder) -> None:
    gone = copied.path / "learned" / "fold1-training0"
    before = {path.relative_to(gone): path.read_bytes() for path in gone.rglob("*") if path.is_file()}
    others = {name: when for name, when in learned(copied).items() if "fold1-training0" not in name}
    shutil.rmtree(gone)
    go_on(copied)
    assert {path.relative_to(gone): path.read_bytes() for path in gone.rglob("*") if path.is_file()} == before
    assert {name: when for name, when in learned(copied).items() if "fold1-training0" not in name} == others
    assert contents(copied.path) == contents(twice.folder.path)


@pytest.mark.parametrize("what", ["network", "value-head"])
def test_a_truncated_network_is_named(copied: RunFolder, what: str) -> None:
    file = copied.path / "learned" / "fold0-training1" / what / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(InputError, match="truncated") as caught:
        go_on(copied)
    assert caught.value.where == str(file.parent)
    assert "\n" not in str(caught.value)
    shutil.rmtree(file.parent)
    go_on(copied)


def test_a_smaller_crowd_to_learn_from_is_another_result(tmp_path: Path) -> None:
    one, two = (
        run(planted_recipe(train_people=few), DOMAIN, PEOPLE, tmp_path / str(few)).evaluated for few in (None, 20)
    )
    assert one.ids == two.ids
    assert len(two.first.train) == 20
    key = ("truthful", "mixture")
    assert (
        two.observed[key].curves["profile_bits"][:, 0, 0].mean()
        > one.observed[key].curves["profile_bits"][:, 0, 0].mean()
    )


def test_trouble_in_learning_is_told_again_when_a_run_goes_on(tmp_path: Path) -> None:
    recipe = planted_recipe(reader="network", questioners=("static",), test_folds=(0,))
    split = next(split_people(recipe, PEOPLE))
    assert Fitted(recipe, DOMAIN, split, 3, tmp_path).network
    # What a training that diverged leaves beside the network that it kept.
    (tmp_path / "network-trouble.txt").write_text("network: the loss was nan in epoch 2, step 1")
    later = Fitted(recipe, DOMAIN, split, 3, tmp_path)
    assert later.network
    assert later.troubles == ["network: the loss was nan in epoch 2, step 1"]


def test_trouble_of_what_was_deleted_is_forgotten(tmp_path: Path) -> None:
    recipe = planted_recipe(questioners=("static", "value"), test_folds=(0,))
    split = next(split_people(recipe, PEOPLE))
    (tmp_path / "value-head-trouble.txt").write_text("value-head: the loss was nan in epoch 2, step 1")
    learner = Fitted(recipe, DOMAIN, split, 3, tmp_path)
    assert learner.value_head("profile")
    assert not any("value-head" in trouble for trouble in learner.troubles)
    assert not (tmp_path / "value-head-trouble.txt").exists()
