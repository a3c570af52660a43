"""A local checkpoint behind ``transformers serve``, driven through the real protocol."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_models import write_llama

from elicit.dialogues import Message
from elicit.models import ModelSettings, Reply, Request, open_model
from elicit.models.endpoint import EndpointModel

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
_PATIENCE = 120
"""Seconds until the server answers; it imports torch first."""


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def address(checkpoint: Path) -> Iterator[str]:
    """Serve the checkpoint on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    server = subprocess.Popen(
        [program, "serve", str(checkpoint), "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}/v1#{checkpoint}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE * 4):
        assert server.poll() is None, "the server ended"
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    pytest.fail("the server did not come up")


def test_a_served_model_replies_and_counts(address: str) -> None:
    requests = [
        Request((Message(role="user", content=text),), seed=1, temperature=0.0, max_tokens=8)
        for text in ("tea", "milk")
    ]

    async def ask() -> list[object]:
        model = open_model(ModelSettings(spec=address, timeout=60))
        assert isinstance(model, EndpointModel)
        try:
            return [*await model.complete(requests), *await model.complete(requests)]
        finally:
            await model.aclose()

    replies = asyncio.run(ask())
    assert all(isinstance(reply, Reply) for reply in replies), replies
    texts = [reply.text for reply in replies if isinstance(reply, Reply)]
    assert texts[:2] == texts[2:]
    assert all(r.prompt_tokens > 0 and r.reply_tokens > 0 for r in replies if isinstance(r, Reply))
