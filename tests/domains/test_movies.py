"""The rules that turn ratings into facets, on a world small enough to count by hand.

Six people and twelve pairs of films. The two films of a pair are liked by the same people, and every film is liked by
three, so that films rank in the order of the file: the first of each pair builds profiles, the second is a target.
Six pairs are dramas and six are comedies; person p likes 6, 5, 4, 2, 1, 0 of the dramas and the other way round the
comedies, so everyone likes 12 films, 6 of them in profiles, and is expected to like 3 profile films of each genre.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from elicit.basis import InputError
from elicit.domains import Domain, Kind, Population
from elicit.domains.movielens import Film, Ratings, read_movielens
from elicit.domains.movies import build_movies

DRAMA = np.array(
    [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 0],
        [1, 1, 1, 0, 0, 1],
        [0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0],
    ],
    dtype=bool,
)
LIKES = np.repeat(np.hstack([DRAMA, ~DRAMA]), 2, axis=1)
YEARS = [1979, 1980, 1989, 1990, 2000, 1950]


def world(likes_only: bool = False) -> Ratings:
    """Person p gives 4 stars to what they like, and 2 stars to p films that nobody likes."""
    films = []
    for pair in range(12):
        genres = ("Drama" if pair < 6 else "Comedy", *(["War"] if pair == 0 else []))
        for part in "pt":
            films.append(Film(f"{part}{pair}", f"Film {part}{pair}", YEARS[pair % 6], genres))
    films += [Film(f"bad{n}", f"Bad {n}", 1990, ("Drama",)) for n in range(6)]
    person, film = np.nonzero(LIKES)
    low = [(p, 24 + n) for p in range(6) for n in range(p)]
    if not likes_only:
        person, film = np.append(person, [p for p, _ in low]), np.append(film, [f for _, f in low])
    return Ratings(
        layout="likes" if likes_only else "1m",
        people=tuple("abcdef"),
        personas={"gender": np.array(list("fmfmfm"))},
        films=tuple(films),
        person=person,
        film=film,
        stars=np.where(film < 24, 4, 2).astype(np.float32),
        likes_only=likes_only,
    )


def renamed(ratings: Ratings, titles: dict[str, str]) -> Ratings:
    films = tuple(replace(film, title=titles.get(film.id, film.title)) for film in ratings.films)
    return replace(ratings, films=films)


def codes(built: tuple[Domain, Population], facet: str) -> list[int]:
    domain, population = built
    found: list[int] = population.codes[:, domain.column(facet)].tolist()
    return found


def voiced(built: tuple[Domain, Population], facet: str) -> list[bool]:
    domain, population = built
    assert population.voiced is not None
    found: list[bool] = population.voiced[:, domain.column(facet)].tolist()
    return found


@pytest.fixture(scope="module")
def built() -> tuple[Domain, Population]:
    return build_movies(world())


def test_even_ranks_are_asked_and_odd_ranks_are_targets(built: tuple[Domain, Population]) -> None:
    domain, population = built
    asked = [f.id for f in domain.facets if f.depth == 3]
    assert asked == [f"film:p{pair}" for pair in range(12)]
    assert [t.id for t in domain.targets] == [f"film:t{pair}" for pair in range(12)]
    np.testing.assert_array_equal(population.liked, LIKES[:, 1::2])
    np.testing.assert_array_equal(population.codes[:, [domain.column(f) for f in asked]], LIKES[:, 0::2])


def test_a_target_may_change_without_a_facet_changing(built: tuple[Domain, Population]) -> None:
    domain, population = built
    ratings = world()
    # Persons a and f swap what they say of the first target; its rank stays.
    target = ratings.film == 1
    swapped = np.where(target & (ratings.person == 0), 5, ratings.person)
    again, changed = build_movies(replace(ratings, person=swapped))
    same = [i for i, f in enumerate(domain.facets) if f.depth > 0]
    np.testing.assert_array_equal(changed.codes[:, same], population.codes[:, same])
    assert [f.id for f in again.facets] == [f.id for f in domain.facets]
    assert changed.liked[:, 0].tolist() != population.liked[:, 0].tolist()


def test_a_genre_is_cut_by_what_is_expected_of_the_person(built: tuple[Domain, Population]) -> None:
    # expected 3, so z = (observed - 3) / sqrt(3) = 1.73 1.15 0.58 -0.58 -1.15 -1.73; the cuts are at -0.8 and 0.8
    assert codes(built, "genre:Drama") == [2, 2, 1, 1, 0, 0]
    assert codes(built, "genre:Comedy") == [0, 0, 1, 1, 2, 2]
    # expected 6 * 3 / 36 = 0.5, so z = (observed - 0.5) / sqrt(0.5) = 0.71 or -0.71
    assert codes(built, "genre:War") == [1] * 6
    assert [o.id for o in built[0].facets[built[0].column("genre:Drama")].options] == ["avoid", "neutral", "love"]


def test_eras_begin_with_the_border_year(built: tuple[Domain, Population]) -> None:
    domain, _ = built
    eras = [f for f in domain.facets if f.id.startswith("era:Drama")]
    assert [f.id for f in eras] == ["era:Drama:before 1980", "era:Drama:in the 1980s", "era:Drama:in 1990 or later"]
    assert {f.parents for f in eras} == {("genre:Drama",)}
    # Before 1980 are p0 (1979) and p5 (1950): 6 of 36 likes, expected 1 of a person's 6;
    # observed 2 1 2 0 1 0, so z = observed - 1.
    assert codes(built, "era:Drama:before 1980") == [2, 1, 2, 0, 1, 0]
    # In the 1980s are p1 (1980) and p2 (1989), liked 2 2 2 0 0 0; later p3 (1990) and p4 (2000), liked 2 2 0 2 0 0.
    assert codes(built, "era:Drama:in the 1980s") == [2, 2, 2, 0, 0, 0]
    assert codes(built, "era:Drama:in 1990 or later") == [2, 2, 0, 2, 0, 0]


def test_habits_are_thirds_of_the_people(built: tuple[Domain, Population]) -> None:
    # Person p rated 12 + p films, and the mean falls from 4 with every 2 stars.
    assert codes(built, "habit:count") == [0, 0, 1, 1, 2, 2]
    assert codes(built, "habit:strictness") == [2, 2, 1, 1, 0, 0]
    facet = built[0].facets[built[0].column("habit:count")]
    assert (facet.kind, facet.depth) == (Kind.NUMBER, 0)
    assert facet.cuts == pytest.approx((12 + 5 / 3, 12 + 10 / 3))


def test_a_habit_in_which_all_are_alike_is_left_out(built: tuple[Domain, Population]) -> None:
    assert "habit:mainstream" not in built[0].columns


def test_breadth_is_the_entropy_of_genres(built: tuple[Domain, Population]) -> None:
    # Dramas of six: 6 5 4 2 1 0; the War film adds a third genre to a, b and c.
    def entropy(*counts: int) -> float:
        share = np.array([c for c in counts if c]) / sum(counts)
        return float(-(share * np.log2(share)).sum())

    values = [entropy(6, 0, 1), entropy(5, 1, 1), entropy(4, 2, 1), entropy(2, 4), entropy(1, 5), entropy(0, 6)]
    cuts = np.quantile(values, [1 / 3, 2 / 3])
    assert codes(built, "habit:breadth") == np.searchsorted(cuts, values).tolist()
    assert codes(built, "habit:breadth")[5] == 0


def test_a_series_is_liked_with_any_of_its_films() -> None:
    titles = {"p1": "Rocky", "p5": "Rocky II", "p7": "Rocky Mountain", "t8": "Rocky III"}
    made = build_movies(renamed(world(), titles))
    # p1 is liked by a, b, c and p5 by a, c, e; neither the mountain nor the target counts.
    assert codes(made, "franchise:Rocky") == [1, 1, 1, 0, 1, 0]
    assert made[0].facets[made[0].column("franchise:Rocky")].is_yes_no


def test_a_series_that_all_or_none_like_is_left_out() -> None:
    made = build_movies(renamed(world(), {"p0": "Alien", "p6": "Aliens", "bad0": "Rocky"}))
    assert "franchise:Alien" not in made[0].columns
    assert "franchise:Rocky" not in made[0].columns


def test_silence_is_what_was_not_rated(built: tuple[Domain, Population]) -> None:
    assert voiced(built, "film:p0") == [True, True, True, False, False, False]
    assert voiced(built, "habit:count") == [True] * 6
    assert voiced(built, "genre:Drama") == [True] * 6  # expected 3
    assert voiced(built, "genre:War") == [False] * 6  # expected 0.5, below 1.5
    assert voiced(built, "era:Drama:before 1980") == [False] * 6  # expected 1


def test_a_film_seen_and_not_liked_is_a_no_that_is_said() -> None:
    ratings = world()
    seen = replace(
        ratings,
        person=np.append(ratings.person, 5),
        film=np.append(ratings.film, 0),
        stars=np.append(ratings.stars, np.float32(3)),
    )
    made = build_movies(seen)
    assert codes(made, "film:p0") == [1, 1, 1, 0, 0, 0]
    assert voiced(made, "film:p0") == [True, True, True, False, False, True]


def test_likes_alone_tell_neither_silence_nor_strictness() -> None:
    domain, population = build_movies(world(likes_only=True))
    assert population.voiced is None
    assert "habit:strictness" not in domain.columns
    assert "Likes only" in domain.card
    assert codes((domain, population), "genre:Drama") == [2, 2, 1, 1, 0, 0]


def test_people_with_few_likes_are_left_out() -> None:
    ratings = world()
    fewer = ~((ratings.person == 5) & (ratings.film > 15) & (ratings.film < 24))
    domain, population = build_movies(
        replace(ratings, person=ratings.person[fewer], film=ratings.film[fewer], stars=ratings.stars[fewer])
    )
    assert population.ids == tuple("abcde")
    assert population.personas["gender"].tolist() == list("fmfmf")
    assert "People: 5 of 6" in domain.card
    few = ratings.film < 8
    with pytest.raises(InputError, match="nobody likes 10 films"):
        build_movies(replace(ratings, person=ratings.person[few], film=ratings.film[few], stars=ratings.stars[few]))


def test_films_without_a_genre_or_a_year_are_no_obstacle() -> None:
    ratings = world()
    bare = tuple(replace(film, genres=("unknown",), year=None) for film in ratings.films)
    domain, _ = build_movies(replace(ratings, films=bare))
    assert {f.id.split(":")[0] for f in domain.facets} == {"habit", "film"}
    assert domain.targets[0].label == "Film t0"


def test_every_facet_has_wordings_and_phrasings_filled(built: tuple[Domain, Population]) -> None:
    for facet in built[0].facets:
        said = [facet.label, *facet.wordings, *(p for o in facet.options for p in (o.label, *o.phrasings))]
        assert len(facet.wordings) >= 3, facet.id
        assert all(o.phrasings for o in facet.options), facet.id
        assert not [line for line in said if "{" in line or "}" in line], facet.id


def test_the_source_and_the_layout_are_in_the_head(built: tuple[Domain, Population]) -> None:
    domain, _ = built
    assert (domain.name, domain.title, domain.invented) == ("movies-1m", "Movies (MovieLens 1M)", False)
    assert "10.1145/2827872" in domain.source
    assert f"facets: {len(domain.facets)} (" in domain.card


@pytest.mark.parametrize(
    ("folder", "people", "targets", "depths"),
    [("movielens-100k", 897, 300, {3: 60}), ("movielens-1m-likes", 4638, 500, {0: 4, 1: 17, 2: 38, 3: 120})],
)
def test_real_ratings_give_the_numbers_of_the_rules(
    folder: str, people: int, targets: int, depths: dict[int, int]
) -> None:
    data = os.environ.get("ELICIT_TEST_DATA")
    if not data:
        pytest.skip("ELICIT_TEST_DATA is not set")
    domain, population = build_movies(read_movielens(Path(data, folder)))
    assert len(population) == people
    assert len(domain.targets) == targets
    assert {d: int((domain.depths == d).sum()) for d in depths} == depths
