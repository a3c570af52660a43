"""The wordings of all facets as a tree of tokens, by which a model can be held to what may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from elicit.language import question_texts
from elicit.questioners.causal.script import Script, Tokens


@dataclass
class Node:
    """A place in the tree.

    Attributes:
        facets: of the wordings that pass here, one bit a column.
        children: token to the next place; a wording ends where there are none.
    """

    facets: int = 0
    children: dict[int, Node] = field(default_factory=dict)


def wording_tree(script: Script) -> Node:
    """Return the tree of all wordings of all facets, with their marks if the script has them."""
    root = Node()
    for column, facet in enumerate(script.domain.facets):
        for text in question_texts(facet):
            node = root
            node.facets |= 1 << column
            for token in script.question(column, text):
                node = node.children.setdefault(token, Node())
                node.facets |= 1 << column
    return root


def bits(allowed: NDArray[np.bool_]) -> int:
    """Return facets, bool[facets], as one number with a bit a column."""
    return sum(1 << int(column) for column in np.flatnonzero(allowed))


@dataclass
class Walk:
    """A question on its way through the tree.

    Attributes:
        node: where it is.
        allowed: facets that may be asked, a bit a column.
        stop: token by which a model may end the dialogue instead of asking; None = it may not.
        written: the tokens so far.
    """

    node: Node
    allowed: int
    stop: int | None
    written: Tokens = ()

    @property
    def choices(self) -> list[int]:
        """The tokens that may follow."""
        tokens = [token for token, child in self.node.children.items() if child.facets & self.allowed]
        return [*tokens, self.stop] if tokens and not self.written and self.stop is not None else tokens

    @property
    def done(self) -> bool:
        """Whether nothing may follow."""
        return not self.choices

    @property
    def column(self) -> int | None:
        """The facet that the finished question asks for, None if there is none."""
        asked = self.node.facets & self.allowed if self.written else 0
        return (asked & -asked).bit_length() - 1 if asked else None

    def take(self, token: int) -> None:
        """Go on by a token; after the one that stops, nothing may follow."""
        # In a chat the end of a question may be the same token.
        if token == self.stop and not self.written:
            self.allowed = 0
            return
        self.node = self.node.children[token]
        self.written += (token,)

    def take_what_is_forced(self) -> None:
        """Go on as long as there is no choice."""
        while len(only := self.choices) == 1:
            self.take(only[0])
