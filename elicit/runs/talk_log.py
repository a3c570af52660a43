"""Dialogues of a run on disk, appended one by one: what has been kept is not lost, whatever happens next."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, TypeVar

from filelock import FileLock, Timeout
from pydantic import ValidationError

from elicit.basis import InputError, write_text
from elicit.dialogues import Dialogue, Failure, Fault
from elicit.domains import first_problem

Record = TypeVar("Record", Dialogue, Failure)
DIALOGUES: Final = "dialogues.jsonl"
FAILURES: Final = "failures.jsonl"
_LOCK: Final = ".lock"
_TO_REPEAT: Final = {Fault.TRANSPORT, Fault.MODEL}
"""Failures that say nothing about the two sides; whoever goes on with a run plays these dialogues again."""


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

    Opening mends what a killed process has left: half a line at the end is cut off, and its dialogue is played again.
    So are dialogues that failed by a model or the way to it; their failures stay until they have been.

    Args:
        folder: of the run.
        problem_of: says what is wrong with a dialogue that this run cannot have, None if nothing is.

    Attributes:
        done: ids of the dialogues that need not be played any more.

    Raises:
        InputError: a whole line that cannot be read, or a dialogue that is there twice (``file:line``). It is found
            here, before anything is played on top of it.
    """

    def __init__(self, folder: Path, problem_of: Callable[[Dialogue | Failure], str | None] = lambda _: None) -> None:
        self._folder = folder
        self._paths = {Dialogue: folder / DIALOGUES, Failure: folder / FAILURES}
        for path in self._paths.values():
            _cut_half_line(path)
        _drop_replayed(folder)
        self.done = _ids(folder, problem_of)
        self._files: dict[type, BinaryIO] = {kind: path.open("ab", buffering=0) for kind, path in self._paths.items()}

    def keep(self, record: Dialogue | Failure) -> None:
        """Write one dialogue; it is in the file when this returns.

        Raises:
            OSError: the disk is full or gone. Nothing of this dialogue is left in the file.
        """
        line = memoryview(record.model_dump_json().encode() + b"\n")
        file = self._files[type(record)]
        start = file.seek(0, os.SEEK_END)
        try:
            while line:
                line = line[file.write(line) :]
        except OSError as error:
            # Dialogues that are played at the same time may still find room, and must not go on in half a line.
            file.truncate(start)
            raise OSError(error.errno, error.strerror, str(self._paths[type(record)])) from None
        self.done.add(record.id)

    def __enter__(self) -> TalkLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        if kind is None:  # Else the next to open does it: here it could hide what went wrong, on a full disk for one.
            _drop_replayed(self._folder)


def read_finished(folder: Path) -> Iterator[Dialogue]:
    """Yield the finished dialogues of a run, one at a time, in the order in which they ended.

    Raises:
        InputError: no such file, or a line that cannot be read (``file:line``).
    """
    path = folder / DIALOGUES
    if not path.exists():
        raise InputError(
            "file is missing", where=str(path), remedy=f"Play its dialogues again: elicit simulate … --resume {folder}"
        )
    return _records(path, Dialogue)


def read_failures(folder: Path) -> Iterator[Failure]:
    """Yield the failures of a run, one at a time; none if there is no such file.

    Raises:
        InputError: a line that cannot be read (``file:line``).
    """
    return _records(folder / FAILURES, Failure)


def _records(path: Path, kind: type[Record]) -> Iterator[Record]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield kind.model_validate_json(line.removesuffix(b"\n"))
            except ValidationError as error:
                raise InputError(
                    f"damaged ({first_problem(error)})",
                    where=f"{path}:{number}",
                    remedy=f"Delete this line; --resume {path.parent} plays its dialogue again",
                ) from None


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


def _drop_replayed(folder: Path) -> None:
    """Drop the failures of dialogues that have been played again."""
    path = folder / FAILURES
    if not path.exists():
        return
    failures = list(read_failures(folder))
    repeated = {f.id for f in failures if f.fault in _TO_REPEAT}
    if not repeated:
        return
    last = {failure.id: place for place, failure in enumerate(failures)}
    finished = {d.id for d in _records(folder / DIALOGUES, Dialogue) if d.id in repeated}
    kept = [
        f
        for place, f in enumerate(failures)
        if f.fault not in _TO_REPEAT or (f.id not in finished and last[f.id] == place)
    ]
    write_text(path, "".join(f.model_dump_json() + "\n" for f in kept))


def _ids(folder: Path, problem_of: Callable[[Dialogue | Failure], str | None]) -> set[str]:
    """Return the ids of the dialogues that need not be played any more."""
    found: set[str] = set()
    finished, failed = folder / DIALOGUES, folder / FAILURES
    read: dict[Path, Iterator[Dialogue | Failure]] = {
        finished: _records(finished, Dialogue),
        failed: _records(failed, Failure),
    }
    for path, records in read.items():
        for number, record in enumerate(records, start=1):
            problem = f"dialogue '{record.id}' a second time" if record.id in found else problem_of(record)
            if problem:
                raise InputError(problem, where=f"{path}:{number}", remedy="Delete this line")
            if not (isinstance(record, Failure) and record.fault in _TO_REPEAT):
                found.add(record.id)
    return found
