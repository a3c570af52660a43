"""One thread for the numeric core: two were slower on nearly every machine, many times slower on busy ones."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """Return a context manager that keeps the linear algebra below on one thread."""
    return threadpool_limits(limits=1)
