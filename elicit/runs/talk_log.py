"""Dialogues of a run on disk, appended one by one: what has been kept is not lost, whatever happens next."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from filelock import FileLock, Timeout

from elicit.basis import InputError, write_text
from elicit.dialogues import Dialogue, Failure, Fault

DIALOGUES: Final = "dialogues.jsonl"
FAILURES: Final = "failures.jsonl"
_LOCK: Final = ".lock"
_TO_REPEAT: Final = {Fault.TRANSPORT, Fault.MODEL}
"""Failures that say nothing about the two sides; whoever goes on with a run plays these dialogues again."""
_ID: Final = b'{"id":'


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a run folder.

    Raises:
        InputError: another process is in it.
    """
    lock = FileLock(folder / _LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            "another process is working on this run", where=str(folder), remedy="Wait for it, or start a run of its own"
        ) from None
    try:
        yield
    finally:
        lock.release()


class TalkLog:
    """The two files of a run that grow: finished dialogues and failures.

    Opening mends what a killed process has left: half a line at the end is cut off. Failures of models and of the way
    to them are dropped, so that their dialogues are played again.

    Attributes:
        done: ids of the dialogues that need not be played any more.

    Raises:
        InputError: a line in the middle that is not ours (``file:line``).
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {Dialogue: folder / DIALOGUES, Failure: folder / FAILURES}
        for path in self._paths.values():
            _cut_half_line(path)
        _drop_repeated(self._paths[Failure])
        self.done = {i for path in self._paths.values() for i in _ids(path)}
        self._files: dict[type, BinaryIO] = {kind: path.open("ab", buffering=0) for kind, path in self._paths.items()}

    def keep(self, record: Dialogue | Failure) -> None:
        """Write one dialogue; it is in the file when this returns."""
        line = memoryview(record.model_dump_json().encode() + b"\n")
        file = self._files[type(record)]
        while line:
            line = line[file.write(line) :]
        self.done.add(record.id)

    def __enter__(self) -> TalkLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()


def read_finished(folder: Path) -> Iterator[Dialogue]:
    """Yield the finished dialogues of a run, one at a time, in the order in which they ended."""
    with (folder / DIALOGUES).open("rb") as file:
        for line in file:
            yield Dialogue.model_validate_json(line)


def read_failures(folder: Path) -> Iterator[Failure]:
    """Yield the failures of a run, one at a time; none if there is no such file."""
    path = folder / FAILURES
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                yield Failure.model_validate_json(line)


def _cut_half_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        at = end
        while at > 0:
            start = max(0, at - 65536)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            if found >= 0:
                at = start + found + 1
                break
            at = start
        if at < end:
            file.truncate(at)


def _drop_repeated(path: Path) -> None:
    if path.exists():
        kept = [f for f in read_failures(path.parent) if f.fault not in _TO_REPEAT]
        write_text(path, "".join(f.model_dump_json() + "\n" for f in kept))


def _ids(path: Path) -> Iterator[str]:
    """Yield the ids without reading the dialogues, which may be many."""
    if not path.exists():
        return
    decoder = json.JSONDecoder()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.startswith(_ID):
                raise InputError("not a dialogue of this run", where=f"{path}:{number}", remedy="Start a new run")
            yield decoder.raw_decode(line[len(_ID) :].decode())[0]
