"""Pretrained models that learn further."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from elicit.basis import InputError, UnavailableError
from elicit.domains import Domain
from elicit.forward import facet_mark
from elicit.language import question_texts
from elicit.models.libraries import load_transformers, need
from elicit.models.weights import WEIGHTS, resolve

_ADAPTED: Final = "all-linear"


def pretrained(base: str, precision: str) -> tuple[Any, Any]:
    """Return a model and its tokenizer. Code that comes with a checkpoint is never run.

    Args:
        base: name of a fetched model, a folder, or ``OWNER/NAME`` on the Hugging Face hub.
        precision: ``float32`` or ``bfloat16``, in which its weights are held.

    Raises:
        InputError: no such model or folder, or no causal language model.
        UnavailableError: it cannot be fetched from the hub.
    """
    tokenizer = base_tokenizer(base)
    return _loaded(base, load_transformers().AutoModelForCausalLM, dtype=precision), tokenizer


def base_tokenizer(base: str) -> Any:
    """Return the tokenizer of a pretrained model, which is loaded in no time.

    Args:
        base: see :func:`pretrained`.

    Raises:
        InputError: no such model or folder, or no token for the end of a text.
        UnavailableError: it cannot be fetched from the hub.
    """
    tokenizer = _loaded(base, load_transformers().AutoTokenizer)
    if tokenizer.eos_token_id is None:
        raise InputError("the tokenizer has no token for the end of a text", where=base)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _loaded(base: str, kind: Any, **options: Any) -> Any:
    """Return a model or tokenizer; ``kind`` is the class of transformers that reads it."""
    from safetensors import SafetensorError

    on_hub = base not in WEIGHTS and not Path(base).exists() and base.count("/") == 1
    place = base if on_hub else str(resolve(base))
    try:
        return kind.from_pretrained(place, trust_remote_code=False, **options)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        line = next(iter(str(error).splitlines()), type(error).__name__)[:200]
        if on_hub:
            raise UnavailableError(f"{base} cannot be fetched from the hub ({line}). Name a folder instead") from None
        raise InputError(f"cannot be loaded ({line})", where=place) from None


def teach_marks(model: Any, tokenizer: Any, domain: Domain) -> None:
    """Give model and tokenizer a token for each facet, which begins as the mean of the words that ask for it."""
    import torch

    missing = [facet for facet in domain.facets if facet_mark(facet.id) not in tokenizer.get_vocab()]
    words = [[token for text in question_texts(f) for token in tokenizer(text)["input_ids"]] for f in missing]
    tokenizer.add_tokens([facet_mark(facet.id) for facet in missing], special_tokens=True)
    model.resize_token_embeddings(max(len(tokenizer), model.get_input_embeddings().num_embeddings), mean_resizing=False)
    tables = [model.get_input_embeddings().weight]
    if not model.config.get_text_config().tie_word_embeddings:
        tables.append(model.get_output_embeddings().weight)
    with torch.no_grad():
        for table in tables:
            for facet, tokens in zip(missing, words, strict=True):
                table[tokenizer.convert_tokens_to_ids(facet_mark(facet.id))] = table[tokens].mean(dim=0)


def with_adapters(model: Any, rank: int) -> Any:
    """Return a model of which only low-rank adapters of its linear layers learn (Hu et al. 2021)."""
    need("peft")
    import peft

    config = peft.LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=_ADAPTED, task_type="CAUSAL_LM"
    )
    return peft.get_peft_model(model, config)


def merged(model: Any) -> Any:
    """Return a model with its adapters taken in, if it has any."""
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model
