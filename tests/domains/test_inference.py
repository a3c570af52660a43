"""Without a mapping a table is read by rules of thumb, and the notes say what was guessed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from elicit.basis import InputError
from elicit.domains import Kind, build_from_table

NAMES = ("Lynch", "Altman", "Varda", "Tati", "Ozu", "Ford", "Hawks", "Lang", "Murnau", "Leone", "Allen", "Lee", "Scott")


def parquet(folder: Path) -> Path:
    people = range(40)
    data = {
        "user_id": [f"p{p}" for p in people],
        "Age": [16 + p for p in people],
        "Sex": ["f" if p % 3 else "m" for p in people],
        "tea": [p % 2 == 0 for p in people],
        "height": [1.5 + p / 100 for p in people],
        "stars": [p % 5 for p in people],
        "director": [NAMES[p % 13] for p in people],
        "tags": [["x"], ["x", "y"]] * 20,
        "essay": [f"What I think about {p}" for p in people],
        "rarely": [f"word {p // 2 * 2 if p < 4 else p}" for p in people],
        "site": ["here"] * 40,
        "empty": [None] * 40,
        "record": [{"k": p} for p in people],
    }
    pq.write_table(pa.table(data), folder / "t.parquet")
    return folder / "t.parquet"


def test_columns_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    made = build_from_table(parquet(tmp_path))
    kinds = {f.id: (f.kind, len(f.options)) for f in made.domain.facets}
    assert kinds == {
        "tea": (Kind.SINGLE, 2),
        "height": (Kind.NUMBER, 3),
        "stars": (Kind.SINGLE, 5),
        "director": (Kind.OPEN, 13),
        "tags:x": (Kind.MULTI, 2),
        "tags:y": (Kind.MULTI, 2),
    }
    assert made.population.ids[:2] == ("p0", "p1")
    assert made.population.personas["gender"][:2].tolist() == ["m", "f"]
    assert made.population.personas["age"][[0, 2, 39]].tolist() == ["up to 17", "18 to 24", "55 and over"]


def test_every_guess_is_a_note(tmp_path: Path) -> None:
    assert build_from_table(parquet(tmp_path)).notes == (
        "Column 'user_id' is taken as the people's ids.",
        "Column 'Age' is taken as the persona variable 'age'.",
        "Column 'Sex' is taken as the persona variable 'gender'.",
        "Column 'essay' was passed over: everybody says something else.",
        "Column 'rarely' was passed over: its text hardly repeats.",
        "Column 'site' was passed over: all who answer say the same.",
        "Column 'empty' was passed over: nobody answers it.",
        "Column 'record' was passed over: its cells are not text.",
        "Facet 'tags:x': all who answer say 'yes'.",
    )


def test_an_id_that_repeats_is_no_id(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,tea\na,yes\na,no\nb,no\n")
    made = build_from_table(tmp_path / "t.csv")
    assert [f.id for f in made.domain.facets] == ["id", "tea"]
    assert made.population.ids == ("2", "3", "4")


def test_a_non_answer_is_silence(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("who,tea\na,yes\na,no\nb,refused\nb,unknown\nb,no\n")
    made = build_from_table(tmp_path / "t.csv")
    assert made.population.codes[:, made.domain.column("tea")].tolist() == [1, 0, -2, -2, 0]


def test_a_table_without_a_facet_asks_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,essay\na,one\nb,two\n")
    with pytest.raises(InputError, match=r"t\.csv: no column looks like a facet\. Write a mapping file"):
        build_from_table(tmp_path / "t.csv")
