"""What was learned, on disk: a folder with the weights (safetensors) and what they are (JSON)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, atomic_folder

_WEIGHTS: Final = "weights.safetensors"
_FACTS: Final = "learned.json"
_ANEW: Final = "Delete this folder, and it is learned anew"
_OTHERS: Final = {"domain": "another version of the domain", "people": "other people"}
"""How an origin that differs is called, where it is not just "another" of its name."""
Arrays = Mapping[str, NDArray[Any]]
Origin = Mapping[str, str]
"""What something was learned from and for: ``domain`` and ``people`` (hashes), ``goal`` and so on to what they were."""
Made = TypeVar("Made")


def save_learned(folder: Path, kind: str, origin: Origin, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Write what was learned; the folder is whole or absent.

    Args:
        folder: is replaced if it is there.
        kind: what it is, for instance ``network``.
        origin: what it was learned from and for.
        facts: JSON values that are needed to use the weights.
        arrays: the weights.

    Raises:
        InputError: something else lies there.
    """
    from safetensors.numpy import save

    weights = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    stated = {"kind": kind, "origin": dict(origin), **facts}
    stated |= {"hash": _hash(stated, weights)}
    with atomic_folder(folder) as temporary:
        (temporary / _WEIGHTS).write_bytes(weights)
        (temporary / _FACTS).write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_learned(folder: Path, kind: str, origin: Origin, make: Callable[[Mapping[str, Any], Arrays], Made]) -> Made:
    """Read what :func:`save_learned` wrote.

    Args:
        folder: where it lies.
        kind: what it must be.
        origin: what it must have been learned from and for, as far as it matters.
        make: makes it of facts and arrays.

    Raises:
        InputError: no such folder, of another kind or origin, truncated, changed, or not ours.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    facts = _facts(folder, kind)
    for name, wanted in origin.items():
        stored = facts["origin"].get(name)
        if stored != wanted:
            problem = f"comes from {_OTHERS.get(name, f'another {name}')} ({stored}, now {wanted})"
            raise InputError(problem, where=str(folder), remedy=_ANEW)
    try:
        weights = (folder / _WEIGHTS).read_bytes()
    except OSError:
        raise InputError(f"{_WEIGHTS} is missing", where=str(folder), remedy=_ANEW) from None
    if facts.pop("hash", None) != _hash(facts, weights):
        problem = f"{_WEIGHTS} and {_FACTS} are not as they were written: truncated, exchanged or changed"
        raise InputError(problem, where=str(folder), remedy=_ANEW)
    try:
        return make(facts, _numbers(load(weights)))
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"cannot be used ({error})", where=str(folder), remedy=_ANEW) from None


def _numbers(arrays: Arrays) -> Arrays:
    """Return the arrays if all that is in them are finite numbers."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"not every number of '{name}' is finite")
    return arrays


def _hash(facts: Mapping[str, Any], weights: bytes) -> str:
    """Return the SHA-256 of facts and weights."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode() + weights).hexdigest()


def _facts(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / _FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"no {kind} here (there is no {_FACTS})", where=str(folder), remedy=_ANEW) from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or "kind" not in facts or not isinstance(facts.get("origin"), dict):
        raise InputError("not a file of ours", where=str(path), remedy=_ANEW)
    if facts["kind"] != kind:
        raise InputError(f"holds a {facts['kind']}, not a {kind}", where=str(folder), remedy=_ANEW)
    return facts
