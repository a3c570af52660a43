from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from elicit.basis import UnavailableError
from elicit.beliefs import LearningSettings, Module, Perceptron, Task, learn
from elicit.beliefs.protocol import Floats

STEPS = 4
SETTINGS = LearningSettings(hidden=8, dropout=0.0, learning_rate=0.03, weight_decay=0.0, epochs=6, patience=6)
RANDOM = np.random.default_rng(5)
INPUTS = RANDOM.integers(2, size=(64, 3)).astype(np.float32)
# The first output is a sum, the second whether two inputs differ.
OUTPUTS = np.stack([2 * INPUTS[:, 0] - INPUTS[:, 2], INPUTS[:, 1] != INPUTS[:, 2]], axis=1).astype(np.float32)


def batches(epoch: int) -> Iterator[tuple[Floats, Floats]]:
    for part in range(STEPS):
        yield INPUTS[part::STEPS], OUTPUTS[part::STEPS]


def squares(module: Module, batch: Any) -> torch.Tensor:
    inputs, outputs = batch
    return torch.nn.functional.mse_loss(module(torch.from_numpy(inputs)), torch.from_numpy(outputs))


def mistake(perceptron: Perceptron) -> float:
    return float(((perceptron(INPUTS) - OUTPUTS) ** 2).mean())


ZEROS = np.zeros(2, dtype=np.float32)
TASK = Task("training a toy", ZEROS, ZEROS, 3, batches, squares, mistake)


def spoilt(epoch: int, step: int, value: float = math.nan) -> Callable[[int], Iterator[tuple[Floats, Floats]]]:
    """The batches, with something else in one of them."""

    def give(now: int) -> Iterator[tuple[Floats, Floats]]:
        for number, (inputs, outputs) in enumerate(batches(now), 1):
            yield inputs, np.full_like(outputs, value) if (now, number) == (epoch, step) else outputs

    return give


class Judge:
    """Says what it was told to say, last of who learned nothing, whatever it sees, and keeps what it saw."""

    def __init__(self, *losses: float) -> None:
        self.losses, self.seen = list(losses), list[Perceptron]()

    def __call__(self, perceptron: Perceptron) -> float:
        self.seen.append(perceptron)
        return self.losses[len(self.seen) - 1]


def same(a: Perceptron, b: Perceptron) -> bool:
    return all(np.array_equal(layer, b.layers()[name]) for name, layer in a.layers().items())


def test_it_learns_sums_and_what_inputs_tell_together() -> None:
    perceptron, course = learn(TASK, replace(SETTINGS, learning_rate=0.05, epochs=50, patience=50), STEPS, seed=0)
    assert mistake(perceptron) < 0.01
    assert course.validation[0] > 0.3
    assert min(course.validation) == pytest.approx(mistake(perceptron), abs=1e-3)
    assert course.trouble == ""


def test_the_same_seed_gives_the_same_perceptron() -> None:
    settings = replace(SETTINGS, dropout=0.3, epochs=2)
    first, again, other = (learn(TASK, settings, STEPS, seed)[0] for seed in (1, 1, 2))
    assert same(first, again)
    assert not same(first, other)


def test_the_best_epoch_is_kept() -> None:
    judge = Judge(5, 3, 4, 2, 6, 7, 9)
    perceptron, course = learn(replace(TASK, validate=judge), SETTINGS, STEPS, seed=0)
    assert (course.epochs, course.best, course.untaught, course.validation) == (6, 4, 9, (5, 3, 4, 2, 6, 7))
    assert same(perceptron, judge.seen[3])
    assert not same(perceptron, judge.seen[5])


def test_it_stops_when_patience_ends() -> None:
    # The third epoch is better by less than counts.
    judge, done = Judge(5, 3, 2.9995, 4, 9), list[tuple[int, int]]()
    perceptron, course = learn(
        replace(TASK, validate=judge),
        replace(SETTINGS, patience=2),
        STEPS,
        seed=0,
        progress=lambda *numbers: done.append(numbers),
    )
    assert (course.epochs, course.best) == (4, 2)
    assert same(perceptron, judge.seen[1])
    assert done == [(1, 6), (2, 6), (3, 6), (4, 6)]


@pytest.mark.parametrize(("value", "word"), [(math.nan, "nan"), (math.inf, "inf")])
def test_it_stops_where_the_loss_is_no_number_and_keeps_what_was_good(value: float, word: str) -> None:
    judge = Judge(3, 2, 9)
    task = replace(TASK, validate=judge, batches=spoilt(3, 2, value))
    perceptron, course = learn(task, SETTINGS, STEPS, seed=0)
    assert (course.epochs, course.best, course.validation) == (2, 2, (3, 2))
    assert course.trouble == f"the loss was {word} in epoch 3, step 2; what was learned by epoch 2 is kept"
    assert same(perceptron, judge.seen[1])
    assert all(np.isfinite(layer).all() for layer in perceptron.layers().values())


def test_nothing_learned_is_kept_where_learning_makes_it_worse() -> None:
    judge = Judge(5, 3, 4, 4, 4, 2)
    task = replace(TASK, validate=judge, untaught=np.array([3, 4], dtype=np.float32))
    perceptron, course = learn(task, replace(SETTINGS, patience=3), STEPS, seed=0)
    assert (course.epochs, course.best, course.untaught) == (5, 0, 2)
    assert same(perceptron, judge.seen[-1])
    np.testing.assert_array_equal(perceptron(INPUTS), np.tile([3, 4], (len(INPUTS), 1)))
    assert course.trouble == (
        "no epoch of 5 was better than no learning; perhaps people are too few, or the learning rate is wrong"
    )


def test_nothing_learned_is_kept_of_learning_that_only_made_it_worse_and_then_failed() -> None:
    judge = Judge(5, 2)
    perceptron, course = learn(replace(TASK, validate=judge, batches=spoilt(2, 1)), SETTINGS, STEPS, seed=0)
    assert (course.epochs, course.best) == (1, 0)
    assert same(perceptron, judge.seen[-1])
    assert course.trouble == "no epoch of 1 was better than no learning; the loss was nan in epoch 2, step 1"


def test_where_there_is_nothing_to_learn_nothing_is_the_matter() -> None:
    _, course = learn(replace(TASK, validate=Judge(1, 1, 1, 0)), replace(SETTINGS, epochs=3), STEPS, seed=0)
    assert (course.best, course.trouble) == (0, "")


def test_learning_helps_by_however_little() -> None:
    _, course = learn(replace(TASK, validate=Judge(1.9999, 3, 3, 2)), replace(SETTINGS, epochs=3), STEPS, seed=0)
    assert (course.best, course.trouble) == (1, "")


def test_trouble_names_the_epoch_that_is_kept_not_the_last() -> None:
    judge = Judge(2, 3, 9)
    perceptron, course = learn(replace(TASK, validate=judge, batches=spoilt(3, 1)), SETTINGS, STEPS, seed=0)
    assert (course.epochs, course.best) == (2, 1)
    assert "epoch 3, step 1" in course.trouble
    assert "by epoch 1 is kept" in course.trouble
    assert same(perceptron, judge.seen[0])


def test_nothing_is_kept_of_a_first_epoch_that_fails() -> None:
    with pytest.raises(
        UnavailableError, match=r"training a toy: the loss was nan in epoch 1, step 3; .* learning rate"
    ):
        learn(replace(TASK, batches=spoilt(1, 3)), SETTINGS, STEPS, seed=0)


def test_weights_that_are_no_numbers_are_not_kept() -> None:
    # The last loss of the first epoch is a number, but its gradient is not.
    steps = iter(range(1000))

    def loss(module: Module, batch: Any) -> torch.Tensor:
        plain = squares(module, batch)
        return plain + (module.layers["bias"] * 0).sum().sqrt() if next(steps) == STEPS - 1 else plain

    try:
        perceptron, _ = learn(replace(TASK, loss=loss), SETTINGS, STEPS, seed=0)
    except UnavailableError:
        return
    assert all(np.isfinite(layer).all() for layer in perceptron.layers().values())


@pytest.mark.parametrize("epoch", [None, 1])
def test_torch_is_left_as_it_was(epoch: int | None) -> None:
    task = TASK if epoch is None else replace(TASK, batches=spoilt(epoch, 1))
    before, inside = torch.get_num_threads(), list[int]()

    def loss(module: Module, batch: Any) -> torch.Tensor:
        inside.append(torch.get_num_threads())
        return squares(module, batch)

    torch.set_num_threads(2)
    try:
        torch.manual_seed(7)
        expected = torch.rand(5)
        torch.manual_seed(7)
        if epoch is None:
            learn(replace(task, loss=loss), SETTINGS, STEPS, seed=3)
        else:
            with pytest.raises(UnavailableError):
                learn(replace(task, loss=loss), SETTINGS, STEPS, seed=3)
        assert torch.equal(torch.rand(5), expected)
        assert torch.get_num_threads() == 2
        assert set(inside) == {1}
    finally:
        torch.set_num_threads(before)


def test_the_pace_rises_for_a_quarter_and_falls_as_a_cosine() -> None:
    # Under a gradient that is always the same, AdamW moves by the learning rate.
    places: list[float] = []

    def loss(module: Module, batch: Any) -> torch.Tensor:
        places.append(module.layers["bias"][0].item())
        return -module.layers["bias"][0]

    task = replace(TASK, loss=loss, validate=lambda perceptron: 0.0)
    learn(task, replace(SETTINGS, epochs=2), STEPS, seed=0)
    expected = [min(1, (n + 1) / 2) * 0.03 * 0.5 * (1 + math.cos(math.pi * n / 8)) for n in range(7)]
    np.testing.assert_allclose(np.diff(places), expected, rtol=1e-4)


def test_weights_decay_by_their_share_of_the_pace() -> None:
    # A loss without a gradient leaves nothing but the decay.
    weights: list[Floats] = []

    def loss(module: Module, batch: Any) -> torch.Tensor:
        weights.append(module.perceptron().first)
        return 0 * module(torch.from_numpy(INPUTS)).sum()

    task = replace(TASK, loss=loss, validate=lambda perceptron: 0.0)
    learn(task, replace(SETTINGS, epochs=2, weight_decay=0.5), STEPS, seed=0)
    shares = [min(1, (n + 1) / 2) * 0.03 * 0.5 * (1 + math.cos(math.pi * n / 8)) * 0.5 for n in range(7)]
    np.testing.assert_allclose(weights[-1], weights[0] * np.prod(1 - np.array(shares)), rtol=1e-5)


def test_it_starts_from_the_given_outputs() -> None:
    told: list[Floats] = []

    def loss(module: Module, batch: Any) -> torch.Tensor:
        told.append(module(torch.from_numpy(INPUTS)).detach().numpy())
        return squares(module, batch)

    bias = np.array([0.5, -3], dtype=np.float32)
    learn(replace(TASK, bias=bias, loss=loss), replace(SETTINGS, epochs=1), STEPS, seed=0)
    np.testing.assert_allclose(told[0], np.tile(bias, (len(INPUTS), 1)))
    assert np.abs(told[1] - told[0]).max() > 1e-3
    np.testing.assert_array_equal(bias, np.array([0.5, -3], dtype=np.float32))


def test_what_learns_in_torch_is_what_is_used_without() -> None:
    said: list[tuple[Floats, Floats, Perceptron]] = []

    def loss(module: Module, batch: Any) -> torch.Tensor:
        inputs = torch.from_numpy(INPUTS)
        plain, dropped = module(inputs, dropout=False), module(inputs)
        said.append((plain.detach().numpy(), dropped.detach().numpy(), module.perceptron()))
        return squares(module, batch)

    learn(replace(TASK, loss=loss), replace(SETTINGS, dropout=0.5), STEPS, seed=0)
    plain, dropped, perceptron = said[-1]
    np.testing.assert_allclose(perceptron(INPUTS), plain, atol=1e-5)
    assert np.abs(dropped - plain).max() > 1e-3
    # What was taken earlier does not move with what is learned later.
    assert not same(said[0][2], said[-1][2])


def test_reading_with_a_network_needs_no_torch() -> None:
    code = "import sys, elicit.beliefs, elicit.questioners; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
