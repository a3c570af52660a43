"""What ``elicit doctor`` looks at: this machine, and whether a model does what it is asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import elicit
from elicit.dialogues import Message
from elicit.domains import movielens_100k_folder
from elicit.models.chat import ChatModel, ModelError, ModelFault, Reply, Request
from elicit.models.weights import WEIGHTS, model_folder

_DISTRIBUTION: Final = "elicit-questions"
_NAMESAKE: Final = "elicit"
"""An unrelated library of the package index that installs a package of the same name over ours."""
_LIBRARIES: Final = ("torch", "transformers", "openai", "numpy", "gguf")
_WORDS: Final = 300_000
"""More than most models can read."""
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    ABSENT = "--"
    """Not there, or not to be told; nothing is broken."""
    FAIL = "FAIL"


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, how it came out, and what was found."""

    what: str
    state: State
    found: str

    def flat(self) -> dict[str, str]:
        """Return the line for JSON."""
        return asdict(self)


def machine_checks() -> Iterator[Check]:
    """Look at versions, cores, the package itself and what has been fetched; nothing heavy is imported."""
    yield _ourselves()
    yield Check("python", State.OK, f"{sys.version.split()[0]}, {os.cpu_count()} cores")
    for library in _LIBRARIES:
        yield _library(library)
    for name, weights in WEIGHTS.items():
        yield _fetched(weights.title, model_folder(name), f"elicit models pull {name}")
    yield _fetched("MovieLens 100K", movielens_100k_folder(), "elicit data fetch movielens-100k")


def _ourselves() -> Check:
    """Tell ours from the namesake: installed side by side they overwrite each other's files."""
    place = Path(elicit.__file__).parent
    other = _version(_NAMESAKE)
    if other:
        cure = f"pip uninstall {_NAMESAKE}, then pip install --force-reinstall {_DISTRIBUTION}"
        return Check("elicit", State.FAIL, f"the unrelated package '{_NAMESAKE}' {other} is installed too: {cure}")
    if _version(_DISTRIBUTION) is None:
        return Check("elicit", State.ABSENT, f"{elicit.__version__} in {place}, not installed")
    return Check("elicit", State.OK, f"{elicit.__version__} in {place}")


def _library(name: str) -> Check:
    version = _version(name)
    if version is None:
        return Check(name, State.ABSENT, f"not installed: pip install {name}")
    return Check(name, State.OK, version)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _fetched(what: str, folder: Path | None, command: str) -> Check:
    return Check(what, State.OK, str(folder)) if folder else Check(what, State.ABSENT, f"not fetched: {command}")


async def model_checks(label: str, model: ChatModel) -> AsyncIterator[Check]:
    """Ask a model a few small things and one that is too long.

    Args:
        label: goes before each line, such as the side that the model plays.
        model: an endpoint is asked about six times; the long request is 300,000 words, which a model that can read
            them is paid for.
    """
    hello = (await model.complete([_request("Say hello.")]))[0]
    if isinstance(hello, ModelError):
        yield Check(f"{label} answers", State.FAIL, f"{model.name}: {hello.detail}")
        return
    if not hello.text.strip():
        yield Check(f"{label} answers", State.FAIL, f"{model.name} replies with nothing")
        return
    yield Check(f"{label} answers", State.OK, f"{model.name}: {_short(hello.text)}")
    yield await _seed(f"{label} seed", model)
    yield await _schema(f"{label} schema", model)
    yield await _context(f"{label} context", model)


async def _seed(what: str, model: ChatModel) -> Check:
    """Ask twice with one seed and once with another, each by itself."""
    asked = [_request("Tell me something that nobody expects.", seed=seed, temperature=1.0) for seed in (1, 1, 2)]
    replies = [(await model.complete([request]))[0] for request in asked]
    texts = [reply.text for reply in replies if isinstance(reply, Reply)]
    if len(texts) < len(asked):
        return Check(what, State.FAIL, next(reply.detail for reply in replies if isinstance(reply, ModelError)))
    same, again, other = texts
    if same != again:
        return Check(what, State.FAIL, "one seed gave two texts: runs with this model cannot be repeated")
    if same == other:
        return Check(what, State.ABSENT, "not told apart: two seeds gave one text")
    return Check(what, State.OK, "one seed gives one text, another seed another")


async def _schema(what: str, model: ChatModel) -> Check:
    asked = _request('Name a colour, as JSON: {"colour": "red"} or {"colour": "green"}.', schema=_SCHEMA, max_tokens=40)
    reply = (await model.complete([asked]))[0]
    if isinstance(reply, ModelError):
        state = State.ABSENT if reply.fault is ModelFault.REJECTED else State.FAIL
        return Check(what, state, reply.detail)
    if _fulfils(reply.text):
        return Check(what, State.OK, _short(reply.text))
    return Check(what, State.FAIL, f"asked for JSON of a schema, but got: {_short(reply.text)}")


def _fulfils(text: str) -> bool:
    try:
        return json.loads(text) in ({"colour": "red"}, {"colour": "green"})
    except (ValueError, RecursionError):
        return False


async def _context(what: str, model: ChatModel) -> Check:
    reply = (await model.complete([_request("word " * _WORDS, max_tokens=1)]))[0]
    if isinstance(reply, Reply):
        return Check(what, State.ABSENT, f"not told: {_WORDS:,} words were read without complaint")
    if reply.fault is ModelFault.CONTEXT:
        return Check(what, State.OK, f"too long is told as such: {_short(reply.detail)}")
    busy = reply.fault in {ModelFault.OVERLOADED, ModelFault.SLOW}
    state = State.ABSENT if busy else State.FAIL
    return Check(what, state, f"{_WORDS:,} words are not told as too long: {_short(reply.detail)}")


def _request(text: str, **changes: Any) -> Request:
    return Request((Message(role="user", content=text),), **{"max_tokens": 24, **changes})


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"
