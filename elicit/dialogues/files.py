"""Dialogues on disk: JSON Lines, one dialogue a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from elicit.basis import InputError, read_text, write_text
from elicit.dialogues.types import Dialogue
from elicit.domains import first_problem


def write_dialogues(path: Path, dialogues: Iterable[Dialogue]) -> None:
    """Write dialogues, one a line; the file appears whole or not at all."""
    write_text(path, "".join(d.model_dump_json() + "\n" for d in dialogues))


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """Read dialogues.

    Raises:
        InputError: no such file, not UTF-8, or a line that is not a dialogue (``file:line``, with the field).
    """
    # Only "\n" ends a line: texts may hold U+2028 and its like, at which str.splitlines would cut.
    lines = enumerate(read_text(path).split("\n"), start=1)
    return tuple(_dialogue(line, f"{path}:{number}") for number, line in lines if line.strip())


def _dialogue(line: str, where: str) -> Dialogue:
    try:
        return Dialogue.model_validate_json(line)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where, remedy="A line holds one dialogue") from None
