"""The masked network as a belief: a class mixture, corrected by a network that saw stripped profiles.

The mixture is exact Bayes and knows most of what a few answers tell; the network knows what many answers tell together,
which classes cannot say. It is the denoiser of absorbing-state diffusion: any answers may be known, all others are
predicted at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean
from elicit.beliefs.consistency import supposed_gain
from elicit.beliefs.entropy import pinned
from elicit.beliefs.files import Origin, load_learned, save_learned
from elicit.beliefs.goal import Goal
from elicit.beliefs.inputs import Inputs
from elicit.beliefs.mixture import MixtureBelief
from elicit.beliefs.perceptron import Perceptron
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes, Population
from elicit.profiles import Mixture

FLOOR = np.float32(1e-6)
"""The mixture's probabilities are taken for at least this before their logarithm is corrected."""
_AT_ONCE = 4096
_KIND: Final = "network"


@dataclass(frozen=True)
class Network:
    """A trained masked network.

    Attributes:
        inputs: layout of what it is told.
        mixture: the population model that it corrects.
        errors: condition to the share of given answers that are wrong in it, in the order of ``inputs.conditions``.
        perceptron: outputs are facets × K corrections of log-probabilities, how far the mixture is trusted about
            facets, the same about targets, and corrections of the targets' log-odds.
        origin: what it was learned from and for: ``domain`` and so on to their hashes.
    """

    inputs: Inputs
    mixture: Mixture
    errors: tuple[float, ...]
    perceptron: Perceptron
    origin: Origin = field(default_factory=dict)

    def belief(self, condition: str) -> NetworkBelief:
        """Return what the network believes of people who answer in a condition.

        Raises:
            InputError: a condition that it was not trained for.
        """
        conditions = self.inputs.conditions
        if condition not in conditions:
            raise InputError(
                f"the network was not trained for the condition '{condition}'",
                remedy=f"It knows {', '.join(conditions)}. {did_you_mean(condition, conditions)}",
            )
        return NetworkBelief(self, condition)

    def save(self, folder: Path) -> None:
        """Write weights and layout to a folder of their own; see ``save_learned``."""
        mixture = {f"mixture.{name}": array for name, array in self.mixture.arrays().items()}
        facts = {"errors": self.errors, **self.inputs.to_json()}
        save_learned(folder, _KIND, self.origin, facts, {**self.perceptron.layers(), **mixture})

    @classmethod
    def load(cls, folder: Path, origin: Origin) -> Network:
        """Read what :meth:`save` wrote.

        Raises:
            InputError: damaged, not a network, or of another origin than is said here.
        """
        return load_learned(folder, _KIND, origin, cls._made)

    @classmethod
    def _made(cls, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Network:
        mixture = Mixture(**{f.name: arrays[f"mixture.{f.name}"] for f in fields(Mixture)})
        inputs = Inputs.from_json(facts)
        return cls(inputs, mixture, tuple(facts["errors"]), Perceptron.of(arrays), facts["origin"])

    def __post_init__(self) -> None:
        outputs = self.mixture.answers[:, :, 0].size + len(self.mixture.likes) + 2
        if self.perceptron.straight.shape != (self.inputs.width, outputs):
            raise ValueError("the network's layers do not fit its mixture")
        if len(self.errors) != len(self.inputs.conditions):
            raise ValueError("the network needs one share of errors for each condition")


@dataclass(frozen=True)
class NetworkBelief:
    """What a network believes of people who answer in one condition.

    Attributes:
        network: trained.
        condition: how people answer.
        personas: int[B, variables], see ``Inputs.personas_of``; None = not known. Batches must then hold the same
            people in the same order.
    """

    network: Network
    condition: str
    personas: NDArray[np.intp] | None = None

    @property
    def option_counts(self) -> NDArray[np.int64]:
        """Number of options a facet, int[facets]."""
        return self.network.inputs.option_counts

    @property
    def error(self) -> float:
        """Share of given answers taken to be wrong."""
        return self.network.errors[self._place]

    def condition_on(self, people: Population) -> NetworkBelief:
        """Return the belief about these people, whose personas are known."""
        return NetworkBelief(self.network, self.condition, self.network.inputs.personas_of(people))

    def marginals(self, states: Codes) -> Floats:
        """Return P(true option | answers), float32[B, facets, K]."""
        parts = self._read(states, slice(None, self._facets + 1))
        return np.concatenate([self._marginals(*part) for part in parts])

    def targets(self, states: Codes) -> Floats:
        """Return P(liked | answers), float32[B, targets]."""
        parts = self._read(states, slice(self._facets + 1, None))
        return np.concatenate([self._targets(*part) for part in parts])

    def information(self, states: Codes) -> Floats:
        """Return the bits that each answer is expected to tell about the whole profile, float32[B, facets].

        Costs one pass for each option of each facet: milliseconds a person.
        """
        everything = np.broadcast_to(np.arange(states.shape[1]), states.shape)
        return supposed_gain(self, states, Goal(np.ones(states.shape[1], dtype=bool)), everything)

    @cached_property
    def _place(self) -> int:
        return self.network.inputs.conditions.index(self.condition)

    @cached_property
    def _mixture(self) -> MixtureBelief:
        return MixtureBelief(self.network.mixture, self.option_counts, self.error)

    @property
    def _facets(self) -> int:
        """Number of outputs about facets."""
        return len(self.option_counts) * self.network.inputs.options

    def _read(self, states: Codes, outputs: slice) -> Iterator[tuple[Codes, Floats, Floats]]:
        """Give blocks of states with the classes' posterior and some of the network's outputs."""
        for at in range(0, max(len(states), 1), _AT_ONCE):  # One block even of nobody.
            rows = slice(at, at + _AT_ONCE)
            personas = None if self.personas is None else self.personas[rows]
            part = states[rows]
            inputs = self.network.inputs.of(part, np.full(len(part), self._place), personas)
            yield part, self._mixture.posterior(part), self.network.perceptron(inputs, outputs)

    def _marginals(self, states: Codes, posterior: Floats, outputs: Floats) -> Floats:
        counts, options = self.option_counts, self.network.inputs.options
        logits = facet_prior(self._mixture.marginals_of(posterior))
        logits *= trust(outputs[:, -1, None, None])
        logits += outputs[:, :-1].reshape(logits.shape)
        logits[:, np.arange(options) >= counts[:, None]] = -np.inf
        logits -= logits.max(axis=2, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=2, keepdims=True)
        return logits if self.error else pinned(logits, states)

    def _targets(self, states: Codes, posterior: Floats, outputs: Floats) -> Floats:
        logits = target_prior(self._mixture.targets_of(posterior))
        logits *= trust(outputs[:, :1])
        logits += outputs[:, 1:]
        return np.asarray(1 / (1 + np.exp(-logits)))


def facet_prior(marginals: Floats) -> Floats:
    """Return the log-probabilities that are corrected."""
    return np.log(np.maximum(marginals, FLOOR))


def target_prior(liked: Floats) -> Floats:
    """Return the log-odds that are corrected."""
    liked = np.clip(liked, FLOOR, 1 - FLOOR)
    return np.asarray(np.log(liked / (1 - liked)))


def trust(gate: Floats) -> Floats:
    """Return how far the mixture is trusted, in (0, 1)."""
    return np.asarray(1 / (1 + np.exp(-gate)))
