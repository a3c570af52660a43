"""A population model: every person belongs to one of a few hidden classes, in which facets are independent.

Fitted by expectation–maximisation (Dempster, Laird and Rubin 1977) from several random starts, with Dirichlet smoothing
towards the population's own frequencies. Classes are learned from the facets alone; what each class likes is counted
afterwards. Silent cells carry no evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from elicit.basis import Luck, one_thread
from elicit.domains import Codes, Population

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mixture:
    """Class shares and what each class answers.

    Attributes:
        shares: float32[classes], sums to one.
        answers: float32[facets, options, classes], P(option | class); zero where a facet has fewer options.
        likes: float32[targets, classes], P(liked | class).
    """

    shares: Floats
    answers: Floats
    likes: Floats

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.shares)

    def arrays(self) -> dict[str, Floats]:
        """Return the attributes by their names, from which a mixture can be made again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class MixtureSettings:
    """How a mixture is fitted.

    Attributes:
        classes: candidates for the number of classes; held-out people choose.
        starts: random starts.
        rounds: at most this many rounds a start.
        smoothing: pseudo-people added to each class, who answer as the population does.
        tolerance: stop when a round gains less than this log-likelihood (nats a person).
    """

    classes: tuple[int, ...] = (10, 20, 40, 80)
    starts: int = 3
    rounds: int = 60
    smoothing: float = 1.0
    tolerance: float = 1e-3


def one_hot(codes: Codes, options: int) -> Floats:
    """Return float32[people, facets · options]: a one at each answered option, zeros elsewhere."""
    people, facets = codes.shape
    hot = np.zeros(people * facets * options, dtype=np.float32)
    flat = codes.ravel()
    places = np.flatnonzero(flat >= 0)
    hot[places * options + flat[places]] = 1.0
    return hot.reshape(people, facets * options)


def log_answers(mixture: Mixture) -> Floats:
    """Return log P(option | class), float32[facets · options, classes]; a probability of zero counts as 1e-30."""
    return np.log(np.maximum(mixture.answers, np.float32(1e-30))).reshape(-1, mixture.classes)


def fit_mixture(
    population: Population, option_counts: NDArray[np.int64], classes: int, settings: MixtureSettings, seed: int
) -> Mixture:
    """Fit one mixture from one random start.

    Args:
        population: people to learn from; silent cells (below 0) are passed over.
        option_counts: int[facets].
        classes: number of classes.
        settings: see :class:`MixtureSettings`.
        seed: of the start.
    """
    options = int(option_counts.max())
    facets = len(option_counts)
    hot = one_hot(population.codes, options)
    valid = np.arange(options) < option_counts[:, None]
    base = hot.sum(axis=0).reshape(facets, options) + 0.5 * valid
    base = (base / base.sum(axis=1, keepdims=True)).astype(np.float32)
    member = _start(len(population), classes, seed)
    before = -np.inf
    with one_thread():
        for _ in range(settings.rounds):
            mixture = _maximise(hot, population.liked, member, base, settings.smoothing)
            evidence = hot @ log_answers(mixture) + np.log(mixture.shares)
            total = logsumexp(evidence, axis=1)
            member = np.exp(evidence - total[:, None]).astype(np.float32)
            if total.mean() - before < settings.tolerance:
                break
            before = float(total.mean())
    return mixture


def fit_starts(
    population: Population, option_counts: NDArray[np.int64], classes: int, settings: MixtureSettings, seed: int
) -> list[Mixture]:
    """Fit one mixture a start, seeds ``seed`` · 1000 + start."""
    return [
        fit_mixture(population, option_counts, classes, settings, seed * 1000 + start)
        for start in range(settings.starts)
    ]


def pool(mixtures: Sequence[Mixture]) -> Mixture:
    """Return the equal-weight average of several mixtures, itself a mixture of all their classes.

    Averaging over starts predicts better than the best single start, as ensembles do.
    """
    return Mixture(
        shares=(np.concatenate([m.shares for m in mixtures]) / len(mixtures)).astype(np.float32),
        answers=np.concatenate([m.answers for m in mixtures], axis=2),
        likes=np.concatenate([m.likes for m in mixtures], axis=1),
    )


def held_out_bits(mixture: Mixture, population: Population) -> float:
    """Return the bits a person that the mixture needs for people it has not seen (lower is better)."""
    hot = one_hot(population.codes, mixture.answers.shape[1])
    with one_thread():
        evidence = hot @ log_answers(mixture) + np.log(mixture.shares)
    return float(-logsumexp(evidence, axis=1).mean() / np.log(2))


def choose_classes(
    train: Population, held_out: Population, option_counts: NDArray[np.int64], settings: MixtureSettings, seed: int
) -> int:
    """Return the candidate number of classes with the least held-out bits (one start each)."""
    candidates = [c for c in settings.classes if c <= len(train)] or [1]
    if len(candidates) == 1 or not len(held_out):
        return candidates[0]
    bits = [held_out_bits(fit_mixture(train, option_counts, c, settings, seed), held_out) for c in candidates]
    return candidates[int(np.argmin(bits))]


def sample_people(
    mixture: Mixture, luck: Luck, shares: NDArray[np.floating] | None = None
) -> tuple[Codes, NDArray[np.bool_]]:
    """Draw profiles and likes of new people.

    Args:
        mixture: the population model.
        luck: one row a person to draw.
        shares: float[people, classes], each person's own class shares (see ``persona_shares``); else the mixture's.

    Returns:
        int8[people, facets] and bool[people, targets].
    """
    people = len(luck.people)
    own = np.broadcast_to(mixture.shares if shares is None else shares, (people, mixture.classes))
    member = _pick(own, luck.uniform("class"))
    answers = mixture.answers.transpose(2, 0, 1)[member]
    codes = _pick(answers, luck.table("profile", answers.shape[1])).astype(np.int8)
    likes = mixture.likes.T[member]
    return codes, luck.table("likes", likes.shape[1]) < likes


def _start(people: int, classes: int, seed: int) -> Floats:
    """Put each person half in a random class and half everywhere, float32[people, classes]."""
    generator = np.random.Generator(np.random.Philox(seed))
    member = np.full((people, classes), 0.5 / classes, dtype=np.float32)
    member[np.arange(people), generator.integers(classes, size=people)] += 0.5
    return member


def _maximise(hot: Floats, liked: NDArray[np.bool_], member: Floats, base: Floats, smoothing: float) -> Mixture:
    facets, options = base.shape
    size = member.sum(axis=0)
    counts = (hot.T @ member).reshape(facets, options, -1) + np.float32(smoothing) * base[:, :, None]
    average = (liked.mean(axis=0) * len(liked) + 0.5) / (len(liked) + 1)
    likes = (liked.T.astype(np.float32) @ member + smoothing * average[:, None]) / (size + smoothing)
    return Mixture(
        shares=((size + 1) / (size + 1).sum()).astype(np.float32),
        answers=counts / counts.sum(axis=1, keepdims=True),
        likes=likes.astype(np.float32),
    )


def _pick(probabilities: NDArray[np.floating], uniform: NDArray[np.float64]) -> NDArray[np.intp]:
    """Invert the distribution function along the last axis."""
    steps = np.cumsum(probabilities, axis=-1, dtype=np.float64)
    steps /= steps[..., -1:]
    return np.asarray((uniform[..., None] >= steps).sum(axis=-1), dtype=np.intp)
