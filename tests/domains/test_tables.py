"""Tables in every format become the same columns of text, and a broken one is refused at the right place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.basis import InputError
from elicit.domains.tables import Table, read_table, shown

PEOPLE = pa.table({"name": ["Ann", "Bob", "Cy"], "age": [20, None, 40], "tea": [True, False, None]})


def csv(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cells(table: Table, column: str, missing: tuple[str, ...] = ("",)) -> list[str | None]:
    found: list[str | None] = table.text(column, missing).to_pylist()
    return found


def refusal(path: Path, encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as caught:
        read_table(path, encoding)
    return str(caught.value)


def test_csv_parquet_and_a_saved_dataset_read_alike(tmp_path: Path) -> None:
    import datasets

    csv(tmp_path, "name,age,tea\nAnn,20,yes\nBob,,no\nCy,40,\n")
    csv(tmp_path, "name\tage\ttea\nAnn\t20\tyes\nBob\t\tno\nCy\t40\t\n", "t.tsv")
    pq.write_table(PEOPLE, tmp_path / "t.parquet")
    datasets.Dataset(PEOPLE).save_to_disk(str(tmp_path / "saved"))
    for name in ("t.csv", "t.tsv", "t.parquet", "saved"):
        table = read_table(tmp_path / name)
        assert cells(table, "name") == ["Ann", "Bob", "Cy"]
        assert cells(table, "age") == ["20", None, "40"]
        assert cells(table, "tea") == ["yes", "no", None]
        assert table.rows.tolist() == ([2, 3, 4] if name.startswith("t.") and name[2:] != "parquet" else [1, 2, 3])


def test_the_classes_of_a_dataset_are_read_by_name(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features({"mood": datasets.ClassLabel(names=["bad", "good"])})
    data = datasets.Dataset.from_dict({"mood": [1, 0, -1]}, features=features)
    data.select([2, 0]).save_to_disk(str(tmp_path / "saved"))
    assert cells(read_table(tmp_path / "saved"), "mood") == [None, "good"]


def test_a_dataset_of_several_splits_names_them(tmp_path: Path) -> None:
    import datasets

    data = datasets.Dataset(PEOPLE)
    datasets.DatasetDict({"train": data, "test": data}).save_to_disk(str(tmp_path / "saved"))
    assert "several splits (test, train)" in refusal(tmp_path / "saved")
    assert len(read_table(tmp_path / "saved" / "train")) == 3


def test_the_hub_out_of_reach_is_one_line(tmp_path: Path) -> None:
    code = (
        "from elicit.basis import UnavailableError\n"
        "from elicit.domains.tables import read_table\n"
        "try: read_table('hf:nobody/nothing:test')\n"
        "except UnavailableError as error: print(error)"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True)
    assert done.stdout == "hf:nobody/nothing:test: the hub cannot be reached (ConnectionError)\n"


def test_reading_a_file_does_not_import_the_dataset_library(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n1,2\n")
    code = (
        f"import sys; from elicit.domains.tables import read_table; read_table({str(path)!r})\n"
        "print('datasets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_rows_keep_their_numbers_over_blank_lines(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "a,b\n1,2\n\n,\n3,\n\n\n"))
    assert table.rows.tolist() == [2, 5]
    assert table.notes == ("2 empty rows of the table were left out.",)
    assert table.where("b", 1) == f"{tmp_path}/t.csv, row 5, column 'b'"


def test_cells_are_plain_text(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, 'a,b\n"=1+1", x y \n007,"two\nlines"\n4.0,"a,""b"""\n-2.00,1.50\n'))
    assert cells(table, "a") == ["=1+1", "007", "4", "-2"]
    assert cells(table, "b") == ["x y", "two\nlines", 'a,"b"', "1.50"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert list(read_table(csv(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n")).columns) == ["a", "b"]


def test_a_column_without_a_name_is_named_after_its_place(tmp_path: Path) -> None:
    assert list(read_table(csv(tmp_path, ",b\n1,2\n")).columns) == ["column 1", "b"]


def test_other_encodings_are_read_when_named(tmp_path: Path) -> None:
    for encoding in ("latin-1", "utf-16"):
        table = read_table(csv(tmp_path, "größe,b\nä,2\n".encode(encoding)), encoding)
        assert cells(table, "größe") == ["ä"]


def test_a_wrong_encoding_names_the_byte_the_line_and_the_remedy(tmp_path: Path) -> None:
    assert refusal(csv(tmp_path, "a,b\n1,2\n3,ä\n".encode("latin-1"))) == (
        f"{tmp_path}/t.csv, line 3: byte 10 (0xe4) is not utf-8. "
        'Put the right encoding into the mapping, for instance `encoding = "latin-1"`'
    )
    assert "line 1: byte 0 (0xe4)" in refusal(csv(tmp_path, "ä,b\n1,2\n".encode("latin-1")))
    assert "is not ascii" in refusal(csv(tmp_path, "a,b\n1,ä\n"), "ascii")
    assert 'for instance `encoding = "utf-16"`' in refusal(csv(tmp_path, "a,b\n1,2\n".encode("utf-16")))
    assert "byte 6 (0xe2) is not utf-8" in refusal(csv(tmp_path, b"a,b\n1,\xe2\x82"))


def test_a_wrong_byte_is_found_wherever_it_lies(tmp_path: Path) -> None:
    head, row = b"a,b\n", "1,\u20ac\n".encode()
    for rows in (1, 174_762, 174_763, 400_000):
        path = csv(tmp_path, head + row * rows + b"\xe4,2\n")
        assert f"line {rows + 2}: byte {len(head) + len(row) * rows} (0xe4) is not utf-8" in refusal(path)


def test_a_character_may_lie_across_blocks(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n" + "1,\u20ac\n" * 400_000)
    assert len(read_table(path)) == 400_000


def test_noise_is_refused_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = bytes(byte * 7 % 256 for byte in range(256)) * 5000
    assert "is not utf-8" in refusal(csv(tmp_path, noise))
    assert "fields where the header has" in refusal(csv(tmp_path, noise.replace(b"\x00", b"")), "latin-1")
    assert capfd.readouterr().err == ""


def test_a_row_of_another_width_is_named(tmp_path: Path) -> None:
    assert "t.csv, row 4: 3 fields where the header has 2" in refusal(csv(tmp_path, "a,b\n1,2\n\n3,4,5\n6,7\n"))
    assert "t.csv, row 2: 1 fields where the header has 2" in refusal(csv(tmp_path, "a,b\n1\n"))


def test_an_open_quotation_mark_does_not_swallow_people(tmp_path: Path) -> None:
    assert "t.csv, row 3, column 'b': a quotation mark is left open" in refusal(csv(tmp_path, 'a,b\n1,2\n1,"2\n3,4\n'))
    assert "row 2: 1 fields where the header has 2" in refusal(csv(tmp_path, 'a,b\n"1,2\n3,4\n'))
    assert cells(read_table(csv(tmp_path, 'a,b\n1,"2\n3"\n')), "b") == ["2\n3"]


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n", "a,b\n,\n\n"])
def test_an_empty_table_is_refused(tmp_path: Path, text: str) -> None:
    assert "the table is empty" in refusal(csv(tmp_path, text))


def test_twin_columns_are_refused(tmp_path: Path) -> None:
    assert "t.csv, row 1: column 'a' occurs twice" in refusal(csv(tmp_path, "a,b,a\n1,2,3\n"))


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.csv")
    assert "a table of the kind '.xlsx' cannot be read" in refusal(csv(tmp_path, "", "t.xlsx"))
    assert "not a Parquet file" in refusal(csv(tmp_path, "a,b\n", "t.parquet"))
    assert "the folder holds no table" in refusal(tmp_path)


def test_an_unknown_column_names_the_nearest(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "smoking,b\n1,2\n"))
    with pytest.raises(InputError, match=r"no column 'smokin'. Did you mean 'smoking'\?"):
        table.column("smokin")


def test_numbers_are_numbers_and_silence_is_nan(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "a,b\n 1.5 ,\n-2e3,\nNaN,\n,x\n+.5,\n"))
    assert table.is_numeric("a", ("",))
    np.testing.assert_array_equal(table.numbers("a", ("",)), [1.5, -2000, np.nan, np.nan, 0.5])


@pytest.mark.parametrize(
    ("cell", "said"),
    [("1,5", "not a number"), ("inf", "not a finite"), ("-Infinity", "not a finite"), ("1e999", "not a finite")],
)
def test_a_cell_that_is_no_finite_number_is_named(tmp_path: Path, cell: str, said: str) -> None:
    table = read_table(csv(tmp_path, f'a,b\n1,x\n"{cell}",y\n'))
    with pytest.raises(InputError, match=rf"t.csv, row 3, column 'a': '{cell}' is {said}"):
        table.numbers("a")


def test_numbers_of_a_parquet_file_may_be_nan_but_not_infinite(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0, float("nan"), None], "b": [1.0, 2.0, float("inf")]}), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    np.testing.assert_array_equal(table.numbers("a"), [1, np.nan, np.nan])
    assert cells(table, "a") == ["1", None, None]
    with pytest.raises(InputError, match="row 3, column 'b': 'inf' is not a finite number"):
        table.numbers("b")


def test_lists_and_records_are_no_text(tmp_path: Path) -> None:
    data = pa.table({"tags": [["x", "y"], None, []], "record": [{"k": 1}] * 3, "raw": [b"\xff"] * 3})
    pq.write_table(data, tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    lists, answered = table.lists("tags", ";")
    assert lists.to_pylist() == [["x", "y"], None, []]
    assert answered.tolist() == [True, False, True]
    for name, remedy in (("tags", 'Use kind = "multi"'), ("record", "Leave the column out"), ("raw", "Leave the")):
        with pytest.raises(InputError, match=rf"column '{name}': the cells are not text .*{remedy}"):
            table.text(name)


def test_a_million_garbage_rows_cost_one_error_and_little_memory(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b\n" + "1,x\n" * 10 + "qwertz;\x01%,?,!\n" * 1_000_000)
    assert "row 12: 3 fields where the header has 2" in refusal(path)
    assert pa.default_memory_pool().max_memory() < 1 << 30


def test_a_long_cell_is_shown_short_and_on_one_line() -> None:
    assert shown("a\nb") == "'a\\nb'"
    assert len(shown("x" * 1000)) == 42


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_characters="\r\x00", codec="utf-8"), min_size=1)] * 2), min_size=1
    )
)
def test_whatever_a_csv_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    data = pa.table({"k": [str(i) for i in range(len(rows))], "a": [r[0] for r in rows], "b": [r[1] for r in rows]})
    pa_csv.write_csv(data, path)
    table = read_table(path)
    assert table.columns["a"].to_pylist() == [r[0] for r in rows]
    assert table.columns["b"].to_pylist() == [r[1] for r in rows]
