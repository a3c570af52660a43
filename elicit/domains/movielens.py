"""Readers of MovieLens folders, in the four layouts that are about.

========  ====================================================  =============================
layout    files                                                 people
========  ====================================================  =============================
100k      ``u.data`` ``u.item`` ``u.user``                      MovieLens 100K as published
recbole   ``ml-100k.inter`` ``ml-100k.item`` ``ml-100k.user``   the same, as RecBole ships it
1m        ``ratings.dat`` ``movies.dat`` ``users.dat``          MovieLens 1M as published
likes     ``*_positives.parquet`` ``movies.dat`` ``users.dat``  only the ratings of 4 and 5
========  ====================================================  =============================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from elicit.basis import InputError

_GENRES_100K = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
_AGES_1M = {
    "1": "under 18", "18": "18-24", "25": "25-34", "35": "35-44", "45": "45-49", "50": "50-55", "56": "56 and over",
}  # fmt: skip
_OCCUPATIONS_1M = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service",
    "doctor/health care", "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer", "programmer",
    "retired", "sales/marketing", "scientist", "self-employed", "technician/engineer", "tradesman/craftsman",
    "unemployed", "writer",
)  # fmt: skip
_AGE_BORDERS = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (50, "45-49"), (56, "50-55"))
_STRANGERS = 0.01
"""More ratings than this share without a person or film mean that the files do not belong together."""
_TITLE_YEAR = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})\)\s*$")
_ARTICLE = re.compile(r"^(?P<rest>.+), (?P<article>The|A|An|Le|La|Les|L'|Il|El|Das|Der|Die)(?P<more> \(.*\))?$")


@dataclass(frozen=True)
class Film:
    """A film: facts only."""

    id: str
    title: str
    year: int | None
    genres: tuple[str, ...]


@dataclass(frozen=True)
class Ratings:
    """Who rated what.

    Attributes:
        layout: the row of the table above.
        people: ids.
        personas: ``age``, ``gender``, ``occupation`` to text[people].
        films: in the order of the file.
        person: int[ratings], row in ``people``.
        film: int[ratings], row in ``films``.
        stars: float32[ratings], 1 to 5.
        likes_only: True where films that were seen but not liked are absent.
        left_out: ratings passed over because their person or film has no entry (a copy of 100K that is about has 3).
    """

    layout: str
    people: tuple[str, ...]
    personas: Mapping[str, NDArray[np.str_]]
    films: tuple[Film, ...]
    person: NDArray[np.intp]
    film: NDArray[np.intp]
    stars: NDArray[np.float32]
    likes_only: bool
    left_out: int = 0


def read_movielens(folder: Path) -> Ratings:
    """Read a MovieLens folder; the layout is told from the names of the files.

    Raises:
        InputError: no known layout, or a line that cannot be read (``file:line``).
    """
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), remedy="Name a folder with a MovieLens data set")
    if (folder / "u.data").exists():
        return _read_100k(folder)
    if (folder / "ml-100k.inter").exists():
        return _read_recbole(folder)
    if (folder / "ratings.dat").exists():
        return _read_1m(folder)
    if sorted(folder.glob("*_positives.parquet")):
        return _read_likes(folder)
    raise InputError(
        "no MovieLens data here",
        where=str(folder),
        remedy="Expected u.data, ml-100k.inter, ratings.dat or *_positives.parquet with their companions",
    )


def _read_100k(folder: Path) -> Ratings:
    films = []
    for line in _rows(folder / "u.item", "|", len(_GENRES_100K) + 5):
        genres = tuple(g for g, held in zip(_GENRES_100K, line.fields[5:], strict=True) if held == "1")
        films.append(_film(line.fields[0], line.fields[1], genres))
    users = list(_rows(folder / "u.user", "|", 5))
    ages = [age_band(line.number_at(1)) for line in users]
    lines = _rows(folder / "u.data", "\t", 4)
    return _joined("100k", users, ages, 2, 3, films, lines)


def _read_recbole(folder: Path) -> Ratings:
    films = [
        Film(line.fields[0], readable_title(line.fields[1]), _year(line.fields[2]), tuple(line.fields[3].split()))
        for line in _rows(folder / "ml-100k.item", "\t", 4, header=True)
    ]
    users = list(_rows(folder / "ml-100k.user", "\t", 5, header=True))
    ages = [age_band(line.number_at(1)) for line in users]
    lines = _rows(folder / "ml-100k.inter", "\t", 4, header=True)
    return _joined("recbole", users, ages, 2, 3, films, lines)


def _read_1m(folder: Path) -> Ratings:
    films, users, ages = _films_and_users_1m(folder)
    return _joined("1m", users, ages, 1, 3, films, _rows(folder / "ratings.dat", "::", 4))


def _read_likes(folder: Path) -> Ratings:
    films, users, ages = _films_and_users_1m(folder)
    return _joined("likes", users, ages, 1, 3, films, _parquet_rows(folder))


def _films_and_users_1m(folder: Path) -> tuple[list[Film], list[_Line], list[str]]:
    films = [
        _film(line.fields[0], line.fields[1], tuple(line.fields[2].split("|")))
        for line in _rows(folder / "movies.dat", "::", 3)
    ]
    users = []
    for line in _rows(folder / "users.dat", "::", 5):
        number = line.number_at(3)
        if not 0 <= number < len(_OCCUPATIONS_1M):
            raise InputError(f"occupation {number} is not one of 0 to 20", where=line.where)
        fields = [*line.fields]
        fields[3] = _OCCUPATIONS_1M[number]
        users.append(_Line(fields, line.path, line.number))
    return films, users, [_AGES_1M.get(line.fields[2], "") for line in users]


def age_band(years: int) -> str:
    """Return the MovieLens 1M age band of an age in years."""
    return next((band for border, band in _AGE_BORDERS if years < border), "56 and over")


def readable_title(title: str) -> str:
    """Turn "Godfather, The" into "The Godfather"."""
    match = _ARTICLE.match(title.strip())
    if not match:
        return title.strip()
    space = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{space}{match['rest']}{match['more'] or ''}"


@dataclass(frozen=True)
class _Line:
    fields: Sequence[str]
    path: Path
    number: int

    @property
    def where(self) -> str:
        return f"{self.path}:{self.number}"

    def number_at(self, place: int) -> int:
        try:
            return int(self.fields[place])
        except ValueError:
            raise InputError(f"'{self.fields[place]}' is not a whole number", where=self.where) from None


def _rows(path: Path, separator: str, width: int, *, header: bool = False) -> Iterator[_Line]:
    """Yield the lines of a file as fields, and refuse the first line of another width."""
    if not path.exists():
        raise InputError("file is missing", where=str(path), remedy="The folder is not a whole MovieLens data set")
    # MovieLens is Latin-1 and RecBole UTF-8; Latin-1 can read any byte, so UTF-8 is tried first.
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if not line or (header and number == 1):
            continue
        fields = line.split(separator)
        if len(fields) != width:
            raise InputError(
                f"{len(fields)} fields where {width} were expected", where=f"{path}:{number}", remedy="Is it the file?"
            )
        yield _Line(fields, path, number)


def _parquet_rows(folder: Path) -> Iterator[_Line]:
    wanted = ("user_id", "movie_id", "rating")
    for path in sorted(folder.glob("*_positives.parquet")):
        try:
            table = pq.read_table(path)
        except (pa.ArrowInvalid, OSError):
            raise InputError("not a Parquet file", where=str(path)) from None
        missing = [w for w in wanted if w not in table.column_names]
        if missing:
            raise InputError(f"column '{missing[0]}' is missing", where=str(path))
        columns = [table.column(w).to_pylist() for w in wanted]
        for number, fields in enumerate(zip(*columns, strict=True), start=1):
            yield _Line([str(f) for f in fields], path, number)


def _film(film: str, title_year: str, genres: tuple[str, ...]) -> Film:
    match = _TITLE_YEAR.match(title_year)
    if not match:
        return Film(film, readable_title(title_year), None, genres)
    return Film(film, readable_title(match["title"]), int(match["year"]), genres)


def _year(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _joined(
    layout: str,
    users: Sequence[_Line],
    ages: Sequence[str],
    gender: int,
    occupation: int,
    films: Sequence[Film],
    lines: Iterator[_Line],
) -> Ratings:
    people = _numbered([line.fields[0] for line in users], f"the people of MovieLens layout '{layout}'")
    titles = _numbered([film.id for film in films], f"the films of MovieLens layout '{layout}'")
    person, film, stars = [], [], []
    strangers: list[_Line] = []
    for line in lines:
        who, what, score = line.fields[0], line.fields[1], line.fields[2]
        if who not in people or what not in titles:
            strangers.append(line)
            continue
        person.append(people[who])
        film.append(titles[what])
        stars.append(_stars(score, line))
    if not person or len(strangers) > _STRANGERS * len(person):
        raise InputError(
            f"{len(strangers)} of {len(person) + len(strangers)} ratings are of people or films without an entry",
            where=strangers[0].where if strangers else f"MovieLens layout '{layout}'",
            remedy="Do the files belong together?",
        )
    return Ratings(
        layout=layout,
        people=tuple(people),
        personas={
            "age": np.array(ages, dtype=np.str_),
            "gender": np.array([line.fields[gender] for line in users], dtype=np.str_),
            "occupation": np.array([line.fields[occupation] for line in users], dtype=np.str_),
        },
        films=tuple(films),
        person=np.array(person, dtype=np.intp),
        film=np.array(film, dtype=np.intp),
        stars=np.array(stars, dtype=np.float32),
        likes_only=layout == "likes",
        left_out=len(strangers),
    )


def _numbered(ids: Sequence[str], where: str) -> dict[str, int]:
    """Return id to row, and refuse the first id that occurs twice."""
    rows: dict[str, int] = {}
    for row, name in enumerate(ids):
        if name in rows:
            raise InputError(f"id '{name}' occurs twice", where=where)
        rows[name] = row
    return rows


def _stars(text: str, line: _Line) -> float:
    try:
        stars = float(text)
    except ValueError:
        stars = float("nan")
    if not 0.5 <= stars <= 5:
        raise InputError(f"'{text}' is not a rating from 0.5 to 5", where=line.where)
    return stars
