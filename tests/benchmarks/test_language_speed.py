"""Language models that ask and learn, on one core: decisions by marks, and what sharing rows among questions brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from elicit.basis import one_thread
from elicit.domains import Domain, Population, Source, open_domain
from elicit.profiles import Truthful
from elicit.questioners import RandomQuestioner, Rules
from elicit.questioners.causal import Asker, CausalQuestioner, Script, State, Way
from elicit.runs import play
from elicit.training import (
    NO_LOSS,
    Leading,
    Teacher,
    TokenRow,
    Tuning,
    fine_tune,
    led_lessons,
    own_model,
    own_tokenizer,
    token_rows,
)

PEOPLE, QUESTIONS = 400, 10
DIALOGUES = 960


@pytest.fixture(scope="module")
def invented() -> tuple[Domain, Population]:
    return open_domain("movies", Source(None, invented=True))


def untaught(domain: Domain, listed: int | None = None) -> tuple[Any, Script]:
    """Return a model and its script; one that reads what may be asked goes without marks, as in the recipes."""
    tokenizer = own_tokenizer(domain)
    order = tuple(range(len(domain.facets)))
    script = Script(domain, tokenizer, State.DIALOGUE, listed is None, order, listed)
    return own_model(tokenizer, 192, 4, 1024, seed=1), script


def test_decisions_by_marks(benchmark: BenchmarkFixture, invented: tuple[Domain, Population]) -> None:
    domain, people = invented
    model, script = untaught(domain)
    # The first weights are so small that everybody would be asked the same, and equal dialogues are answered once.
    for weights in model.parameters():
        weights.data *= 3
    rows = people.take(np.arange(PEOPLE) % len(people))
    luck = rows.luck(1)

    def ask() -> Any:
        questioner = CausalQuestioner(Asker(model.eval(), script, False, {}), Way.MARK)
        return play(questioner, Truthful(), rows.codes, domain.option_counts, Rules.of(domain), luck, QUESTIONS)

    transcript = benchmark.pedantic(ask, rounds=3, warmup_rounds=1)
    different = len({tuple(row) for row in transcript.asked.tolist()})
    benchmark.extra_info["different_dialogues_of_400"] = different
    benchmark.extra_info["decisions_per_second"] = round(PEOPLE * QUESTIONS / benchmark.stats.stats.median)


def tokens(rows: list[TokenRow]) -> int:
    return sum(len(row["input_ids"]) for row in rows)


def single_steps(rows: list[TokenRow]) -> list[TokenRow]:
    """Return each taught question of shared rows in a row of its own, with all that stands before it."""
    found = []
    for row in rows:
        tokens, labels = row["input_ids"], row["labels"]
        starts = [n for n in range(1, len(labels)) if labels[n] != NO_LOSS and labels[n - 1] == NO_LOSS]
        for start in starts:
            stop = next((n for n in range(start, len(labels)) if labels[n] == NO_LOSS), len(labels))
            found.append(TokenRow(input_ids=tokens[:stop], labels=[NO_LOSS] * start + labels[start:stop]))
    return found


@pytest.mark.parametrize("listed", [None, 25], ids=["plain", "after a list of 25"])
def test_sharing_a_row_among_ten_questions(
    benchmark: BenchmarkFixture,
    invented: tuple[Domain, Population],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listed: int | None,
) -> None:
    import trl.trainer.sft_config

    domain, people = invented
    teacher = Teacher(RandomQuestioner(), Truthful())
    _, script = untaught(domain, listed)
    leading = Leading(QUESTIONS, 0.0, listed=listed)
    lessons = led_lessons(people, [teacher], domain.option_counts, leading, DIALOGUES, seed=1)
    shared = list(token_rows(script, lessons))
    single = single_steps(shared)
    assert len(single) == DIALOGUES * QUESTIONS
    plain = trl.trainer.sft_config.SFTConfig

    def train(rows: list[TokenRow], name: str) -> float:
        model, texts = untaught(domain, listed)
        marks = script.marks if listed is None else ()
        tuning = Tuning(checkpoints=0)
        return fine_tune(model, texts.tokenizer, rows, rows[:16], marks, tuning, tmp_path / name, 1).rows

    def grouped(**settings: Any) -> Any:
        return plain(**settings, train_sampling_strategy="group_by_length")

    with one_thread():
        train(shared[:32], "warm")
        together = benchmark.pedantic(train, (shared, "shared"), rounds=1) * QUESTIONS
        monkeypatch.setattr(trl.trainer.sft_config, "SFTConfig", grouped)
        alone = train(single[: len(single) // 8], "single")
    benchmark.extra_info["questions_per_second_shared"] = round(together)
    benchmark.extra_info["questions_per_second_alone"] = round(alone)
    benchmark.extra_info["times_as_many"] = round(together / alone, 1)
    benchmark.extra_info["times_fewer_tokens"] = round(tokens(single) / tokens(shared), 1)
