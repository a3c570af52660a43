"""Sentences become rows of length 1, the same alone as in company, and the same as sentence-transformers makes them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_models

from elicit.basis import InputError
from elicit.models.encoder import SentenceEncoder, open_encoder

TEXTS = [
    "which films do you like best",
    "I like comedies",
    "",
    "words that nobody knows",
    "not horror",
    *(f"do you want a {kind} laptop and what may it cost" for kind in ("heavy", "light")),
]


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.write_bert(tmp_path_factory.mktemp("bert"))


def test_rows_have_length_one_and_do_not_depend_on_their_company(bert: Path) -> None:
    rows = SentenceEncoder(bert).encode(TEXTS)
    assert (rows.shape, rows.dtype) == ((len(TEXTS), 24), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    alone = np.concatenate([SentenceEncoder(bert).encode([text]) for text in TEXTS])
    np.testing.assert_allclose(rows, alone, atol=1e-6)
    assert SentenceEncoder(bert).encode([]).shape == (0, 24)


def test_a_row_is_the_mean_of_its_words(bert: Path) -> None:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    tokens = Tokenizer.from_file(str(bert / "tokenizer.json")).encode(TEXTS[0]).ids
    with torch.inference_mode():
        mean = AutoModel.from_pretrained(bert)(torch.tensor([tokens])).last_hidden_state[0].mean(0).numpy()
    row = SentenceEncoder(bert).encode(TEXTS[:1])[0]
    np.testing.assert_allclose(row, mean / np.linalg.norm(mean), atol=1e-6)


def test_what_was_encoded_is_remembered(tmp_path: Path, bert: Path) -> None:
    folder = Path(shutil.copytree(bert, tmp_path / "bert"))
    encoder = SentenceEncoder(folder)
    first = encoder.encode([TEXTS[0], TEXTS[1], TEXTS[0]])
    np.testing.assert_array_equal(first[0], first[2])
    shutil.rmtree(folder)
    np.testing.assert_array_equal(encoder.encode([TEXTS[1]]), first[1:2])


def test_an_encoder_that_was_not_fetched_is_none_or_an_error() -> None:
    assert open_encoder() is None
    with pytest.raises(InputError, match="elicit models pull minilm"):
        SentenceEncoder.open()


@pytest.mark.slow
def test_the_rows_are_those_of_sentence_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs a fetched minilm in $ELICIT_TEST_MODELS, a folder as ELICIT_HOME names it."""
    home = os.environ.get("ELICIT_TEST_MODELS")
    if not home:
        pytest.skip("ELICIT_TEST_MODELS names no folder with fetched models")
    monkeypatch.setenv("ELICIT_HOME", home)
    encoder = SentenceEncoder.open()
    from sentence_transformers import SentenceTransformer

    texts = [*TEXTS, "Ünïcode 日本", "long " * 400]
    theirs = SentenceTransformer(str(encoder.folder), device="cpu").encode(texts)
    np.testing.assert_allclose(encoder.encode(texts), theirs, atol=1e-5)
