"""Continues many prompts together on this machine, each as if it were alone.

Prompts of unequal length are padded on the left. What all have in common at the beginning is read once, kept, and read
again only where it has changed. The noise of a row depends on its seed and the place of the token alone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Prompt:
    """A text to be continued.

    Attributes:
        tokens: at least one.
        limit: tokens to write, at least one.
        seed: of the draws.
        temperature: 0 = always the most probable token.
    """

    tokens: tuple[int, ...]
    limit: int
    seed: int = 0
    temperature: float = 0.0


class Decoder:
    """Writes with a causal language model of transformers.

    Args:
        model: in evaluation mode.
        ends: tokens that end a text; they are not part of it.
    """

    def __init__(self, model: Any, ends: frozenset[int]) -> None:
        self._model, self._ends = model, ends
        self._kept: tuple[int, ...] = ()
        self._cache: Any = None

    def write(self, prompts: Sequence[Prompt], stopped: Callable[[], bool] = lambda: False) -> list[list[int]]:
        """Return what follows each prompt, up to an end or to its limit.

        Args:
            prompts: at least one.
            stopped: asked before each token; True ends all texts where they are.
        """
        import torch

        with torch.inference_mode():
            return self._write(prompts, stopped)

    def _write(self, prompts: Sequence[Prompt], stopped: Callable[[], bool]) -> list[list[int]]:
        texts: list[list[int]] = [[] for _ in prompts]
        going = list(range(len(prompts)))
        batch = self._begin(prompts)
        for place in range(max(prompt.limit for prompt in prompts)):
            if stopped():
                break
            chosen = choose(batch.logits(self._model), [prompts[row] for row in going], place)
            staying = []
            for number, (row, token) in enumerate(zip(going, chosen, strict=True)):
                if token not in self._ends:
                    texts[row].append(token)
                    if len(texts[row]) < prompts[row].limit:
                        staying.append(number)
            if not staying:
                break
            batch.append([chosen[number] for number in staying], staying, len(going))
            going = [going[number] for number in staying]
        return texts

    def _begin(self, prompts: Sequence[Prompt]) -> _Batch:
        """Read what all prompts have in common once, and lay the rest of each beside it."""
        import torch

        shared = common_prefix([prompt.tokens for prompt in prompts])
        cache = self._read(shared)
        if cache is None:
            shared = ()
        elif len(prompts) > 1:
            cache.batch_repeat_interleave(len(prompts))
        rests = [prompt.tokens[len(shared) :] for prompt in prompts]
        width = max(map(len, rests))
        tokens = torch.tensor([[0] * (width - len(rest)) + list(rest) for rest in rests])
        mask = torch.tensor([[0] * (width - len(rest)) + [1] * len(rest) for rest in rests])
        places = (len(shared) + mask.cumsum(1) - 1).clamp(min=0)
        before = torch.ones((len(prompts), len(shared)), dtype=mask.dtype)
        device = self._model.device
        return _Batch(cache, tokens.to(device), torch.cat([before, mask], 1).to(device), places.to(device))

    def _read(self, tokens: tuple[int, ...]) -> Any:
        """Return a copy of the keys and values of a text for one row, or None if there is nothing to reuse.

        Models whose layers do not look back over the whole text are read anew each time: in their windows the padding
        between the common part and the rest would count.
        """
        import torch
        from transformers.cache_utils import DynamicLayer

        if not tokens:
            return None
        if tokens[: len(self._kept)] != self._kept:
            self._kept, self._cache = (), None
        if len(tokens) > len(self._kept):
            new = torch.tensor([tokens[len(self._kept) :]], device=self._model.device)
            read = self._model(new, cache=self._cache, use_cache=True, logits_to_keep=1)
            if not all(type(layer) is DynamicLayer for layer in read.cache.layers):
                return None
            self._kept, self._cache = tokens, read.cache
        return copy.deepcopy(self._cache)


@dataclass
class _Batch:
    """Texts on their way.

    Attributes:
        cache: keys and values of what was read.
        tokens: int[B, n], to be read next.
        mask: int[B, length], 0 where there is padding.
        places: int[B, n], of the tokens in their texts.
    """

    cache: Any
    tokens: Tensor
    mask: Tensor
    places: Tensor

    def logits(self, model: Any) -> Tensor:
        """Read the tokens and return float32[B, vocabulary] for the next ones."""
        read = model(
            self.tokens,
            attention_mask=self.mask,
            position_ids=self.places,
            cache=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self.cache = read.cache
        logits: Tensor = read.logits[:, -1].float()
        return logits

    def append(self, tokens: Sequence[int], staying: Sequence[int], before: int) -> None:
        """Put one token after each row that stays; the others leave."""
        import torch

        rows = torch.tensor(staying, device=self.mask.device)
        if len(staying) < before:
            self.cache.batch_select_indices(rows)
        self.tokens = torch.tensor(tokens, device=self.mask.device)[:, None]
        self.mask = torch.nn.functional.pad(self.mask[rows], (0, 1), value=1)
        self.places = self.places[rows, -1:] + 1


def common_prefix(texts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Return what all texts begin with, without the last token of the shortest, so that each has a rest."""
    shortest, longest = min(texts), max(texts)
    room = min(map(len, texts)) - 1
    for place, (one, other) in enumerate(zip(shortest[:room], longest[:room], strict=True)):
        if one != other:
            return shortest[:place]
    return shortest[:room]


def choose(logits: Tensor, prompts: Sequence[Prompt], place: int) -> list[int]:
    """Return the next token of each row: the most probable one, or one drawn at the row's temperature.

    A draw is the token at which the cumulated probability passes one uniform number, in double precision. The number
    is a function of the row's seed and the place, so neither the batch nor the order of its rows matters.

    Args:
        logits: float32[B, vocabulary].
        prompts: one a row.
        place: number of the token in the reply.
    """
    luck = Luck.of(0, [str(prompt.seed) for prompt in prompts]).uniform("token", place)
    best = logits.argmax(1).tolist()
    return [
        _draw(logits[row], prompt.temperature, luck[row]) if prompt.temperature else best[row]
        for row, prompt in enumerate(prompts)
    ]


def _draw(logits: Tensor, temperature: float, luck: float) -> int:
    scaled: NDArray[np.float64] = logits.double().cpu().numpy() / temperature
    mass = np.exp(scaled - scaled.max()).cumsum()
    return int(min(np.searchsorted(mass, luck * mass[-1], side="right"), len(mass) - 1))
