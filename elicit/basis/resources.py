"""Finds what ships with elicit, and the user's own folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder below ``data/``, ``train/`` or ``eval/``.

    In a checkout these folders stand beside the package; a wheel carries them inside it.
    """
    shipped = _PACKAGE / "_resources"
    root = shipped if shipped.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def home() -> Path:
    """Return the user's elicit folder: ``$ELICIT_HOME``, else the data folder of the platform."""
    return Path(os.environ.get("ELICIT_HOME") or platformdirs.user_data_dir("elicit"))
