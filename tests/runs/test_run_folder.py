"""Run folders: started once, resumed only as the same run, and never read wrongly."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from elicit.basis import InputError
from elicit.dialogues import Transcript
from elicit.runs import RunFolder, latest_run, new_run_path, provenance, read_facts

FACTS = {"recipe_hash": "a1", "domain_hash": "b2", "people_hash": "c3", "elicit": "0.1.0", "seed": 4, "title": "Größe"}
ASKED = np.array([[3, 0, 300], [1, -1, -1], [-1, -1, -1]], dtype=np.int16)
ANSWERS = np.array([[119, -2, 0], [-5, -1, -1], [-1, -1, -1]], dtype=np.int8)
PEOPLE = ("ann", "bob", "Åse")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.start(tmp_path / "run", 'title = "x"\n', FACTS)


def shard_file(folder: RunFolder, name: str = "fold0") -> Path:
    return folder.path / "answers.parquet" / f"{name}.parquet"


def test_a_started_run_says_what_it_is(folder: RunFolder) -> None:
    assert (folder.path / "recipe.toml").read_text(encoding="utf-8") == 'title = "x"\n'
    assert read_facts(folder.path) == FACTS
    assert sorted(p.name for p in folder.path.iterdir()) == ["recipe.toml", "run.json"]


def test_an_empty_folder_can_be_started_in(tmp_path: Path) -> None:
    assert read_facts(RunFolder.start(tmp_path, "", FACTS).path) == FACTS


def test_a_folder_with_anything_in_it_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sun")
    with pytest.raises(InputError, match=r"already there.*--resume"):
        RunFolder.start(tmp_path, "", FACTS)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.jpg"]
    with pytest.raises(InputError, match="already there"):
        RunFolder.start(tmp_path / "holiday.jpg", "", FACTS)


def test_the_same_run_is_resumed_whatever_else_is_told(folder: RunFolder) -> None:
    assert RunFolder.resume(folder.path, FACTS | {"title": "other"}) == folder


@pytest.mark.parametrize("key", ["recipe_hash", "domain_hash", "people_hash", "elicit"])
def test_another_run_is_not_resumed(folder: RunFolder, key: str) -> None:
    words = key.replace("_", " ")
    with pytest.raises(InputError, match=rf"another {words} \({FACTS[key]}, now zz\).*Start a new run"):
        RunFolder.resume(folder.path, FACTS | {key: "zz"})
    with pytest.raises(InputError, match=words):
        RunFolder.resume(folder.path, {k: v for k, v in FACTS.items() if k != key})


def test_what_is_no_run_folder_is_not_resumed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "notes.txt"):
        with pytest.raises(InputError, match="not a run folder"):
            RunFolder.resume(path, FACTS)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"a run"'])
def test_a_damaged_run_file_is_named(folder: RunFolder, text: str) -> None:
    (folder.path / "run.json").write_text(text)
    with pytest.raises(InputError, match=r"run\.json cannot be read") as caught:
        RunFolder.resume(folder.path, FACTS)
    assert caught.value.where == str(folder.path)


def test_a_shard_comes_back_as_it_was_written(folder: RunFolder) -> None:
    assert folder.read_shard("fold0") is None
    folder.write_shard("fold0", PEOPLE, Transcript(ASKED, ANSWERS))
    found = folder.read_shard("fold0")
    assert found is not None
    np.testing.assert_array_equal(found.asked, ASKED)
    np.testing.assert_array_equal(found.answers, ANSWERS)
    assert (found.asked.dtype, found.answers.dtype) == (np.int16, np.int8)
    assert folder.read_shard("fold1") is None


def test_shards_can_be_read_by_others_and_are_the_same_bytes_each_time(folder: RunFolder) -> None:
    for name in ("fold0", "fold1"):
        folder.write_shard(name, PEOPLE, Transcript(ASKED, ANSWERS))
    assert shard_file(folder).read_bytes() == shard_file(folder, "fold1").read_bytes()
    table = pq.read_table(folder.path / "answers.parquet")
    assert table.column("person").to_pylist() == [*PEOPLE, *PEOPLE]
    assert table.column("asked").to_pylist() == ASKED.tolist() * 2
    assert table.column("answers").to_pylist() == ANSWERS.tolist() * 2


def test_a_shard_that_cannot_be_written_leaves_nothing_behind(folder: RunFolder) -> None:
    with pytest.raises(pa.ArrowInvalid):
        folder.write_shard("fold0", PEOPLE[:2], Transcript(ASKED, ANSWERS))
    assert list((folder.path / "answers.parquet").iterdir()) == []
    assert folder.read_shard("fold0") is None


def test_a_truncated_shard_is_called_damaged(folder: RunFolder) -> None:
    folder.write_shard("fold0", PEOPLE, Transcript(ASKED, ANSWERS))
    path = shard_file(folder)
    whole = path.read_bytes()
    for end in (0, 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match=r"damaged.*Delete this file and resume") as caught:
            folder.read_shard("fold0")
        assert caught.value.where == str(path)


def test_no_wrong_byte_is_read_as_another_dialogue(folder: RunFolder) -> None:
    random = np.random.Generator(np.random.Philox(1))
    asked = random.integers(0, 9, (40, 6)).astype(np.int16)
    answers = random.integers(0, 3, (40, 6)).astype(np.int8)
    folder.write_shard("fold0", tuple(f"p{i}" for i in range(40)), Transcript(asked, answers))
    path = shard_file(folder)
    whole = path.read_bytes()
    damaged = 0
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            found = folder.read_shard("fold0")
        except InputError:
            damaged += 1
        else:
            assert found is not None
            np.testing.assert_array_equal(found.asked, asked)
            np.testing.assert_array_equal(found.answers, answers)
    assert damaged > len(whole) / 3 / 2


def test_scores_are_written_whole(folder: RunFolder) -> None:
    table = pa.table({"person": ["ann"], "ndcg": [0.5]})
    folder.write_scores(table)
    assert pq.read_table(folder.path / "scores.parquet").equals(table)


def test_the_latest_run_is_the_one_started_last(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run of an evaluation"):
        latest_run(tmp_path, "evaluation")
    for age, name in ((10, "b"), (30, "a"), (20, "c")):
        path = RunFolder.start(tmp_path / name, "", {**FACTS, "kind": "evaluation"}).path
        os.utime(path / "run.json", (1000 - age, 1000 - age))
    (tmp_path / "not-a-run").mkdir()
    RunFolder.start(tmp_path / "ask-movies", "", {**FACTS, "kind": "interview"})
    RunFolder.start(tmp_path / "of-no-kind", "", FACTS)
    assert latest_run(tmp_path, "evaluation") == tmp_path / "b"
    assert latest_run(tmp_path, "evaluation", "interview") == tmp_path / "ask-movies"


def test_a_new_run_takes_the_next_free_number(tmp_path: Path) -> None:
    for name in ("quick", "quick-2", "quick-3"):
        assert new_run_path(tmp_path, "quick") == tmp_path / name
        (tmp_path / name).mkdir()


def test_provenance_names_versions_and_machine() -> None:
    facts = provenance()
    assert {"elicit", "python", "numpy", "scipy", "pyarrow", "processor", "cores"} <= set(facts)
    assert facts["numpy"] == np.__version__
    assert all(value not in ("", None) for value in facts.values())
    assert ("commit" in facts) == ("dirty" in facts)
