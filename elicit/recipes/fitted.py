"""What is learned from the people of a split, when it is first needed: population model, networks, orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from elicit.basis import read_text, write_text
from elicit.beliefs import (
    Belief,
    Crossed,
    Goal,
    Guesses,
    MixtureBelief,
    Network,
    NetworkBelief,
    Origin,
    load_learned,
    save_learned,
)
from elicit.beliefs.protocol import Floats
from elicit.domains import Codes, Domain, Population
from elicit.profiles import CONDITIONS, AnswerModel, Mixture, learned_condition
from elicit.questioners import (
    Guide,
    Rules,
    Teachers,
    ValueHead,
    ValueSettings,
    learn_static_order,
    train_value_head,
)
from elicit.questioners.causal import Asker
from elicit.questioners.pep import PepFit
from elicit.recipes.fitting import crossed, goal_of, population_model, possible_models, taught_network
from elicit.recipes.recipe import Learning, Wanted
from elicit.recipes.split import Split

Learned = TypeVar("Learned")
_MIXTURE: Final = "mixture"
_TEACHING_DRAWS = 4
_REALISED = 3
"""States in which a question is really asked, for each in which answers are supposed."""


@dataclass(frozen=True)
class Fitted:
    """What is learned from the training and validation people of a split, each thing when it is first needed.

    Attributes:
        recipe: the settings.
        domain: what is asked.
        split: who is learned from.
        seed: of everything that is learned.
        keep: a folder in which what takes long to learn is kept and found again, by other processes too; None =
            nowhere.
        tell: called with what is being learned, where it takes long.
    """

    recipe: Learning
    domain: Domain
    split: Split
    seed: int
    keep: Path | None = None
    tell: Callable[[str], None] = lambda doing: None

    @property
    def mixture(self) -> Mixture:
        """The population model: of the training people, all starts averaged."""
        return self._population[0]

    @property
    def classes(self) -> int:
        """Number of classes a start, which the validation people chose."""
        return self._population[1]

    @cached_property
    def _population(self) -> tuple[Mixture, int]:
        def load(folder: Path, origin: Origin) -> tuple[Mixture, int]:
            return load_learned(
                folder, _MIXTURE, origin, lambda facts, arrays: (Mixture(**arrays), int(facts["classes"]))
            )

        def save(learned: tuple[Mixture, int], folder: Path) -> None:
            mixture, classes = learned
            save_learned(folder, _MIXTURE, self.origin, {"classes": classes}, mixture.arrays())

        def train() -> tuple[tuple[Mixture, int], str]:
            return population_model(self.recipe.mixture, self.domain, self.split, self.seed), ""

        return self.kept(_MIXTURE, self.origin, load, save, train)

    def belief(self, model: AnswerModel) -> Belief:
        """Return the common reader in a condition."""
        return self.network_belief(model) if self.recipe.reader == "network" else self.mixture_belief(model)

    def network_belief(self, model: AnswerModel) -> NetworkBelief:
        """Return what the network believes in a condition, or in the most similar one that it has learned."""
        return self.network.belief(learned_condition(model))

    def mixture_belief(self, model: AnswerModel) -> MixtureBelief:
        """Return the belief of the population model in a condition."""
        if model.error not in self._beliefs:
            self._beliefs[model.error] = MixtureBelief(self.mixture, self.domain.option_counts, model.error)
        return self._beliefs[model.error]

    @property
    def questions(self) -> tuple[int, ...]:
        """After how many questions to score."""
        return self.recipe.numbers(len(self.domain.facets))

    @cached_property
    def rules(self) -> Rules:
        """What may be asked."""
        return Rules.of(self.domain)

    def goal(self, wanted: Wanted) -> Goal:
        """Return what questioners want that learn what to ask for; see :func:`goal_of`."""
        return goal_of(wanted, self.domain)

    @cached_property
    def models(self) -> tuple[AnswerModel, ...]:
        """The ways of answering that the data allow; networks learn all of them."""
        return tuple(possible_models(CONDITIONS, self.split.train)[0])

    @cached_property
    def network(self) -> Network:
        """The masked network; trained when it is first needed."""

        def train() -> tuple[Network, str]:
            network, course = taught_network(
                self.recipe.network,
                self.domain,
                self.split,
                self.models,
                self._crossed,
                self.questions[-1],
                self.seed,
                self.origin,
            )
            return network, course.trouble

        return self.kept("network", self.origin, Network.load, Network.save, train)

    def value_head(self, wanted: Wanted) -> ValueHead:
        """Return the value head for a goal; trained when it is first needed."""
        if wanted not in self._heads:
            self._heads[wanted] = self._taught_head(wanted)
        return self._heads[wanted]

    def _taught_head(self, wanted: Wanted) -> ValueHead:
        settings = self.recipe.value
        learning = replace(
            ValueSettings().learning,
            hidden=settings.hidden,
            epochs=settings.epochs,
            learning_rate=settings.learning_rate,
        )
        origin = {**self.origin, "goal": wanted if isinstance(wanted, str) else ", ".join(wanted)}

        def train() -> tuple[ValueHead, str]:
            head, course = train_value_head(
                self.split.train,
                self.split.validation,
                self.domain.depths,
                [Guide(m, self.network_belief(m), self.mixture_belief(m).information) for m in self.models],
                self.goal(wanted),
                ValueSettings(
                    learning,
                    settings.states,
                    settings.questions,
                    self.questions[-1],
                    _REALISED * settings.states,
                ),
                self.seed,
                origin,
            )
            return head, course.trouble

        name = "value-head" if wanted == self.recipe.goal else f"value-head-{wanted}"
        return self.kept(name, origin, ValueHead.load, ValueHead.save, train)

    def static_order(self, model: AnswerModel, wanted: Wanted) -> NDArray[np.intp]:
        """Return the order for a goal, learned on all validation people who answer by a model."""
        key = model.condition, wanted
        if key not in self._orders:
            self._orders[key] = self.taught_order(model, self.split.validation, wanted)
        return self._orders[key]

    def taught_order(
        self, model: AnswerModel, people: Population, wanted: Wanted, guesses: Guesses | None = None
    ) -> NDArray[np.intp]:
        """Return the order for a goal, learned on these people, who answer by a model.

        Args:
            model: how they answer.
            people: who teaches.
            wanted: the goal.
            guesses: whose loss on the facets of the goal counts; None = the loss of the common reader on the goal.
                It knows nothing of targets, so a goal without facets is the whole profile to it.
        """
        # Where answers depend on luck, each person teaches several times, so that the order does not learn one draw.
        draws = _TEACHING_DRAWS if model.by_luck else 1
        teachers = Teachers.of(people, model, self.domain.option_counts, self.seed, draws)
        reader, goal = self.belief(model), self.goal(wanted)
        if guesses is not None and not goal.facets.any():
            goal = self.goal("profile")

        def left(asked: Teachers) -> Callable[[Codes], Floats]:
            if guesses is not None:
                return lambda states: goal.facet_bits_left(guesses, states, asked.truth)
            return lambda states: goal.lacking(reader, states, asked.truth, asked.liked)

        # The mixture's own loss has a faster way.
        by_mixture = guesses is None and self.recipe.reader == "mixture"
        belief = self.mixture_belief(model)
        return learn_static_order(belief, teachers, goal, self.questions[-1], None if by_mixture else left)

    def answerable(self, model: AnswerModel) -> NDArray[np.floating]:
        """Return the share of training people who can answer each facet, float[facets]."""
        return np.asarray((model.truth(self.split.train) >= 0).mean(axis=0))

    @cached_property
    def pep(self) -> PepFit:
        """What the rival learned."""
        return PepFit(self.split.train, self.split.validation, self.domain.option_counts, self.seed)

    @property
    def _crossed(self) -> Crossed:
        return crossed(
            self.split.train, self.domain.option_counts, self.mixture, self.classes, self.recipe.mixture.smoothing
        )

    @property
    def origin(self) -> Origin:
        """What everything is learned from here, and for."""
        people = f"{self.split.train.hash}, {self.split.validation.hash}"
        return {"domain": self.domain.hash, "people": people, "recipe": self.recipe.hash, "seed": str(self.seed)}

    def kept(
        self,
        name: str,
        origin: Origin,
        load: Callable[[Path, Origin], Learned],
        save: Callable[[Learned, Path], None],
        train: Callable[[], tuple[Learned, str]],
    ) -> Learned:
        """Return what is kept under a name, or learn and keep it, with what went wrong.

        Args:
            name: of the folder.
            origin: what it must have been learned from and for.
            load: reads it.
            save: writes it.
            train: learns it, if it is not there, and says what went wrong, if anything did.

        Raises:
            InputError: what is kept is damaged, or of another origin.
        """
        if self.keep is None:
            return self._learned(name, train)[0]
        folder, note = self.keep / name, self.keep / f"{name}-trouble.txt"
        with _by_one_process(folder):
            if not folder.exists():
                learned, trouble = self._learned(name, train)
                note.unlink(missing_ok=True)
                if trouble:
                    write_text(note, trouble)
                save(learned, folder)
                return learned
        if note.exists():
            self.troubles.append(read_text(note))
        return load(folder, origin)

    def _learned(self, name: str, train: Callable[[], tuple[Learned, str]]) -> tuple[Learned, str]:
        """Return what is learned now, and what went wrong, in the words of the notes."""
        learned, trouble = train()
        if trouble:
            trouble = f"{name}: {trouble}"
            self.troubles.append(trouble)
        return learned, trouble

    @cached_property
    def askers(self) -> dict[str, Asker]:
        """The language models of the recipe that have been trained or found."""
        return {}

    @cached_property
    def troubles(self) -> list[str]:
        """What went wrong in learning, for the notes of the results."""
        return []

    @cached_property
    def _beliefs(self) -> dict[float, MixtureBelief]:
        # A belief keeps tables that take longer to make than a batch takes to ask.
        return {}

    @cached_property
    def _heads(self) -> dict[Wanted, ValueHead]:
        return {}

    @cached_property
    def _orders(self) -> dict[tuple[str, Wanted], NDArray[np.intp]]:
        return {}


@contextmanager
def _by_one_process(folder: Path) -> Iterator[None]:
    """Let others who want to learn the same wait, until the folder is there."""
    if folder.exists():
        yield
        return
    lock = folder.with_name(f".{folder.name}.lock")
    with FileLock(lock):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
