"""What a persona tells about the class: additive effects with shrinkage.

log P(class | persona) = log share + Σ over variables of an effect of the person's value, normalised. Effects carry a
Gaussian penalty, so rare values stay near zero; its strength is chosen on held-out people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp, softmax

from elicit.basis import InputError, did_you_mean, one_thread
from elicit.domains import Population
from elicit.profiles.mixture import Floats, Mixture, log_answers, one_hot

_PENALTIES = (3.0, 10.0, 30.0, 100.0)


@dataclass(frozen=True)
class PersonaEffects:
    """Effects of persona values on class membership.

    Attributes:
        values: variable to its known values.
        effects: variable to float32[values, classes]; an unknown value has no effect.
        penalty: strength of the shrinkage that was chosen.
    """

    values: Mapping[str, tuple[str, ...]]
    effects: Mapping[str, Floats]
    penalty: float

    def shares(self, mixture: Mixture, personas: Mapping[str, NDArray[np.str_]]) -> Floats:
        """Return each person's class shares, float32[people, classes]."""
        design = _design(personas, self.values)
        stacked = np.concatenate([self.effects[v] for v in self.values])
        return np.asarray(softmax(np.log(mixture.shares) + design @ stacked, axis=1), dtype=np.float32)


def fit_effects(
    mixture: Mixture,
    train: Population,
    held_out: Population,
    variables: Sequence[str] = ("age", "gender", "occupation"),
) -> PersonaEffects:
    """Fit persona effects on ``train`` and choose the penalty on ``held_out``.

    Args:
        mixture: the population model, fitted on the same training people.
        train: people to learn from.
        held_out: people who choose the penalty.
        variables: persona variables to use, of those the population has.

    Raises:
        InputError: the population has none of them.
    """
    used = [v for v in variables if v in train.personas]
    if not used:
        remedy = did_you_mean(variables[0], train.personas) if variables else ""
        raise InputError(f"these people have no persona variable '{', '.join(variables)}'", remedy=remedy)
    values = {v: tuple(sorted(set(train.personas[v].tolist()) - {""})) for v in used}
    design = _design(train.personas, values)
    member = softmax(_evidence(mixture, train) + np.log(mixture.shares), axis=1)
    fits = {penalty: _fit(design, member, np.log(mixture.shares), penalty) for penalty in _PENALTIES}
    bits = {penalty: _bits(mixture, held_out, values, effects) for penalty, effects in fits.items()}
    best = min(bits, key=lambda penalty: bits[penalty])
    borders = np.cumsum([len(values[v]) for v in used])[:-1]
    return PersonaEffects(values, dict(zip(used, np.split(fits[best], borders), strict=True)), best)


def _design(personas: Mapping[str, NDArray[np.str_]], values: Mapping[str, Sequence[str]]) -> Floats:
    """One-hot persona values side by side, float32[people, all values]."""
    blocks = [personas[v][:, None] == np.array(known, dtype=np.str_)[None, :] for v, known in values.items()]
    return np.concatenate(blocks, axis=1).astype(np.float32)


def _evidence(mixture: Mixture, population: Population) -> NDArray[np.float32]:
    with one_thread():
        return one_hot(population.codes, mixture.answers.shape[1]) @ log_answers(mixture)


def _fit(design: Floats, member: NDArray[np.floating], log_shares: Floats, penalty: float) -> Floats:
    shape = (design.shape[1], member.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        effects = flat.reshape(shape)
        logs = log_softmax(log_shares + design @ effects, axis=1)
        gradient = design.T @ (np.exp(logs) - member) + penalty * effects
        return float(-(member * logs).sum() + penalty / 2 * (effects**2).sum()), gradient.ravel()

    with one_thread():
        found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x.reshape(shape), dtype=np.float32)


def _bits(mixture: Mixture, people: Population, values: Mapping[str, Sequence[str]], effects: Floats) -> float:
    prior = log_softmax(np.log(mixture.shares) + _design(people.personas, values) @ effects, axis=1)
    return float(-logsumexp(prior + _evidence(mixture, people), axis=1).mean() / np.log(2))
