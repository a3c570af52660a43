"""Turns sentences into vectors, so that sentences of like meaning lie close together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean
from elicit.models.libraries import load_transformers, need, one_torch_thread
from elicit.models.weights import WEIGHTS, Purpose, model_folder

_ENCODER: Final = "minilm"
_LONGEST: Final = 256
"""Tokens; the rest of a longer text is not read, as its makers set it."""
_TOGETHER: Final = 64
_REMEMBERED: Final = 20_000
"""Texts; 30 MB for vectors of 384 numbers."""

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """A plain class with this method is a sentence encoder."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 a text, float32[n, width]."""


@dataclass
class SentenceEncoder:
    """A BERT whose token vectors are averaged (all-MiniLM-L6-v2).

    It gives the vectors of sentence-transformers, which takes twice as long to import and is not used. It is loaded
    at the first text, runs on one thread in float32, and remembers the last 20,000 texts.

    Attributes:
        folder: a checkpoint of sentence-transformers with mean pooling.
    """

    folder: Path
    _known: dict[str, Vectors] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def open(cls, name: str = _ENCODER) -> SentenceEncoder:
        """Return a fetched encoder without loading it.

        Raises:
            InputError: no sentence encoder is called so, or it has not been fetched.
            UnavailableError: a library that is not installed.
        """
        encoders = [known for known, weights in WEIGHTS.items() if weights.purpose is Purpose.SENTENCES]
        if name not in encoders:
            raise InputError(f"no sentence encoder is called '{name}'", remedy=did_you_mean(name, encoders))
        folder = model_folder(name)
        if folder is None:
            raise InputError(f"the model '{name}' is not here", remedy=f"Fetch it: elicit models pull {name}")
        need("torch", "transformers", "tokenizers")
        return cls(folder)

    @cached_property
    def width(self) -> int:
        """The length of a row."""
        return int(json.loads((self.folder / "config.json").read_text(encoding="utf-8"))["hidden_size"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 a text, float32[n, width]."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        found = {text: self._known[text] for text in texts if text in self._known}
        found |= zip(missing, self._vectors(missing), strict=True)
        self._remember(found)
        return np.stack([found[text] for text in texts]) if texts else np.empty((0, self.width), np.float32)

    def _remember(self, found: dict[str, Vectors]) -> None:
        for text, row in found.items():
            self._known.pop(text, None)
            self._known[text] = row
        for text in list(self._known)[: max(0, len(self._known) - _REMEMBERED)]:
            del self._known[text]

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """Encode texts of like length together, which wastes the least on padding."""
        rows = np.empty((len(texts), self.width), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), _TOGETHER):
            places = order[start : start + _TOGETHER]
            rows[places] = self._together([texts[place] for place in places])
        return rows

    def _together(self, texts: Sequence[str]) -> Vectors:
        import torch

        model, tokenizer = self._parts
        read = tokenizer.encode_batch(list(texts))
        tokens = torch.tensor([one.ids for one in read])
        mask = torch.tensor([one.attention_mask for one in read])
        with one_torch_thread(), torch.inference_mode():
            states = model(input_ids=tokens, attention_mask=mask).last_hidden_state
            means = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            rows: Vectors = torch.nn.functional.normalize(means).numpy()
        return rows

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        transformers = load_transformers()
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(_LONGEST)
        tokenizer.enable_padding()
        model = transformers.AutoModel.from_pretrained(self.folder, dtype="float32", local_files_only=True)
        return model.eval(), tokenizer


def open_encoder() -> SentenceEncoder | None:
    """Return the sentence encoder, or None if it has not been fetched."""
    return SentenceEncoder.open() if model_folder(_ENCODER) else None
