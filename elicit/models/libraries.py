"""Libraries that are loaded only where they are needed: are they there, and do they keep quiet."""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import Any

from elicit.basis import UnavailableError


def need(*packages: str) -> None:
    """Raise UnavailableError with the line that installs it if a package is missing; none is imported."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise UnavailableError(f"the package '{package}' is missing. Install it: pip install {package}")


def load_transformers() -> Any:
    """Import transformers, which takes seconds, and let it show errors only.

    It is returned as Any since only a part of it has types.
    """
    need("torch", "transformers")
    library: Any = importlib.import_module("transformers")
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
    return library


def spare_threads() -> None:
    """Let torch use one thread where there are one or two cores: two that wait for each other are slower on busy ones."""
    import torch

    if len(os.sched_getaffinity(0)) <= 2:
        torch.set_num_threads(1)
