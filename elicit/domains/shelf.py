"""Finds a domain by name: shipped, built earlier, or in a folder.

A domain that ships is a folder below ``data/`` with the rules that make it of a person's own data:

================  ======================================================================================
file              what the data are
================  ======================================================================================
``mapping.toml``  a table of people, read by this mapping (see :mod:`elicit.domains.mapping`)
``rules.toml``    ratings in a MovieLens folder; see :mod:`elicit.domains.movies`
``invented/``     invented people, who need no data
================  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elicit.basis import InputError, did_you_mean, home, resource
from elicit.domains.domain import Domain
from elicit.domains.fetch import movielens_100k_folder
from elicit.domains.folder import load_domain
from elicit.domains.invented import invented_ratings
from elicit.domains.mapping import read_mapping
from elicit.domains.movielens import read_movielens
from elicit.domains.movies import build_movies
from elicit.domains.people_table import TableBuild, code_table, lost_columns, mapped_table
from elicit.domains.population import Population

MOVIES = "movies"
_MAPPING: Final = "mapping.toml"
_RULES: Final = "rules.toml"
_INVENTED: Final = "invented"


@dataclass(frozen=True)
class Source:
    """Where the people of a domain that ships come from.

    Attributes:
        data: a MovieLens folder, or the table and its folder; None = as fetched or built earlier.
        invented: use the invented people instead.
    """

    data: Path | None = None
    invented: bool = False

    def __bool__(self) -> bool:
        """Whether anything is named."""
        return self.data is not None or self.invented


def shipped_domains() -> dict[str, Path]:
    """Return the domains that ship, name to folder."""
    folders = sorted(resource("data").iterdir())
    return {f.name: f for f in folders if (f / _MAPPING).is_file() or (f / _RULES).is_file()}


def built_domains() -> list[Path]:
    """Return the folders of domains that were built earlier."""
    return sorted(p.parent for p in (home() / "domains").glob("*/domain.toml"))


def open_domain(spec: str, source: Source) -> tuple[Domain, Population]:
    """Return a domain with its people.

    Args:
        spec: the name of a domain that ships or was built earlier, or a folder with a ``domain.toml``.
        source: for a domain that ships: where the people come from. One that is made of a table needs naming its
            data once only: what was built of them is found by the same name.

    Raises:
        InputError: no such domain, or one that ships without data.
    """
    shipped = shipped_domains()
    if spec in shipped and (source or (shipped[spec] / _RULES).is_file()):
        made = build_shipped(spec, source)
        return made.domain, made.population
    refuse_source(spec, source)
    folder = Path(spec)
    if (folder / "domain.toml").exists():
        return load_domain(folder)
    built = {p.name: p for p in built_domains()}
    if spec in built:
        return load_domain(built[spec])
    if spec in shipped:
        raise _no_people(spec)
    if folder.exists():
        raise InputError(
            "not a domain", where=str(folder), remedy=f"Make one of a table: elicit domains build {folder}"
        )
    raise InputError(f"no domain '{spec}'", remedy=did_you_mean(spec, dict.fromkeys([*shipped, *built])))


def build_shipped(name: str, source: Source) -> TableBuild:
    """Build a domain that ships, with what a person should know of the build.

    Raises:
        InputError: no data, or data that are not what the domain is made of.
    """
    folder = shipped_domains()[name]
    if (folder / _RULES).is_file():
        return TableBuild(*_movies(source), notes=())
    if source.invented:
        raise InputError(f"nobody was invented for the domain '{name}'", remedy="Name its data: --data FOLDER")
    if source.data is None:
        raise _no_people(name)
    return _from_table(folder, source.data)


def refuse_source(name: str, source: Source) -> None:
    """Raise InputError if data are named for a domain that does not ship."""
    shipped = shipped_domains()
    if source.invented:
        takers = [taker for taker, folder in shipped.items() if (folder / _INVENTED).is_dir()]
        raise InputError(f"--data and --invented belong to {_listed(takers)}, not to '{name}'")
    if source.data:
        raise InputError(f"--data belongs to {_listed(shipped)}, not to '{name}'")


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)


def _no_people(name: str) -> InputError:
    remedy = f"Get its data (see {shipped_domains()[name] / 'card.md'}) and name them: --data FOLDER"
    return InputError(f"the domain '{name}' has no people yet", remedy=remedy)


def _from_table(folder: Path, data: Path) -> TableBuild:
    rules = read_mapping(folder / _MAPPING)
    table = mapped_table(data, rules)
    lost = lost_columns(table, rules)
    if lost:
        more = f", nor {len(lost) - 1} more that '{folder.name}' is made of" if len(lost) > 1 else ""
        remedy = f"Take '{rules.table}' as it was published; see {folder / 'card.md'}"
        raise InputError(f"no column '{lost[0]}'{more}", where=table.source, remedy=remedy)
    card = (folder / "card.md").read_text(encoding="utf-8")
    return code_table(table, rules, where=str(folder / _MAPPING), prose=card)


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
