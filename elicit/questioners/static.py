"""The baseline to beat: one order for everybody, learned greedily on the realised loss of real people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, one_thread
from elicit.beliefs import Goal, MixtureBelief, facet_bits, normalised, ranking_lacks, target_bits
from elicit.beliefs.protocol import Floats
from elicit.domains import Code, Codes, Population
from elicit.profiles import AnswerModel, all_answers

_FEW, _SHORT_LIST = 256, 16
"""Teachers who name facets at each place of the order, and how many they name."""
Left = Callable[[Codes], Floats]


@dataclass(frozen=True)
class Teachers:
    """People from whom an order is learned, and all their answers.

    Attributes:
        truth: int8[people, facets], profiles to be recovered; silent cells do not count.
        liked: bool[people, targets].
        answers: int8[people, facets], what each says when asked.
    """

    truth: Codes
    liked: NDArray[np.bool_]
    answers: Codes

    @classmethod
    def of(
        cls, people: Population, model: AnswerModel, option_counts: NDArray[np.int64], seed: int, draws: int
    ) -> Teachers:
        """Return people as teachers who answer by a model, each with several draws of luck.

        Args:
            people: who.
            model: how they answer.
            option_counts: int[facets].
            seed: of the luck.
            draws: how often each teaches, so that where answers depend on luck nothing is learned of one draw.
        """
        luck = Luck.of(seed, [f"{i} {draw}" for draw in range(draws) for i in people.ids])
        spoken = np.tile(model.truth(people), (draws, 1))
        return cls(
            np.tile(people.codes, (draws, 1)),
            np.tile(people.liked, (draws, 1)),
            all_answers(model, spoken, option_counts, luck),
        )

    def some(self, most: int) -> Teachers:
        """Return at most so many of the teachers, evenly spread over people and draws."""
        rows = np.unique(np.linspace(0, len(self.truth) - 1, most).astype(np.intp))
        return Teachers(self.truth[rows], self.liked[rows], self.answers[rows])


def learn_static_order(
    belief: MixtureBelief, teachers: Teachers, goal: Goal, length: int, left: Callable[[Teachers], Left] | None = None
) -> NDArray[np.intp]:
    """Return the first facets of the order after which the least is lacking of the goal, chosen one after another.

    Args:
        belief: the mixture whose loss counts, unless another belief's does.
        teachers: who answers; not those the order is tested on.
        goal: what shall be known.
        length: how many facets to choose.
        left: some of the teachers to what another belief lacks of them, states to float[people]. At each place a few
            teachers name the facets that all of them try.

    Returns:
        int[length], or fewer if there are fewer facets.
    """
    length = min(length, teachers.truth.shape[1])
    with one_thread():
        if left is None:
            return _by_mixture(belief, teachers, goal, length)
        return _by_another(teachers, length, left)


def _by_mixture(belief: MixtureBelief, teachers: Teachers, goal: Goal, length: int) -> NDArray[np.intp]:
    lesson = _Lesson(belief, teachers, goal)
    order: list[int] = []
    for _ in range(length):
        left = [f for f in range(teachers.truth.shape[1]) if f not in order]
        order.append(left[int(np.argmin([lesson.loss(f) for f in left]))])
        lesson = lesson.after(order[-1])
    return np.array(order, dtype=np.intp)


def _by_another(teachers: Teachers, length: int, left: Callable[[Teachers], Left]) -> NDArray[np.intp]:
    few = teachers.some(_FEW)
    order: list[int] = []
    for _ in range(length):
        open_facets = [f for f in range(teachers.truth.shape[1]) if f not in order]
        named = _least(few, left(few), order, open_facets)[:_SHORT_LIST]
        order.append(_least(teachers, left(teachers), order, named)[0])
    return np.array(order, dtype=np.intp)


def _least(teachers: Teachers, left: Left, order: Sequence[int], facets: Sequence[int]) -> list[int]:
    """Return facets by what is lacking on the mean when they are asked after an order, the least first."""
    losses = [left(_known(teachers, [*order, facet])).mean() for facet in facets]
    return [facets[n] for n in np.argsort(losses, kind="stable")]


def _known(teachers: Teachers, asked: Sequence[int]) -> Codes:
    """Return what is known of the teachers after some questions, int8[people, facets]."""
    states = np.full_like(teachers.answers, Code.NOT_ASKED)
    states[:, asked] = teachers.answers[:, asked]
    return states


@dataclass(frozen=True)
class _Lesson:
    """What the mixture knows of the teachers after the questions so far.

    Attributes:
        logits: float32[people, classes], evidence so far; None = nothing but the shares of the classes.
        closed: bool[people, facets], answered: their bits are no longer to be guessed.
    """

    belief: MixtureBelief
    teachers: Teachers
    goal: Goal
    logits: Floats | None = None
    closed: NDArray[np.bool_] | None = None

    def loss(self, facet: int) -> float:
        """Return what is lacking of the goal after one more question, mean over the teachers."""
        after = self.after(facet)
        posterior = normalised(after.evidence.copy())
        bits = np.zeros(len(posterior), dtype=np.float32)
        if self.goal.facets.any():
            counted = after.open & self.goal.facets
            bits += facet_bits(self.belief.marginals_of(posterior), self.teachers.truth, counted)
        if self.goal.targets:
            bits += target_bits(self.belief.targets_of(posterior), self.teachers.liked)
        if self.goal.ranking:
            bits += ranking_lacks(self.belief.targets_of(posterior), self.teachers.liked)
        return float(bits.mean())

    def after(self, facet: int) -> _Lesson:
        """Return the lesson after one more question."""
        answers = self.teachers.answers[:, facet]
        told = np.where((answers >= 0)[:, None], self.belief.log_heard[facet][np.maximum(answers, 0)], np.float32(0))
        closed = ~self.open
        closed[:, facet] |= answers >= 0
        return _Lesson(self.belief, self.teachers, self.goal, self.evidence + told, closed)

    @cached_property
    def evidence(self) -> Floats:
        """Logs of the weights of the classes, float32[people, classes]."""
        if self.logits is not None:
            return self.logits
        return np.broadcast_to(self.belief.log_prior, (len(self.teachers.truth), self.belief.mixture.classes))

    @property
    def open(self) -> NDArray[np.bool_]:
        """Facets to be guessed, bool[people, facets]."""
        known = self.teachers.truth >= 0
        return known if self.closed is None else known & ~self.closed
