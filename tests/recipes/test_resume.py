"""A run that was cut short goes on where it stopped and ends as if nothing had happened."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from planted import contents, planted_domain, planted_people, planted_recipe, run

from elicit.basis import InputError
from elicit.domains import Domain, Population
from elicit.recipes import Evaluation, evaluate, run_facts, scores_table, summarise
from elicit.runs import RunFolder

DOMAIN = planted_domain()
PEOPLE = planted_people(DOMAIN)
COUNTING = '''
"""A questioner that counts for how many people it began a dialogue."""

import numpy as np

begun = []


class Counting:
    def choose(self, states, allowed, luck):
        turns = (states != -1).sum(axis=1)
        begun.append(int((turns == 0).sum()))
        return turns % allowed.shape[1]


def counting(fitted, model):
    return Counting()
'''


class PowerCutError(Exception):
    """The lights went out."""


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a counting questioner into the current folder and return the name of its module."""
    name = f"counting_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(COUNTING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def recipe_of(counting: str) -> Evaluation:
    return planted_recipe(questioners=("static", f"{counting}:counting", "mixture"), conditions=("truthful", "noisy"))


def go_on(folder: RunFolder, recipe: Evaluation, parts: int | None = None) -> None:
    """Evaluate in a folder, up to a power cut before part ``parts`` if it is given."""

    def progress(doing: str, done: int, total: int) -> None:
        if done == parts:
            raise PowerCutError(doing)

    evaluated = evaluate(recipe, DOMAIN, PEOPLE, folder, progress)
    folder.write_scores(scores_table(evaluated))
    summarise(evaluated, {})


def start(path: Path, recipe: Evaluation) -> RunFolder:
    return RunFolder.start(path, "", run_facts(recipe, DOMAIN, PEOPLE))


def resume(path: Path, recipe: Evaluation, domain: Domain = DOMAIN, people: Population = PEOPLE) -> RunFolder:
    return RunFolder.resume(path, run_facts(recipe, domain, people))


def written(folder: RunFolder) -> dict[str, tuple[int, int]]:
    """Return when each shard was written, and into which file."""
    shards = sorted((folder.path / "answers.parquet").glob("*.parquet"))
    return {shard.name: (shard.stat().st_mtime_ns, shard.stat().st_ino) for shard in shards}


@pytest.mark.parametrize("parts", [0, 2, 7, 8, 13])
def test_a_resumed_run_plays_the_rest_and_ends_the_same(tmp_path: Path, counting: str, parts: int) -> None:
    recipe = recipe_of(counting)
    whole = run(recipe, DOMAIN, PEOPLE, tmp_path / "whole")
    begun = importlib.import_module(counting).begun
    at_once = sum(begun)
    assert at_once == 2 * len(whole.evaluated.ids)
    begun.clear()

    folder = start(tmp_path / "cut", recipe)
    with pytest.raises(PowerCutError):
        go_on(folder, recipe, parts)
    assert not (folder.path / "scores.parquet").exists()
    before = written(folder)
    # Of the seven parts of a fold, the first is learning and the others are one shard each.
    assert len(before) == max(parts - 1, 0) - (parts > 7)

    go_on(resume(folder.path, recipe), recipe)
    assert {name: when for name, when in written(folder).items() if name in before} == before
    assert sum(begun) == at_once
    assert contents(folder.path) == contents(whole.folder.path)


def test_a_finished_run_plays_nothing_when_it_is_resumed(tmp_path: Path, counting: str) -> None:
    recipe = recipe_of(counting)
    whole = run(recipe, DOMAIN, PEOPLE, tmp_path / "whole")
    begun = importlib.import_module(counting).begun
    begun.clear()
    shards, bytes_before = written(whole.folder), contents(whole.folder.path)
    go_on(resume(whole.folder.path, recipe), recipe)
    assert written(whole.folder) == shards
    assert contents(whole.folder.path) == bytes_before
    assert sum(begun) == 0


def test_what_a_power_cut_left_half_written_is_passed_over(tmp_path: Path, counting: str) -> None:
    recipe = recipe_of(counting)
    whole = run(recipe, DOMAIN, PEOPLE, tmp_path / "whole")
    folder = start(tmp_path / "cut", recipe)
    with pytest.raises(PowerCutError):
        go_on(folder, recipe, 3)
    half = folder.path / "answers.parquet" / ".fold0-truthful-mixture-0.parquet.x7.parquet"
    half.write_bytes(b"PAR1")
    go_on(resume(folder.path, recipe), recipe)
    assert half.exists()
    half.unlink()
    assert contents(folder.path) == contents(whole.folder.path)


def test_a_damaged_shard_is_named_and_played_again_once_it_is_deleted(tmp_path: Path, counting: str) -> None:
    recipe = recipe_of(counting)
    whole = run(recipe, DOMAIN, PEOPLE, tmp_path / "whole")
    before = contents(whole.folder.path)
    shard = whole.folder.path / "answers.parquet" / "fold1-noisy-static-0.parquet"
    shard.write_bytes(shard.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"fold1-noisy-static-0\.parquet: damaged"):
        go_on(resume(whole.folder.path, recipe), recipe)
    shard.unlink()
    others = written(whole.folder)
    go_on(resume(whole.folder.path, recipe), recipe)
    assert {name: when for name, when in written(whole.folder).items() if name != shard.name} == others
    assert contents(whole.folder.path) == before


def test_another_recipe_domain_or_people_are_not_mixed_in(tmp_path: Path) -> None:
    recipe = planted_recipe()
    path = start(tmp_path / "run", recipe).path
    resume(path, planted_recipe())
    with pytest.raises(InputError, match="another recipe hash"):
        resume(path, planted_recipe(seed=4))
    with pytest.raises(InputError, match="another domain hash"):
        resume(path, recipe, domain=planted_domain(version="2"))
    with pytest.raises(InputError, match="another people hash"):
        resume(path, recipe, people=PEOPLE.take(range(149)))
