"""Supervised fine-tuning by TRL: rows of tokens in, a model that asks out."""

from __future__ import annotations

import math
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from elicit.basis import UnavailableError
from elicit.models.libraries import need, set_threads
from elicit.training.rows import NO_LOSS, TokenRow

Told = Callable[["Pace"], None]
_CHECKPOINTS: Final = "checkpoint-*"
_FEW_TOKENS: Final = 8192


@dataclass(frozen=True)
class Pace:
    """How far training is.

    Attributes:
        step: steps done, of ``steps``.
        steps: steps planned.
        loss: mean over the steps since the last report, nats a token.
        rows: rows a second since then.
    """

    step: int
    steps: int
    loss: float
    rows: float


@dataclass(frozen=True)
class Tuning:
    """How a model is fine-tuned.

    Attributes:
        learning_rate: the highest; it rises for the first twentieth of the steps and then falls as a cosine.
        batch: rows a step on each device.
        accumulate: batches whose gradients are added up before a step.
        epochs: how often each row is seen.
        weight_decay: of AdamW.
        mark_weight: how much more a token that names a facet counts in the loss than a token of the words.
        checkpoints: steps between two checkpoints; 0 = none but when it is interrupted.
        tracking: ``none``, or the name of a tracker that transformers knows, for instance ``wandb``.
    """

    learning_rate: float = 2e-3
    batch: int = 16
    accumulate: int = 1
    epochs: int = 1
    weight_decay: float = 0.01
    mark_weight: float = 1.0
    checkpoints: int = 200
    tracking: str = "none"


@dataclass(frozen=True)
class Tuned:
    """What fine-tuning did.

    Attributes:
        loss: nats a token over the last tenth of the steps.
        validation: nats a token on the validation rows.
        steps: how many.
        seconds: of training, in this process.
        rows: a second.
    """

    loss: float
    validation: float
    steps: int
    seconds: float
    rows: float


def fine_tune(
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    validation: Sequence[TokenRow],
    marks: Sequence[int],
    tuning: Tuning,
    folder: Path,
    seed: int,
    tell: Told = lambda pace: None,
) -> Tuned:
    """Train a model where it is; a checkpoint that lies in the folder is gone on with.

    Ctrl-C and SIGTERM end it after the step in hand, with a checkpoint.

    Args:
        model: a causal language model of transformers.
        tokenizer: its tokenizer.
        rows: to learn from.
        validation: of other people, for the loss that is reported.
        marks: tokens that name a facet; none where questions are not marked.
        tuning: see :class:`Tuning`.
        folder: for checkpoints.
        seed: of the order of rows and of dropout.
        tell: called now and then.

    Raises:
        KeyboardInterrupt: it was interrupted; all that was learned is in the folder.
        UnavailableError: a library is missing, the loss is no number any more, or the disk is full.
    """
    need("trl", "accelerate", "datasets", *(() if tuning.tracking == "none" else (tuning.tracking,)))
    set_threads()
    if tuning.tracking == "wandb" and not os.environ.get("WANDB_API_KEY"):
        os.environ.setdefault("WANDB_MODE", "offline")
    with _quiet():
        trainer, watch = _trainer(model, tokenizer, rows, validation, marks, tuning, folder, seed, tell)
        begun = time.perf_counter()
        with _interruptible(watch):
            try:
                trainer.train(resume_from_checkpoint=any(folder.glob(_CHECKPOINTS)))
            except OSError as error:
                raise UnavailableError(f"a checkpoint cannot be written to {folder} ({error})") from None
        if watch.interrupted:
            raise KeyboardInterrupt
        seconds = time.perf_counter() - begun
        validated = float(trainer.evaluate()["eval_loss"])
    steps = int(trainer.state.global_step)
    return Tuned(watch.last_loss(), validated, steps, seconds, watch.rows_seen / max(seconds, 1e-9))


def _trainer(
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    validation: Sequence[TokenRow],
    marks: Sequence[int],
    tuning: Tuning,
    folder: Path,
    seed: int,
    tell: Told,
) -> tuple[Any, Any]:
    import datasets
    import torch
    from trl.trainer.sft_config import SFTConfig

    gpu = torch.cuda.is_available()
    config = SFTConfig(
        output_dir=str(folder),
        learning_rate=tuning.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        per_device_train_batch_size=tuning.batch,
        per_device_eval_batch_size=tuning.batch,
        gradient_accumulation_steps=tuning.accumulate,
        num_train_epochs=tuning.epochs,
        weight_decay=tuning.weight_decay,
        max_length=None,
        gradient_checkpointing=gpu,
        bf16=True,
        use_cpu=not gpu,
        seed=seed,
        data_seed=seed,
        logging_steps=10,
        logging_nan_inf_filter=False,
        save_strategy="steps" if tuning.checkpoints else "no",
        save_steps=tuning.checkpoints or 1,
        save_total_limit=1,
        report_to=[] if tuning.tracking == "none" else [tuning.tracking],
        disable_tqdm=True,
    )
    watch = _watch(tell, tuning.batch * tuning.accumulate)
    trainer = _trainer_class(model, marks, tuning.mark_weight)(
        model=model,
        args=config,
        processing_class=tokenizer,
        train_dataset=datasets.Dataset.from_list(list(rows)),
        eval_dataset=datasets.Dataset.from_list(list(validation)),
        callbacks=[watch],
    )
    trainer.remove_callback(_printer())
    return trainer, watch


def _trainer_class(model: Any, marks: Sequence[int], weight: float) -> Any:
    """Return TRL's trainer, or one with a loss that weighs marks.

    TRL never holds the logits of all tokens, which saves memory where they are many, and costs time where they are few:
    there the loss with weights is twice as fast, and is taken also where all weights are 1.
    """
    import torch
    from torch.nn.functional import cross_entropy
    from trl.trainer.sft_trainer import SFTTrainer

    class SilentTrainer(SFTTrainer):
        """TRL tells its makers over the network that it is used; here nobody is told."""

        def _send_telemetry(self) -> None:
            pass

    tokens = model.get_input_embeddings().num_embeddings
    if tokens > _FEW_TOKENS and (weight == 1 or not marks):
        return SilentTrainer
    weights = torch.ones(tokens)
    weights[list(marks)] = weight

    class WeighingTrainer(SilentTrainer):
        """See above."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            read = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False)
            labels = inputs["labels"][:, 1:]
            counted = labels != NO_LOSS
            logits = read.logits[:, :-1][counted].float()
            loss = cross_entropy(logits, labels[counted], weights.to(logits.device), reduction="sum")
            loss = loss / (counted.sum() if num_items_in_batch is None else num_items_in_batch)
            return (loss, read) if return_outputs else loss

    return WeighingTrainer


def _printer() -> Any:
    from transformers.trainer_callback import PrinterCallback

    return PrinterCallback


def _watch(tell: Told, rows_a_step: int) -> Any:
    """Return a callback that reports the pace, and ends training when it is told to or the loss is no number."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        """See above."""

        def __init__(self) -> None:
            self.interrupted = False
            self.rows_seen = 0
            self._losses: list[float] = []
            self._since = time.perf_counter()
            self._at = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._since, self._at = time.perf_counter(), state.global_step

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.rows_seen += rows_a_step
            if self.interrupted:
                control.should_save = control.should_training_stop = True

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs is None or "loss" not in logs:
                return
            loss = float(logs["loss"])
            if not math.isfinite(loss):
                raise UnavailableError(
                    f"the loss is {loss} after {state.global_step} steps. Try a smaller learning rate"
                )
            self._losses.append(loss)
            passed = time.perf_counter() - self._since
            tell(Pace(state.global_step, state.max_steps, loss, (state.global_step - self._at) * rows_a_step / passed))
            self._since, self._at = time.perf_counter(), state.global_step

        def last_loss(self) -> float:
            last = self._losses[-max(len(self._losses) // 10, 1) :]
            return sum(last) / len(last) if last else math.nan

    return Watch()


@contextmanager
def _interruptible(watch: Any) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end training after the step in hand instead of at once."""

    def note(number: int, frame: FrameType | None) -> None:
        watch.interrupted = True

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, note)
    except ValueError:  # Not in the main thread: whoever called decides about signals.
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the progress bars and notes of the libraries to themselves."""
    import logging

    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    from elicit.models.libraries import load_transformers

    load_transformers()
    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logging.disable(before)
        if shown:
            enable_progress_bars()
