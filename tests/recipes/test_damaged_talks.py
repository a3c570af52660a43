"""Runs whose dialogues were damaged: the scores say which line it is, and what was scored before stays."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from planted import planted_domain, planted_people

from elicit.basis import InputError
from elicit.dialogues import Failure, Fault, Speaker
from elicit.language import open_understanding
from elicit.recipes import Prepared, Simulation, prepare, score_talks, simulate
from elicit.runs import TalkLog


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    settings = {"title": "Planted", "domain": "planted", "questions": 2, "dialogues": 4}
    recipe = Simulation.model_validate(settings | {"mixture": {"classes": (2,), "starts": 1}})
    domain = planted_domain()
    return prepare(recipe, domain, planted_people(domain, 60))


@pytest.fixture
def run(prepared: Prepared, tmp_path: Path) -> Path:
    """Return a run of three dialogues and one failure, scored."""
    *_, last = prepared.cases()
    with TalkLog(tmp_path) as log:
        failed = Failure(
            id=last.id, person=last.person, fault=Fault.AGENT, side=Speaker.AGENT, kind="silent", detail="No reply."
        )
        log.keep(failed)
    simulate(prepared, tmp_path, open_understanding(prepared.domain, None))
    score_talks(prepared, tmp_path, {})
    return tmp_path


@pytest.mark.parametrize(("file", "number"), [("dialogues.jsonl", 3), ("dialogues.jsonl", 2), ("failures.jsonl", 1)])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_damaged_line_is_named_and_old_scores_stay(
    prepared: Prepared, run: Path, file: str, number: int, ending: str
) -> None:
    scores = (run / "scores.parquet").read_bytes()
    lines = (run / file).read_text(encoding="utf-8").splitlines(keepends=True)
    lines[number - 1] = lines[number - 1][:70] + ending
    (run / file).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"{run / file}:{number}: damaged (Invalid JSON: ")):
        score_talks(prepared, run, {})
    assert (run / "scores.parquet").read_bytes() == scores
    assert [path.name for path in run.glob(".*.parquet")] == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"person":"{person}"', '"person":"nobody"', "of 'nobody' is not planned in this run"),
        ('"id":"{person}/0"', '"id":"{person}/9"', "/9' of '{person}' is not planned in this run"),
        ('"id":"{person}/0"', '"id":"abc"', "dialogue 'abc' of '{person}' is not planned in this run"),
        ('"tells":{{"', '"tells":{{"zzz":"yes","', "no facet 'zzz'"),
    ],
)
def test_a_line_that_does_not_belong_to_the_run_is_named(
    prepared: Prepared, run: Path, old: str, new: str, problem: str
) -> None:
    path = run / "dialogues.jsonl"
    first, second, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    person = json.loads(second)["person"]
    changed = second.replace(old.format(person=person), new.format(person=person))
    assert changed != second
    path.write_text("".join([first, changed, *rest]), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(problem.format(person=person))) as raised:
        simulate(prepared, run, open_understanding(prepared.domain, None))
    assert raised.value.where == f"{path}:2"


def test_half_a_last_line_is_played_again(prepared: Prepared, run: Path) -> None:
    path, scores = run / "dialogues.jsonl", (run / "scores.parquet").read_bytes()
    whole = path.read_bytes().splitlines()
    path.write_bytes(path.read_bytes()[:-30])
    simulate(prepared, run, open_understanding(prepared.domain, None))
    assert score_talks(prepared, run, {}).statuses["finished"] == 3
    assert (run / "scores.parquet").read_bytes() == scores
    assert path.read_bytes().splitlines()[:2] == whole[:2]


def test_a_dialogue_whose_line_was_deleted_is_played_again(prepared: Prepared, run: Path) -> None:
    path, before = run / "dialogues.jsonl", score_talks(prepared, run, {})
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    simulate(prepared, run, open_understanding(prepared.domain, None))
    after = score_talks(prepared, run, {})
    assert (after.statuses, after.ends) == (before.statuses, before.ends)
    means = [{name: mean for name, (mean, *_) in results.values.items()} for results in (before, after)]
    assert means[1] == pytest.approx(means[0])
