"""``elicit funnel`` and ``elicit serve`` with a file of reviews."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def kettles(here: Path) -> Path:
    rows = [f"K{n},Kettle {n},{'Aldo' if n % 2 else 'Bero'}" for n in range(8)]
    Path("kettles.csv").write_text("sku,name,maker\n" + "\n".join(rows) + "\n", encoding="utf-8")
    said = [f"K{n},{'It is very quiet' if n < 4 else 'It is not quiet'}" for n in range(8) for _ in range(12)]
    Path("reviews.csv").write_text("sku,text\n" + "\n".join(said) + "\nK99,Strange\nK1,\n", encoding="utf-8")
    return Path("kettles.csv")


def test_what_people_say_is_asked(command: Callable[..., Any], kettles: Path) -> None:
    said = command("funnel", kettles, "--reviews", "reviews.csv")
    assert said.code == 0, said.err
    assert "What can be asked: people say: quiet, maker." in " ".join(said.out.split())
    assert "reviews.csv: 96 reviews of 8 of the 8 items; 2 rows left out." in said.err
    assert "People say of some items and not of others: quiet." in said.err
    assert "Left out: reviews.csv:98: no item 'K99' in kettles.csv" in said.err
    assert "Left out: reviews.csv:99: no text (column 'text' is empty)" in said.err
    assert "Is it important that buyers call it quiet?" in Path("kettles-funnel/funnel.md").read_text(encoding="utf-8")


def test_the_written_mapping_gives_the_same_questions_again(command: Callable[..., Any], kettles: Path) -> None:
    command("funnel", kettles, "--reviews", "reviews.csv", "-o", "there")
    said = command("funnel", kettles, "--reviews", "reviews.csv", "--mapping", "there/mapping.toml", "-o", "again")
    assert said.code == 0, said.err
    for path in Path("there").iterdir():
        assert path.read_bytes() == Path("again", path.name).read_bytes()


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_without_its_reviews_a_mapping_is_refused(command: Callable[..., Any], kettles: Path) -> None:
    command("funnel", kettles, "--reviews", "reviews.csv", "-o", "there")
    for name, more in (("funnel", ("-o", "again")), ("serve", ("--port", "0"))):
        said = command(name, kettles, *more, "--mapping", "there/mapping.toml")
        assert said.code == 2
        assert "'people say: quiet' is read from reviews, and there are none. Name the file" in said.err
    assert not Path("again").exists()


def test_json_has_the_notes_and_all_rows_left_out(command: Callable[..., Any], kettles: Path) -> None:
    shown = json.loads(command("funnel", kettles, "--reviews", "reviews.csv", "--json").out)
    assert shown["facets"] == ["people say: quiet", "maker"]
    assert [skipped["where"] for skipped in shown["skipped"]] == ["reviews.csv:98", "reviews.csv:99"]
    assert "Hardly any reviewer talks about maker, so these are details." in shown["notes"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "reviews.csv: no such file"),
        ("", "reviews.csv: the file is empty: it has no reviews"),
        ("sku,text\nX1,Quiet\n", "reviews.csv: no review is about an item of kettles.csv: 'sku' says 'X1'"),
        ("sku,stars\nK1,5\n", "reviews.csv: no column has the texts of the reviews"),
    ],
)
def test_files_that_are_no_reviews_are_refused_and_nothing_is_written(
    command: Callable[..., Any], kettles: Path, text: str | None, problem: str
) -> None:
    Path("reviews.csv").unlink() if text is None else Path("reviews.csv").write_text(text, encoding="utf-8")
    said = command("funnel", kettles, "--reviews", "reviews.csv")
    assert said.code == 2
    assert problem in said.err
    assert not Path("kettles-funnel").exists()


def test_one_review_changes_nothing(command: Callable[..., Any], kettles: Path) -> None:
    Path("reviews.csv").write_text("sku,text\nK1,Quiet\n", encoding="utf-8")
    said = command("funnel", kettles, "--reviews", "reviews.csv", "-o", "there")
    command("funnel", kettles, "-o", "bare")
    assert "1 review: too few to tell what is asked first." in said.err
    for path in Path("there").iterdir():
        assert path.read_bytes() == Path("bare", path.name).read_bytes()


def test_hostile_reviews_do_no_harm(command: Callable[..., Any], kettles: Path) -> None:
    hostile = "<script>alert(1)</script> =HYPERLINK({label}) \x1b[31m]"
    rows = [f"K{n},{hostile if n < 4 else 'Fine'}" for n in range(8) for _ in range(12)]
    Path("reviews.csv").write_text("sku,text\n" + "\n".join(rows) + "\nK\x1b[31m,x\n", encoding="utf-8")
    said = command("funnel", kettles, "--reviews", "reviews.csv")
    assert said.code == 0, said.err
    assert "\x1b" not in said.err + said.out
    page = Path("kettles-funnel/funnel.html").read_text(encoding="utf-8")
    assert "people say" in page
    assert "alert(1)" not in page
    assert "HYPERLINK" not in page


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_reviews_are_for_catalogs(command: Callable[..., Any], kettles: Path) -> None:
    said = command("serve", "movies", "--invented", "--reviews", "reviews.csv", "--port", "0")
    assert said.code == 2
    assert "--reviews is for catalogs" in said.err
