"""Any server that speaks the protocol of OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from elicit.basis import whole_letters
from elicit.models.chat import ModelError, ModelFault, Reply, Request
from elicit.models.metered import Budget
from elicit.models.settings import ModelSettings, endpoint_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0
_CONNECT, _CONNECT_SHARE = 4.0, 0.8
"""Seconds in which an address must be reached; at most this share of a request's time, which would run out first."""
_AGAIN: Final = {ModelFault.SLOW, ModelFault.OVERLOADED, ModelFault.BROKEN}
_TOO_LONG: Final = re.compile(
    r"context[ _-]?(length|window|size|limit)|context.{0,20}overflow|too many (input )?tokens"
    r"|\b(prompt|inputs?|messages?)\b.{0,60}\b(too (long|large)|exceed)",
    re.IGNORECASE,
)
_MOST_TOKENS: Final = 10**9
_READ, _SHOWN = 2000, 200
"""Letters of a complaint that are looked at, and that are shown."""
_NO_KEY: Final = "none"
"""Sent where there is no key, since the client insists on one."""
_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _TIMEOUT, _TOO_LARGE, _TOO_MANY, _SERVER = (
    400, 401, 403, 404, 408, 413, 429, 500,
)  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """What one event loop has of an endpoint: connections cannot be used in another one."""

    client: AsyncOpenAI
    free: asyncio.Semaphore


@dataclass(frozen=True)
class EndpointModel:
    """A model behind an address.

    A refused connection is told at once; a busy, broken or slow server is asked again, each time after a longer wait.

    Attributes:
        settings: address, limits and prices.
        budget: looked at before each request is sent; paid by :class:`MeteredModel`.
        first_wait: seconds before the second try; each further wait is twice as long.
        longest_wait: seconds; also of the waits that a server asks for.
    """

    settings: ModelSettings
    budget: Budget = field(default_factory=lambda: Budget(None))
    first_wait: float = _FIRST_WAIT
    longest_wait: float = _LONGEST_WAIT
    _lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False, compare=False
    )

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
        line = self._line()
        return await asyncio.gather(*(self._patiently(line, request) for request in requests))

    async def aclose(self) -> None:
        """Close the connections of the running event loop, which nobody can do when it has ended."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line:
            await line.client.close()

    async def _patiently(self, line: _Line, request: Request) -> Reply | ModelError:
        """Send a request until there is a reply, an error that stays, or no try left."""
        wait, number = self.first_wait, 1
        while True:
            async with line.free:
                refusal = self.budget.refusal()
                if refusal:
                    return refusal
                reply, asked_to_wait = await self._once(line.client, request)
            if isinstance(reply, Reply) or reply.fault not in _AGAIN:
                return reply
            if number == self.settings.tries:
                return ModelError(reply.fault, f"{reply.detail}; tries: {number}")
            await asyncio.sleep(min(max(wait, asked_to_wait), self.longest_wait))
            wait, number = 2 * wait, number + 1

    async def _once(self, client: AsyncOpenAI, request: Request) -> tuple[Reply | ModelError, float]:
        """Return the reply, or what went wrong and for how many seconds the server wants to be left alone."""
        import openai

        limit = self.settings.timeout
        try:
            # The limits of the client are for silence; this one is also for a server that trickles.
            async with asyncio.timeout(limit):
                raw = await client.chat.completions.with_raw_response.create(**self._body(request))
            return self._read(raw.http_response.json()), 0.0
        except (TimeoutError, openai.APITimeoutError) as error:
            if _is(error, "ConnectTimeout"):
                return self._unreachable("no answer"), 0.0
            return ModelError(ModelFault.SLOW, f"no reply from {self._host} within {limit:g} s"), 0.0
        except openai.APIConnectionError as error:
            if _is(error, "ConnectError"):
                return self._unreachable(_why(error)), 0.0
            return ModelError(ModelFault.BROKEN, f"{self._host} broke the connection"), 0.0
        except openai.APIStatusError as error:
            return self._status(error), _seconds(error.response.headers.get("retry-after"))
        # A body that is cut off, no JSON, nested too deeply, or too odd for the client.
        except (ValueError, RecursionError, openai.APIError):
            return ModelError(ModelFault.BROKEN, f"{self._host} sent what is no reply"), 0.0

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [message.model_dump() for message in request.messages],
            "seed": request.seed,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
        }
        if request.schema is not None:
            schema = {"name": "reply", "schema": dict(request.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _read(self, body: Any) -> Reply | ModelError:
        try:
            choice = body["choices"][0]
            text = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            return ModelError(ModelFault.BROKEN, f"{self._host} sent a reply without a message")
        if not isinstance(text, str):
            return ModelError(ModelFault.BROKEN, f"{self._host} sent a message without a text")
        used = body.get("usage")
        used = used if isinstance(used, dict) else {}
        return Reply(
            text=self.settings.without_secrets(whole_letters(text), guess=False),
            prompt_tokens=_count(used.get("prompt_tokens")),
            reply_tokens=_count(used.get("completion_tokens")),
            cut=choice.get("finish_reason") == "length",
        )

    def _status(self, error: Any) -> ModelError:
        status, whole = error.status_code, _complaint(error)
        said = self.settings.without_secrets(whole)[:_SHOWN]
        if status in {_UNAUTHORISED, _FORBIDDEN}:
            return ModelError(ModelFault.REFUSED, self._refused(status))
        if status == _NOT_FOUND:
            return ModelError(ModelFault.NO_MODEL, f"{self._host} has no model '{self._model}' ({status}: {said})")
        if status == _TOO_LARGE or (status == _BAD_REQUEST and _TOO_LONG.search(f"{error.code} {whole}")):
            return ModelError(ModelFault.CONTEXT, f"the dialogue is too long for {self.name} ({said})")
        if status == _TOO_MANY:
            return ModelError(ModelFault.OVERLOADED, f"{self._host} has too many requests ({status})")
        if status >= _SERVER or status == _TIMEOUT:
            return ModelError(ModelFault.BROKEN, f"{self._host} fails ({status})")
        return ModelError(ModelFault.REJECTED, f"{self._host} does not take the request ({status}: {said})")

    def _refused(self, status: int) -> str:
        state = "is set but not accepted" if self.settings.sent_key() else "is not set"
        return f"{self._host} refuses access ({status}): the key in {self.settings.key} {state}"

    def _unreachable(self, why: str) -> ModelError:
        return ModelError(ModelFault.UNREACHABLE, f"cannot reach {self._host} ({why})")

    @property
    def _host(self) -> str:
        return endpoint_of(self.settings.spec)[0]

    @property
    def _model(self) -> str:
        return endpoint_of(self.settings.spec)[1]

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            self._lines[loop] = _Line(self._client(), asyncio.Semaphore(self.settings.at_once))
        return self._lines[loop]

    def _client(self) -> AsyncOpenAI:
        import openai

        limit = self.settings.timeout
        return openai.AsyncOpenAI(
            base_url=self._host,
            api_key=self.settings.sent_key() or _NO_KEY,
            default_headers=self.settings.sent_headers(),
            max_retries=0,
            timeout=openai.Timeout(limit, connect=min(_CONNECT, _CONNECT_SHARE * limit)),
        )


def _is(error: Exception, name: str) -> bool:
    """Whether an error of the client was caused by one of the HTTP library below it, which differs between versions."""
    return type(error.__cause__).__name__ == name


def _why(error: BaseException) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "unknown host"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "no secure connection"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "connection refused"
    return "no connection"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that led to it; a host with several addresses may have several."""
    if error is not None:
        yield error
        yield from _causes(error.__cause__ or error.__context__)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _causes(one)


def _complaint(error: Any) -> str:
    """Return a server's own words on one line."""
    body = error.body if isinstance(error.body, dict) else {}
    words = body.get("message") or body.get("detail") or error.message
    return " ".join(str(words)[:_READ].split())


def _count(value: object) -> int:
    """Return a number of tokens; what cannot be one counts as none."""
    return value if isinstance(value, int) and 0 <= value <= _MOST_TOKENS else 0


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0
