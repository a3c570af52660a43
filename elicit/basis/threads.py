"""One thread for the numeric core: two were slower on nearly every machine, many times slower on busy ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep the linear algebra of the block on one thread.

    Enter it around a whole job, not around each product: entering costs more than a small product.
    """
    with _controller().limit(limits=1):
        yield


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
