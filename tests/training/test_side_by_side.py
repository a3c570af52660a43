"""Fine-tuning in two processes, really; and what becomes of processes that fail."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from test_fine_tuning import TEXTS, model, rows, same, weights

from elicit.basis import UnavailableError
from elicit.training import Pace, Tuned, Tuning, fine_tune_side_by_side
from elicit.training.several import _followed


@pytest.mark.parametrize("adapters", [None, 4])
def test_two_processes_learn_together(tmp_path: Path, adapters: int | None) -> None:
    untaught, told = model(), list[Pace]()
    before = weights(untaught)
    settings = Tuning(learning_rate=5e-3, batch=4, checkpoints=0, muon=adapters is None)
    tuned = fine_tune_side_by_side(
        untaught, TEXTS.tokenizer, rows(80), rows(8), TEXTS.marks, settings, adapters, tmp_path, 1, 2, told.append
    )
    assert tuned.steps == 10  # Eight rows a step, four in each process.
    assert [pace.step for pace in told] == [10]
    assert not same(before, weights(untaught))


def test_more_processes_than_cards_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    untaught = model()
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    with pytest.raises(UnavailableError, match="2 processes need as many graphics cards; there are 1"):
        fine_tune_side_by_side(
            untaught, TEXTS.tokenizer, rows(8), rows(8), TEXTS.marks, Tuning(), None, tmp_path, 1, processes=2
        )


def followed(folder: Path, *lines: object, code: int = 0) -> tuple[Tuned, list[Pace]]:
    program = "".join(f"print({json.dumps(json.dumps(line))});" for line in lines) + f"import sys; sys.exit({code})"
    paces: list[Pace] = []
    return _followed([sys.executable, "-c", program], folder, paces.append), paces


def test_what_the_first_process_says_is_passed_on(tmp_path: Path) -> None:
    pace, tuned = Pace(step=1, steps=2, loss=0.5, rows=3.0), Tuned(0.1, 0.2, steps=2, seconds=1.0, rows=4.0)
    found = followed(tmp_path, "a line of a library", ["pace", asdict(pace)], ["done", asdict(tuned)])
    assert found == (tuned, [pace])


def test_a_problem_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="the loss is nan"):
        followed(tmp_path, ["problem", {"what": "the loss is nan"}], code=1)


def test_processes_that_end_without_a_word_leave_a_log(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"ended with code 3; .*log.txt says why"):
        followed(tmp_path, code=3)
