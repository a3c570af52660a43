"""JSON is read the same however little of it is read at once."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from catalog_files import plant, refusal
from hypothesis import given
from hypothesis import strategies as st

from elicit.domains import read_catalog
from elicit.domains.catalogs import json_text
from elicit.domains.catalogs.json_text import members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BROKEN = (
    '[\n1,\n {"a": }]',
    "[1, 2",
    "[12\n3]",
    '{"a": [1]\n "b"}',
    "[1]\n\n x",
    '["💡',
    "\n\n ",
    "[[[1]",
    '{"a" [1]}',
)


def read_by(window: int, text: str) -> list[tuple[str, int, Any]]:
    """Return the members of a text of which so many characters are read at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_WINDOW", window)
        return list(members(io.StringIO(text)))


def problem_by(window: int, text: str) -> tuple[str, int, int]:
    """Return what is said of a broken text, its line and its column."""
    with pytest.raises(json.JSONDecodeError) as caught:
        read_by(window, text)
    return caught.value.msg, caught.value.lineno, caught.value.colno


@given(st.lists(VALUES, max_size=6), st.integers(1, 9), st.sampled_from([None, 1]), st.booleans())
def test_elements_are_those_of_the_whole_text(values: list[Any], window: int, indent: int | None, plain: bool) -> None:
    text = f" {json.dumps(values, indent=indent, ensure_ascii=plain)}\n "
    whole = json.loads(text, parse_int=str, parse_float=str)
    assert read_by(window, text) == [("", number, value) for number, value in enumerate(whole, start=1)]
    keyed = f'{{"n": {text}, "one": 12, "m": {text}}}'
    assert [value for key, _, value in read_by(window, keyed) if key == "m"] == whole


@pytest.mark.parametrize("window", [1, 2, 3, 5])
@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_is_broken_at_the_same_place(text: str, window: int) -> None:
    assert problem_by(window, text) == problem_by(1 << 20, text)


def test_the_place_of_a_fault_far_behind_is_named(tmp_path: Path) -> None:
    items = ",\n".join(f'{{"name": "Pen {n} 💡"}}' for n in range(100_000))
    path = plant(tmp_path, "pens.json", f'[{items},\n{{"name": }}]')
    assert refusal(path) == "pens.json:100001, column 10: no JSON: Expecting value"


def test_comments_in_a_long_list_do_not_matter(tmp_path: Path) -> None:
    items = ",\n".join(f'{{"name": "Pen {n}"}}' for n in range(60_000))
    assert len(read_catalog(plant(tmp_path, "pens.json", f"[{items} // all\n]")).table) == 60_000


def test_a_list_is_never_text_in_memory_as_a_whole() -> None:
    text = "[" + ", ".join('{"name": "Pen 💡 %s"}' % ("x" * 1000) for _ in range(8_000)) + "]"
    stream = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    tracemalloc.start()
    try:
        assert sum(1 for _ in members(stream)) == 8_000
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Four bytes for each of some two million characters, and a few copies of these, but not all eight million.
    assert most < 4 * len(text)
