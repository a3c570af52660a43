"""Fine-tuning by TRL: one real step of each kind, going on, being stopped, and what cannot work."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_asker import COUNTS, DOMAIN, FACETS, script

from elicit.basis import InputError, UnavailableError
from elicit.domains import Population
from elicit.forward import facet_mark
from elicit.language import question_texts
from elicit.profiles import Truthful
from elicit.questioners import GainQuestioner, OrderedQuestioner
from elicit.training import (
    NO_LOSS,
    Leading,
    Lessons,
    Pace,
    PreferenceRow,
    Teacher,
    TokenRow,
    Tuned,
    Tuning,
    fine_tune,
    led_lessons,
    merged,
    own_model,
    prefer,
    preference_rows,
    pretrained,
    teach_marks,
    token_rows,
    with_adapters,
)
from elicit.training.optimizer import muon

TEXTS = script()


def crowd() -> Population:
    random = np.random.default_rng(3)
    codes = random.integers(0, COUNTS, size=(20, FACETS)).astype(np.int8)
    return Population(tuple(f"p{n}" for n in range(20)), codes, np.zeros((20, 0), dtype=bool))


def led(number: int) -> Lessons:
    teacher = Teacher(OrderedQuestioner(np.arange(FACETS)), Truthful())
    return led_lessons(crowd(), [teacher], COUNTS, Leading(4, 0.2, 2), number, seed=1)


def rows(number: int = 64) -> list[TokenRow]:
    return list(token_rows(TEXTS, led(number)))


def model(seed: int = 0) -> Any:
    return own_model(TEXTS.tokenizer, 64, 1, 512, seed)


def tune(untaught: Any, folder: Path, number: int = 64, tell: Any = lambda pace: None, **changes: Any) -> Tuned:
    settings = Tuning(**{"learning_rate": 5e-3, "batch": 8, "checkpoints": 0} | changes)
    return fine_tune(untaught, TEXTS.tokenizer, rows(number), rows(8), TEXTS.marks, settings, folder, 1, tell)


def weights(of: Any) -> dict[str, Any]:
    return {name: value.detach().clone() for name, value in of.state_dict().items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(bool((one[name] == other[name]).all()) for name in one)


def test_it_learns_an_order(tmp_path: Path) -> None:
    before = tune(model(), tmp_path / "one", number=8)
    after = tune(model(), tmp_path / "many", number=400)
    assert after.validation < before.validation / 2
    assert (before.steps, after.steps) == (1, 50)


def test_progress_has_a_loss_and_a_speed(tmp_path: Path) -> None:
    told: list[Pace] = []
    tune(model(), tmp_path, number=160, tell=told.append)
    assert [pace.step for pace in told] == [10, 20]
    assert all(pace.steps == 20 and pace.loss > 0 and pace.rows > 0 for pace in told)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, other = model(), model()
    tune(one, tmp_path / "a")
    tune(other, tmp_path / "b")
    assert same(weights(one), weights(other))


def test_the_loss_is_that_of_all_tokens_that_are_taught(tmp_path: Path) -> None:
    """Half precision while it learns, so the third digit may differ."""
    import torch

    learned = model()
    tuned = tune(learned, tmp_path, number=80)
    lost = []
    with torch.inference_mode():
        for row in rows(8):
            likely = learned(torch.tensor([row["input_ids"]])).logits[0].log_softmax(-1)
            lost += [-likely[n - 1, label].item() for n, label in enumerate(row["labels"]) if label != NO_LOSS]
    assert tuned.validation == pytest.approx(np.mean(lost), rel=0.01)


@pytest.mark.parametrize("weight", [1.0, 5.0])
def test_marks_may_weigh_more(tmp_path: Path, weight: float) -> None:
    assert tune(model(), tmp_path, number=80, mark_weight=weight).loss > 0


def test_shares_are_learned_as_they_are(tmp_path: Path) -> None:
    """A teacher who would ask two questions, one three times as likely as the other."""
    import torch

    worth = np.full(FACETS, -50, dtype=np.float32)
    worth[[1, 4]] = np.log(3), 0
    teacher = Teacher(GainQuestioner(lambda states: np.broadcast_to(worth, states.shape)), Truthful())
    lessons = led_lessons(crowd(), [teacher], COUNTS, Leading(1, 0.0, softness=1.0), 400, seed=1)
    texts, untaught = list(token_rows(TEXTS, lessons)), model()
    settings = Tuning(learning_rate=5e-3, batch=8, checkpoints=0)
    tuned = fine_tune(untaught, TEXTS.tokenizer, texts, texts[:8], TEXTS.marks, settings, tmp_path, 1)
    with torch.inference_mode():
        shares = untaught(torch.tensor([TEXTS.start])).logits[0, -1].softmax(0)[list(TEXTS.marks)]
    assert shares[1].item() == pytest.approx(0.75, abs=0.05)
    assert shares[4].item() == pytest.approx(0.25, abs=0.05)
    assert tuned.validation > 0


def test_wandb_keeps_the_losses_offline_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    pytest.importorskip("wandb", reason="wandb is not among what the tests install")
    for name in ("one", "two"):
        tune(model(), tmp_path / name, number=160, tracking="wandb")
    kept = list(tmp_path.glob("wandb/offline-run-*/*.wandb"))
    assert len(kept) == 2
    assert all(b"train/loss" in path.read_bytes() for path in kept)


class Stopped(Exception):  # noqa: N818
    """Ends training in the midst, as a power cut would."""


def test_muon_changes_the_matrices_between_layers_and_adamw_all_else() -> None:
    untaught = model()
    untaught.model.norm.weight.requires_grad = False
    optimizer = muon(untaught, 1e-3, 0.01)
    matrices, others = ({id(weights) for weights in group["params"]} for group in optimizer.param_groups)
    named = {name: id(weights) for name, weights in untaught.named_parameters() if weights.requires_grad}
    assert matrices | others == set(named.values())
    assert {name for name, place in named.items() if place in others} == {
        "model.embed_tokens.weight",
        "model.layers.0.input_layernorm.weight",
        "model.layers.0.post_attention_layernorm.weight",
    }


@pytest.mark.parametrize("with_muon", [False, True])
def test_a_checkpoint_is_gone_on_with_and_leads_to_the_same_weights(tmp_path: Path, with_muon: bool) -> None:
    def cut(pace: Pace) -> None:
        raise Stopped

    straight, resumed = model(), model()
    tune(straight, tmp_path / "a", number=160, checkpoints=5, muon=with_muon)
    with pytest.raises(Stopped):
        tune(resumed, tmp_path / "b", number=160, checkpoints=5, tell=cut, muon=with_muon)
    assert list((tmp_path / "b").glob("checkpoint-*"))
    fresh = model()
    tuned = tune(fresh, tmp_path / "b", number=160, checkpoints=5, muon=with_muon)
    assert tuned.steps == 20
    assert same(weights(straight), weights(fresh))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_it_is_stopped_it_saves(tmp_path: Path, number: int) -> None:
    before = signal.getsignal(number)
    stopped = model()
    with pytest.raises(KeyboardInterrupt):
        tune(stopped, tmp_path, number=400, tell=lambda pace: os.kill(os.getpid(), number))
    (checkpoint,) = tmp_path.glob("checkpoint-*")
    assert checkpoint.name == "checkpoint-11"
    assert signal.getsignal(number) == before
    fresh = model()
    assert tune(fresh, tmp_path, number=400).steps == 50


def test_a_loss_that_is_no_number_ends_it_and_says_so(tmp_path: Path) -> None:
    for number in (24, 400):
        with pytest.raises(UnavailableError, match="smaller learning rate"):
            tune(model(), tmp_path / str(number), number=number, learning_rate=1e30)


def test_what_was_tuned_computes_as_it_will_when_it_is_loaded(tmp_path: Path) -> None:
    import torch

    tuned = model()
    plain = type(tuned).forward
    tune(tuned, tmp_path)
    tokens = torch.tensor([rows(1)[0]["input_ids"]])
    with torch.inference_mode():
        assert torch.equal(tuned(tokens).logits, plain(tuned, tokens).logits)


def test_a_half_written_checkpoint_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-7").mkdir()
    (tmp_path / "checkpoint-7" / "model.safetensors").write_bytes(b"half")
    assert tune(model(), tmp_path).steps == 8


def test_a_full_disk_at_a_checkpoint_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import Trainer

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Trainer, "_save_checkpoint", full)
    with pytest.raises(UnavailableError, match="No space left on device"):
        tune(model(), tmp_path, checkpoints=1)


def test_a_tracker_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown tracker 'wandbb'. Did you mean 'wandb'"):
        tune(model(), tmp_path, tracking="wandbb")


def test_a_tracker_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trackers = "transformers.integrations.integration_utils.get_available_reporting_integrations"
    monkeypatch.setattr(trackers, lambda: [])
    with pytest.raises(UnavailableError, match=r"tracker 'wandb' is missing\. Install it"):
        tune(model(), tmp_path, tracking="wandb")


def test_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    called: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **_: called.append(arguments) or [])
    tune(model(), tmp_path, number=8)
    assert called == []


class TestPretrained:
    """Models that learn further; here of random weights, in the shapes of the large ones."""

    @pytest.fixture
    def qwen(self, tmp_path: Path) -> Path:
        """Return a folder with a model of the architecture of Qwen3, two layers of it, without marks."""
        import torch
        from transformers import Qwen3Config, Qwen3ForCausalLM

        texts = script(marked=False)
        config = Qwen3Config(
            vocab_size=len(texts.tokenizer),
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=16,
            max_position_embeddings=256,
            tie_word_embeddings=False,
        )
        torch.manual_seed(0)
        Qwen3ForCausalLM(config).save_pretrained(tmp_path / "qwen")
        texts.tokenizer.save_pretrained(tmp_path / "qwen")
        return tmp_path / "qwen"

    def test_two_steps_of_a_whole_model(self, qwen: Path, tmp_path: Path) -> None:
        untaught, tokenizer = pretrained(str(qwen), "float32")
        before = weights(untaught)
        tuned = fine_tune(untaught, tokenizer, rows(16), rows(8), (), Tuning(batch=8), tmp_path / "run", 1)
        assert tuned.steps == 2
        assert not same(before, weights(untaught))

    def test_two_steps_of_adapters_leave_the_base_as_it_was_until_they_are_merged(
        self, qwen: Path, tmp_path: Path
    ) -> None:
        untaught, tokenizer = pretrained(str(qwen), "bfloat16")
        adapted = with_adapters(untaught, 4)
        learning = [name for name, value in adapted.named_parameters() if value.requires_grad]
        assert learning
        assert all("lora" in name for name in learning)
        tuned = fine_tune(adapted, tokenizer, rows(16), rows(8), (), Tuning(batch=8), tmp_path / "run", 1)
        assert tuned.steps == 2
        whole = merged(adapted)
        assert type(whole).__name__ == "Qwen3ForCausalLM"
        base, _ = pretrained(str(qwen), "bfloat16")
        assert not same(weights(base), weights(whole))

    def test_a_mark_begins_as_the_mean_of_the_words_that_ask(self, qwen: Path) -> None:
        untaught, tokenizer = pretrained(str(qwen), "float32")
        stranger = DOMAIN.model_copy(update={"facets": (DOMAIN.facets[0].model_copy(update={"id": "taste salad"}),)})
        teach_marks(untaught, tokenizer, stranger)
        mark = tokenizer.convert_tokens_to_ids(facet_mark("taste salad"))
        words = [t for text in question_texts(stranger.facets[0]) for t in tokenizer(text)["input_ids"]]
        for table in (untaught.get_input_embeddings().weight, untaught.get_output_embeddings().weight):
            assert table[mark].allclose(table[words].mean(dim=0), atol=1e-6)

    def test_a_folder_without_a_model_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError):
            pretrained(str(tmp_path), "float32")

    def test_a_damaged_model_is_refused(self, qwen: Path) -> None:
        (qwen / "model.safetensors").write_bytes(b"nothing")
        with pytest.raises(InputError, match="cannot be loaded"):
            pretrained(str(qwen), "float32")

    def test_what_cannot_be_fetched_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        with pytest.raises(UnavailableError, match="cannot be fetched from the hub"):
            pretrained("nobody/nothing-at-all", "float32")


class TestPreferences:
    """Of two questions in a state, the one that is worth more."""

    WORTH = np.array([0.1, 0.7, 0.2, 0.3, 0.9, 0.4, 0.5])

    def pairs(self, number: int) -> list[PreferenceRow]:
        lessons = led(number)
        return list(preference_rows(TEXTS, lessons, lambda states: np.tile(self.WORTH, (len(states), 1)), lessons.luck))

    def test_what_is_worth_more_is_chosen_and_nothing_that_was_asked(self) -> None:
        place = {mark: column for column, mark in enumerate(TEXTS.marks)}
        pairs = self.pairs(200)
        assert len(pairs) == 200
        for pair in pairs:
            asked = {place[token] for token in pair["prompt_ids"] if token in place}
            better, worse = place[pair["chosen_ids"][0]], place[pair["rejected_ids"][0]]
            free = [column for column in range(FACETS) if column not in asked]
            assert better == max(free, key=lambda column: self.WORTH[column])
            assert worse in free
            assert worse != better
        assert len({len(pair["prompt_ids"]) for pair in pairs}) > 3
        assert len({pair["rejected_ids"][0] for pair in pairs}) > 3

    def test_a_model_comes_to_prefer_it(self, tmp_path: Path) -> None:
        untaught = model()
        tuned = prefer(
            untaught,
            TEXTS.tokenizer,
            self.pairs(320),
            self.pairs(16),
            0.1,
            Tuning(learning_rate=2e-3, batch=8, checkpoints=0),
            tmp_path,
            1,
        )
        assert tuned.steps == 40
        assert tuned.validation < 0.6  # ln 2 = .693 is no preference

    def test_where_one_question_is_left_there_is_no_pair(self) -> None:
        lessons = led(20)
        nothing = np.full(FACETS, -np.inf)
        nothing[0] = 1.0
        found = list(preference_rows(TEXTS, lessons, lambda states: np.tile(nothing, (len(states), 1)), lessons.luck))
        assert found == []


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(InputError, match="no multiple of 64"):
        own_model(TEXTS.tokenizer, 100, 1, 512, 0)
