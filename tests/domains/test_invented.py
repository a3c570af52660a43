"""The invented people are the same everywhere, labelled as invented, and people enough to try things out on."""

from __future__ import annotations

import hashlib
import re
import tomllib

import numpy as np
import pytest

from elicit.basis import resource
from elicit.domains import Domain, Population
from elicit.domains.invented import invented_ratings
from elicit.domains.movielens import Ratings
from elicit.domains.movies import build_movies, read_rules
from elicit.domains.tables import read_table

GENRES = {
    *("Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy"),
    *("Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
}
AGES = ["under 18", "18-24", "25-34", "35-44", "45-49", "50-55", "56 and over"]


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    return invented_ratings()


@pytest.fixture(scope="module")
def built(ratings: Ratings) -> tuple[Domain, Population]:
    return build_movies(ratings)


def test_they_are_the_same_on_every_machine(ratings: Ratings) -> None:
    digest = hashlib.sha256(ratings.film.astype("<i8").tobytes() + ratings.stars.astype("<f4").tobytes())
    assert digest.hexdigest()[:16] == "d02e71a486332bb8"
    again = invented_ratings()
    np.testing.assert_array_equal(again.person, ratings.person)
    np.testing.assert_array_equal(again.stars, ratings.stars)


def test_four_hundred_people_rate_25_to_120_films_and_like_about_55_percent(ratings: Ratings) -> None:
    count = np.bincount(ratings.person, minlength=400)
    assert len(ratings.people) == 400
    assert (count.min(), count.max()) == (25, 120)
    assert 0.52 < (ratings.stars >= 4).mean() < 0.58
    assert set(np.unique(ratings.stars).tolist()) == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert len(set(zip(ratings.person.tolist(), ratings.film.tolist(), strict=True))) == len(ratings.film)


def test_everyone_has_a_persona(ratings: Ratings) -> None:
    assert set(ratings.personas["age"]) == set(AGES)
    assert set(ratings.personas["gender"]) == {"F", "M"}
    young = ratings.personas["age"] == "under 18"
    assert set(ratings.personas["occupation"][young]) == {"student"}
    assert set(ratings.personas["age"][ratings.personas["occupation"] == "retired"]) == {"56 and over"}


def test_the_films_are_facts_in_the_words_of_movielens() -> None:
    films = read_table(resource("data", "movies", "invented", "films.csv"))
    titles, years = films.text("title").to_pylist(), films.numbers("year")
    assert len(set(titles)) == len(titles) == 252
    assert {genre for words in films.text("genres").to_pylist() for genre in words.split("|")} == GENRES
    assert (years.min(), years.max()) == (1931, 2000)
    assert all(((years >= decade) & (years < decade + 10)).sum() >= 8 for decade in range(1930, 2000, 10))
    assert set(films.numbers("fame")) == {1, 2, 3, 4, 5}
    for name, pattern in read_rules()["franchises"].items():
        assert sum(bool(re.search(pattern, title)) for title in titles) >= 2, name


def test_a_kind_of_viewer_names_genres_eras_and_occupations_that_exist() -> None:
    rules = tomllib.loads(resource("data", "movies", "invented", "archetypes.toml").read_text(encoding="utf-8"))
    assert sum(kind["share"] for kind in rules["kinds"]) == pytest.approx(1)
    assert sum(rules["ages"].values()) == pytest.approx(1)
    assert list(rules["ages"]) == AGES
    for kind in rules["kinds"]:
        assert set(kind["genres"]) <= GENRES, kind["name"]
        assert set(kind["eras"]) == {"early", "classic", "eighties", "nineties"}, kind["name"]
        assert set(kind["occupations"]) <= set(rules["occupations"]), kind["name"]


def test_they_make_a_movies_domain_that_says_it_is_invented(built: tuple[Domain, Population]) -> None:
    domain, population = built
    assert domain.invented
    assert (domain.name, domain.title) == ("movies-invented", "Movies (invented people)")
    assert "invented" in domain.source
    assert "no result on them says anything about people" in domain.card
    assert all(person.startswith("invented-") for person in population.ids)
    assert len(population) >= 390
    assert set(domain.depths.tolist()) == {0, 1, 2, 3}
    assert len(domain.targets) >= 100


def test_preferences_correlate_as_one_would_expect_and_not_perfectly(built: tuple[Domain, Population]) -> None:
    domain, population = built

    def correlation(one: str, other: str) -> float:
        columns = [domain.column(f"genre:{name}") for name in (one, other)]
        return float(np.corrcoef(population.codes[:, columns].T.astype(float))[0, 1])

    assert 0.2 < correlation("Action", "Sci-Fi") < 0.9
    assert 0.2 < correlation("Animation", "Children's") < 0.95
    assert -0.9 < correlation("Horror", "Romance") < -0.2
    assert -0.9 < correlation("Action", "Musical") < -0.2


def test_personas_lean_mildly(built: tuple[Domain, Population]) -> None:
    domain, population = built
    women = population.personas["gender"] == "F"
    genres = [column for name, column in domain.columns.items() if name.startswith("genre:")]
    lean = [np.corrcoef(women, population.codes[:, column])[0, 1] for column in genres]
    assert 0.1 < np.abs(lean).max() < 0.35
