"""Preference tuning by TRL (DPO, Rafailov et al. 2023): of two questions in a state, the one that is worth more."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from elicit.basis import InputError, Luck
from elicit.domains import Code
from elicit.forward import Worth, best_and_other
from elicit.language import Phrasebook
from elicit.questioners.causal import Script
from elicit.training.lessons import Lessons
from elicit.training.trainer import Told, Tuned, Tuning, as_data_set, run_trainer


class PreferenceRow(TypedDict):
    """Two questions in a state, in tokens."""

    prompt_ids: list[int]
    chosen_ids: list[int]
    rejected_ids: list[int]


def pair_length(row: PreferenceRow) -> int:
    """Return the tokens of the longer one of a pair, with what is read before it."""
    return len(row["prompt_ids"]) + max(len(row["chosen_ids"]), len(row["rejected_ids"]))


def preference_rows(script: Script, lessons: Lessons, worth: Worth, luck: Luck) -> Iterator[PreferenceRow]:
    """Yield one pair of questions a lesson: in the state after some of its answers, the best of eight and another one.

    What is worth more is what is *expected* to bring more, over all answers that a person may give. What it brought
    this very person is no label: the best question in hindsight is the one with the surprising answer.

    Args:
        script: texts in tokens.
        lessons: dialogues, of which the states are taken; their number of answers is drawn.
        worth: what questions are expected to bring.
        luck: of the lessons.
    """
    facets, turns = len(script.domain.facets), lessons.talks.asked.shape[1]
    cut = (luck.uniform("where a dialogue is cut") * turns).astype(np.intp)
    parts = [lessons.talks.part(np.array([row]), turn) for row, turn in enumerate(cut.tolist())]
    states = np.concatenate([part.states(part.asked.shape[1], facets) for part in parts])
    better, worse = best_and_other(np.where(states == Code.NOT_ASKED, worth(states), -np.inf), luck)
    book = Phrasebook(script.domain, luck)
    for row, part in enumerate(parts):
        (prompt,) = script.prompts(part)
        chosen, rejected = (
            list(script.question(column, book.question(row, column).text))
            for column in (int(better[row]), int(worse[row]))
        )
        if better[row] != worse[row]:
            yield PreferenceRow(prompt_ids=list(prompt), chosen_ids=chosen, rejected_ids=rejected)


def prefer(
    model: Any,
    tokenizer: Any,
    rows: Sequence[PreferenceRow],
    validation: Sequence[PreferenceRow],
    beta: float,
    tuning: Tuning,
    folder: Path,
    seed: int,
    tell: Told = lambda pace: None,
) -> Tuned:
    """Train a model where it is by DPO; what it was before is what it is held near to.

    Args:
        model: a causal language model of transformers that asks already.
        tokenizer: its tokenizer.
        rows: to learn from.
        validation: of other people, for the loss that is reported.
        beta: how strongly it is held near to what it was; larger is nearer.
        tuning: see :class:`Tuning`.
        folder: for checkpoints.
        seed: of the order of rows and of dropout.
        tell: called now and then.

    Raises:
        InputError: there are no pairs.
        KeyboardInterrupt, UnavailableError: see :func:`run_trainer`.
    """
    if not rows or not validation:
        raise InputError("in no state are two questions worth different things", remedy="More people or more facets")

    def make(settings: Mapping[str, Any], watch: Any) -> Any:
        from trl.trainer.dpo_config import DPOConfig
        from trl.trainer.dpo_trainer import DPOTrainer

        class PairTrainer(DPOTrainer):
            """Takes pairs that are in tokens already, and tells nobody that it is used."""

            def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
                return dataset

            def _send_telemetry(self) -> None:
                pass

        # With adapters the model without them is what it was.
        before = None if hasattr(model, "peft_config") else copy.deepcopy(model)
        return PairTrainer(
            model=model,
            ref_model=before,
            args=DPOConfig(**settings, beta=beta),
            processing_class=tokenizer,
            train_dataset=as_data_set(rows),
            eval_dataset=as_data_set(validation),
            callbacks=[watch],
        )

    return run_trainer(make, tuning, folder, seed, tell)
