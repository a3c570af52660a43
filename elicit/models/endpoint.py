"""Any server that speaks the protocol of OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from elicit.models.chat import ModelError, ModelFault, Reply, Request
from elicit.models.settings import ModelSettings, endpoint_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0
"""Seconds. A server that asks for more patience than this gets no more requests from this dialogue."""
_CONNECT: Final = 4.0
_AGAIN: Final = {ModelFault.SLOW, ModelFault.OVERLOADED, ModelFault.BROKEN}
_TOO_LONG: Final = re.compile(r"context|too long|too many tokens|maximum.*tokens|exceed", re.IGNORECASE)
_NO_KEY: Final = "none"
_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _TIMEOUT, _TOO_LARGE, _TOO_MANY, _SERVER = (
    400, 401, 403, 404, 408, 413, 429, 500,
)  # fmt: skip


@dataclass(frozen=True)
class EndpointModel:
    """A model behind an address.

    A refused connection is told at once; a busy, broken or slow server is asked again, each time after a longer wait.

    Attributes:
        settings: address, limits and prices.
        first_wait: seconds before the second try; each further wait is twice as long.
    """

    settings: ModelSettings
    first_wait: float = _FIRST_WAIT
    _limit: list[asyncio.Semaphore] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Address and model."""
        return self.settings.spec

    @property
    def together(self) -> int:
        """Each request by itself, many at the same time."""
        return 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Send the requests, at most ``at_once`` of them at the same time."""
        if not self._limit:
            self._limit.append(asyncio.Semaphore(self.settings.at_once))
        return await asyncio.gather(*(self._patiently(request) for request in requests))

    async def aclose(self) -> None:
        """Close all connections."""
        if "_client" in self.__dict__:
            await self._client.close()

    async def _patiently(self, request: Request) -> Reply | ModelError:
        wait = self.first_wait
        number = 0
        while True:
            number += 1
            async with self._limit[0]:
                reply, asked_to_wait = await self._once(request)
            if isinstance(reply, Reply) or reply.fault not in _AGAIN:
                return reply
            pause = max(wait, asked_to_wait)
            if number == self.settings.tries or pause > _LONGEST_WAIT:
                return ModelError(reply.fault, f"{reply.detail}; tries: {number}")
            await asyncio.sleep(pause)
            wait *= 2

    async def _once(self, request: Request) -> tuple[Reply | ModelError, float]:
        """Return the reply, or what went wrong and for how many seconds the server wants to be left alone."""
        import openai

        limit, create = self.settings.timeout, self._client.chat.completions.with_raw_response.create
        try:
            # The limit of the client is for silence; this one is also for a server that trickles.
            raw = await asyncio.wait_for(create(**self._body(request)), limit)
            return self._read(raw.http_response.json()), 0.0
        except (TimeoutError, openai.APITimeoutError) as error:
            if _is(error, "ConnectTimeout"):
                return self._unreachable("no answer"), 0.0
            return ModelError(ModelFault.SLOW, f"no reply from {self._host} within {limit:g} s"), 0.0
        except openai.APIConnectionError as error:
            if _is(error, "ConnectError"):
                return self._unreachable("connection refused"), 0.0
            return ModelError(ModelFault.BROKEN, f"{self._host} broke the connection"), 0.0
        except openai.APIStatusError as error:
            return self._status(error), _seconds(error.response.headers.get("retry-after"))
        # A body that is cut off, no JSON, or too odd for the client.
        except (ValueError, openai.APIError):
            return ModelError(ModelFault.BROKEN, f"{self._host} sent what is no reply"), 0.0

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": endpoint_of(self.settings.spec)[1],
            "messages": [message.model_dump() for message in request.messages],
            "seed": request.seed,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
        }
        if request.schema is not None:
            schema = {"name": "reply", "schema": dict(request.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _read(self, body: object) -> Reply | ModelError:
        try:
            choice = body["choices"][0]  # type: ignore[index]
            text = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            return ModelError(ModelFault.BROKEN, f"{self._host} sent a reply without a message")
        usage = body.get("usage") if isinstance(body, dict) else None
        used = usage if isinstance(usage, dict) else {}
        return Reply(
            text=text if isinstance(text, str) else "",
            prompt_tokens=_count(used.get("prompt_tokens")),
            reply_tokens=_count(used.get("completion_tokens")),
            cut=choice.get("finish_reason") == "length",
        )

    def _status(self, error: Any) -> ModelError:
        status, said = error.status_code, self._without_key(" ".join(str(error.message).split()))[:200]
        if status in {_UNAUTHORISED, _FORBIDDEN}:
            return ModelError(ModelFault.REFUSED, self._refused(status))
        if status == _NOT_FOUND:
            return ModelError(ModelFault.NO_MODEL, f"{self._host} has no model '{endpoint_of(self.settings.spec)[1]}'")
        if status == _TOO_LARGE or (status == _BAD_REQUEST and _TOO_LONG.search(said)):
            return ModelError(ModelFault.CONTEXT, f"the dialogue is too long for {self.name} ({said})")
        if status == _TOO_MANY:
            return ModelError(ModelFault.OVERLOADED, f"{self._host} has too many requests (429)")
        if status >= _SERVER or status == _TIMEOUT:
            return ModelError(ModelFault.BROKEN, f"{self._host} fails ({status})")
        return ModelError(ModelFault.REJECTED, f"{self._host} does not take the request ({status}: {said})")

    def _refused(self, status: int) -> str:
        state = "is set but not accepted" if self._key != _NO_KEY else "is not set"
        return f"{self._host} refuses access ({status}): the key in {self.settings.key} {state}"

    def _unreachable(self, why: str) -> ModelError:
        return ModelError(ModelFault.UNREACHABLE, f"cannot reach {self._host} ({why})")

    def _without_key(self, text: str) -> str:
        """Return a server's own words without the key or a secret header, which some servers repeat."""
        for secret in (self._key, *self.settings.sent_headers().values()):
            if secret != _NO_KEY and secret:
                text = text.replace(secret, "…")
        return re.sub(r"\b(sk|key|tok)-[\w*.-]{4,}", "…", text)

    @property
    def _host(self) -> str:
        return endpoint_of(self.settings.spec)[0]

    @property
    def _key(self) -> str:
        return os.environ.get(self.settings.key) or _NO_KEY

    @cached_property
    def _client(self) -> AsyncOpenAI:
        import openai

        return openai.AsyncOpenAI(
            base_url=self._host,
            api_key=self._key,
            default_headers=self.settings.sent_headers(),
            max_retries=0,
            timeout=openai.Timeout(self.settings.timeout, connect=min(_CONNECT, self.settings.timeout)),
        )


def _is(error: Exception, name: str) -> bool:
    """Whether an error of the client was caused by one of the HTTP library below it, which differs between versions."""
    return type(error.__cause__).__name__ == name


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0
