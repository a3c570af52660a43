"""Catalogs at the edge, as ``domains check``, ``funnel`` and ``serve`` take them: in one line, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
Command = Callable[..., Said]
HEAD = "id,name,maker,color,price\n"
LAMPS = [f"{n},Lamp {n},{'ABC'[n % 3]},{('red', 'blue')[n % 2]},{10 + n}" for n in range(12)]
PRODUCT = '{"@type": "Product", "name": "Lamp %d", "color": "%s"}'
LINKED = '/* ours */ {"@graph": [ // all\n' + ", ".join(PRODUCT % (n, ("red", "blue")[n % 2]) for n in range(8)) + "]}"
ASKED = (("funnel", "{}", "-o", "out"), ("serve", "{}", "--port", 0))
ALL = (("domains", "check", "{}"), *ASKED)


def planted(here: Path, name: str, text: str) -> None:
    (here / name).write_text(text, encoding="utf-8")


def refused(command: Command, words: tuple[object, ...], name: str, problem: str) -> None:
    said = command(*(name if word == "{}" else word for word in words))
    assert (said.code, said.out) == (2, "")
    assert said.problem() == problem
    assert [path.name for path in Path().iterdir()] == [name]


@pytest.mark.parametrize("words", ALL, ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "", "a.csv: the catalog is empty: it has no items. Export it again"),
        ("a.csv", HEAD, "a.csv: the catalog is empty: it has no items. Export it again"),
        ("a.csv", "\0" * 20, "a.csv: the catalog is empty: it has no items. Export it again"),
        (
            "a.csv",
            HEAD + LAMPS[0] + '\n1,"Lamp,A,red,1\n' + "\n".join(LAMPS[2:]),
            "a.csv:3: a quotation mark is left open. "
            "Close it, or write it twice inside quotation marks if it belongs to the text",
        ),
        ("a.jsonld", LINKED[:-1], "a.jsonld:2, column 452: no JSON: Expecting ',' delimiter"),
        (
            "a.csv",
            "color,price\nred,1\nblue,2\n",
            "a.csv: no column for the names of the items; there are 'color', 'price'. "
            "Call the column with the names 'name' or 'title'",
        ),
    ],
)
def test_what_is_no_catalog_is_refused_by_all(
    command: Command, here: Path, words: tuple[object, ...], name: str, text: str, problem: str
) -> None:
    planted(here, name, text)
    refused(command, words, name, problem)


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
@pytest.mark.parametrize("text", [HEAD + LAMPS[0], HEAD + "1,Lamp,A,red,5\n2,Lamp,A,red,5\n"], ids=["one", "alike"])
def test_where_nothing_can_be_chosen_nothing_is_asked(
    command: Command, here: Path, words: tuple[object, ...], text: str
) -> None:
    planted(here, "a.csv", text)
    assert command("domains", "check", "a.csv").code == 0
    refused(command, words, "a.csv", "a.csv: nothing tells the items apart. Add columns that do")


@pytest.mark.parametrize(
    ("name", "text", "code", "note"),
    [
        ("a.csv", HEAD + "\n".join(LAMPS + LAMPS[:2]), 1, "a.csv:14: id '0' already stands at a.csv:2"),
        ("a.jsonld", LINKED, 0, "schema.org Products (JSON-LD): 8 items, 2 columns"),
        ("a.csv", HEAD + "\n".join(LAMPS).replace("Lamp", "\x1b[31m\x07Lamp"), 0, "[31mLamp 0"),
        ("a.csv", HEAD + "\n".join(LAMPS).replace("Lamp", "<b>Lamp</b>"), 0, "Lamp 0"),
        ("a.csv", HEAD + "\n".join(f"{row} {'$€£'[n % 3]}" for n, row in enumerate(LAMPS)), 0, "4 in € and 4 in £"),
        ("a.csv", HEAD + "\n".join(f"{row} or so" for row in LAMPS), 0, "No column has prices."),
        (
            "a.csv",
            HEAD + "\n".join(LAMPS).replace("Lamp", "<script>x</script>"),
            0,
            "<script>x</script> 0",
        ),
        ("a.csv", HEAD + "\n".join(LAMPS).replace("Lamp", "=HYPERLINK(A1)"), 0, "=HYPERLINK(A1) 0"),
    ],
    ids=["twice", "comments", "control", "tags", "currencies", "no price", "script", "formula"],
)
def test_what_can_be_read_is_read_and_asked_about(
    command: Command, here: Path, name: str, text: str, code: int, note: str
) -> None:
    planted(here, name, text)
    said = command("domains", "check", name)
    assert said.code == code
    assert note in said.out
    assert "\x1b" not in said.out + command("funnel", name, "-o", "out").out
    assert (here / "out" / "funnel.json").exists()
