"""Models of a few thousand parameters with tokenizers of their own: a chatting Llama, a BERT, and a Llama as GGUF."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

TALK = [
    "which films do you like best and which do you not like at all",
    "i like comedies and old films from before 1980, but not horror",
    "do you want a heavy or a light laptop, and what may it cost",
]
TEMPLATE = (
    "{% for m in messages %}"
    "{% if m['role'] == 'system' and not loop.first %}{{ raise_exception('the system speaks first') }}{% endif %}"
    "<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END = 2
HEADS, KEY_HEADS, WIDTH, CONTEXT = 4, 2, 32, 128


def tokenizer(template: str | None = TEMPLATE) -> Any:
    """Train a byte-level tokenizer; like that of SmolLM2 it takes numbers apart into digits."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    digits = pre_tokenizers.Digits(individual_digits=True)
    inner.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    inner.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=CONTROL, initial_alphabet=letters, show_progress=False)
    inner.train_from_iterator(TALK, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=CONTROL[1],
        eos_token=CONTROL[END],
        pad_token=CONTROL[END],
        model_max_length=CONTEXT,
        chat_template=template,
    )


def llama(vocabulary: int, seed: int = 0) -> Any:
    """Return a Llama with random parameters, wide enough apart that its words are not all equally probable."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        max_position_embeddings=CONTEXT,
        initializer_range=0.3,
        rms_norm_eps=1e-5,
        bos_token_id=1,
        eos_token_id=END,
        pad_token_id=END,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config).eval()


def write_llama(folder: Path, template: str | None = TEMPLATE) -> Path:
    """Write a checkpoint of a Llama that chats."""
    words = tokenizer(template)
    model = llama(len(words))
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def write_bert(folder: Path) -> Path:
    """Write a BERT that reads words, with the files that sentence-transformers wants for mean pooling."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(set(" ".join(TALK).replace(",", " ").split()))]
    inner = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).eval().save_pretrained(folder)
    inner.save(str(folder / "tokenizer.json"))
    return folder


def write_gguf(path: Path, model: Any, words: Any) -> None:
    """Write a Llama as llama.cpp keeps it: rows of queries and keys in pairs."""
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(2)
    writer.add_feed_forward_length(48)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(words))
    _add_tokenizer(writer, words)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    for name, weights in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        heads = HEADS if "q_proj" in name else KEY_HEADS if "k_proj" in name else 0
        held = weights.reshape(heads, 2, -1, WIDTH).transpose(1, 2).reshape(-1, WIDTH) if heads else weights
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), held.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: Any, words: Any) -> None:
    inner = json.loads(words.backend_tokenizer.to_str())["model"]
    tokens = sorted(inner["vocab"], key=inner["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in CONTROL else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in inner["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(END)
    writer.add_chat_template(TEMPLATE)


def write_wheel(path: Path, files: dict[str, Path]) -> str:
    """Write files into a wheel and return its SHA-256; who imports it is sorry."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in files.items():
            archive.write(source, name)
        archive.writestr("toy/__init__.py", "raise SystemExit('imported')")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def carrier(path: Path) -> Callable[[str, Path], None]:
    """Return a downloader that brings a wheel from the disk."""

    def bring(requirement: str, folder: Path) -> None:
        (folder / path.name).write_bytes(path.read_bytes())

    return bring
