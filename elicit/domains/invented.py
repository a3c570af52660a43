"""People who rate films, invented by us: the way on where MovieLens cannot be fetched.

A person is a blend of one or two of the kinds of viewer in ``data/movies/invented/archetypes.toml``, with a taste of
their own on top, and rates films of ``films.csv``. They resemble no real people.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import Luck, resource
from elicit.domains.movielens import Film, Ratings
from elicit.domains.tables import read_table

_ERAS = {"early": 1960, "classic": 1980, "eighties": 1990, "nineties": 2100}
"""Era to the first year after it."""
_YOUNG = ("under 18", "18-24", "25-34")
_LIKELY = 3.0
"""How much more likely the occupations of a kind are."""

Table = NDArray[np.float64]


@dataclass(frozen=True)
class _Kinds:
    """The kinds of viewer as tables, one row a kind."""

    rules: Mapping[str, Any]
    traits: Sequence[str]

    @cached_property
    def shares(self) -> Table:
        return self._column("share")

    @cached_property
    def tastes(self) -> Table:
        """Liking of each trait (a genre or an era), float[kinds, traits]."""
        return np.array([[(k["genres"] | k["eras"]).get(t, 0.0) for t in self.traits] for k in self.rules["kinds"]])

    @cached_property
    def manners(self) -> Table:
        """Activity, strictness, and liking of fame, float[kinds, 3]."""
        return np.stack([self._column(name) for name in ("activity", "strict", "fame")], axis=1)

    def _column(self, name: str) -> Table:
        return np.array([kind[name] for kind in self.rules["kinds"]], dtype=np.float64)


def invented_ratings() -> Ratings:
    """Return the invented people and what they rated: layout ``invented``, the same on every machine."""
    rules = tomllib.loads(resource("data", "movies", "invented", "archetypes.toml").read_text(encoding="utf-8"))
    films, fame = _films()
    ids = tuple(f"invented-{number:03}" for number in range(1, rules["people"] + 1))
    luck = Luck.of(rules["seed"], ids)
    belongs, traits = _traits(films)
    kinds = _Kinds(rules, traits)
    blend = _blend(luck, kinds.shares)
    liking, activity = _liking(luck, kinds, blend, films, fame, belongs)
    seen = _seen(luck, rules, liking, fame, activity)
    person, film = np.nonzero(seen)
    mood = rules["noise"]["mood"] * _normal(luck.table("mood", len(films)))
    stars = 1 + np.searchsorted(np.array(rules["stars"]["borders"]), (liking + mood)[person, film], side="right")
    return Ratings(
        layout="invented",
        people=ids,
        personas=_personas(luck, rules, blend),
        films=films,
        person=person,
        film=film,
        stars=stars.astype(np.float32),
        likes_only=False,
    )


def _films() -> tuple[tuple[Film, ...], Table]:
    """Return the films and their fame from 1 to 5."""
    table = read_table(resource("data", "movies", "invented", "films.csv"))
    title, genres = table.text("title").to_pylist(), table.text("genres").to_pylist()
    years = [int(year) for year in table.numbers("year")]
    films = tuple(
        Film(f"{_slug(name)}-{year}", name, year, tuple(words.split("|")))
        for name, year, words in zip(title, years, genres, strict=True)
    )
    return films, table.numbers("fame")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _traits(films: Sequence[Film]) -> tuple[Table, list[str]]:
    """Return which traits each film has, float[films, traits], the genres of a film weighing 1 together."""
    genres = sorted({genre for film in films for genre in film.genres})
    traits = [*genres, *_ERAS]
    belongs = np.zeros((len(films), len(traits)))
    for row, film in enumerate(films):
        for genre in film.genres:
            belongs[row, traits.index(genre)] = 1 / np.sqrt(len(film.genres))
        belongs[row, traits.index(_era(film.year or 0))] = 1
    return belongs, traits


def _era(year: int) -> str:
    return next(name for name, end in _ERAS.items() if year < end)


def _blend(luck: Luck, shares: Table) -> Table:
    """Return how much of each kind is in each person, float[people, kinds]: half are of one kind, half of two."""
    first, second = (_pick(luck.uniform(purpose), shares) for purpose in ("first kind", "second kind"))
    part = np.minimum(1.0, 0.6 + 0.8 * luck.uniform("part"))
    blend = np.zeros((len(part), len(shares)))
    people = np.arange(len(part))
    blend[people, first] += part
    blend[people, second] += 1 - part
    return blend


def _liking(
    luck: Luck, kinds: _Kinds, blend: Table, films: Sequence[Film], fame: Table, belongs: Table
) -> tuple[Table, Table]:
    """Return each person's liking of each film, float[people, films], and activity, float[people]."""
    noise = kinds.rules["noise"]
    own = noise["taste"] * _normal(luck.table("taste", len(kinds.traits)))
    activity, strict, fond_of_fame = (blend @ kinds.manners).T
    quality = noise["film"] * _normal(Luck.of(luck.seed, [film.id for film in films]).uniform("quality"))
    liking = (blend @ kinds.tastes + own) @ belongs.T + quality
    liking += fond_of_fame[:, None] * (fame - 3) - strict[:, None]
    return liking + noise["series"] * _series(luck, films), activity


def _series(luck: Luck, films: Sequence[Film]) -> Table:
    """Return each person's own liking of the series a film belongs to, 0 for a film by itself, float[people, films]."""
    rules = tomllib.loads(resource("data", "movies", "rules.toml").read_text(encoding="utf-8"))
    own = _normal(luck.table("series", len(rules["franchises"])))
    liking = np.zeros((len(own), len(films)))
    for column, pattern in enumerate(rules["franchises"].values()):
        inside = [bool(re.search(pattern, film.title)) for film in films]
        liking[:, inside] = own[:, [column]]
    return liking


def _seen(luck: Luck, rules: Mapping[str, Any], liking: Table, fame: Table, activity: Table) -> NDArray[np.bool_]:
    """Return which films each person rated, bool[people, films]: mostly famous ones, and ones to their liking."""
    pull = rules["choice"]["fame"] * fame + rules["choice"]["liking"] * liking
    pull += rules["noise"]["choice"] * _normal(luck.table("choice", len(fame)))
    fewest, most = rules["ratings"]["fewest"], rules["ratings"]["most"]
    share = np.minimum(1.0, activity * luck.uniform("count") ** 1.5)
    count = fewest + np.floor(share * (most - fewest)).astype(np.int64)
    place = np.argsort(np.argsort(-pull, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(place < count[:, None])


def _personas(luck: Luck, rules: Mapping[str, Any], blend: Table) -> dict[str, NDArray[np.str_]]:
    kinds = rules["kinds"]
    women = blend @ np.array([kind["women"] for kind in kinds])
    young = blend @ np.array([kind["young"] for kind in kinds])
    bands = list(rules["ages"])
    weights = np.array(list(rules["ages"].values())) * np.where(np.isin(bands, _YOUNG), young[:, None], 1.0)
    age = _pick(luck.uniform("age"), weights)
    names = list(rules["occupations"])
    allowed = np.array([[_share(rules["occupations"][name], band) for name in names] for band in bands])
    likely = np.array([[_LIKELY if name in kind["occupations"] else 1.0 for name in names] for kind in kinds])
    occupation = _pick(luck.uniform("occupation"), allowed[age] * (blend @ likely))
    return {
        "age": np.array(bands, dtype=np.str_)[age],
        "gender": np.where(luck.uniform("gender") < women, "F", "M"),
        "occupation": np.array(names, dtype=np.str_)[occupation],
    }


def _share(occupation: Mapping[str, Any], band: str) -> float:
    """Return the weight of an occupation in an age band; nobody under 18 has one that names no bands."""
    ages = occupation.get("ages")
    if ages is None:
        return 0.0 if band == _YOUNG[0] else float(occupation["share"])
    return float(occupation["share"]) if band in ages else 0.0


def _pick(uniform: Table, weights: Table) -> NDArray[np.intp]:
    """Return the index that each uniform number falls on, by the inverse of the cumulative weights, int[people]."""
    ends = np.cumsum(np.broadcast_to(weights, (len(uniform), np.shape(weights)[-1])), axis=1)
    return np.asarray((uniform[:, None] * ends[:, -1:] >= ends).sum(axis=1), dtype=np.intp)


def _normal(uniform: Table) -> Table:
    """Return what the inverse normal distribution makes of numbers in [0, 1)."""
    # Loading scipy takes longer than making the people.
    from scipy.special import ndtri

    # 0 would become minus infinity.
    return np.asarray(ndtri(np.maximum(uniform, 2.0**-54)), dtype=np.float64)
