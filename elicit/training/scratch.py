"""A tokenizer and a small model made for one domain, untrained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from elicit.basis import InputError
from elicit.dialogues import NonAnswer
from elicit.domains import Domain
from elicit.forward import LINE_END, PROFILE_EMPTY, PROFILE_HEAD, PROFILE_TAIL, answer_line, facet_mark, profile_line
from elicit.language import question_texts
from elicit.models.libraries import load_transformers

_PIECES: Final = 1200
"""Tokens besides those that name facets: titles become two to four of them."""
_HEAD: Final = 64
"""Width of one attention head."""
_START, _STOP, _PADDING = "<|start|>", "<|stop|>", "<|padding|>"


def own_tokenizer(domain: Domain) -> Any:
    """Return a tokenizer (byte-level BPE) that was trained on all texts of a domain and has a token for each facet."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    transformers = load_transformers()
    tokenizer = Tokenizer(models.BPE())
    # Lines are not split into words first: what wordings have in common becomes one token, and rows half as long.
    lines = pre_tokenizers.Split(LINE_END, "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [lines, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_PIECES,
        min_frequency=2,
        special_tokens=[_START, _STOP, _PADDING],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(domain), trainer)
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=_START, eos_token=_STOP, pad_token=_PADDING
    )
    wrapped.add_tokens([facet_mark(facet.id) for facet in domain.facets], special_tokens=True)
    return wrapped


def own_model(tokenizer: Any, width: int, layers: int, context: int, seed: int) -> Any:
    """Return an untrained model of the Llama architecture.

    Args:
        tokenizer: whose tokens it reads.
        width: of its layers, a multiple of 64.
        layers: how many.
        context: tokens that it can read.
        seed: of its weights.
    """
    import torch

    transformers = load_transformers()
    if width % _HEAD:
        raise InputError(f"a width of {width} is no multiple of {_HEAD}", where="width")
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 8 // 3,
        num_hidden_layers=layers,
        num_attention_heads=width // _HEAD,
        num_key_value_heads=width // _HEAD,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        # On processors a half faster in training than the fused kernel, for a model so small.
        attn_implementation="eager",
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return transformers.LlamaForCausalLM(config)


def _texts(domain: Domain) -> Iterator[str]:
    """Yield everything that is said in a domain, questions as often as all else."""
    for facet in domain.facets:
        yield from (f"{text}{LINE_END}" for text in question_texts(facet))
        values = [*(option.id for option in facet.options), *(n.value for n in NonAnswer)]
        yield from (answer_line(facet, value) for value in values)
        yield from (profile_line(facet, value) for value in values)
    yield from (PROFILE_HEAD, PROFILE_EMPTY, PROFILE_TAIL)
