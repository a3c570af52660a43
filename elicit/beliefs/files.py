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
Arrays = Mapping[str, NDArray[Any]]
Made = TypeVar("Made")


def save_learned(folder: Path, kind: str, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Write what was learned; the folder is whole or absent.

    Args:
        folder: is replaced if it is there.
        kind: what it is, for instance ``network``.
        facts: JSON values that are needed to use the weights.
        arrays: the weights.

    Raises:
        InputError: something else lies there.
    """
    from safetensors.numpy import save

    weights = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    stated = {"kind": kind, "weights": hashlib.sha256(weights).hexdigest(), **facts}
    with atomic_folder(folder) as temporary:
        (temporary / _WEIGHTS).write_bytes(weights)
        (temporary / _FACTS).write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_learned(
    folder: Path, kind: str, domain: str, make: Callable[[Mapping[str, Any], Mapping[str, NDArray[Any]]], Made]
) -> Made:
    """Read what :func:`save_learned` wrote.

    Args:
        folder: where it lies.
        kind: what it must be.
        domain: hash of the domain that it must have been learned for.
        make: makes it of facts and arrays.

    Raises:
        InputError: no such folder, of another kind or domain, truncated, or not ours.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    facts = _facts(folder, kind)
    if facts.get("domain") != domain:
        raise InputError(
            f"learned for another version of the domain ({facts.get('domain')}, now {domain})",
            where=str(folder),
            remedy=_ANEW,
        )
    try:
        weights = (folder / _WEIGHTS).read_bytes()
    except OSError:
        raise InputError(f"{_WEIGHTS} is missing", where=str(folder), remedy=_ANEW) from None
    if hashlib.sha256(weights).hexdigest() != facts.get("weights"):
        problem = f"{len(weights):,} bytes that are not those that {_FACTS} speaks of: truncated or exchanged"
        raise InputError(problem, where=str(folder / _WEIGHTS), remedy=_ANEW)
    try:
        return make(facts, load(weights))
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"cannot be used ({error})", where=str(folder), remedy=_ANEW) from None


def _facts(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / _FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"no {kind} here (there is no {_FACTS})", where=str(folder), remedy=_ANEW) from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or "kind" not in facts:
        raise InputError("not a file of ours", where=str(path), remedy=_ANEW)
    if facts["kind"] != kind:
        raise InputError(f"holds a {facts['kind']}, not a {kind}", where=str(folder), remedy=_ANEW)
    return facts
