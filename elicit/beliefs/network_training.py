"""Trains the masked network by the forward process.

Answers are stripped from the profiles of training people; the network, as a correction of the class mixture, predicts
what was stripped and what the person likes. While it learns, each person is read with a mixture that was fitted without
them: one that knew them would be trusted too much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread, stable_hash
from elicit.beliefs.entropy import LEAST_CHANCE
from elicit.beliefs.files import Origin
from elicit.beliefs.inputs import Inputs, persona_values
from elicit.beliefs.learning import Course, LearningSettings, Module, Progress, Task, learn
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.network import Network, facet_prior, target_prior
from elicit.beliefs.perceptron import Perceptron
from elicit.beliefs.protocol import Floats
from elicit.beliefs.stripped import Stripped, Stripper, StrippingSettings
from elicit.domains import Code, Codes, Population
from elicit.profiles import AnswerModel, Mixture

if TYPE_CHECKING:
    import torch

_VALIDATION_STATES = 4
"""Stripped states a validation person."""
_NEVER = np.float32(-1e9)
"""The log-weight of an option that a facet has not."""
_TRUST = 2.0
"""The gates at the start: the mixture is trusted by sigmoid(2) = .88."""
_FULL_TRUST = 20.0
"""The gates of a network that learned nothing: to a rounding it is the mixture."""


@dataclass(frozen=True)
class NetworkSettings:
    """How a masked network is trained.

    Attributes:
        learning: width, pace, length.
        stripping: what the forward process strips.
        rows: states an epoch; with fewer people each gives several.
        consistency: weight of the consistency loss, the sum over facets of |H(p_j) − H(mean of p_j after an answer)|.
        supposed: states a batch whose next answer is supposed for it.
        personas: whether the network is told the persona of half of the people.
    """

    learning: LearningSettings = field(default_factory=LearningSettings)
    stripping: StrippingSettings = field(default_factory=StrippingSettings)
    rows: int = 4096
    consistency: float = 5.0
    supposed: int = 32
    personas: bool = False


@dataclass(frozen=True)
class Crossed:
    """The population model for training: mixtures fitted without a part of the people each.

    Attributes:
        mixture: of all training people; what the trained network corrects.
        parts: mixtures, each fitted without the people of its part.
        part: int[people], to which part each training person belongs; −1 = to none, where people are too few.
    """

    mixture: Mixture
    parts: Sequence[Mixture]
    part: NDArray[np.intp]


def train_network(
    train: Population,
    validation: Population,
    option_counts: NDArray[np.int64],
    depths: NDArray[np.int64],
    models: Sequence[AnswerModel],
    crossed: Crossed,
    settings: NetworkSettings,
    seed: int,
    origin: Origin = MappingProxyType({}),
    progress: Progress = lambda done, planned: None,
) -> tuple[Network, Course]:
    """Train a masked network.

    Args:
        train: who is learned from.
        validation: other people, on whom learning is stopped.
        option_counts: int64[facets].
        depths: int64[facets], for stripping the most specific first.
        models: the ways of answering that it shall know; wrong answers of each are learned.
        crossed: the mixtures.
        settings: see :class:`NetworkSettings`.
        seed: of weights and stripping.
        origin: what is learned from and for, kept with the network.
        progress: called with the epochs done and planned.

    Raises:
        UnavailableError: training diverged before anything was learned.
    """
    inputs = Inputs(
        option_counts, tuple(m.condition for m in models), persona_values(train) if settings.personas else {}
    )
    school = _School(train, validation, depths, models, crossed, settings, inputs, seed)
    with one_thread():
        perceptron, course = learn(
            Task(
                "training the network",
                school.outputs(_TRUST),
                school.outputs(_FULL_TRUST),
                inputs.width,
                school.batches,
                school.loss,
                school.validate,
            ),
            settings.learning,
            school.steps,
            stable_hash("network", seed) % 2**31,
            progress,
        )
    errors = tuple(m.error for m in models)
    return Network(inputs, crossed.mixture, errors, perceptron, origin), course


@dataclass(frozen=True)
class _Sheet:
    """States as the network meets them: its inputs, and what the mixture says of them.

    Attributes:
        inputs: float32[n, inputs].
        facets: float32[n, facets, K], log-probabilities.
        targets: float32[n, targets], log-odds.
    """

    inputs: Floats
    facets: Floats
    targets: Floats

    def rows(self, rows: slice) -> _Sheet:
        return _Sheet(self.inputs[rows], self.facets[rows], self.targets[rows])


@dataclass(frozen=True)
class _Lesson:
    """One batch, or the whole epoch that it is cut from.

    Attributes:
        sheet: n states.
        truth: int64[n, facets], 0 where there is no truth.
        counted: bool[n, facets], whose bits are in the loss.
        liked: float32[n, targets].
    """

    sheet: _Sheet
    truth: NDArray[np.int64]
    counted: NDArray[np.bool_]
    liked: Floats

    def rows(self, rows: slice) -> _Lesson:
        return _Lesson(self.sheet.rows(rows), self.truth[rows], self.counted[rows], self.liked[rows])


@dataclass(frozen=True)
class _Supposition:
    """States before and after each answer to one question.

    Attributes:
        now: m states.
        after: m · K states: first all that follow the first option, then the second …
        asked: int64[m], the question.
        errors: float32[m], share of wrong answers.
        others: bool[m, facets], facets whose consistency counts.
    """

    now: _Sheet
    after: _Sheet
    asked: NDArray[np.int64]
    errors: Floats
    others: NDArray[np.bool_]

    def rows(self, rows: slice, options: int) -> _Supposition:
        each = np.arange(len(self.asked)).reshape(1, -1) + len(self.asked) * np.arange(options)[:, None]
        chosen = each[:, rows].ravel()
        after = _Sheet(self.after.inputs[chosen], self.after.facets[chosen], self.after.targets[chosen])
        return _Supposition(self.now.rows(rows), after, self.asked[rows], self.errors[rows], self.others[rows])


class _School:
    """Gives batches and judges what was learned."""

    def __init__(
        self,
        train: Population,
        validation: Population,
        depths: NDArray[np.int64],
        models: Sequence[AnswerModel],
        crossed: Crossed,
        settings: NetworkSettings,
        inputs: Inputs,
        seed: int,
    ) -> None:
        self.train, self.settings, self.inputs, self.seed = train, settings, inputs, seed
        self.errors = np.array([m.error for m in models], dtype=np.float32)
        self.part = crossed.part
        self.beliefs = [
            [MixtureBelief(mixture, inputs.option_counts, m.error) for m in models]
            for mixture in (*crossed.parts, crossed.mixture)
        ]
        self.personas = inputs.personas_of(train)
        learners = stable_hash("learn", seed)
        self.stripper = Stripper(train, inputs.option_counts, depths, models, settings.stripping, learners)
        other = replace(self.stripper, people=validation, seed=stable_hash("choose", seed))
        rows = np.tile(np.arange(len(validation)), _VALIDATION_STATES)
        examined = other.states(0, rows)
        self.examination = self._lesson(
            validation, examined, np.full(len(rows), -1), inputs.personas_of(validation)[rows]
        )

    @property
    def batch(self) -> int:
        """Rows a step: as the settings say, but at least four steps an epoch."""
        return max(1, min(self.settings.learning.batch, self._rows // 4))

    @property
    def steps(self) -> int:
        """Batches an epoch."""
        return self._rows // self.batch

    @property
    def _rows(self) -> int:
        return max(len(self.train), self.settings.rows)

    def outputs(self, trust: float) -> Floats:
        """Return outputs that correct nothing and trust the mixture so far."""
        facets = len(self.inputs.option_counts) * self.inputs.options
        outputs = np.zeros(facets + 2 + self.train.liked.shape[1], dtype=np.float32)
        outputs[facets : facets + 2] = trust
        return outputs

    def batches(self, epoch: int) -> Iterator[tuple[_Lesson, _Supposition]]:
        """Give the batches of an epoch."""
        random = np.random.Generator(np.random.Philox(stable_hash("epoch", self.seed, epoch)))
        people = len(self.train)
        rows = random.permutation(np.arange(self._rows) % people)
        stripped = self.stripper.states(epoch, rows)
        personas = np.where(random.random((len(rows), 1)) < 0.5, self.personas[rows], -1)
        lesson = self._lesson(self.train, stripped, self.part[rows], personas)
        supposed = min(self.settings.supposed, self.batch)
        supposition = self._supposition(stripped, supposed * self.steps, personas, random)
        for step in range(self.steps):
            yield (
                lesson.rows(slice(step * self.batch, (step + 1) * self.batch)),
                supposition.rows(slice(step * supposed, (step + 1) * supposed), self.inputs.options),
            )

    def loss(self, module: Module, batch: tuple[_Lesson, _Supposition]) -> torch.Tensor:
        """Return bits of what was stripped and of the targets, plus the consistency loss."""
        lesson, supposition = batch
        bits = self._bits(lambda inputs: module(inputs), lesson)
        if not self.settings.consistency:
            return bits
        return bits + self.settings.consistency * self._inconsistency(module, supposition)

    def validate(self, perceptron: Perceptron) -> float:
        """Return the bits on stripped validation people."""
        import torch

        with torch.inference_mode():
            return float(self._bits(lambda inputs: torch.from_numpy(perceptron(inputs.numpy())), self.examination))

    def _lesson(
        self, people: Population, stripped: Stripped, part: NDArray[np.intp], personas: NDArray[np.intp]
    ) -> _Lesson:
        truth = people.codes[stripped.rows]
        # Where answers may be wrong, what was answered is to be guessed as well.
        doubted = (self.errors > 0)[stripped.conditions][:, None]
        return _Lesson(
            self._sheet(stripped.states, stripped.conditions, part, personas),
            np.maximum(truth, 0).astype(np.int64),
            (truth >= 0) & ((stripped.states < 0) | doubted),
            people.liked[stripped.rows].astype(np.float32),
        )

    def _supposition(
        self, stripped: Stripped, count: int, personas: NDArray[np.intp], random: np.random.Generator
    ) -> _Supposition:
        """Suppose one more question in the first states."""
        states, conditions = stripped.states[:count], stripped.conditions[:count]
        asked = np.argmax(random.random(states.shape) * (states == Code.NOT_ASKED), axis=1)
        options = self.inputs.options
        after = np.tile(states, (options, 1))
        answers = np.repeat(np.arange(options), len(asked))
        after[np.arange(len(after)), np.tile(asked, options)] = np.minimum(
            answers, np.tile(self.inputs.option_counts[asked] - 1, options)
        )
        others = (states < 0) & (states == Code.NOT_ASKED).any(axis=1, keepdims=True)
        others[np.arange(len(asked)), asked] = False
        nobody = np.full(len(after), -1)
        return _Supposition(
            self._sheet(states, conditions, nobody[: len(states)], personas[:count]),
            self._sheet(after, np.tile(conditions, options), nobody, np.tile(personas[:count], (options, 1))),
            asked,
            self.errors[conditions],
            others,
        )

    def _sheet(
        self, states: Codes, conditions: NDArray[np.intp], part: NDArray[np.intp], personas: NDArray[np.intp]
    ) -> _Sheet:
        """Return the states as the network meets them; part −1 is read with the mixture of all people."""
        inputs = self.inputs.of(states, conditions, personas)
        facets = np.empty((*states.shape, self.inputs.options), dtype=np.float32)
        targets = np.empty((len(states), self.train.liked.shape[1]), dtype=np.float32)
        for place in np.unique(part).tolist():
            for condition in np.unique(conditions).tolist():
                rows = np.flatnonzero((part == place) & (conditions == condition))
                belief = self.beliefs[place][condition]
                posterior = belief.posterior(states[rows])
                facets[rows] = facet_prior(belief.marginals_of(posterior))
                targets[rows] = target_prior(belief.targets_of(posterior))
        facets[:, np.arange(self.inputs.options) >= self.inputs.option_counts[:, None]] = _NEVER
        return _Sheet(inputs, facets, targets)

    def _bits(self, forward: Callable[[torch.Tensor], torch.Tensor], lesson: _Lesson) -> torch.Tensor:
        """Return the bits a row of what was stripped, and of the targets."""
        import torch

        logits, odds = self._corrected(forward, lesson.sheet)
        chance = torch.log_softmax(logits, dim=2).gather(2, torch.from_numpy(lesson.truth)[..., None])[..., 0]
        missed = torch.nn.functional.binary_cross_entropy_with_logits(
            odds, torch.from_numpy(lesson.liked), reduction="sum"
        )
        nats: torch.Tensor = missed - (chance * torch.from_numpy(lesson.counted)).sum()
        return nats / (len(lesson.truth) * math.log(2))

    def _corrected(
        self, forward: Callable[[torch.Tensor], torch.Tensor], sheet: _Sheet
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return log-weights of the options and log-odds of the targets; as ``NetworkBelief`` computes them."""
        import torch

        outputs = forward(torch.from_numpy(sheet.inputs))
        shape = sheet.facets.shape
        facets, gates, targets = torch.split(outputs, [shape[1] * shape[2], 2, sheet.targets.shape[1]], dim=1)
        trust = torch.sigmoid(gates)
        logits = torch.from_numpy(sheet.facets) * trust[:, :1, None] + facets.reshape(shape)
        return logits, torch.from_numpy(sheet.targets) * trust[:, 1:] + targets

    def _inconsistency(self, module: Module, supposition: _Supposition) -> torch.Tensor:
        """Return the mean over states of Σ_j |H(p_j) − H(mean over answers of p_j after it)| in bits."""
        import torch

        def read(sheet: _Sheet) -> torch.Tensor:
            return torch.softmax(self._corrected(lambda inputs: module(inputs, dropout=False), sheet)[0], dim=2)

        states, options = len(supposition.asked), self.inputs.options
        now = read(supposition.now)
        after = read(supposition.after).reshape(options, *now.shape)
        asked = torch.from_numpy(supposition.asked)
        chance = self._heard(now[torch.arange(states), asked], supposition)
        mean = (chance.T[:, :, None, None] * after).sum(dim=0)
        others = torch.from_numpy(supposition.others)
        apart: torch.Tensor = ((_entropy(now) - _entropy(mean)).abs() * others).sum()
        return apart / states

    def _heard(self, chance: torch.Tensor, supposition: _Supposition) -> torch.Tensor:
        """Return P(answer) after errors, float32[m, K]; see ``entropy.heard``."""
        import torch

        counts = self.inputs.option_counts[supposition.asked]
        slip = torch.from_numpy(supposition.errors / np.maximum(counts - 1, 1).astype(np.float32))[:, None]
        counted = torch.from_numpy(counts)[:, None]
        keep = 1 - slip * (counted - 1)
        valid = torch.arange(chance.shape[1])[None] < counted
        return torch.where(valid, slip + (keep - slip) * chance, 0)


def _entropy(probabilities: torch.Tensor) -> torch.Tensor:
    bits: torch.Tensor = probabilities * (probabilities + float(LEAST_CHANCE)).log2()
    return -bits.sum(dim=-1)
