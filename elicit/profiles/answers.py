"""Answer models: how a hidden profile is turned into answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, Luck, did_you_mean
from elicit.domains import Code, Codes, Population


class AnswerModel(Protocol):
    """Answers a batch of questions, one a person.

    Attributes:
        condition: ``truthful``, ``noisy``, ``silent`` or a name of one's own.
        error: share of wrong answers among those given, which a belief may allow for.
        by_luck: whether an answer depends on luck; else a person always answers the same.
    """

    @property
    def condition(self) -> str:
        """Name of the condition."""

    @property
    def error(self) -> float:
        """Share of given answers that are wrong."""

    @property
    def by_luck(self) -> bool:
        """Whether an answer depends on luck."""

    def truth(self, population: Population) -> Codes:
        """Return what the people know of themselves, int8[people, facets]; −2 where they cannot answer."""

    def answer(self, truth: Codes, facets: NDArray[np.intp], option_counts: NDArray[np.int64], luck: Luck) -> Codes:
        """Return int8[B]: the answer of row b to facet ``facets[b]``."""


@dataclass(frozen=True)
class Truthful:
    """Says the truth; silent cells are ``unknown``."""

    condition: str = "truthful"
    error: float = 0.0
    by_luck: bool = False

    def truth(self, population: Population) -> Codes:
        """Return the profiles as they are."""
        return population.codes

    def answer(self, truth: Codes, facets: NDArray[np.intp], option_counts: NDArray[np.int64], luck: Luck) -> Codes:
        """Return the true codes."""
        return truth[np.arange(len(facets)), facets]


@dataclass(frozen=True)
class Silent(Truthful):
    """Says the truth, but only where the person really could: the silence recorded in the data."""

    condition: str = "silent"

    def truth(self, population: Population) -> Codes:
        """Return the profiles with real silence as −2.

        Raises:
            InputError: the data cannot tell who could answer.
        """
        if population.voiced is None:
            raise InputError(
                "these data cannot tell 'not seen' from 'not liked', so there is no silent condition",
                remedy="Leave 'silent' out of the conditions, or use data with all ratings",
            )
        return population.spoken_codes()


@dataclass(frozen=True)
class Noisy:
    """Often does not know and sometimes errs.

    Attributes:
        unknown: probability of ``unknown`` instead of an answer, float or float64[B]: of each person.
        wrong: probability that a given answer is another option, each equally likely.
    """

    unknown: float | NDArray[np.float64] = 0.2
    wrong: float = 0.05
    condition: str = "noisy"
    by_luck: bool = True

    @property
    def error(self) -> float:
        """Share of given answers that are wrong."""
        return self.wrong

    def truth(self, population: Population) -> Codes:
        """Return the profiles as they are."""
        return population.codes

    def answer(self, truth: Codes, facets: NDArray[np.intp], option_counts: NDArray[np.int64], luck: Luck) -> Codes:
        """Return the codes after noise; the same person meets the same noise at the same facet, whoever asks."""
        said = truth[np.arange(len(facets)), facets]
        draw = luck.uniform("noise", facets)
        counts = option_counts[facets]
        # The part of the draw beyond `unknown` decides whether the answer is wrong; a second draw decides which.
        wrong = (draw < self.unknown + (1 - self.unknown) * self.wrong) & (counts > 1) & (said >= 0)
        slipped = np.where(wrong, another_option(said, counts, luck.uniform("which", facets)), said)
        return np.where(draw < self.unknown, np.int8(Code.UNKNOWN), slipped).astype(np.int8)


def all_answers(model: AnswerModel, spoken: Codes, option_counts: NDArray[np.int64], luck: Luck) -> Codes:
    """Return what each person would answer to each facet, int8[people, facets].

    Args:
        model: how people answer.
        spoken: int8[people, facets], what they know of themselves under this model.
        option_counts: int[facets].
        luck: of these people.
    """
    people, facets = spoken.shape
    columns = [model.answer(spoken, np.full(people, f, dtype=np.intp), option_counts, luck) for f in range(facets)]
    return np.stack(columns, axis=1)


def another_option(
    said: NDArray[np.integer], counts: NDArray[np.int64], draws: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return an option other than the one said, each equally likely; meaningless where there is only one.

    Args:
        said: int[B], codes of options.
        counts: int[B], number of options of each facet.
        draws: float64[B], uniform in [0, 1).
    """
    step = 1 + np.minimum((draws * (counts - 1)).astype(np.int64), np.maximum(counts - 2, 0))
    return np.asarray((said + step) % counts, dtype=np.int64)


_MODELS = {"truthful": Truthful, "noisy": Noisy, "silent": Silent}
CONDITIONS = tuple(_MODELS)
"""The names of the answer models that ship, of which networks learn."""
_UNANSWERED = re.compile(r"unanswered-(\d{1,2})")


def answer_model(condition: str) -> AnswerModel:
    """Return the answer model of a condition: ``truthful``, ``noisy``, ``silent``, or ``unanswered-40`` and the like.

    In ``unanswered-N``, N of a hundred answers are ``unknown``, at random, and none is wrong.

    Raises:
        InputError: unknown condition.
    """
    if found := _UNANSWERED.fullmatch(condition):
        return Noisy(unknown=int(found[1]) / 100, wrong=0.0, condition=condition)
    if condition not in _MODELS:
        raise InputError(f"unknown condition '{condition}'", remedy=did_you_mean(condition, _MODELS))
    model: AnswerModel = _MODELS[condition]()
    return model


def learned_condition(model: AnswerModel) -> str:
    """Return the condition of :data:`CONDITIONS` that networks know and an answer model is most like."""
    if model.condition in CONDITIONS:
        return model.condition
    return "noisy" if model.by_luck else "truthful"
