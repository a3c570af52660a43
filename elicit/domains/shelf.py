"""Finds a domain by name: shipped, built earlier, in a folder, or built on the spot from a MovieLens folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elicit.basis import InputError, did_you_mean, home
from elicit.domains.domain import Domain
from elicit.domains.fetch import movielens_100k_folder
from elicit.domains.folder import load_domain
from elicit.domains.invented import invented_ratings
from elicit.domains.movielens import read_movielens
from elicit.domains.movies import build_movies
from elicit.domains.population import Population

MOVIES = "movies"


@dataclass(frozen=True)
class Source:
    """Where the people of a domain come from.

    Attributes:
        data: a MovieLens folder; None = MovieLens 100K as fetched.
        invented: use the invented people instead.
    """

    data: Path | None = None
    invented: bool = False


def built_domains() -> list[Path]:
    """Return the folders of domains that were built earlier."""
    return sorted(p.parent for p in (home() / "domains").glob("*/domain.toml"))


def open_domain(spec: str, source: Source) -> tuple[Domain, Population]:
    """Return a domain with its people.

    Args:
        spec: ``movies``, the name of a domain built earlier, or a folder with a ``domain.toml``.
        source: for ``movies``: where the people come from.

    Raises:
        InputError: no such domain, or ``movies`` without data.
    """
    if spec == MOVIES:
        return _movies(source)
    if source.data or source.invented:
        raise InputError(f"--data and --invented belong to '{MOVIES}', not to '{spec}'")
    folder = Path(spec)
    if (folder / "domain.toml").exists():
        return load_domain(folder)
    built = {p.name: p for p in built_domains()}
    if spec in built:
        return load_domain(built[spec])
    if folder.exists():
        raise InputError(
            "not a domain", where=str(folder), remedy=f"Make one of a table: elicit domains build {folder}"
        )
    raise InputError(f"no domain '{spec}'", remedy=did_you_mean(spec, [MOVIES, *built]))


def _movies(source: Source) -> tuple[Domain, Population]:
    if source.invented:
        if source.data:
            raise InputError("--data and --invented exclude each other")
        return build_movies(invented_ratings())
    if source.data:
        return build_movies(read_movielens(source.data))
    fetched = movielens_100k_folder()
    if fetched is None:
        raise InputError(
            "the domain 'movies' has no people yet",
            remedy="Fetch them (elicit data fetch movielens-100k), name a MovieLens folder (--data FOLDER), or take "
            "invented people (--invented)",
        )
    return build_movies(read_movielens(fetched))
