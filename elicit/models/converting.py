"""Turns the GGUF file of SmolLM2 into a plain Hugging Face checkpoint.

The parameters are read with the ``gguf`` package and named by the table below, since the reader of transformers takes
over a minute for this file, needs ``accelerate`` and returns a model that it refuses to save.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from elicit.models.libraries import load_transformers

if TYPE_CHECKING:
    from gguf import GGUFReader

_NAMES: Final = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_CONTROL: Final = 3
"""The token type of GGUF for tokens that are no text, such as the borders of a message."""


def checkpoint_from_gguf(path: Path, folder: Path, echo: Callable[[str], None]) -> None:
    """Write the model of a GGUF file, with its tokenizer and chat template, as a checkpoint in bfloat16.

    Args:
        path: the GGUF file: a Llama with tied embeddings and the tokenizer of SmolLM2.
        folder: gets the checkpoint.
        echo: shows a line to the person.
    """
    from gguf import GGUFReader

    transformers = load_transformers()
    echo("Converting it once into a checkpoint …")
    reader = GGUFReader(path)
    _tokenizer(reader, transformers).save_pretrained(folder)
    _model(reader, transformers).save_pretrained(folder)


def _model(reader: GGUFReader, transformers: Any) -> Any:
    import torch
    from gguf import dequantize

    model = transformers.LlamaForCausalLM(_config(reader, transformers))
    state = {}
    for tensor in reader.tensors:
        weights = torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        name, heads = _hf_name(tensor.name), _rotated_heads(reader, tensor.name)
        state[name] = _unrotated(weights, heads) if heads else weights
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    end = _field(reader, "tokenizer.ggml.eos_token_id")
    begin = _field(reader, "tokenizer.ggml.bos_token_id")
    model.generation_config = transformers.GenerationConfig(bos_token_id=begin, eos_token_id=end, pad_token_id=end)
    return model.to(torch.bfloat16)


def _config(reader: GGUFReader, transformers: Any) -> Any:
    return transformers.LlamaConfig(
        vocab_size=_field(reader, "llama.vocab_size"),
        hidden_size=_field(reader, "llama.embedding_length"),
        intermediate_size=_field(reader, "llama.feed_forward_length"),
        num_hidden_layers=_field(reader, "llama.block_count"),
        num_attention_heads=_field(reader, "llama.attention.head_count"),
        num_key_value_heads=_field(reader, "llama.attention.head_count_kv"),
        max_position_embeddings=_field(reader, "llama.context_length"),
        rms_norm_eps=_field(reader, "llama.attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": _field(reader, "llama.rope.freq_base")},
        bos_token_id=_field(reader, "tokenizer.ggml.bos_token_id"),
        eos_token_id=_field(reader, "tokenizer.ggml.eos_token_id"),
        pad_token_id=_field(reader, "tokenizer.ggml.padding_token_id"),
        tie_word_embeddings=True,
    )


def _tokenizer(reader: GGUFReader, transformers: Any) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens, kinds = _field(reader, "tokenizer.ggml.tokens"), _field(reader, "tokenizer.ggml.token_type")
    merges = [tuple(pair.split(" ")) for pair in _field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    control = [t for t, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in control])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=tokens[_field(reader, "tokenizer.ggml.bos_token_id")],
        eos_token=tokens[_field(reader, "tokenizer.ggml.eos_token_id")],
        pad_token=tokens[_field(reader, "tokenizer.ggml.padding_token_id")],
        model_max_length=_field(reader, "llama.context_length"),
        chat_template=_field(reader, "tokenizer.chat_template"),
    )


def _field(reader: GGUFReader, name: str) -> Any:
    return reader.fields[name].contents()


def _hf_name(name: str) -> str:
    """Return the name that transformers has for a parameter: ``blk.3.attn_q.weight`` is in layer 3."""
    parts = name.split(".")
    layer = f"model.layers.{parts[1]}." if parts[0] == "blk" else ""
    return f"{layer}{_NAMES[parts[-2]]}.weight"


def _rotated_heads(reader: GGUFReader, name: str) -> int:
    """Return the number of heads where rows have another order in GGUF: in queries and keys, which are rotated."""
    kind = name.split(".")[-2]
    if kind == "attn_q":
        return int(_field(reader, "llama.attention.head_count"))
    return int(_field(reader, "llama.attention.head_count_kv")) if kind == "attn_k" else 0


def _unrotated(weights: Any, heads: int) -> Any:
    """Put the rows of each head back: GGUF has pairs side by side, transformers has two halves."""
    rows, columns = weights.shape
    return weights.reshape(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)
