"""The four layouts of MovieLens tell the same story, and a broken line is named."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from elicit.basis import InputError
from elicit.domains.movielens import Film, Ratings, age_band, read_movielens, readable_title

# user, film, stars; the last film is French and its title is not ASCII.
RATINGS = [("1", "10", 5), ("1", "20", 2), ("2", "10", 4), ("3", "30", 4), ("3", "20", 5)]
LAYOUTS = ["100k", "recbole", "1m", "likes"]


def write(folder: Path, name: str, lines: list[str], encoding: str = "latin-1") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))


def write_100k(folder: Path) -> None:
    def flags(*places: int) -> str:
        return "|".join("1" if place in places else "0" for place in range(19))

    write(
        folder,
        "u.item",
        [
            f"10|Godfather, The (1972)|01-Jan-1972||http://x|{flags(6, 8)}",
            f"20|Toy Story (1995)|01-Jan-1995||http://x|{flags(3, 4, 5)}",
            f"30|Misérables, Les (1995)|||http://x|{flags(8)}",
        ],
    )
    write(folder, "u.user", ["1|24|M|technician|85711", "2|56|F|other|94043", "3|17|F|student|32067"])
    write(folder, "u.data", [f"{u}\t{f}\t{s}\t88" for u, f, s in RATINGS])


def write_recbole(folder: Path) -> None:
    films = [
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
        "10\tGodfather, The\t1972\tCrime Drama",
        "20\tToy Story\t1995\tAnimation Children's Comedy",
        "30\tMisérables, Les\t1995\tDrama",
    ]
    write(folder, "ml-100k.item", films, "utf-8")
    people = ["1\t24\tM\ttechnician\t85711", "2\t56\tF\tother\t94043", "3\t17\tF\tstudent\t32067"]
    write(folder, "ml-100k.user", ["user_id:token\tage:token\tgender:token\toccupation:token\tzip:token", *people])
    head = "user_id:token\titem_id:token\trating:float\ttimestamp:float"
    write(folder, "ml-100k.inter", [head, *(f"{u}\t{f}\t{s}\t88" for u, f, s in RATINGS)])


def write_films_and_users_1m(folder: Path) -> None:
    films = [
        "10::Godfather, The (1972)::Crime|Drama",
        "20::Toy Story (1995)::Animation|Children's|Comedy",
        "30::Misérables, Les (1995)::Drama",
    ]
    write(folder, "movies.dat", films)
    write(folder, "users.dat", ["1::M::18::17::85711", "2::F::56::0::94043", "3::F::1::10::32067"])


def write_1m(folder: Path) -> None:
    write_films_and_users_1m(folder)
    write(folder, "ratings.dat", [f"{u}::{f}::{s}::88" for u, f, s in RATINGS])


def write_likes(folder: Path) -> None:
    write_films_and_users_1m(folder)
    liked = [r for r in RATINGS if r[2] >= 4]
    for part, rows in (("test", liked[:1]), ("train", liked[1:])):
        columns = {
            "user_id": [int(r[0]) for r in rows],
            "movie_id": [int(r[1]) for r in rows],
            "rating": [r[2] for r in rows],
        }
        pq.write_table(pa.table(columns), folder / f"{part}_positives.parquet")


WRITERS = {"100k": write_100k, "recbole": write_recbole, "1m": write_1m, "likes": write_likes}


def written(folder: Path, layout: str) -> Path:
    WRITERS[layout](folder)
    return folder


def rated(ratings: Ratings) -> set[tuple[str, str, float]]:
    rows = zip(ratings.person, ratings.film, ratings.stars, strict=True)
    return {(ratings.people[p], ratings.films[f].id, float(s)) for p, f, s in rows}


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_movielens(folder)
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_tells_the_same(tmp_path: Path, layout: str) -> None:
    ratings = read_movielens(written(tmp_path, layout))
    assert ratings.layout == layout
    assert ratings.people == ("1", "2", "3")
    assert ratings.films == (
        Film("10", "The Godfather", 1972, ("Crime", "Drama")),
        Film("20", "Toy Story", 1995, ("Animation", "Children's", "Comedy")),
        Film("30", "Les Misérables", 1995, ("Drama",)),
    )
    assert rated(ratings) == {(u, f, s) for u, f, s in RATINGS if layout != "likes" or s >= 4}
    assert ratings.likes_only == (layout == "likes")
    assert ratings.left_out == 0
    assert ratings.personas["age"].tolist() == ["18-24", "56 and over", "under 18"]
    assert ratings.personas["gender"].tolist() == ["M", "F", "F"]
    work = ["technician", "other", "student"] if layout in ("100k", "recbole") else None
    assert ratings.personas["occupation"].tolist() == (work or ["technician/engineer", "other", "K-12 student"])


@pytest.mark.parametrize(
    ("layout", "name", "old", "new", "said"),
    [
        ("100k", "u.data", "2\t10\t4\t88", "2\t10\t4", "u.data:3: 3 fields where 4 were expected"),
        ("100k", "u.data", "2\t10\t4\t88", "2\t10\tfour\t88", "u.data:3: 'four' is not a rating from 0.5 to 5"),
        ("100k", "u.data", "2\t10\t4\t88", "2\t10\t6\t88", "u.data:3: '6' is not a rating from 0.5 to 5"),
        ("100k", "u.data", "2\t10\t4\t88", "2\t10\tnan\t88", "u.data:3: 'nan' is not a rating"),
        ("100k", "u.user", "2|56|", "2|old|", "u.user:2: 'old' is not a whole number"),
        (
            "100k",
            "u.item",
            "20|Toy Story (1995)|",
            "20|Toy|Story (1995)|",
            "u.item:2: 25 fields where 24 were expected",
        ),
        ("recbole", "ml-100k.inter", "2\t10\t4\t88", "2\t10\t4", "ml-100k.inter:4: 3 fields where 4"),
        ("recbole", "ml-100k.user", "2\t56", "2\told", "ml-100k.user:3: 'old' is not a whole number"),
        ("1m", "ratings.dat", "2::10::4::88", "2:10:4:88", "ratings.dat:3: 1 fields where 4 were expected"),
        ("1m", "users.dat", "2::F::56::0::", "2::F::56::21::", "users.dat:2: occupation 21 is not one of 0 to 20"),
        ("likes", "movies.dat", "20::Toy Story (1995)::", "20::Toy Story (1995)", "movies.dat:2: 2 fields where 3"),
        ("100k", "u.user", "2|56|", "1|56|", "the people of MovieLens layout '100k': id '1' occurs twice"),
        ("1m", "movies.dat", "20::Toy", "10::Toy", "the films of MovieLens layout '1m': id '10' occurs twice"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, layout: str, name: str, old: str, new: str, said: str) -> None:
    path = written(tmp_path, layout) / name
    text = path.read_bytes().decode("latin-1")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("latin-1"))
    assert refusal(tmp_path).startswith(said)


@pytest.mark.parametrize(
    ("layout", "name"), [("100k", "u.user"), ("recbole", "ml-100k.item"), ("1m", "movies.dat"), ("likes", "users.dat")]
)
def test_a_missing_companion_is_named(tmp_path: Path, layout: str, name: str) -> None:
    (written(tmp_path, layout) / name).unlink()
    assert refusal(tmp_path).startswith(f"{name}: file is missing. The folder is not a whole MovieLens data set")


def test_parquet_files_of_something_else_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "likes")
    pq.write_table(pa.table({"user_id": [1], "rating": [5]}), tmp_path / "train_positives.parquet")
    assert refusal(tmp_path) == "train_positives.parquet: column 'movie_id' is missing"
    (tmp_path / "train_positives.parquet").write_text("no table")
    assert refusal(tmp_path) == "train_positives.parquet: not a Parquet file"


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    assert "no MovieLens data here" in refusal(tmp_path)
    assert "no such folder" in refusal(tmp_path / "absent")


def strangers(folder: Path, known: int, unknown: int) -> Path:
    """Write ratings by people who are known, then by people who are not."""
    write_100k(folder)
    rows = [f"{1 + n % 3}\t{10 * (1 + n % 3)}\t4\t88" for n in range(known)]
    write(folder, "u.data", rows + [f"99\t10\t4\t{n}" for n in range(unknown)])
    return folder


def test_a_few_ratings_by_strangers_are_left_out_and_counted(tmp_path: Path) -> None:
    ratings = read_movielens(strangers(tmp_path, 300, 3))
    assert len(ratings.stars) == 300
    assert ratings.left_out == 3


def test_many_ratings_by_strangers_are_refused(tmp_path: Path) -> None:
    assert refusal(strangers(tmp_path, 300, 4)) == (
        "u.data:301: 4 of 304 ratings are of people or films without an entry. Do the files belong together?"
    )
    assert "5 of 5 ratings are of people" in refusal(strangers(tmp_path, 0, 5))


def test_no_rating_at_all_is_refused(tmp_path: Path) -> None:
    assert "0 of 0 ratings" in refusal(strangers(tmp_path, 0, 0))


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ("Godfather, The", "The Godfather"),
        ("American Werewolf in London, An", "An American Werewolf in London"),
        ("Avventura, L'", "L'Avventura"),
        ("Shall We Dance?", "Shall We Dance?"),
        ("Good, the Bad and the Ugly, The", "The Good, the Bad and the Ugly"),
        ("Usual Suspects, The (extended)", "The Usual Suspects (extended)"),
        (" Heat ", "Heat"),
    ],
)
def test_titles_are_read_as_they_are_said(listed: str, read: str) -> None:
    assert readable_title(listed) == read


@pytest.mark.parametrize(
    ("years", "band"),
    [(17, "under 18"), (18, "18-24"), (24, "18-24"), (25, "25-34"), (35, "35-44"), (45, "45-49"), (49, "45-49"),
     (50, "50-55"), (55, "50-55"), (56, "56 and over"), (99, "56 and over")],
)  # fmt: skip
def test_ages_fall_into_the_bands_of_movielens_1m(years: int, band: str) -> None:
    assert age_band(years) == band


def test_a_film_without_a_year_has_none(tmp_path: Path) -> None:
    path = written(tmp_path, "100k") / "u.item"
    path.write_bytes(path.read_bytes().replace(b"Toy Story (1995)", b"Toy Story"))
    assert read_movielens(tmp_path).films[1].year is None
