"""A model that says what a file tells it to: for tests, for trying things out, for showing a fault again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from elicit.basis import InputError
from elicit.domains import Frozen, first_problem
from elicit.models.chat import ModelError, Reply, Request


class _When(Frozen):
    """A reply to whatever matches."""

    matches: str = Field(min_length=1)
    reply: str

    @model_validator(mode="after")
    def _compiles(self) -> _When:
        try:
            re.compile(self.matches)
        except (re.error, OverflowError) as error:
            raise ValueError(f"'{self.matches}' is no regular expression ({error})") from None
        return self


class _Script(Frozen):
    """``replies`` are said in turn, the last one again and again; ``when`` is looked at first."""

    replies: tuple[str, ...] = ()
    when: tuple[_When, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> _Script:
        if not self.replies:
            raise ValueError("replies is empty; the script must say something where nothing matches")
        return self


@dataclass(frozen=True)
class ScriptedModel:
    """Says the first ``[[when]]`` whose pattern is found in the last message, else its replies in turn.

    Its tokens are words.
    """

    name: str
    script: _Script

    @classmethod
    def open(cls, spec: str) -> ScriptedModel:
        """Read ``scripted:FILE``.

        Raises:
            InputError: no such file, or something in it that cannot be used.
        """
        path = Path(spec.partition(":")[2])
        try:
            return cls(spec, _Script.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise InputError("no such file", where=str(path), remedy="Name a TOML file with replies") from None
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from None
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"not valid TOML: {error}", where=str(path)) from None
        except ValidationError as error:
            raise InputError(first_problem(error), where=str(path)) from None

    @property
    def together(self) -> int:
        """As many as an endpoint."""
        return 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Return what the script says."""
        return [self._reply(request) for request in requests]

    def _reply(self, request: Request) -> Reply:
        last = request.messages[-1].content
        spoken = sum(message.role == "assistant" for message in request.messages)
        matching = (when.reply for when in self.script.when if re.search(when.matches, last))
        text = next(matching, self.script.replies[min(spoken, len(self.script.replies) - 1)])
        words = sum(len(message.content.split()) for message in request.messages)
        return Reply(text, words, len(text.split()))
