"""How a perceptron is learned: AdamW with a cosine, early stopping, and a stop where the loss is no number.

Sources: Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019); "SGDR" (ICLR 2017) for the cosine.
Torch is imported when learning begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from elicit.basis import UnavailableError
from elicit.beliefs.perceptron import Perceptron
from elicit.beliefs.protocol import Floats

if TYPE_CHECKING:
    import torch

_WARM_UP = 100
"""Steps in which the learning rate grows to its full size."""
_LARGEST_GRADIENT = 5.0
_LEAST_PROGRESS = 1e-3
"""An epoch counts as better than another one only if the validation loss falls by more."""

Progress = Callable[[int, int], None]
"""Called with the epochs done and planned."""


@dataclass(frozen=True)
class LearningSettings:
    """How long and how carefully is learned.

    Attributes:
        hidden: width of the hidden layers.
        dropout: share of hidden activations left out while learning.
        learning_rate, weight_decay: of AdamW.
        batch: rows a step.
        epochs: at most.
        patience: stop after so many epochs without progress on the validation people.
    """

    hidden: int = 256
    dropout: float = 0.1
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    batch: int = 256
    epochs: int = 80
    patience: int = 12


@dataclass(frozen=True)
class Course:
    """How learning went.

    Attributes:
        epochs: done.
        best: the epoch whose weights are kept, from 1; 0 = nothing that was learned is kept, as no epoch helped.
        untaught: the loss on the validation people without learning.
        validation: the loss on them after each epoch.
        trouble: why it ended early or helped nothing, or an empty text.
    """

    epochs: int
    best: int
    untaught: float
    validation: tuple[float, ...]
    trouble: str = ""


@dataclass(frozen=True)
class Task:
    """What is to be learned.

    Attributes:
        what: for messages.
        bias: float32[outputs], the outputs at the start.
        untaught: float32[outputs], the outputs of who learns nothing; they are kept where no epoch is better.
        inputs: number of inputs.
        batches: epoch to its batches, of whatever kind ``loss`` takes.
        loss: of a batch, given the module that learns; a scalar.
        validate: the loss on validation people.
    """

    what: str
    bias: Floats
    untaught: Floats
    inputs: int
    batches: Callable[[int], Iterator[Any]]
    loss: Callable[[Module, Any], torch.Tensor]
    validate: Callable[[Perceptron], float]


def learn(
    task: Task, settings: LearningSettings, steps: int, seed: int, progress: Progress = lambda done, planned: None
) -> tuple[Perceptron, Course]:
    """Return the perceptron of the best epoch, and how learning went.

    Args:
        task: what is learned.
        settings: how.
        steps: batches an epoch, for the cosine.
        seed: of the weights and the dropout.
        progress: called after each epoch.

    Raises:
        UnavailableError: the loss was no number before an epoch was finished.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return _learn(task, settings, steps, progress)
    finally:
        torch.set_num_threads(threads)


def _learn(task: Task, settings: LearningSettings, steps: int, progress: Progress) -> tuple[Perceptron, Course]:
    import torch

    module = Module(task.inputs, task.bias, settings)
    optimiser = torch.optim.AdamW(module.layers.values(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    planned = settings.epochs * steps
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, planned))
    untaught = replace(module.perceptron(), bias=np.array(task.untaught, dtype=np.float32))
    kept, best, lowest, trouble = untaught, 0, math.inf, ""
    validation: list[float] = []
    for epoch in range(1, settings.epochs + 1):
        trouble = _epoch(task, module, optimiser, schedule, epoch)
        if trouble:
            break
        perceptron = module.perceptron()
        loss = task.validate(perceptron)
        if not math.isfinite(loss):
            trouble = f"the loss on validation people was {loss} after epoch {epoch}"
            break
        validation.append(loss)
        if loss < lowest - _LEAST_PROGRESS:
            kept, best, lowest = perceptron, epoch, loss
        progress(epoch, settings.epochs)
        if epoch - best >= settings.patience:
            break
    if trouble and not validation:
        raise UnavailableError(f"{task.what}: {trouble}; nothing could be kept. Lower the learning rate")
    without = task.validate(untaught)
    if lowest < without:
        trouble = f"{trouble}; what was learned by epoch {best} is kept" if trouble else ""
        return kept, Course(len(validation), best, without, tuple(validation), trouble)
    # Where hardly anything is lost without learning, there is nothing to learn.
    if trouble or without > _LEAST_PROGRESS:
        reason = trouble or "perhaps people are too few, or the learning rate is wrong"
        trouble = f"no epoch of {len(validation)} was better than no learning; {reason}"
    return untaught, Course(len(validation), 0, without, tuple(validation), trouble)


def _epoch(task: Task, module: Module, optimiser: Any, schedule: Any, epoch: int) -> str:
    """Learn from each batch once; return what went wrong, or an empty text."""
    import torch

    for number, batch in enumerate(task.batches(epoch), 1):
        loss = task.loss(module, batch)
        if not torch.isfinite(loss):
            return f"the loss was {loss.item()} in epoch {epoch}, step {number}"
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(module.layers.values(), _LARGEST_GRADIENT)
        optimiser.step()
        schedule.step()
    return ""


def _pace(step: int, planned: int) -> float:
    """Return the share of the full learning rate."""
    warm = min(1.0, (step + 1) / min(_WARM_UP, max(1, planned // 4)))
    return warm * 0.5 * (1 + math.cos(math.pi * min(step / planned, 1.0)))


class Module:
    """The perceptron while it is learned, in torch."""

    def __init__(self, inputs: int, bias: Floats, settings: LearningSettings) -> None:
        """Start from small random layers; the last one and the straight part start at zero."""
        import torch

        def layer(rows: int, columns: int) -> torch.Tensor:
            weights: torch.Tensor = (torch.rand(rows, columns) * 2 - 1) / math.sqrt(rows)
            return weights.requires_grad_()

        def zeros(*shape: int) -> torch.Tensor:
            return torch.zeros(shape, requires_grad=True)

        hidden = settings.hidden
        self.dropout = settings.dropout
        self.layers: dict[str, torch.Tensor] = {
            "straight": zeros(inputs, len(bias)),
            "first": layer(inputs, hidden),
            "first_bias": zeros(hidden),
            "second": layer(hidden, hidden),
            "second_bias": zeros(hidden),
            "last": zeros(hidden, len(bias)),
            "bias": torch.from_numpy(np.array(bias, dtype=np.float32)).requires_grad_(),
        }

    def __call__(self, inputs: torch.Tensor, *, dropout: bool = True) -> torch.Tensor:
        """Return float32[B, outputs]; see :class:`Perceptron`."""
        import torch

        layers, share = self.layers, self.dropout if dropout else 0.0
        hidden = torch.dropout(torch.relu(inputs @ layers["first"] + layers["first_bias"]), share, train=True)
        deeper = torch.relu(hidden @ layers["second"] + layers["second_bias"])
        hidden = hidden + torch.dropout(deeper, share, train=True)
        outputs: torch.Tensor = hidden @ layers["last"] + inputs @ layers["straight"] + layers["bias"]
        return outputs

    def perceptron(self) -> Perceptron:
        """Return what has been learned so far."""
        return Perceptron.of({name: layer.detach().numpy().copy() for name, layer in self.layers.items()})
