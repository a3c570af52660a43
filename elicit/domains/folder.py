"""A domain on disk: a folder that a person can read.

``domain.toml`` (name, version, source, hashes) · ``facets.jsonl`` and ``targets.jsonl`` (one a line) · ``card.md`` ·
``people.parquet`` (id and persona) · ``profiles.parquet`` (one int8 column a facet) · ``voiced.parquet`` ·
``liked.parquet``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from elicit.basis import InputError, atomic_folder
from elicit.domains.domain import Domain
from elicit.domains.facets import Facet, Target
from elicit.domains.population import Population

Record = TypeVar("Record", bound=BaseModel)
Scalar = TypeVar("Scalar", bound=np.generic)


def save_domain(folder: Path, domain: Domain, population: Population) -> None:
    """Write a domain and its people; the folder appears whole or not at all.

    Raises:
        InputError: the folder exists and holds something else.
    """
    with atomic_folder(folder) as new:
        (new / "facets.jsonl").write_text(_lines(domain.facets), encoding="utf-8")
        (new / "targets.jsonl").write_text(_lines(domain.targets), encoding="utf-8")
        (new / "card.md").write_text(domain.card, encoding="utf-8")
        _write_people(new, domain, population)
        (new / "domain.toml").write_text(_head(domain, population), encoding="utf-8")


def load_domain(folder: Path) -> tuple[Domain, Population]:
    """Read a domain and its people.

    Raises:
        InputError: not a domain folder, a line that cannot be read (``file:line``), or tables that were changed since
            the folder was written.
    """
    head = _read_head(folder)
    fields = {key: head[key] for key in ("name", "title", "version", "source", "invented") if key in head}
    try:
        domain = Domain(
            **fields,
            facets=_read_lines(folder / "facets.jsonl", Facet),
            targets=_read_lines(folder / "targets.jsonl", Target),
            card=_text(folder / "card.md"),
        )
    except ValidationError as error:
        raise InputError(first_problem(error), where=str(folder)) from None
    population = _read_people(folder, domain)
    for noun, stored, now in (
        ("facets", head.get("hash"), domain.hash),
        ("people", head.get("people_hash"), population.hash),
    ):
        if stored != now:
            raise InputError(
                f"the {noun} differ from what was written (hash {now}, expected {stored})",
                where=str(folder),
                remedy="Build the domain again",
            )
    return domain, population


def first_problem(error: ValidationError) -> str:
    """Return the first problem that pydantic found, as one line with the field's name."""
    problem = error.errors()[0]
    place = ".".join(str(p) for p in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _lines(records: Sequence[BaseModel]) -> str:
    return "".join(r.model_dump_json(exclude_defaults=True) + "\n" for r in records)


def _read_lines(path: Path, make: type[Record]) -> tuple[Record, ...]:
    records = []
    # Not splitlines(), which also splits at the rarer separators that JSON leaves inside a string.
    for number, line in enumerate(_text(path).split("\n")[:-1], start=1):
        try:
            records.append(make.model_validate_json(line))
        except ValidationError as error:
            raise InputError(first_problem(error), where=f"{path}:{number}") from None
    return tuple(records)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("file is missing", where=str(path), remedy="Build the domain again") from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None


def _head(domain: Domain, population: Population) -> str:
    fields: dict[str, object] = {
        "name": domain.name,
        "title": domain.title,
        "version": domain.version,
        "source": domain.source,
        "invented": domain.invented,
        "people": len(population),
        "hash": domain.hash,
        "people_hash": population.hash,
    }
    # JSON strings, numbers and booleans are valid TOML values; of the control characters JSON lets one through.
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f") for key, value in fields.items()
    )


def _read_head(folder: Path) -> dict[str, Any]:
    path = folder / "domain.toml"
    if not path.is_file():
        raise InputError("not a domain folder (it has no domain.toml)", where=str(folder))
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", where=str(path)) from None


def _write_people(folder: Path, domain: Domain, population: Population) -> None:
    facets = [f.id for f in domain.facets]
    people = {"id": list(population.ids)} | {name: values.tolist() for name, values in population.personas.items()}
    pq.write_table(pa.table(people), folder / "people.parquet")
    pq.write_table(pa.table(_columns(facets, population.codes)), folder / "profiles.parquet")
    pq.write_table(pa.table(_columns([t.id for t in domain.targets], population.liked)), folder / "liked.parquet")
    if population.voiced is not None:
        pq.write_table(pa.table(_columns(facets, population.voiced)), folder / "voiced.parquet")


def _columns(names: Sequence[str], table: NDArray[np.generic]) -> dict[str, pa.Array]:
    return {name: pa.array(table[:, i]) for i, name in enumerate(names)}


def _read_people(folder: Path, domain: Domain) -> Population:
    facets = [f.id for f in domain.facets]
    people = _parquet(folder / "people.parquet", ["id"]).to_pydict()
    ids = tuple(people.pop("id"))
    voiced = folder / "voiced.parquet"
    return Population(
        ids=ids,
        codes=_table(folder / "profiles.parquet", facets, np.int8, len(ids)),
        liked=_table(folder / "liked.parquet", [t.id for t in domain.targets], np.bool_, len(ids)),
        personas={name: np.array(values, dtype=np.str_) for name, values in people.items()},
        voiced=_table(voiced, facets, np.bool_, len(ids)) if voiced.exists() else None,
    )


def _parquet(path: Path, names: Sequence[str]) -> pa.Table:
    """Return a Parquet file that has at least the named columns."""
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise InputError("file is missing", where=str(path), remedy="Build the domain again") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"not a Parquet file ({str(error).splitlines()[0]})", where=str(path)) from None
    missing = [n for n in names if n not in table.column_names]
    if missing:
        raise InputError(f"column '{missing[0]}' is missing", where=str(path), remedy="Build the domain again")
    return table


def _table(path: Path, names: Sequence[str], dtype: type[Scalar], people: int) -> NDArray[Scalar]:
    table = _parquet(path, names)
    if not names:
        return np.empty((people, 0), dtype=dtype)
    if len(table) != people:
        raise InputError(f"{len(table)} rows for {people} people", where=str(path), remedy="Build the domain again")
    return np.stack([table.column(n).to_numpy() for n in names], axis=1).astype(dtype)
