"""The server behind the page: four addresses, no state, nothing from outside."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from elicit.basis import InputError, UnavailableError
from elicit.funnels.exports import page_style
from elicit.web.views import Asking, read_answers

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_HERE: Final = Path(__file__).parent
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_OURSELVES: Final = ("127.0.0.1", "localhost", "::1", "[::1]")
_OF_ALL: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where this machine finds what listens on all of its addresses."""
_LAST_PORT: Final = 65535


def application(asking: Asking, names: Sequence[str] = _OURSELVES) -> Starlette:
    """Return the page as an ASGI application.

    Args:
        asking: what is asked.
        names: by which the server may be called, ``*`` = any. A page elsewhere that got our address under a name of its
            own is refused.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    files = {
        "/": _file("page.html", "text/html"),
        "/page.css": _text(page_style() + _read("page.css"), "text/css"),
        "/page.js": _file("page.js", "text/javascript"),
    }

    async def shown(request: Request) -> Response:
        return files[request.url.path]

    # Not in a thread of its own: an answer takes milliseconds, and two at once would only wait for each other.
    async def viewed(request: Request) -> Response:
        return _view(asking, request.query_params)

    routes = [*(Route(path, shown) for path in files), Route("/view", viewed)]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(names))])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: name or address of this machine.
        port: 0 = any that is free.

    Raises:
        InputError: no such port, or this machine has no such address.
        UnavailableError: the port is taken, or may not be used.
    """
    if not 0 <= port <= _LAST_PORT:
        raise InputError(f"there is no port {port}", where="--port", remedy=f"Name one from 0 to {_LAST_PORT}")
    try:
        found = socket.getaddrinfo(host or " ", port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InputError(f"there is no address '{host}'", where="--host", remedy="Name one of this machine") from None
    family, _, _, _, address = found[0]
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen()
    except OSError as error:
        opened.close()
        problem = f"cannot listen on {host}, port {port} ({(error.strerror or str(error)).lower()})"
        raise UnavailableError(f"{problem}. Name another with --port or --host") from None
    return opened


def address_of(opened: socket.socket) -> str:
    """Return where a browser finds what listens."""
    host, port = opened.getsockname()[:2]
    host = _OF_ALL.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_open_to_others(opened: socket.socket) -> bool:
    """Whether other machines can reach what listens."""
    return not ipaddress.ip_address(opened.getsockname()[0]).is_loopback


def serve_on(opened: socket.socket, asking: Asking) -> None:
    """Serve the page until Ctrl-C."""
    import uvicorn

    names = ("*",) if is_open_to_others(opened) else _OURSELVES
    settings = uvicorn.Config(
        application(asking, names), log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    uvicorn.Server(settings).run(sockets=[opened])


def _view(asking: Asking, query: Mapping[str, str]) -> Response:
    try:
        answers = read_answers(query.get("answers", ""), asking.domain, asking.most, asking.nones)
    except InputError as error:
        return _text(json.dumps({"problem": str(error)}), "application/json", 400)
    return _text(json.dumps(dataclasses.asdict(asking.view(answers))), "application/json")


def _file(name: str, kind: str) -> Response:
    return _text(_read(name), kind)


def _text(text: str, kind: str, status: int = 200) -> Response:
    from starlette.responses import Response

    return Response(text, status, _HEADERS, kind)


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
