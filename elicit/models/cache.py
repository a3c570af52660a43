"""Replies kept on disk: an equal request to the same model is answered without asking it again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock

from elicit.basis import InputError, UnavailableError
from elicit.models.chat import ChatModel, ModelError, Reply, Request

_PATIENCE: Final = 30
"""Seconds that one process waits for another to write."""
_COLUMNS: Final = ["request", "reply"]


class ReplyStore:
    """The file of replies, for any number of models and processes.

    Raises:
        InputError: the file is something else, or damaged. Later calls tell of damage in the same way.
        UnavailableError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._set_up()
            except BaseException:
                self._connection.close()
                raise

    def get(self, key: str) -> Reply | None:
        """Return a reply that was kept, marked as cached."""
        with self._told():
            row = self._connection.execute("SELECT reply FROM replies WHERE request = ?", (key,)).fetchone()
            return replace(Reply(**json.loads(row[0])), cached=True) if row else None

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply; the first one counts."""
        with self._told():
            self._connection.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (key, json.dumps(asdict(reply))))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _set_up(self) -> None:
        # Two processes that turn the log on at the same moment do not wait for each other by themselves.
        with FileLock(f"{self._path}.lock", timeout=_PATIENCE):
            tables = [
                name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            if tables and (tables != ["replies"] or self._columns() != _COLUMNS):
                raise self._foreign()
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("CREATE TABLE IF NOT EXISTS replies (request TEXT PRIMARY KEY, reply TEXT)")

    def _columns(self) -> list[str]:
        return [str(row[1]) for row in self._connection.execute("PRAGMA table_info(replies)")]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into words for people."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            raise UnavailableError(f"{self._path} cannot be used as a file of replies ({error})") from None
        except (sqlite3.DatabaseError, json.JSONDecodeError, TypeError):
            raise self._foreign() from None

    def _foreign(self) -> InputError:
        what = "not a file of replies, or damaged"
        return InputError(what, where=str(self._path), remedy="Move it away, or go on without it")


@dataclass(frozen=True)
class CachedModel:
    """A model whose replies are kept. Errors are not."""

    inner: ChatModel
    store: ReplyStore

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self.inner.name

    @property
    def together(self) -> int:
        """As the model inside."""
        return self.inner.together

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Return kept replies, and ask the model for the others."""
        keys = [self._key(request) for request in requests]
        found: list[Reply | ModelError | None] = [self.store.get(key) for key in keys]
        missing = [place for place, reply in enumerate(found) if reply is None]
        asked = await self.inner.complete([requests[place] for place in missing]) if missing else []
        for place, reply in zip(missing, asked, strict=True):
            found[place] = reply
            if isinstance(reply, Reply):
                self.store.put(keys[place], reply)
        return [reply for reply in found if reply is not None]

    def _key(self, request: Request) -> str:
        whole = {
            "model": self.inner.name,
            "messages": [m.model_dump() for m in request.messages],
            "seed": request.seed,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "schema": request.schema,
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
