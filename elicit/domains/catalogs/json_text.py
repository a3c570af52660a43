"""Reads texts of JSON piece by piece, numbers as they are written, comments or not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TextIO


class Number(str):
    """A number as it is written."""


_DECODER: Final = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=lambda _: None)
_WINDOW: Final = 1 << 20
"""Characters that are read at once; one letter beyond the usual ones makes each of them take four bytes."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING_OR_COMMENT: Final = re.compile(r'"(?:[^"\\\n]|\\.)*+"|/\*.*?\*/|//[^\n]*', re.DOTALL)


def decode(text: str) -> Any:
    """Return what a text of JSON holds; numbers are :class:`Number`.

    Raises:
        json.JSONDecodeError: it is no JSON, or too deeply nested.
    """
    cursor = _Cursor(text)
    value = cursor.value()
    cursor.end()
    return value


def members(stream: TextIO) -> Iterator[tuple[str, int, Any]]:
    """Yield the elements of a list, or of each list that a key of an object holds: key, number from 1, value.

    The elements are read and decoded one by one, so a large file never stands in memory, as text or as Python objects.

    Raises:
        json.JSONDecodeError: it is no JSON, or too deeply nested.
    """
    cursor = _Cursor("", stream)
    if cursor.sees("["):
        yield from (("", number, value) for number, value in cursor.elements())
    elif cursor.sees("{"):
        for key in cursor.walk():
            if cursor.sees("["):
                yield from ((key, number, value) for number, value in cursor.elements())
            else:
                cursor.value()
    else:
        cursor.value()
    cursor.end()


def without_comments(text: str) -> str:
    """Return JSON without ``/* */`` and ``//`` outside its strings; blanks keep everything else in its place."""
    return _STRING_OR_COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text)


class _Cursor:
    """A place in a text of JSON, of which more is read from a stream, if there is one, when it is needed."""

    def __init__(self, text: str, stream: TextIO | None = None) -> None:
        self._text, self._stream = text, stream
        self._at = 0
        self._lines, self._letters = 0, 0
        self._skip()

    def sees(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def value(self) -> Any:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._problem("Too deeply nested") from None
            except json.JSONDecodeError as error:
                if not self._more():
                    raise self._problem(error.msg, error.pos) from None
            else:
                # A number may go on behind what has been read.
                if len(self._text) - end >= len("e+0") or not self._more():
                    break
        self._at = end
        self._skip()
        return value

    def elements(self) -> Iterator[tuple[int, Any]]:
        """Yield the elements of the list that begins here, with their numbers from 1."""
        self._expect("[")
        number = 0
        while number == 0 or self._take(","):
            if number == 0 and self.sees("]"):
                break
            number += 1
            yield number, self.value()
        self._expect("]")

    def walk(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; who asks takes the value before the next key."""
        self._expect("{")
        if not self.sees("}"):
            yield self._key()
            while self._take(","):
                yield self._key()
        self._expect("}")

    def end(self) -> None:
        if self._at != len(self._text):
            raise self._problem("Extra data")

    def _key(self) -> str:
        key = str(self.value())
        self._expect(":")
        return key

    def _take(self, mark: str) -> bool:
        if not self.sees(mark):
            return False
        self._at += 1
        self._skip()
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._problem(f"Expecting '{mark}'")

    def _skip(self) -> None:
        while found := _SPACE.match(self._text, self._at):
            self._at = found.end()
            if self._at < len(self._text) or not self._more():
                break

    def _more(self) -> bool:
        """Read on, as much as there is already, and forget what has been passed; False at the end."""
        fresh = self._stream.read(max(_WINDOW, len(self._text) - self._at)) if self._stream else ""
        if fresh:
            passed = self._text[: self._at]
            breaks = passed.count("\n")
            self._letters = len(passed) - passed.rindex("\n") - 1 if breaks else self._letters + len(passed)
            self._lines += breaks
            self._text, self._at = self._text[self._at :] + fresh, 0
        return bool(fresh)

    def _problem(self, message: str, place: int | None = None) -> json.JSONDecodeError:
        """Return an error with its line and column in the whole text."""
        error = json.JSONDecodeError(message, self._text, self._at if place is None else place)
        error.colno += self._letters if error.lineno == 1 else 0
        error.lineno += self._lines
        return error
