"""How a model is named and called."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from elicit.basis import InputError, did_you_mean
from elicit.domains import Frozen

_SCHEMES: Final = ("scripted:", "http://", "https://", "hf:")
_VARIABLE: Final = re.compile(r"\$([A-Za-z_]\w*)")


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
        tries: how often a request is sent that an endpoint is too busy or too broken to answer.
        at_once: requests that an endpoint gets at the same time.
        price_prompt: money for a million tokens sent, ``price_reply`` for a million received.
    """

    spec: str
    key: str = Field(default="OPENAI_API_KEY", pattern=r"^[A-Za-z_]\w*$")
    headers: Mapping[str, str] = {}
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=200, ge=1, le=100_000)
    timeout: float = Field(default=60.0, gt=0)
    tries: int = Field(default=4, ge=1, le=20)
    at_once: int = Field(default=8, ge=1, le=1000)
    price_prompt: float = Field(default=0.0, ge=0)
    price_reply: float = Field(default=0.0, ge=0)

    @field_validator("spec")
    @classmethod
    def _known(cls, spec: str) -> str:
        if not is_model_spec(spec):
            raise ValueError(f"'{spec}' names no model. {did_you_mean(spec, _SCHEMES)}")
        if spec.startswith("http"):
            endpoint_of(spec)
        elif not spec.partition(":")[2]:
            raise ValueError(f"'{spec}' names no {'file' if spec.startswith('scripted') else 'model'} after the colon")
        return spec

    def sent_headers(self) -> dict[str, str]:
        """Return the headers with what the environment adds.

        Raises:
            InputError: a variable that is not set.
        """
        return {name: _VARIABLE.sub(self._from_environment, value) for name, value in self.headers.items()}

    def _from_environment(self, found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in os.environ:
            raise InputError(f"the environment variable {name} is not set", where=f"headers of {self.spec}")
        return os.environ[name]


def is_model_spec(text: str) -> bool:
    """Whether a text begins like the specification of a model."""
    return text.startswith(_SCHEMES)


def endpoint_of(spec: str) -> tuple[str, str]:
    """Return base URL and model name of ``http(s)://HOST/v1#NAME``.

    Raises:
        ValueError: a part is missing, or a name and password stand in the URL.
    """
    url, _, name = spec.partition("#")
    example = "http://localhost:8000/v1#NAME"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"'{url}' is no address ({error}). Write it like {example}") from None
    if not host or any(c.isspace() for c in url):
        raise ValueError(f"'{url}' has no host. Write it like {example}")
    if parts.username or parts.password:
        raise ValueError("a name or password in the address would be kept in files. Name a variable with 'key' instead")
    if not name:
        raise ValueError(f"'{spec}' names no model. Write it after a '#', like {example}")
    return url.rstrip("/"), name
