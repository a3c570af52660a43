"""How likely a model is to ask for each facet, in whatever words: summed over the facet's wordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elicit.questioners.causal.memory import Memory
from elicit.questioners.causal.script import Tokens
from elicit.questioners.causal.trie import Node, Walk, bits

_Started = tuple[int, Walk, float]
"""A question that is begun: after which prompt, how far, and how likely it is."""
_AT_ONCE: Final = 64
"""Dialogues that are looked at together: each has some dozen beginnings of questions, all with keys and values."""
_NEGLIGIBLE: Final = 1e-3
"""A beginning of a question that is less likely is given up, and with it the rest of the tree behind it."""


@dataclass
class Likely:
    """What a model may ask after one dialogue.

    Attributes:
        shares: column of the facet (None = the end of the dialogue) to how likely it is, of what may be asked.
        wordings: column to its most likely wording and how likely that is.
    """

    shares: dict[int | None, float] = field(default_factory=dict)
    wordings: dict[int | None, tuple[float, Tokens]] = field(default_factory=dict)

    def add(self, column: int | None, share: float, written: Tokens) -> None:
        """Count a finished question."""
        self.shares[column] = self.shares.get(column, 0.0) + share
        self.wordings[column] = max(self.wordings.get(column, (0.0, ())), (share, written))

    @property
    def best(self) -> tuple[int | None, Tokens]:
        """The most likely facet and its most likely wording; of equals the first in the order of columns."""
        top = max(self.shares.values())
        column = min((c for c, share in self.shares.items() if share == top), key=lambda c: -1 if c is None else c)
        return column, self.wordings[column][1]


def likely_questions(
    memory: Memory, tree: Node, prompts: Sequence[Tokens], allowed: NDArray[np.bool_], stop: int | None
) -> list[Likely]:
    """Return what a model may ask after each prompt, held to the wordings of what may be asked.

    All wordings are followed side by side, but for beginnings that are too unlikely to count.

    Args:
        memory: reads with the model.
        tree: of wordings.
        prompts: different ones.
        allowed: bool[prompts, facets].
        stop: token by which the model may end the dialogue; None = it may not.
    """
    found = [Likely() for _ in prompts]
    for first in range(0, len(prompts), _AT_ONCE):
        rows = range(first, min(first + _AT_ONCE, len(prompts)))
        open_walks: list[_Started] = [(row, Walk(tree, bits(allowed[row]), stop), 1.0) for row in rows]
        while open_walks := _those_at_a_fork(open_walks, found):
            texts = dict.fromkeys(prompts[row] + walk.written for row, walk, _ in open_walks)
            logits = memory.logits(list(texts))
            places = {text: place for place, text in enumerate(texts)}
            open_walks = [
                (row, branch, share * chance)
                for row, walk, share in open_walks
                for branch, chance in _branches(walk, logits[places[prompts[row] + walk.written]], _NEGLIGIBLE / share)
            ]
    return found


def _those_at_a_fork(walks: Sequence[_Started], found: Sequence[Likely]) -> list[_Started]:
    """Go on where there is no choice, count what is finished, and return the others."""
    open_walks = []
    for row, walk, share in walks:
        walk.take_what_is_forced()
        if walk.done:
            found[row].add(walk.column, share, walk.written)
        else:
            open_walks.append((row, walk, share))
    return open_walks


def _branches(walk: Walk, logits: Any, negligible: float) -> list[tuple[Walk, float]]:
    """Return where a walk may go on and how likely that is: on the likeliest way, and all that are not negligible."""
    choices = walk.choices
    chances: list[float] = logits[choices].softmax(dim=0).tolist()
    branches = []
    for token, chance in zip(choices, chances, strict=True):
        if chance >= min(negligible, max(chances)):
            branch = replace(walk)
            branch.take(token)
            branches.append((branch, chance))
    return branches
