"""One person at a keyboard: what is asked next, what each answer brought, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck
from elicit.beliefs import MixtureBelief
from elicit.dialogues import EndReason
from elicit.domains import Code, Codes, Domain
from elicit.questioners import NO_GAIN, STOP, Rules, StoppingQuestioner

ENDINGS: Final = {
    EndReason.BUDGET: "That was the last question.",
    EndReason.NO_QUESTIONS_LEFT: "There is nothing left to ask.",
    EndReason.NO_GAIN_LEFT: "No question would tell more.",
    EndReason.BELOW_COST: "No question left is worth asking.",
    EndReason.TWO_UNKNOWN_IN_BRANCH: "You did not know twice in every branch that is left.",
    EndReason.PERSON_STOPPED: "Stopped.",
}
"""Why an interview ended, as the person reads it."""
_LESS: Final = 1e-6
"""A smaller difference between two chances is one of rounding."""


@dataclass(frozen=True)
class Step:
    """One question that was answered, or not.

    Attributes:
        facet: column of the facet.
        code: what was said.
        bits: what the answer told about the person: the divergence of the belief after it from the belief before it.
    """

    facet: int
    code: int
    bits: float


@dataclass
class Interview:
    """The state of one interview.

    Attributes:
        domain: what is asked.
        belief: what is known, learned from other people.
        questioner: who asks.
        rules: what may be asked.
        budget: how many questions at most.
        steps: what was asked so far.
    """

    domain: Domain
    belief: MixtureBelief
    questioner: StoppingQuestioner
    rules: Rules
    budget: int
    steps: list[Step] = field(default_factory=list)

    def states(self) -> Codes:
        """Return what is known, int8[1, facets]."""
        states = np.full((1, len(self.domain.facets)), Code.NOT_ASKED, dtype=np.int8)
        for step in self.steps:
            states[0, step.facet] = step.code
        return states

    def next(self) -> int | EndReason:
        """Return the column of the next facet, or why there is none."""
        if len(self.steps) >= self.budget:
            return EndReason.BUDGET
        states = self.states()
        allowed = self.rules.allowed(states)
        if not allowed.any():
            all_asked = (states != Code.NOT_ASKED).all()
            return EndReason.NO_QUESTIONS_LEFT if all_asked else EndReason.TWO_UNKNOWN_IN_BRANCH
        choice = int(self.questioner.choose(states, allowed, Luck.of(0, ["person"]))[0])
        if choice != STOP:
            return choice
        best = float(np.where(allowed, self.questioner.inner.expected(states), 0).max())
        return EndReason.NO_GAIN_LEFT if best < NO_GAIN else EndReason.BELOW_COST

    def answer(self, facet: int, code: int) -> Step:
        """Take an answer and return what it brought."""
        states = self.states()
        before = self.belief.posterior(states)[0]
        states[0, facet] = code
        after = self.belief.posterior(states)[0]
        told = after > 0
        bits = float((after[told] * np.log2(after[told] / np.maximum(before[told], np.float32(1e-30)))).sum())
        self.steps.append(Step(facet, code, max(bits, 0.0)))
        return self.steps[-1]

    def back(self) -> Step | None:
        """Take the last answer back and return it, None if there is none."""
        return self.steps.pop() if self.steps else None

    def recommended(self, most: int) -> list[tuple[str, float]]:
        """Return the targets that fit best, with the probability that they are liked."""
        chance = self.belief.targets(self.states())[0]
        return [(self.domain.targets[t].label, float(chance[t])) for t in _likeliest(chance, most)]

    def reasons(self, most: int) -> list[Step | None]:
        """Return for each target of :meth:`recommended` the answer that speaks most for it, None where none does.

        An answer speaks for a target by as much as the target would be less likely without it.
        """
        states = self.states()
        ranked = _likeliest(chance := self.belief.targets(states)[0], most)
        given = [step for step in self.steps if step.code >= 0]
        if not given:
            return [None for _ in ranked]
        without = np.repeat(states, len(given), axis=0)
        without[np.arange(len(given)), [step.facet for step in given]] = Code.NOT_ASKED
        gains = chance[ranked] - self.belief.targets(without)[:, ranked]
        return [given[row] if gain > _LESS else None for row, gain in zip(gains.argmax(0), gains.max(0), strict=True)]

    def believed(self, most: int) -> list[tuple[str, str, float, float]]:
        """Return what was learned without asking: the guesses that moved furthest from the average person's.

        Returns:
            facet label, option label, probability now, probability before the first question.
        """
        states = self.states()
        now = self.belief.marginals(states)[0]
        start = self.belief.marginals(np.full_like(states, Code.NOT_ASKED))[0]
        moved: NDArray[np.float32] = np.where(states[0][:, None] == Code.NOT_ASKED, now - start, np.float32(0))
        found = []
        for facet in np.argsort(-moved.max(axis=1), kind="stable")[:most].tolist():
            option = int(moved[facet].argmax())
            if moved[facet, option] > 0:
                about = self.domain.facets[facet]
                found.append(
                    (about.label, about.options[option].label, float(now[facet, option]), float(start[facet, option]))
                )
        return found


def _likeliest(chance: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    return np.argsort(-chance, kind="stable")[:most]
