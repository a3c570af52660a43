"""Replies kept on disk: an equal request to the same model is answered without asking it again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from elicit.basis import InputError
from elicit.models.chat import ChatModel, ModelError, Reply, Request

_PATIENCE = 30
"""Seconds that one process waits for another to write."""


class ReplyStore:
    """The file of replies, for any number of models and processes.

    Raises:
        InputError: the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("CREATE TABLE IF NOT EXISTS replies (request TEXT PRIMARY KEY, reply TEXT) STRICT")
        except sqlite3.DatabaseError:
            self._connection.close()
            raise InputError(
                "not a file of replies", where=str(path), remedy="Delete it, or go on without it"
            ) from None

    def get(self, key: str) -> Reply | None:
        """Return a reply that was kept, marked as cached."""
        row = self._connection.execute("SELECT reply FROM replies WHERE request = ?", (key,)).fetchone()
        return replace(Reply(**json.loads(row[0])), cached=True) if row else None

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply; the first one counts."""
        self._connection.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (key, json.dumps(asdict(reply))))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


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
