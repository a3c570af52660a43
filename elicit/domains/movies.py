"""The movies domain: from ratings to facets by the rules in ``data/movies/rules.toml``.

Films are split by popularity rank: even ranks build the profile, odd ranks are the targets, which are recommended and
never asked for. Two habits look at all films: how many a person has rated, and how strictly; they tell how much of the
targets a person likes, not which.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, resource
from elicit.domains.domain import Domain
from elicit.domains.facets import Facet, Kind, Option, Target
from elicit.domains.movielens import Film, Ratings
from elicit.domains.population import Population

_TITLES = {
    "100k": "Movies (MovieLens 100K)",
    "recbole": "Movies (MovieLens 100K)",
    "1m": "Movies (MovieLens 1M)",
    "likes": "Movies (MovieLens 1M, likes only)",
    "invented": "Movies (invented people)",
}
_NAMES = {"100k": "movies-100k", "recbole": "movies-100k", "1m": "movies-1m", "likes": "movies-1m-likes"}
GROUPLENS = (
    "MovieLens, GroupLens Research, University of Minnesota (Harper and Konstan 2015, doi 10.1145/2827872): "
    "research use, no redistribution, no commercial use without permission"
)

_ROUNDING = 1e-9
"""People who differ by less are alike."""


@dataclass(frozen=True)
class _Coded:
    """A facet with its codes: int8[people], and whether each person could answer: bool[people] or None."""

    facet: Facet
    codes: NDArray[np.int8]
    voiced: NDArray[np.bool_] | None


@dataclass(frozen=True)
class _Tables:
    """What the rules look at, for the people who like enough films.

    likes, rated: bool[people, profile films]; films: the profile films; totals: float[people], ratings a person over
    all films (likes where only likes are known); stars: float[people], mean rating, None for likes only.
    """

    likes: NDArray[np.bool_]
    rated: NDArray[np.bool_] | None
    films: tuple[Film, ...]
    totals: NDArray[np.float64]
    stars: NDArray[np.float64] | None

    @property
    def person_likes(self) -> NDArray[np.float64]:
        """Liked profile films a person, float[people]."""
        return np.asarray(self.likes.sum(axis=1), dtype=np.float64)


def read_rules() -> dict[str, Any]:
    """Return the shipped rules."""
    return tomllib.loads(resource("data", "movies", "rules.toml").read_text(encoding="utf-8"))


def read_wordings() -> dict[str, Any]:
    """Return the shipped wordings."""
    return tomllib.loads(resource("data", "movies", "wordings.toml").read_text(encoding="utf-8"))


def build_movies(ratings: Ratings) -> tuple[Domain, Population]:
    """Build the movies domain from ratings.

    Raises:
        InputError: nobody likes enough films.
    """
    rules = read_rules()
    small = len(ratings.people) < rules["size"]["small"]["below_people"]
    size = rules["size"]["small" if small else "default"]
    rated, likes = _matrices(ratings, rules["like_from_stars"])
    keep = np.flatnonzero(likes.sum(axis=1) >= size["people_need_likes"])
    if not len(keep):
        raise InputError(
            f"nobody likes {size['people_need_likes']} films", where=f"MovieLens layout '{ratings.layout}'"
        )
    popularity = likes.sum(axis=0)
    ranked = np.argsort(-popularity, kind="stable")
    ranked = ranked[popularity[ranked] > 0]
    rated, likes = rated[keep], likes[keep]
    profile, targets = ranked[0::2], ranked[1::2][: size["targets"]]
    tables = _Tables(
        likes=likes[:, profile],
        rated=None if ratings.likes_only else rated[:, profile],
        films=tuple(ratings.films[i] for i in profile),
        totals=rated.sum(axis=1).astype(np.float64),
        stars=None if ratings.likes_only else _mean_stars(ratings)[keep],
    )
    coded = list(_facets(tables, rules, size["films"]))
    asked = {c.facet.id for c in coded}
    domain = Domain(
        name=_NAMES.get(ratings.layout, "movies-" + ratings.layout),
        title=_TITLES[ratings.layout],
        version=rules["version"],
        source="invented by the authors of elicit" if ratings.layout == "invented" else GROUPLENS,
        invented=ratings.layout == "invented",
        facets=tuple(c.facet for c in coded),
        targets=tuple(_target(ratings.films[i], asked) for i in targets),
        card=_card(ratings, coded, len(keep), len(targets)),
    )
    return domain, _population(ratings, keep, coded, likes[:, targets])


def _target(film: Film, asked: Collection[str]) -> Target:
    kinds = (f"genre:{genre}" for genre in film.genres)
    return Target(id=f"film:{film.id}", label=_labelled(film), kinds=tuple(kind for kind in kinds if kind in asked))


def _population(
    ratings: Ratings, keep: NDArray[np.intp], coded: Sequence[_Coded], liked: NDArray[np.bool_]
) -> Population:
    voiced = [c.voiced for c in coded if c.voiced is not None]
    return Population(
        ids=tuple(ratings.people[i] for i in keep),
        codes=np.stack([c.codes for c in coded], axis=1),
        liked=liked,
        personas={name: values[keep] for name, values in ratings.personas.items()},
        voiced=np.stack(voiced, axis=1) if voiced else None,
    )


def _matrices(ratings: Ratings, like_from: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rated = np.zeros((len(ratings.people), len(ratings.films)), dtype=np.bool_)
    likes = np.zeros_like(rated)
    rated[ratings.person, ratings.film] = True
    fond = ratings.stars >= like_from
    likes[ratings.person[fond], ratings.film[fond]] = True
    return rated, likes


def _mean_stars(ratings: Ratings) -> NDArray[np.float64]:
    count = np.bincount(ratings.person, minlength=len(ratings.people))
    total = np.bincount(ratings.person, weights=ratings.stars, minlength=len(ratings.people))
    return np.asarray(total / np.maximum(count, 1), dtype=np.float64)


def _facets(tables: _Tables, rules: Mapping[str, Any], films: int) -> Iterator[_Coded]:
    words = read_wordings()
    yield from _habits(tables, words)
    share = {g: float(held.sum() / tables.likes.sum()) for g, held in _genre_likes(tables).items()}
    yield from _genres(tables, rules, words, share)
    yield from _eras(tables, rules, words, share)
    yield from _franchises(tables, rules, words)
    yield from _films(tables, words, films)


def _genre_likes(tables: _Tables) -> dict[str, NDArray[np.bool_]]:
    """Genre to bool[people, films]: liked films of the genre, in alphabetical order of genres."""
    names = sorted({g for film in tables.films for g in film.genres if g != "unknown"})
    return {g: tables.likes & _belongs(tables, lambda film, g=g: g in film.genres) for g in names}


def _belongs(tables: _Tables, test: Any) -> NDArray[np.bool_]:
    return np.array([bool(test(film)) for film in tables.films])


def _habits(tables: _Tables, words: Mapping[str, Any]) -> Iterator[_Coded]:
    count = np.maximum(tables.person_likes, 1)
    popularity = np.log(np.maximum(tables.likes.sum(axis=0), 1))
    years = np.array([film.year if film.year is not None else np.nan for film in tables.films])
    dated = ~np.isnan(years)
    values: dict[str, NDArray[np.float64] | None] = {
        "count": tables.totals,
        "mainstream": tables.likes @ popularity / count,
        "age": tables.likes[:, dated] @ years[dated] / np.maximum(tables.likes[:, dated].sum(axis=1), 1),
        "breadth": _breadth(tables),
        "strictness": tables.stars,
    }
    for name, value in values.items():
        if value is not None:
            cuts = np.quantile(value, [1 / 3, 2 / 3])
            if cuts[1] - cuts[0] > _ROUNDING:
                yield _habit(name, value, (float(cuts[0]), float(cuts[1])), words, tables)


def _habit(
    name: str, value: NDArray[np.float64], cuts: tuple[float, float], words: Mapping[str, Any], tables: _Tables
) -> _Coded:
    own = words["habits"][name]
    facet = _worded(f"habit:{name}", Kind.NUMBER, 0, (), own, {}, own["names"], cuts)
    codes = np.asarray(np.searchsorted(np.array(cuts), value, side="left"), dtype=np.int8)
    voiced = None if tables.rated is None else np.ones(len(value), dtype=np.bool_)
    return _Coded(facet, codes, voiced)


def _breadth(tables: _Tables) -> NDArray[np.float64]:
    """Entropy in bits of each person's genre shares, float[people]."""
    genres = [held.sum(axis=1) for held in _genre_likes(tables).values()]
    counts = np.array(genres, dtype=np.float64).reshape(len(genres), len(tables.likes)).T
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    logs = np.log2(share, where=share > 0, out=np.zeros_like(share))
    return np.asarray(-(share * logs).sum(axis=1))


def _genres(
    tables: _Tables, rules: Mapping[str, Any], words: Mapping[str, Any], share: Mapping[str, float]
) -> Iterator[_Coded]:
    for genre, part in share.items():
        if part > rules["genre"]["least_share"]:
            inside = _belongs(tables, lambda film, g=genre: g in film.genres)
            filling = {"genre": words["genres"].get(genre, f"{genre} films")}
            names = words["names"]["genres"].get(genre, ())
            facet = _worded(f"genre:{genre}", Kind.SINGLE, 1, (), words["templates"]["genre"], filling, names)
            yield _affinity(facet, tables, rules, inside)


def _eras(
    tables: _Tables, rules: Mapping[str, Any], words: Mapping[str, Any], share: Mapping[str, float]
) -> Iterator[_Coded]:
    rule = rules["era"]
    borders = [-np.inf, *rule["borders"], np.inf]
    for genre, part in share.items():
        if part <= rule["least_genre_share"]:
            continue
        for name, low, high in zip(rule["names"], borders[:-1], borders[1:], strict=True):
            inside = _belongs(
                tables,
                lambda f, g=genre, a=low, b=high: g in f.genres and f.year is not None and a <= f.year < b,
            )
            if tables.likes[:, inside].sum() / tables.likes.sum() > rule["least_share"]:
                filling = {"genre": words["genres"].get(genre, f"{genre} films"), "era": name}
                names = words["names"]["genres"].get(genre, ())
                facet = _worded(
                    f"era:{genre}:{name}",
                    Kind.SINGLE,
                    2,
                    (f"genre:{genre}",),
                    words["templates"]["era"],
                    filling,
                    names,
                )
                yield _affinity(facet, tables, rules, inside)


def _affinity(facet: Facet, tables: _Tables, rules: Mapping[str, Any], inside: NDArray[np.bool_]) -> _Coded:
    """Code avoid / neutral / love by how far observed likes lie from those expected of the person."""
    observed = tables.likes[:, inside].sum(axis=1)
    expected = _expected(tables, inside)
    z = (observed - expected) / np.sqrt(np.maximum(expected, 0.5))
    codes = np.searchsorted(np.array(rules["genre"]["cuts"]), z, side="right").astype(np.int8)
    return _Coded(facet, codes, _heard(tables, rules, expected))


def _expected(tables: _Tables, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(tables.person_likes * (tables.likes[:, inside].sum() / tables.likes.sum()))


def _heard(tables: _Tables, rules: Mapping[str, Any], expected: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    return None if tables.rated is None else expected >= rules["silence"]["least_expected"]


def _franchises(tables: _Tables, rules: Mapping[str, Any], words: Mapping[str, Any]) -> Iterator[_Coded]:
    for name, pattern in rules["franchises"].items():
        inside = _belongs(tables, lambda film, p=re.compile(pattern): p.search(film.title))
        codes = tables.likes[:, inside].any(axis=1)
        if rules["franchise"]["least_yes"] <= codes.mean() <= rules["franchise"]["most_yes"]:
            names = words["names"]["franchises"].get(name, ())
            # "The Godfather" would be "the The Godfather films" in a sentence.
            filling = {"franchise": name.removeprefix("The ")}
            facet = _worded(f"franchise:{name}", Kind.MULTI, 2, (), words["templates"]["franchise"], filling, names)
            yield _Coded(facet, np.asarray(codes, dtype=np.int8), _heard(tables, rules, _expected(tables, inside)))


def _films(tables: _Tables, words: Mapping[str, Any], most: int) -> Iterator[_Coded]:
    for column, film in enumerate(tables.films[:most]):
        filling = {"title": film.title, "year": f" ({film.year})" if film.year else ""}
        facet = _worded(f"film:{film.id}", Kind.MULTI, 3, (), words["templates"]["film"], filling)
        voiced = None if tables.rated is None else tables.rated[:, column]
        yield _Coded(facet, tables.likes[:, column].astype(np.int8), voiced)


def _worded(
    facet: str,
    kind: Kind,
    depth: int,
    parents: tuple[str, ...],
    words: Mapping[str, Any],
    filling: Mapping[str, str],
    names: Sequence[str] = (),
    cuts: tuple[float, ...] = (),
) -> Facet:
    def fill(text: str) -> str:
        filled = text.format_map(filling)
        return filled[:1].upper() + filled[1:] if text.startswith("{") and text.endswith(".") else filled

    return Facet(
        id=facet,
        label=fill(words["label"]),
        kind=kind,
        depth=depth,
        parents=parents,
        options=tuple(
            Option(id=o["id"], label=fill(o["label"]), phrasings=tuple(fill(p) for p in o["phrasings"]))
            for o in words["options"]
        ),
        wordings=tuple(fill(w) for w in words["wordings"]),
        names=tuple(names),
        cuts=cuts,
    )


def _labelled(film: Film) -> str:
    return f"{film.title} ({film.year})" if film.year else film.title


def _card(ratings: Ratings, coded: Sequence[_Coded], people: int, targets: int) -> str:
    place = ("invented", "card.md") if ratings.layout == "invented" else ("card.md",)
    shipped = resource("data", "movies", *place).read_text(encoding="utf-8")
    depths = [c.facet.depth for c in coded]
    lines = [
        f"- People: {people} of {len(ratings.people)}; facets: {len(coded)} "
        f"({' / '.join(str(depths.count(d)) for d in sorted(set(depths)))} by depth); targets: {targets}.",
    ]
    if ratings.likes_only:
        lines.append("- Likes only: *not seen* cannot be told from *not liked*, so there is no silent condition.")
    if ratings.left_out:
        lines.append(f"- {ratings.left_out} ratings were left out: their person or film has no entry.")
    return shipped + "\n## This build\n\n" + "\n".join(lines) + "\n"
