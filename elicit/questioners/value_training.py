"""Trains the value head.

First it learns what a belief expects of each question, which is known without noise: every answer is supposed in turn.
It does so twice, in states to which a fast score of the questions leads, and then also in those to which the head
itself leads: in such states it will have to choose (DAgger: Ross, Gordon and Bagnell 2011). Then what the questions
really brought to training people corrects it, linearly and with a penalty that validation people choose: a belief is
not calibrated, and whether a person can answer at all depends on the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from elicit.basis import one_thread, stable_hash
from elicit.beliefs import (
    Belief,
    Course,
    Goal,
    Inputs,
    LearningSettings,
    Module,
    Origin,
    Perceptron,
    Stripper,
    StrippingSettings,
    Task,
    learn,
    supposed_gain,
)
from elicit.beliefs.learning import Progress
from elicit.beliefs.protocol import Floats
from elicit.domains import Code, Codes, Population
from elicit.profiles import AnswerModel, all_answers
from elicit.questioners.gain import Score
from elicit.questioners.protocol import best
from elicit.questioners.value import ValueHead

if TYPE_CHECKING:
    import torch

Facets = NDArray[np.intp]
_PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0)
_ROUNDS = 2
_WANDERING = (0.15, 0.4)
"""Shares of questions at random in the dialogues that give states; one set of dialogues each."""


@dataclass(frozen=True)
class ValueSettings:
    """How a value head is trained.

    Attributes:
        learning: width, pace, length.
        states: how many states are looked at in each of two rounds; a third are stripped profiles, the others come
            from dialogues.
        questions: tried in each state: half of them likely ones, half any.
        turns: longest dialogue.
        realised: states whose questions are really asked, for the correction.
    """

    learning: LearningSettings = field(
        default_factory=lambda: LearningSettings(learning_rate=2e-3, batch=512, epochs=40, patience=12)
    )
    states: int = 8000
    questions: int = 24
    turns: int = 16
    realised: int = 24_000


@dataclass(frozen=True)
class Guide:
    """Everything about one way of answering.

    Attributes:
        model: how people answer.
        belief: whose gain counts.
        score: a fast idea of what questions are worth; it leads the first dialogues from which states are taken.
    """

    model: AnswerModel
    belief: Belief
    score: Score


def train_value_head(
    train: Population,
    validation: Population,
    depths: NDArray[np.int64],
    guides: Sequence[Guide],
    goal: Goal,
    settings: ValueSettings,
    seed: int,
    origin: Origin = MappingProxyType({}),
    progress: Progress = lambda done, planned: None,
) -> tuple[ValueHead, Course]:
    """Train a value head.

    Args:
        train: who is learned from.
        validation: other people, on whom learning is stopped and the correction chosen.
        depths: int64[facets].
        guides: the ways of answering that it shall know.
        goal: what is to be gained.
        settings: see :class:`ValueSettings`.
        seed: of everything that is drawn.
        origin: what is learned from and for, kept with the head.
        progress: called with the epochs done and planned.

    Raises:
        UnavailableError: training diverged before anything was learned.
    """
    counts = guides[0].belief.option_counts
    inputs = Inputs(counts, tuple(guide.model.condition for guide in guides), {})
    with one_thread():
        learners = _FieldWork(train, guides, depths, goal, settings, stable_hash("learn values", seed))
        judges = _FieldWork(validation, guides, depths, goal, settings, stable_hash("judge values", seed))
        leaders = [guide.score for guide in guides]
        lessons: list[_Gains] = []
        examinations: list[_Gains] = []
        troubles: list[str] = []
        for number in range(_ROUNDS):
            lessons.append(learners.expected(number, settings.states, leaders))
            examinations.append(judges.expected(number, max(500, settings.states // 10), leaders))
            tell = partial(_of_all_rounds, progress, number)
            perceptron, course = _distil(
                inputs, _together(lessons), _together(examinations), settings.learning, seed, tell
            )
            head = ValueHead(inputs, perceptron, origin)
            leaders = [partial(head.gain, condition=guide.model.condition) for guide in guides]
            troubles += [f"round {number + 1} of {_ROUNDS}: {course.trouble}"] if course.trouble else []
        realised = learners.realised(_ROUNDS, settings.realised, leaders)
        judged = judges.realised(_ROUNDS, settings.realised // 4, leaders)
        corrected = _corrected(inputs, perceptron, realised, judged)
    return replace(head, perceptron=corrected), replace(course, trouble="; then ".join(troubles))


def _of_all_rounds(progress: Progress, number: int, done: int, planned: int) -> None:
    progress(number * planned + done, _ROUNDS * planned)


@dataclass(frozen=True)
class _Gains:
    """Questions in states and what they bring.

    Attributes:
        states: int8[n, facets].
        conditions: int[n], place of the guide.
        facets: int[n, questions].
        worth: float32[n, questions], in units of the goal.
    """

    states: Codes
    conditions: NDArray[np.intp]
    facets: Facets
    worth: Floats

    def inputs(self, inputs: Inputs) -> Floats:
        return inputs.of(self.states, self.conditions)


def _together(gains: Sequence[_Gains]) -> _Gains:
    return _Gains(*(np.concatenate([getattr(each, column.name) for each in gains]) for column in fields(_Gains)))


@dataclass(frozen=True)
class _FieldWork:
    """Finds states of people and what questions bring there.

    Attributes:
        people: who answers.
        guides: the ways of answering.
        depths: int64[facets].
        goal: what is to be gained.
        settings: see :class:`ValueSettings`.
        seed: of everything that is drawn.
    """

    people: Population
    guides: Sequence[Guide]
    depths: NDArray[np.int64]
    goal: Goal
    settings: ValueSettings
    seed: int

    def expected(self, number: int, count: int, leaders: Sequence[Score]) -> _Gains:
        """Return what the beliefs expect of questions, if answers come as often as they come on the whole.

        Args:
            number: of the set of states.
            count: how many states.
            leaders: what questions seem worth to each guide; they lead to the states.
        """
        states, conditions, _, random = self._states(number, count, leaders)
        facets = self._questions(states, conditions, leaders, random)
        worth = np.empty(facets.shape, dtype=np.float32)
        for place, guide in enumerate(self.guides):
            rows = np.flatnonzero(conditions == place)
            answerable = (self._said[place] >= 0).mean(axis=0)
            gain = supposed_gain(guide.belief, states[rows], self.goal, facets[rows])
            worth[rows] = gain * answerable[facets[rows]]
        return _Gains(states, conditions, facets, worth)

    def realised(self, number: int, count: int, leaders: Sequence[Score]) -> _Gains:
        """Return what one question really brought in each state, whatever was answered; see :meth:`expected`."""
        states, conditions, rows, random = self._states(number, count, leaders)
        tried = self._questions(states, conditions, leaders, random)
        facets = np.take_along_axis(tried, random.integers(tried.shape[1], size=(count, 1)), axis=1)
        worth = np.empty(facets.shape, dtype=np.float32)
        for place, guide in enumerate(self.guides):
            these = np.flatnonzero(conditions == place)
            who, asked = rows[these], facets[these, 0]
            after = states[these].copy()
            after[np.arange(len(these)), asked] = self._said[place][who, asked]
            before, now = (
                self.goal.lacking(guide.belief, known, self.people.codes[who], self.people.liked[who])
                for known in (states[these], after)
            )
            worth[these, 0] = before - now
        return _Gains(states, conditions, facets, worth)

    def _states(
        self, number: int, count: int, leaders: Sequence[Score]
    ) -> tuple[Codes, NDArray[np.intp], NDArray[np.intp], np.random.Generator]:
        """Return a set of states, their guides, whose they are, and the generator for what follows."""
        random = np.random.Generator(np.random.Philox(stable_hash("states", self.seed, number)))
        rows = random.permutation(np.arange(count) % len(self.people))
        stripped = self._stripper.states(number, rows)
        states, conditions = stripped.states.copy(), stripped.conditions
        walking = random.integers(len(_WANDERING) + 1, size=count)
        length = random.integers(self._turns + 1, size=count)
        for place, score in enumerate(leaders):
            for way, share in enumerate(_WANDERING):
                these = np.flatnonzero((conditions == place) & (walking == way))
                states[these] = _walk(score, self._said[place][rows[these]], length[these], share, random)
        return states, conditions, rows, random

    def _questions(
        self, states: Codes, conditions: NDArray[np.intp], leaders: Sequence[Score], random: np.random.Generator
    ) -> Facets:
        """Draw different questions for each state: half by what they seem worth, half of any kind."""
        number = min(self.settings.questions, states.shape[1] - self._turns)
        appeal = np.empty(states.shape, dtype=np.float32)
        for place, score in enumerate(leaders):
            rows = np.flatnonzero(conditions == place)
            appeal[rows] = np.log(np.maximum(score(states[rows]), 0) + 1e-4)
        # The largest of logs plus Gumbel noise are a draw without replacement in proportion to the worth.
        appeal += random.gumbel(size=states.shape)
        appeal[states != Code.NOT_ASKED] = -np.inf
        likely = np.argsort(-appeal, axis=1)[:, : number // 2]
        any_of = random.random(states.shape)
        any_of[states != Code.NOT_ASKED] = 2
        np.put_along_axis(any_of, likely, 2, axis=1)
        return np.concatenate([likely, np.argsort(any_of, axis=1)[:, : number - number // 2]], axis=1)

    @cached_property
    def _said(self) -> list[Codes]:
        """What everybody says to each question, int8[people, facets] a guide."""
        luck, counts = self.people.luck(stable_hash("said", self.seed)), self.guides[0].belief.option_counts
        return [all_answers(guide.model, guide.model.truth(self.people), counts, luck) for guide in self.guides]

    @cached_property
    def _stripper(self) -> Stripper:
        live = StrippingSettings(live=self._turns, live_share=1.0)
        counts, models = self.guides[0].belief.option_counts, [guide.model for guide in self.guides]
        return Stripper(self.people, counts, self.depths, models, live, self.seed)

    @property
    def _turns(self) -> int:
        """Longest dialogue: one facet at least is left to be asked for."""
        return min(self.settings.turns, len(self.depths) - 1)


def _walk(score: Score, said: Codes, turns: NDArray[np.intp], wandering: float, random: np.random.Generator) -> Codes:
    """Return the states after dialogues of so many turns, led by a score that is often disobeyed."""
    states = np.full_like(said, Code.NOT_ASKED)
    for turn in range(int(turns.max(initial=0))):
        rows = np.flatnonzero(turns > turn)
        allowed = states[rows] == Code.NOT_ASKED
        strays = random.random(len(rows)) < wandering
        worth = np.where(strays[:, None], random.random(allowed.shape), score(states[rows]))
        asked = best(worth, allowed)
        states[rows, asked] = said[rows, asked]
    return states


def _distil(
    inputs: Inputs, lessons: _Gains, examination: _Gains, settings: LearningSettings, seed: int, progress: Progress
) -> tuple[Perceptron, Course]:
    """Learn the expected gains."""
    random = np.random.Generator(np.random.Philox(stable_hash("value head", seed)))
    batch = max(1, min(settings.batch, len(lessons.states) // 4))
    steps = len(lessons.states) // batch
    examined = examination.inputs(inputs)

    def batches(epoch: int) -> Iterator[_Gains]:
        order = random.permutation(len(lessons.states))[: steps * batch]
        for rows in order.reshape(steps, batch):
            yield _Gains(lessons.states[rows], lessons.conditions[rows], lessons.facets[rows], lessons.worth[rows])

    def loss(module: Module, part: _Gains) -> torch.Tensor:
        import torch

        predicted = module(torch.from_numpy(part.inputs(inputs))).gather(1, torch.from_numpy(part.facets))
        return torch.nn.functional.mse_loss(predicted, torch.from_numpy(part.worth))

    def validate(perceptron: Perceptron) -> float:
        predicted = np.take_along_axis(perceptron(examined), examination.facets, axis=1)
        return float(((predicted - examination.worth) ** 2).mean())

    means = _means(lessons)
    task = Task("training the value head", means, means, inputs.width, batches, loss, validate)
    return learn(task, settings, steps, stable_hash("value head", seed) % 2**31, progress)


def _means(gains: _Gains) -> Floats:
    """Return what each question is worth on the mean, float32[facets]; where one was never tried, the mean of all."""
    facets = gains.states.shape[1]
    total = np.bincount(gains.facets.ravel(), weights=gains.worth.ravel(), minlength=facets)
    times = np.bincount(gains.facets.ravel(), minlength=facets)
    return np.where(times > 0, total / np.maximum(times, 1), gains.worth.mean()).astype(np.float32)


def _corrected(inputs: Inputs, expected: Perceptron, realised: _Gains, judged: _Gains) -> Perceptron:
    """Return the head corrected by what questions really brought, as far as that helps on the judging people."""
    scale = _slope(_predicted(expected, inputs, realised), realised.worth[:, 0])
    scaled = replace(
        expected, straight=expected.straight * scale, last=expected.last * scale, bias=expected.bias * scale
    )
    candidates = [expected, scaled, *_ridges(inputs, scaled, realised)]
    errors = [((_predicted(c, inputs, judged) - judged.worth[:, 0]) ** 2).mean() for c in candidates]
    return candidates[int(np.argmin(errors))]


def _predicted(head: Perceptron, inputs: Inputs, gains: _Gains) -> Floats:
    """Return what a head says of the one question of each state, float32[n]."""
    return np.take_along_axis(head(gains.inputs(inputs)), gains.facets, axis=1)[:, 0]


def _slope(predicted: Floats, worth: Floats) -> np.float32:
    """Return the factor that brings predictions nearest to what was realised."""
    size = float(predicted @ predicted)
    return np.float32(max(float(predicted @ worth) / size, 0.0) if size else 1.0)


def _ridges(inputs: Inputs, head: Perceptron, realised: _Gains) -> list[Perceptron]:
    """Return the head with linear corrections of its errors, one for each penalty (ridge regression a question)."""
    told = realised.inputs(inputs)
    wrong = realised.worth[:, 0] - _predicted(head, inputs, realised)
    straight = np.zeros((len(_PENALTIES), *head.straight.shape), dtype=np.float32)
    bias = np.zeros((len(_PENALTIES), len(head.bias)), dtype=np.float32)
    for facet in np.unique(realised.facets):
        rows = np.flatnonzero(realised.facets[:, 0] == facet)
        seen = np.concatenate([told[rows], np.ones((len(rows), 1), dtype=np.float32)], axis=1)
        left, sizes, right = np.linalg.svd(seen, full_matrices=False)
        turned = left.T @ wrong[rows]
        for place, penalty in enumerate(_PENALTIES):
            weights = right.T @ (turned * sizes / (sizes**2 + penalty))
            straight[place, :, facet], bias[place, facet] = weights[:-1], weights[-1]
    return [
        replace(head, straight=head.straight + more, bias=head.bias + level)
        for more, level in zip(straight, bias, strict=True)
    ]
