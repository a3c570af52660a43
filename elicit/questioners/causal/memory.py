"""Reads texts with a causal language model, and goes on from what it has read before."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import eq
from typing import TYPE_CHECKING, Any, Final

from elicit.questioners.causal.script import Tokens

if TYPE_CHECKING:
    from torch import Tensor

_ON_PROCESSORS: Final = 32
_ON_CARDS: Final = 1024
"""Texts whose keys and values are kept in one piece: a processor copies large pieces several times slower."""
_WASTE: Final = 2
"""Places kept for each token of the longest text, at most, before everything is read anew."""


class Memories:
    """Several memories, among which many texts are shared out.

    Args:
        model: a causal language model of transformers, in evaluation mode.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: list[Memory] = []

    def parts(self, texts: Sequence[Tokens]) -> Iterator[tuple[Memory, list[int]]]:
        """Yield memories, each with the places of the texts that it shall read: those of which it knows the most."""
        size = _ON_PROCESSORS if self._model.device.type == "cpu" else _ON_CARDS
        owners = {text: owner for owner, memory in enumerate(self._kept) for text in memory.texts}
        known = sorted(owners)
        parts: list[list[int]] = [[] for _ in self._kept]
        left_over: list[int] = []
        for place, text in enumerate(texts):
            owner = owners[_nearest(known, text)[0]] if known else None
            if owner is None or len(parts[owner]) == size:
                left_over.append(place)
            else:
                parts[owner].append(place)
        for place in left_over:
            free = next((part for part in parts if len(part) < size), None)
            if free is None:
                parts.append(free := [])
                self._kept.append(Memory(self._model))
            free.append(place)
        yield from ((memory, part) for memory, part in zip(self._kept, parts, strict=True) if part)


class Memory:
    """Keeps keys and values of the texts that it read last; what another text begins with like one of them is not read.

    Args:
        model: a causal language model of transformers, in evaluation mode.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._rows: dict[Tokens, int] = {}
        self._cache: Any = None
        self._mask: Tensor
        self._next: Tensor

    @property
    def texts(self) -> Iterator[Tokens]:
        """What it read last."""
        yield from self._rows

    def logits(self, texts: Sequence[Tokens]) -> Tensor:
        """Return float32[texts, vocabulary] for the token after each text.

        Args:
            texts: different ones, of at least one token each.
        """
        import torch

        with torch.inference_mode():
            begun = self._begun(texts)
            if begun is None:
                begun = [(0, 0)] * len(texts)
                self._cache = None
                self._mask = torch.zeros((len(texts), 0), dtype=torch.long, device=self._model.device)
                self._next = torch.zeros((len(texts), 1), device=self._model.device)
            else:
                self._go_back(begun)
            known = [length for _, length in begun]
            self._read(known, [text[start:] for text, start in zip(texts, known, strict=True)])
            self._rows = {text: row for row, text in enumerate(texts)}
            return self._next

    def _begun(self, texts: Sequence[Tokens]) -> list[tuple[int, int]] | None:
        """Return for each text a row and how much of it is its beginning, None if all is better read anew."""
        if self._cache is None:
            return None
        lengths = sorted({len(text) for text in self._rows}, reverse=True)
        known = sorted(self._rows)
        found = []
        for text in texts:
            begins = (text[:length] for length in lengths if length <= len(text))
            parent = next((begin for begin in begins if begin in self._rows), None)
            if parent is None:
                near, shared = _nearest(known, text)
                # At least one token must be read, for the logits after it.
                found.append((self._rows[near], min(shared, len(text) - 1)))
            else:
                found.append((self._rows[parent], len(parent)))
        new = max(len(text) - length for text, (_, length) in zip(texts, found, strict=True))
        return found if self._mask.shape[1] + new <= _WASTE * max(map(len, texts)) else None

    def _go_back(self, begun: Sequence[tuple[int, int]]) -> None:
        """Take these rows, and forget of each what comes after so many tokens."""
        import torch

        device = self._model.device
        if [row for row, _ in begun] != list(range(len(self._rows))):
            chosen = torch.tensor([row for row, _ in begun], device=device)
            self._cache.batch_select_indices(chosen)
            self._mask, self._next = self._mask[chosen], self._next[chosen]
        kept = torch.tensor([length for _, length in begun], device=device)
        self._mask = self._mask * (self._mask.cumsum(1) <= kept[:, None])

    def _read(self, known: Sequence[int], rests: Sequence[Tokens]) -> None:
        """Read what is new; a row without anything new keeps its logits."""
        import torch
        from transformers.cache_utils import DynamicLayer

        width = max(map(len, rests))
        if not width:
            return
        device = self._model.device
        # Padding stands before what is new, so that the last place is the end of every text.
        tokens = torch.tensor([[0] * (width - len(rest)) + list(rest) for rest in rests], device=device)
        new = torch.tensor([[0] * (width - len(rest)) + [1] * len(rest) for rest in rests], device=device)
        self._mask = torch.cat([self._mask, new], dim=1)
        places = (torch.tensor(known, device=device)[:, None] + new.cumsum(1) - 1).clamp(min=0)
        read = self._model(
            tokens,
            attention_mask=self._mask,
            position_ids=places,
            cache=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits = read.logits[:, -1].float()
        self._next = torch.where(new[:, -1:] > 0, logits, self._next)
        # Layers that do not look back over the whole text would count the padding in their windows.
        whole = all(type(layer) is DynamicLayer for layer in read.cache.layers)
        self._cache = read.cache if whole else None


def _nearest(known: Sequence[Tokens], text: Tokens) -> tuple[Tokens, int]:
    """Return which of some sorted texts begins most like another one, and how many tokens they have in common."""
    place = bisect(known, text)
    # Nothing in order is nearer than the neighbours.
    neighbours = known[max(place - 1, 0) : place + 1]
    return max(((near, _common(near, text)) for near in neighbours), key=lambda found: found[1])


def _common(one: Tokens, other: Tokens) -> int:
    """Return how many tokens two texts have in common from their beginning."""
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))
