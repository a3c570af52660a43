"""Reads texts with a causal language model, and goes on from what it has read before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from elicit.questioners.causal.script import Tokens

if TYPE_CHECKING:
    from torch import Tensor


_ON_PROCESSORS: Final = 32
"""Texts whose keys and values are kept in one piece: a processor copies large pieces several times slower."""
_ON_CARDS: Final = 1024


class Memories:
    """A memory for each part of many texts.

    Args:
        model: a causal language model of transformers, in evaluation mode.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: list[Memory] = []

    def parts(self, texts: int) -> Iterator[tuple[Memory, slice]]:
        """Yield each part of so many texts with its memory, which is the same when its texts have become longer."""
        size = _ON_PROCESSORS if self._model.device.type == "cpu" else _ON_CARDS
        for place, start in enumerate(range(0, texts, size)):
            if place == len(self._kept):
                self._kept.append(Memory(self._model))
            yield self._kept[place], slice(start, start + size)


class Memory:
    """Keeps keys and values of the texts that it read last; a text that goes on one of them is read from there.

    Args:
        model: a causal language model of transformers, in evaluation mode.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._rows: dict[Tokens, int] = {}
        self._cache: Any = None
        self._mask: Tensor
        self._next: Tensor

    def logits(self, texts: Sequence[Tokens]) -> Tensor:
        """Return float32[texts, vocabulary] for the token after each text.

        Args:
            texts: different ones, of at least one token each.
        """
        import torch

        with torch.inference_mode():
            parents = self._parents(texts)
            if parents is None:
                parents = [((), 0)] * len(texts)
                self._cache = None
                self._mask = torch.zeros((len(texts), 0), dtype=torch.long, device=self._model.device)
                self._next = torch.zeros((len(texts), 1), device=self._model.device)
            elif [row for _, row in parents] != list(range(len(self._rows))):
                chosen = torch.tensor([row for _, row in parents], device=self._model.device)
                self._cache.batch_select_indices(chosen)
                self._mask, self._next = self._mask[chosen], self._next[chosen]
            known = [len(parent) for parent, _ in parents]
            self._read(known, [text[start:] for text, start in zip(texts, known, strict=True)])
            self._rows = {text: row for row, text in enumerate(texts)}
            return self._next

    def _parents(self, texts: Sequence[Tokens]) -> list[tuple[Tokens, int]] | None:
        """Return the longest known beginning of each text and its row, None if one of them has none."""
        if self._cache is None:
            return None
        lengths = sorted({len(text) for text in self._rows}, reverse=True)
        found = []
        for text in texts:
            known = (text[:length] for length in lengths if length <= len(text))
            parent = next((begin for begin in known if begin in self._rows), None)
            if parent is None:
                return None
            found.append((parent, self._rows[parent]))
        return found

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
