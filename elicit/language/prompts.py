"""The prompts that ship, filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from elicit.basis import resource
from elicit.language.cleaning import END_MARK


def rendered(name: str, **values: object) -> str:
    """Return a prompt of ``data/prompts`` with its values; a value that is not given is an error."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(_text(name)).render(end_mark=END_MARK, **values).strip()


def prompts_hash(names: Sequence[str]) -> str:
    """Return the SHA-256 of some prompts as they ship, first 16 hex digits."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(_text(name).encode())
    return digest.hexdigest()[:16]


def _text(name: str) -> str:
    return resource("data", "prompts", name).read_text(encoding="utf-8")
