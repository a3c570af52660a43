"""Prompts that ship, filled in."""

from __future__ import annotations

from elicit.basis import resource
from elicit.language.cleaning import END_MARK


def prompt_text(name: str) -> str:
    """Return a prompt of ``data/prompts`` as it ships."""
    return resource("data", "prompts", name).read_text(encoding="utf-8")


def rendered(name: str, **values: object) -> str:
    """Return a prompt of ``data/prompts`` with its values; a value that is not given is an error."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(prompt_text(name)).render(end_mark=END_MARK, **values).strip()
