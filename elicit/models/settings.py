"""How a model is named and called."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator

from elicit.basis import InputError, did_you_mean
from elicit.domains import Frozen

_SCHEMES: Final = ("scripted:", "http://", "https://", "hf:")
_VARIABLE: Final = re.compile(r"\$([A-Za-z_]\w*)")
_USUAL: Final = re.compile(r"[A-Z][A-Z0-9_]*")
"""How a variable is named that is not set yet."""
_SECRET_HEADER: Final = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_EXAMPLE: Final = "Write it like http://localhost:8000/v1#NAME"
_LIKE_A_KEY: Final = re.compile(r"\b(?:sk|key|tok)-[\w*.-]{4,}|\w+\*{3,}\w*|\*{3,}\w+")
_SHORTEST_SECRET: Final = 6
"""Letters. Shorter ones ("none", "EMPTY") keep nothing secret, and blotting them out would tear words apart."""


class ModelSettings(Frozen):
    """The model of one side.

    Attributes:
        spec: ``scripted:FILE``, ``http(s)://HOST/v1#NAME`` or ``hf:NAME|FOLDER``.
        key: name of the environment variable that holds the key of an endpoint; servers without keys need none.
        headers: sent to an endpoint; ``$NAME`` in a value is taken from the environment, so that no secret stands in a
            recipe.
        temperature: 0 = always the most probable word.
        max_tokens: of a reply.
        timeout: seconds for one request, all in all.
        tries: how often a request is sent that an endpoint is too busy, too slow or too broken to answer.
        at_once: requests that an endpoint gets at the same time.
        price_prompt: money for a million tokens sent, ``price_reply`` for a million received.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    spec: str
    key: str = Field(default="OPENAI_API_KEY", pattern=r"^[A-Za-z_]\w*$")
    headers: Mapping[str, str] = {}
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=200, ge=1, le=100_000)
    timeout: float = Field(default=60.0, gt=0, le=3600)
    tries: int = Field(default=4, ge=1, le=20)
    at_once: int = Field(default=8, ge=1, le=1000)
    price_prompt: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    price_reply: float = Field(default=0.0, ge=0, allow_inf_nan=False)

    @field_validator("spec")
    @classmethod
    def _known(cls, spec: str) -> str:
        if not is_model_spec(spec):
            scheme = spec.partition(":")[0]
            raise ValueError(f"'{shown_spec(spec)}' names no model. {did_you_mean(f'{scheme}:', _SCHEMES)}")
        if spec.startswith("http"):
            endpoint_of(spec)
        elif not spec.partition(":")[2]:
            raise ValueError(f"'{spec}' names no {'file' if spec.startswith('scripted') else 'model'} after the colon")
        return spec

    @field_validator("key")
    @classmethod
    def _variable(cls, key: str) -> str:
        if key not in os.environ and not _USUAL.fullmatch(key):
            # It may be the key itself, so it is not repeated.
            raise ValueError("this names no environment variable. Put the key into a variable and its name here")
        return key

    @field_validator("headers")
    @classmethod
    def _named(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"'{name}' cannot be the name of a header")
            if _SECRET_HEADER.search(name) and not _VARIABLE.search(value):
                raise ValueError(
                    f"'{name}' would be kept in files. Write $NAME of an environment variable for its value"
                )
        return headers

    def sent_key(self) -> str:
        """Return the key, or nothing where the variable is not set.

        Raises:
            InputError: a key that no server can get.
        """
        return self._sendable(os.environ.get(self.key, "").strip(), f"the key in {self.key}")

    def sent_headers(self) -> dict[str, str]:
        """Return the headers with what the environment adds.

        Raises:
            InputError: a variable that is not set, or a value that no server can get.
        """
        filled = {name: _VARIABLE.sub(self._from_environment, value) for name, value in self.headers.items()}
        return {name: self._sendable(value, f"the header {name}") for name, value in filled.items()}

    def without_secrets(self, text: str, guess: bool = True) -> str:
        """Return a server's words without the key, headers or variables, which some servers repeat.

        With ``guess`` also without what looks like a key, whole or with its middle blotted out by the server.
        """
        headers = self.sent_headers().values()
        variables = (os.environ[name] for value in self.headers.values() for name in _VARIABLE.findall(value))
        words = {word for value in (self.sent_key(), *headers, *variables) for word in (value.strip(), *value.split())}
        for secret in sorted(words, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "…")
        return _LIKE_A_KEY.sub("…", text) if guess else text

    def _from_environment(self, found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in os.environ:
            raise InputError(f"the environment variable {name} is not set", where=f"headers of {self.spec}")
        return os.environ[name].strip()

    def _sendable(self, value: str, what: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise InputError(f"{what} holds a letter that cannot be sent", where=self.spec)
        return value


def is_model_spec(text: str) -> bool:
    """Whether a text begins like the specification of a model."""
    return text.startswith(_SCHEMES)


def endpoint_of(spec: str) -> tuple[str, str]:
    """Return base URL and model name of ``http(s)://HOST[:PORT][/v1]#NAME``; a bare host gets ``/v1``.

    Raises:
        ValueError: a part is missing, or a name and password stand in the URL. A bad address is not shown, since it
            may hold a password.
    """
    url, _, name = spec.partition("#")
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        raise ValueError(f"this is no address: its host or port cannot be used. {_EXAMPLE}") from None
    if parts.username is not None:
        raise ValueError("a name or password in the address would be kept in files. Name a variable with 'key' instead")
    if not host or any(c.isspace() for c in url):
        raise ValueError(f"the address has no host. {_EXAMPLE}")
    if parts.query:
        raise ValueError(f"the address holds a '?', after which nothing can be put. {_EXAMPLE}")
    if not name:
        raise ValueError(f"the address names no model. Write it after a '#': {url}#NAME")
    return (url if parts.path.strip("/") else f"{url.rstrip('/')}/v1").rstrip("/"), name


def shown_spec(spec: str) -> str:
    """Return a specification without the name and password that an address may hold."""
    return re.sub(r"//\S*@", "//…@", spec)
