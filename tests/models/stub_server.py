"""A server on this machine that speaks the protocol of chat completions, and misbehaves when it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the server sends: a status, a body, and how slowly."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0
    trickle: float = 0.0
    cut: bool = False


def chat(text: str | None, finish: str = "stop", **answer: Any) -> Answer:
    """Return a well-formed reply."""
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
    }
    return Answer(json.dumps(body).encode(), **answer)


def problem(status: int, message: str = "no", **answer: Any) -> Answer:
    """Return an error as such servers send it."""
    return Answer(json.dumps({"error": {"message": message, "type": "x", "code": "y"}}).encode(), status, **answer)


@dataclass
class Stub:
    """A running server.

    Attributes:
        url: to be followed by ``#NAME``.
        requests: the bodies it was sent, in order.
        paths: that were asked for.
        times: at which they came, in seconds.
        headers: that came with them, names in small letters.
        most: most requests that were in it at the same time.
    """

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most: int = 0


@contextmanager
def serving(behaviour: Callable[[dict[str, Any], int], Answer]) -> Iterator[Stub]:
    """Serve while the block runs; ``behaviour`` gets each request and its number, from 0."""
    stub = Stub("")
    lock = threading.Lock()
    inside = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            nonlocal inside
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(stub.requests)
                stub.requests.append(body)
                stub.paths.append(self.path)
                stub.times.append(time.monotonic())
                stub.headers.append({k.lower(): v for k, v in self.headers.items()})
                inside += 1
                stub.most = max(stub.most, inside)
            try:
                self._send(behaviour(body, number))
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                with lock:
                    inside -= 1

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.before)
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.cut:
                self.wfile.write(answer.body[: len(answer.body) // 2])
                self.wfile.flush()
                self.connection.close()
                self.close_connection = True
            elif answer.trickle:
                for at in range(len(answer.body)):
                    self.wfile.write(answer.body[at : at + 1])
                    self.wfile.flush()
                    time.sleep(answer.trickle)
            else:
                self.wfile.write(answer.body)

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
