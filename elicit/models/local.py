"""Chat models that run on this machine, by transformers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from elicit.models.chat import ModelError, ModelFault, Reply, Request
from elicit.models.decoding import Decoder, Prompt
from elicit.models.libraries import load_transformers, need, set_threads
from elicit.models.weights import resolve

_PREFIX: Final = "hf:"
_TOGETHER: Final = 16
_LOADING: Final = threading.Lock()


class Precision(StrEnum):
    """How numbers are held."""

    FLOAT32 = "float32"
    """A reply does not depend on what is written beside it."""
    BFLOAT16 = "bfloat16"
    """About twice as fast where the hardware has it, but rounding tips the scales wherever two words are nearly equally
    probable, so a reply depends on how many are written together."""


def check_local(spec: str) -> Path:
    """Return the folder of ``hf:NAME|FOLDER`` if all that it needs is there, without loading it.

    Raises:
        InputError: no such model or folder.
        UnavailableError: a library that is not installed.
    """
    need("torch", "transformers")
    return resolve(spec.removeprefix(_PREFIX))


@dataclass
class LocalModel:
    """A model of this machine; it is loaded at the first request, once for all who name it.

    It writes up to 16 replies together. Of the checkpoint's generation settings only the tokens that end a reply are
    used.

    Attributes:
        name: ``hf:NAME|FOLDER``.
        folder: a Hugging Face checkpoint with a chat template.
        precision: None = bfloat16 on a graphics card, else float32.
    """

    name: str
    folder: Path
    precision: Precision | None = None
    together: int = field(default=_TOGETHER, init=False)
    _decoder: Decoder | None = field(default=None, init=False, repr=False)

    @classmethod
    def open(cls, spec: str, precision: Precision | None = None) -> LocalModel:
        """Return the model of ``hf:NAME|FOLDER``.

        Raises:
            InputError: no such model or folder.
            UnavailableError: a library that is not installed.
        """
        return cls(spec, check_local(spec), precision)

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Return the replies; the event loop goes on meanwhile, and whoever gives up waiting stops the writing."""
        stop = threading.Event()
        try:
            return await asyncio.to_thread(self._complete, requests, stop.is_set)
        finally:
            stop.set()

    def _complete(self, requests: Sequence[Request], stopped: Callable[[], bool]) -> list[Reply | ModelError]:
        try:
            with _LOADING:
                loaded = load(self.folder.resolve(), self.precision)
        except UnusableModelError as error:
            return [ModelError(ModelFault.NO_MODEL, f"{self.name} {error}")] * len(requests)
        replies: list[Reply | ModelError] = []
        with loaded.busy:
            self._decoder = self._decoder or Decoder(loaded.model, loaded.ends)
            for start in range(0, len(requests), _TOGETHER):
                replies += self._together(loaded, self._decoder, requests[start : start + _TOGETHER], stopped)
        return replies

    def _together(
        self, loaded: Loaded, decoder: Decoder, requests: Sequence[Request], stopped: Callable[[], bool]
    ) -> list[Reply | ModelError]:
        prompts = [self._prompt(loaded, request) for request in requests]
        usable = [prompt for prompt in prompts if isinstance(prompt, Prompt)]
        texts = iter(decoder.write(usable, stopped) if usable else [])
        return [_reply(loaded, prompt, next(texts)) if isinstance(prompt, Prompt) else prompt for prompt in prompts]

    def _prompt(self, loaded: Loaded, request: Request) -> Prompt | ModelError:
        if request.schema is not None:
            return ModelError(ModelFault.REJECTED, f"{self.name} does not hold to a schema")
        try:
            tokens = loaded.tokens(request)
        except loaded.refusals as error:
            return ModelError(ModelFault.REJECTED, f"{self.name} takes no such chat ({error})")
        room = loaded.context - len(tokens)
        if room < 1:
            told = f"{len(tokens)} tokens are more than the {loaded.context} that {self.name} can read"
            return ModelError(ModelFault.CONTEXT, told)
        return Prompt(tokens, min(request.max_tokens, room), request.seed, request.temperature)


def _reply(loaded: Loaded, prompt: Prompt, tokens: list[int]) -> Reply:
    text = loaded.tokenizer.decode(tokens, skip_special_tokens=True).strip()
    return Reply(text, len(prompt.tokens), len(tokens), cut=len(tokens) == prompt.limit)


class UnusableModelError(RuntimeError):
    """A checkpoint cannot be used; the message goes on after its name."""


@dataclass(frozen=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        model: in evaluation mode.
        tokenizer: with a chat template.
        ends: tokens that end a reply.
        context: tokens that it can read and write, all in all.
        refusals: errors by which a chat template refuses a chat.
        busy: held by whoever uses it.
    """

    model: Any
    tokenizer: Any
    ends: frozenset[int]
    context: int
    refusals: tuple[type[Exception], ...]
    busy: threading.Lock = field(default_factory=threading.Lock)

    def tokens(self, request: Request) -> tuple[int, ...]:
        """Return the chat as the model reads it, up to where its own reply begins."""
        messages = [message.model_dump() for message in request.messages]
        text = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])


@cache
def load(folder: Path, precision: Precision | None) -> Loaded:
    """Return the checkpoint of a folder.

    Code that comes with a checkpoint is never run.

    Raises:
        UnusableModelError: damaged, of an unknown kind, or without a chat template.
    """
    transformers = load_transformers()
    import torch
    from jinja2 import TemplateError
    from safetensors import SafetensorError

    set_threads()
    gpu = torch.cuda.is_available()
    dtype = precision or (Precision.BFLOAT16 if gpu else Precision.FLOAT32)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **local)
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype.value, **local)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise UnusableModelError(f"cannot be loaded ({line[:200]})") from None
    if tokenizer.chat_template is None:
        raise UnusableModelError("has no chat template, so it is no chat model")
    model.to("cuda" if gpu else "cpu").eval()
    return Loaded(model, tokenizer, _ends(model, tokenizer), _context(model), (TemplateError,))


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return frozenset(token for token in (*several, tokenizer.eos_token_id) if token is not None)


def _context(model: Any) -> int:
    return int(model.config.get_text_config().max_position_embeddings)
