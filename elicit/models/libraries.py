"""Libraries that are loaded only where they are needed: are they there, and do they keep quiet."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from elicit.basis import UnavailableError

_FEW_CORES: Final = 2


def need(*packages: str) -> None:
    """Raise UnavailableError with the line that installs it if a package is missing; none is imported."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        named = f"the package '{missing[0]}' is missing"
        raise UnavailableError(f"{named}. Install it: pip install {' '.join(missing)}")


def load_transformers() -> Any:
    """Import transformers, which takes seconds, and let it show errors only.

    It is returned as Any since only a part of it has types.
    """
    need("torch", "transformers")
    library: Any = importlib.import_module("transformers")
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
    return library


def set_threads() -> None:
    """Let torch use one thread on two cores: two that wait for each other are many times slower on busy ones."""
    import torch

    if (os.cpu_count() or 1) <= _FEW_CORES:
        torch.set_num_threads(1)


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Let torch use one thread for the small products of the block."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
