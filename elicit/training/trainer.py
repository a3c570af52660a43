"""What the trainers of TRL have in common here: settings, progress, being stopped and going on, and keeping quiet."""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from elicit.basis import InputError, UnavailableError, did_you_mean
from elicit.models.libraries import load_transformers, need, set_threads

Told = Callable[["Pace"], None]
NO_TRACKER: Final = "none"
_CHECKPOINTS: Final = "checkpoint-*"
_LAST_WRITTEN: Final = "trainer_state.json"
_GIVEN_BACK: Final = 60.0
"""Seconds after which free memory is given back to the system; to take it again costs time."""


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
        muon: whether the matrices between layers are changed by Muon: better for models that start from nothing.
        mark_weight: how much more a token that names a facet counts in the loss than a token of the words.
        checkpoints: steps between two checkpoints; 0 = none but when it is interrupted.
        tracking: ``none``, or the name of a tracker that transformers knows, for instance ``wandb``.
    """

    learning_rate: float = 2e-3
    batch: int = 16
    accumulate: int = 1
    epochs: int = 1
    weight_decay: float = 0.01
    muon: bool = False
    mark_weight: float = 1.0
    checkpoints: int = 200
    tracking: str = NO_TRACKER


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


def run_trainer(
    make: Callable[[dict[str, Any], Any], Any], tuning: Tuning, folder: Path, seed: int, tell: Told
) -> Tuned:
    """Make a trainer of TRL and let it train; a checkpoint that lies in the folder is gone on with.

    Ctrl-C and SIGTERM end it after the step in hand, with a checkpoint.

    Args:
        make: settings, as its configuration takes them, and a callback that it must have, to the trainer.
        tuning: see :class:`Tuning`.
        folder: for checkpoints.
        seed: of the order of rows and of dropout.
        tell: called now and then.

    Raises:
        KeyboardInterrupt: it was interrupted; all that was learned is in the folder.
        UnavailableError: a library is missing, the loss is no number any more, or the disk is full.
    """
    need("trl", "accelerate", "datasets")
    refuse_tracker(tuning.tracking)
    set_threads()
    if tuning.tracking == "wandb" and not os.environ.get("WANDB_API_KEY"):
        os.environ.setdefault("WANDB_MODE", "offline")
    with quiet():
        from transformers.trainer_callback import PrinterCallback

        watch = _watch(tell, tuning.batch * tuning.accumulate)
        trainer = make(_settings(tuning, folder, seed), watch)
        trainer.remove_callback(PrinterCallback)
        begun = time.perf_counter()
        with _interruptible(watch):
            try:
                trainer.train(resume_from_checkpoint=_newest_whole(folder))
            except OSError as error:
                raise UnavailableError(f"a checkpoint cannot be written to {folder} ({error})") from None
        if watch.interrupted:
            raise KeyboardInterrupt
        seconds = time.perf_counter() - begun
        validated = float(trainer.evaluate()["eval_loss"])
        if tuning.tracking == "wandb":
            import wandb

            wandb.finish()  # What follows in this process is another run.
        # The trainer leaves a wrapper of its own precision around the model; on disk it is without.
        for name in ("forward", "_original_forward"):
            trainer.accelerator.unwrap_model(trainer.model).__dict__.pop(name, None)
        if not math.isfinite(validated):
            raise UnavailableError(f"the loss is {validated} at the end. Try a smaller learning rate")
    steps = int(trainer.state.global_step)
    return Tuned(watch.last_loss(), validated, steps, seconds, watch.rows_seen / max(seconds, 1e-9))


def refuse_tracker(name: str) -> None:
    """Raise unless somebody can be told of the loss.

    Args:
        name: ``none``, or a tracker that transformers knows.

    Raises:
        InputError: nobody knows it.
        UnavailableError: its package is missing.
    """
    if name == NO_TRACKER:
        return
    trackers: Any = load_transformers().integrations.integration_utils
    known = trackers.INTEGRATION_TO_CALLBACK
    if name not in known:
        near = did_you_mean(name, [NO_TRACKER, *known])
        raise InputError(f"unknown tracker '{name}'", where="tracking", remedy=near)
    if name not in trackers.get_available_reporting_integrations():
        raise UnavailableError(f"the package of the tracker '{name}' is missing. Install it: pip install {name}")


def _newest_whole(folder: Path) -> str | None:
    """Return the newest checkpoint; those that a killed process left half-written are deleted."""
    for half in folder.glob(_CHECKPOINTS):
        if not (half / _LAST_WRITTEN).exists():
            shutil.rmtree(half, ignore_errors=True)  # Of several processes each tries.
    whole = sorted(folder.glob(_CHECKPOINTS), key=lambda path: int(path.name.rpartition("-")[2]))
    return str(whole[-1]) if whole else None


def as_data_set(rows: Sequence[Any]) -> Any:
    """Return rows as a data set of Hugging Face."""
    import datasets

    return datasets.Dataset.from_list(list(rows))


def _settings(tuning: Tuning, folder: Path, seed: int) -> dict[str, Any]:
    import torch

    gpu = torch.cuda.is_available()
    return {
        "output_dir": str(folder),
        "learning_rate": tuning.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.05,
        "per_device_train_batch_size": tuning.batch,
        "per_device_eval_batch_size": tuning.batch,
        "gradient_accumulation_steps": tuning.accumulate,
        "num_train_epochs": tuning.epochs,
        "weight_decay": tuning.weight_decay,
        "max_length": None,
        "gradient_checkpointing": gpu,
        "bf16": True,
        "use_cpu": not gpu,
        # Torchrun says in the environment that there are several processes; a backend without them is an error.
        "ddp_backend": "gloo" if "WORLD_SIZE" in os.environ and not gpu else None,
        "ddp_find_unused_parameters": False,
        "seed": seed,
        "data_seed": seed,
        "logging_steps": 10,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps" if tuning.checkpoints else "no",
        "save_steps": tuning.checkpoints or 1,
        "save_total_limit": 1,
        "report_to": [] if tuning.tracking == NO_TRACKER else [tuning.tracking],
        "disable_tqdm": True,
    }


def _watch(tell: Told, rows_a_step: int) -> Any:
    """Return a callback that reports the pace, and ends training when it is told to or the loss is no number."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        """See above."""

        def __init__(self) -> None:
            self.interrupted = False
            self.rows_seen = 0
            self._losses: list[float] = []
            self._since = self._given_back = time.perf_counter()
            self._at = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._since, self._at = time.perf_counter(), state.global_step
            self._rows_a_step = rows_a_step * args.world_size

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.rows_seen += self._rows_a_step
            if self.interrupted:
                control.should_save = control.should_training_stop = True

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if time.perf_counter() - self._given_back > _GIVEN_BACK:
                _give_memory_back()
                self._given_back = time.perf_counter()
            if logs is None or "loss" not in logs:
                return
            loss = float(logs["loss"])
            if not math.isfinite(loss):
                raise UnavailableError(
                    f"the loss is {loss} after {state.global_step} steps. Try a smaller learning rate"
                )
            self._losses.append(loss)
            passed = time.perf_counter() - self._since
            tell(
                Pace(
                    state.global_step,
                    state.max_steps,
                    loss,
                    (state.global_step - self._at) * self._rows_a_step / passed,
                )
            )
            self._since, self._at = time.perf_counter(), state.global_step

        def last_loss(self) -> float:
            last = self._losses[-max(len(self._losses) // 10, 1) :]
            return sum(last) / len(last) if last else math.nan

    return Watch()


def _give_memory_back() -> None:
    """Give the system what is free in the heap, where the C library can (GNU).

    Tensors of batches that are all of other lengths leave gaps there that add up to gigabytes.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


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
def quiet() -> Iterator[None]:
    """Keep the progress bars and notes of the libraries to themselves."""
    import logging

    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

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
