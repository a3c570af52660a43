"""Files that are either whole or absent."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elicit.basis.errors import InputError

_MARKS = ("domain.toml", "elicit.json", "funnel.json", "learned.json")
"""Files that only a folder of ours holds."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` that takes its place when the block ends well, and vanishes otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file.

    Raises:
        InputError: no such file, or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError("no such file", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None


def whole_letters(text: str) -> str:
    """Return a text that can be written to a file: Python and JSON can hold halves of letters, UTF-8 cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty temporary folder that takes the place of ``path`` when the block ends well.

    Where ``path`` is a link, what it leads to is replaced.

    Raises:
        InputError: ``path`` is a file, or a folder that was not written by us (it has none of the files that only ours
            have), so that nothing of the user's is ever replaced.
    """
    refuse_foreign(path)
    path = path.resolve() if path.is_symlink() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        # The old folder is moved aside first, so that at no moment both are lost.
        old = temporary.with_name(f"{temporary.name}.old")
        if path.exists():
            path.replace(old)
        temporary.replace(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_foreign(path: Path) -> None:
    """Raise InputError if ``path`` exists and is neither empty nor a folder of ours."""
    if not path.exists():
        return
    ours = path.is_dir() and any((path / mark).exists() for mark in _MARKS)
    if not ours and not (path.is_dir() and not any(path.iterdir())):
        raise InputError("already exists and was not written by elicit", where=str(path), remedy="Name another place")


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
