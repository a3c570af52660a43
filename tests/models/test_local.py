"""A model of this machine writes many replies together as it writes each alone."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import InputError
from elicit.dialogues import Message
from elicit.models.chat import ModelError, ModelFault, Reply, Request
from elicit.models.decoding import Decoder, Prompt, choose, common_prefix
from elicit.models.local import LocalModel, Precision

LONG_SYSTEM = "you are asked which films you like best"
ASKED = ["which films", "do you like comedies and old films from before 1980, but not horror", "1980", "a laptop"]


@pytest.fixture(scope="session")
def chatty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.write_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def model(chatty: Path) -> LocalModel:
    return LocalModel.open(f"hf:{chatty}", Precision.FLOAT32)


def ask(text: str, system: str = LONG_SYSTEM, **changes: Any) -> Request:
    messages = (Message(role="system", content=system), Message(role="user", content=text))
    return Request(messages, **{"max_tokens": 20, **changes})


def replies(model: LocalModel, requests: Sequence[Request]) -> list[Reply | ModelError]:
    return asyncio.run(model.complete(requests))


def fault(model: LocalModel, request: Request) -> ModelError:
    (reply,) = replies(model, [request])
    assert isinstance(reply, ModelError)
    return reply


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_together_or_alone_is_the_same(model: LocalModel, chatty: Path, temperature: float) -> None:
    requests = [ask(text, seed=n, temperature=temperature) for n, text in enumerate(ASKED)]
    together = replies(model, requests)
    alone = [replies(LocalModel.open(f"hf:{chatty}", Precision.FLOAT32), [request])[0] for request in requests]
    assert together == alone
    assert len({reply.text for reply in together if isinstance(reply, Reply)}) == len(ASKED)


def test_a_kept_beginning_changes_nothing(model: LocalModel, chatty: Path) -> None:
    """The beginning is the same, then longer, then shorter, then another one."""
    batches = [
        [ask("which films"), ask("a laptop")],
        [ask("1980"), ask("what may it cost")],
        [ask("which films do you like"), ask("which films do you not like")],
        [ask("which films do you like")],
        [ask("old films", system="be short"), ask("horror", system="be short")],
    ]
    for batch in batches:
        fresh = LocalModel.open(f"hf:{chatty}", Precision.FLOAT32)
        assert replies(model, batch) == replies(fresh, batch)


def test_more_than_fit_together_are_written_in_several_goes(model: LocalModel) -> None:
    requests = [ask(f"which film of 19{n}", seed=n, temperature=1.0, max_tokens=3) for n in range(model.together + 3)]
    assert replies(model, requests) == [replies(model, [request])[0] for request in requests]
    assert replies(model, []) == []


def test_seeds_repeat_and_differ(model: LocalModel) -> None:
    first, again, other = (replies(model, [ask("films", seed=s, temperature=1.0)])[0] for s in (5, 5, 6))
    assert first == again
    assert first != other
    assert replies(model, [ask("films", seed=5)]) == replies(model, [ask("films", seed=6)])


def test_the_most_probable_words_are_those_of_transformers(model: LocalModel, chatty: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words, reference = AutoTokenizer.from_pretrained(chatty), AutoModelForCausalLM.from_pretrained(chatty)
    for text in ASKED:
        prompt = words.apply_chat_template(
            [{"role": "system", "content": LONG_SYSTEM}, {"role": "user", "content": text}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        with torch.inference_mode():
            written = reference.generate(**prompt, max_new_tokens=20, do_sample=False)[
                0, prompt["input_ids"].shape[1] :
            ]
        (reply,) = replies(model, [ask(text)])
        assert isinstance(reply, Reply)
        assert reply.text == words.decode(written, skip_special_tokens=True).strip()
        assert reply.prompt_tokens == prompt["input_ids"].shape[1]


def test_a_reply_is_cut_where_it_must_be(model: LocalModel) -> None:
    (short,) = replies(model, [ask("films", max_tokens=1)])
    assert isinstance(short, Reply)
    assert (short.cut, short.reply_tokens) == (True, 1)
    (long,) = replies(model, [ask("films", max_tokens=10_000)])
    assert isinstance(long, Reply)
    assert long.prompt_tokens + long.reply_tokens <= tiny_models.CONTEXT
    assert long.cut is (long.prompt_tokens + long.reply_tokens == tiny_models.CONTEXT)


def test_what_cannot_be_done_is_said_and_harms_no_neighbour(model: LocalModel) -> None:
    fine = ask("films")
    strange = Request((Message(role="user", content="x"), Message(role="system", content="y")))
    got = replies(model, [ask("1980 " * 60), fine, ask("x", schema={"type": "object"}), strange])
    assert got[1] == replies(model, [fine])[0]
    errors = [reply for reply in got if isinstance(reply, ModelError)]
    assert [error.fault for error in errors] == [ModelFault.CONTEXT, ModelFault.REJECTED, ModelFault.REJECTED]
    assert f"more than the {tiny_models.CONTEXT} that hf:" in errors[0].detail
    assert errors[1].detail.endswith("does not hold to a schema")
    assert "the system speaks first" in errors[2].detail


@pytest.mark.parametrize("damage", ["weights", "kind", "template"])
def test_a_damaged_checkpoint_stops_the_run_in_one_line(tmp_path: Path, damage: str) -> None:
    template = None if damage == "template" else tiny_models.TEMPLATE
    folder = tiny_models.write_llama(tmp_path / "llama", template)
    if damage == "weights":
        (folder / "model.safetensors").write_bytes(b"half")
    if damage == "kind":
        (folder / "config.json").write_text(json.dumps({"model_type": "of tomorrow"}))
    error = fault(LocalModel.open(f"hf:{folder}"), ask("films"))
    assert error.fault.stops_run
    assert "\n" not in error.detail
    assert ("chat template" if damage == "template" else "cannot be loaded") in error.detail


def test_a_model_that_is_not_there_is_told_before_the_first_call(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Did you mean 'smollm2'\?"):
        LocalModel.open("hf:smolm2")
    with pytest.raises(InputError, match="elicit models pull smollm2"):
        LocalModel.open("hf:smollm2")
    with pytest.raises(InputError, match="encodes sentences"):
        LocalModel.open("hf:minilm")
    with pytest.raises(InputError, match=r"no config\.json"):
        LocalModel.open(f"hf:{tmp_path}")


def test_the_loop_stays_alive_and_who_gives_up_stops_the_writing(model: LocalModel) -> None:
    async def main() -> tuple[int, list[Reply | ModelError]]:
        await model.complete([ask("films")])
        writing = asyncio.create_task(model.complete([ask("films", max_tokens=100)] * model.together))
        turns = 0
        while not writing.done():
            turns += 1
            await asyncio.sleep(0)
        given_up = asyncio.create_task(model.complete([ask("films")]))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        return turns, await model.complete([ask("films")])

    turns, after = asyncio.run(main())
    assert turns > 1
    assert after == replies(model, [ask("films")])


def test_texts_end_where_they_are_when_told_to_stop(chatty: Path) -> None:
    from transformers import AutoModelForCausalLM

    decoder = Decoder(AutoModelForCausalLM.from_pretrained(chatty), frozenset())
    prompts = [Prompt((5, 6, 7), 10), Prompt((5, 6, 7, 8), 4)]
    whole = decoder.write(prompts)
    assert [len(text) for text in whole] == [10, 4]
    asked = threading.Semaphore(3)
    stopped = decoder.write(prompts, lambda: not asked.acquire(blocking=False))
    assert stopped == [text[:3] for text in whole]


@dataclass
class Watched:
    """A model that notes how many tokens it was given to read, rows by columns."""

    inner: Any
    read: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def device(self) -> Any:
        return self.inner.device

    def __call__(self, tokens: Any, **more: Any) -> Any:
        self.read.append(tuple(tokens.shape))
        return self.inner(tokens, **more)


def test_what_is_common_is_read_once(chatty: Path) -> None:
    from transformers import AutoModelForCausalLM

    watched = Watched(AutoModelForCausalLM.from_pretrained(chatty))
    decoder = Decoder(watched, frozenset())
    common = tuple(range(5, 45))
    decoder.write([Prompt((*common, 50), 1), Prompt((*common, 51, 52), 1)])
    assert watched.read == [(1, 40), (2, 2)]
    decoder.write([Prompt((*common, 60, 61), 1), Prompt((*common, 62), 1), Prompt((*common, 63), 1)])
    assert watched.read[2:] == [(3, 2)]
    decoder.write([Prompt((*common, 70, 71, 72), 2)])
    assert watched.read[3:] == [(1, 2), (1, 1), (1, 1)]
    decoder.write([Prompt((9, 9, 9), 1)])
    assert watched.read[6:] == [(1, 2), (1, 1)]


@pytest.mark.slow
def test_smollm2_talks_sense_alone_and_in_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs a fetched smollm2 in $ELICIT_TEST_MODELS, a folder as ELICIT_HOME names it."""
    home = os.environ.get("ELICIT_TEST_MODELS")
    if not home:
        pytest.skip("ELICIT_TEST_MODELS names no folder with fetched models")
    monkeypatch.setenv("ELICIT_HOME", home)
    model = LocalModel.open("hf:smollm2", Precision.FLOAT32)
    texts = ["What is the capital of France?", "Name a fruit.", "Hi"]
    requests = [Request((Message(role="user", content=text),), max_tokens=20) for text in texts]
    together = replies(model, requests)
    assert together == [replies(model, [request])[0] for request in requests]
    assert isinstance(together[0], Reply)
    assert "Paris" in together[0].text


def test_importing_models_loads_nothing_heavy() -> None:
    code = "import sys, elicit.models.local, elicit.models.encoder, elicit.models.checks; "
    code += "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'openai') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6).map(tuple), min_size=1, max_size=5))
def test_a_common_beginning_is_common_and_the_longest(texts: list[tuple[int, ...]]) -> None:
    shared = common_prefix(texts)
    assert all(text[: len(shared)] == shared and len(text) > len(shared) for text in texts)
    longer = len(shared) + 1
    assert any(len(text) == longer for text in texts) or len({text[:longer] for text in texts}) > 1


def test_draws_follow_the_probabilities_and_the_seed_alone() -> None:
    import torch

    share = np.array([0.5, 0.3, 0.15, 0.05])
    number = 4000
    prompts = [Prompt((1,), 1, seed, 1.0) for seed in range(number)]
    logits = torch.log(torch.tensor(share, dtype=torch.float32)).repeat(number, 1)
    drawn = choose(logits, prompts, 0)
    # Four standard errors of the largest share.
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / number, share, atol=4 * 0.5 / number**0.5)
    assert choose(logits[:10].flip(0), prompts[:10][::-1], 0) == drawn[:10][::-1]
    assert choose(logits, prompts, 1) != drawn
    cold = [Prompt((1,), 1, seed, 0.01) for seed in range(50)]
    assert choose(logits[:50], cold, 0) == [0] * 50
