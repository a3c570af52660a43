"""``elicit lint``: questions out of texts, JSON and domains."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Said

Command = Callable[..., Said]


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_every_question_of_a_text_is_looked_at_with_its_line(command: Command) -> None:
    name = write("guide.md", "# Buying\n\nDo you have pets? Pets shed.\nSurely you want the best one?\n")
    said = command("lint", name)
    assert said.code == 0
    assert "guide.md:4: leading: Surely. Ask it so that every answer is equally welcome.\n" in said.out
    assert said.out.endswith("2 questions, 1 finding: leading 1\n")


def test_questions_with_options_come_out_of_json(command: Command) -> None:
    rows = [
        {"question": "How old are you?", "options": ["0-10", "10-20", "over 20"]},
        {"text": "Which one?", "choices": [{"label": "tea"}, {"label": "coffee"}, {"label": "juice"}]},
    ]
    name = write("bank.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    found = json.loads(command("lint", name, "--json").out)
    assert (found["questions"], found["counts"]) == (2, {"overlapping options": 1, "no none or other": 1})
    assert [(f["where"], f["fault"]) for f in found["findings"]] == [
        ("bank.jsonl:1", "overlapping options"),
        ("bank.jsonl:2", "no none or other"),
    ]


def test_questions_inside_texts_of_json_are_found(command: Command) -> None:
    name = write("guides.json", json.dumps({"tea": "Intro.\nWhy do you hate tea?\nEnd."}))
    assert "guides.json tea line 2: presupposing: Why do you hate." in command("lint", name).out


def test_a_domain_is_looked_at_by_folder_and_by_file(command: Command, tea: Path) -> None:
    assert "0 findings" in command("lint", tea).out
    domain = {"name": "x", "title": "X", "facets": [{"id": "a", "label": "a", "wordings": ["Don't you like a?"]}]}
    assert "x a: leading" in command("lint", write("domain.json", json.dumps(domain))).out


def test_what_is_wrong_with_the_options_of_a_facet_is_told_once(command: Command) -> None:
    options = [{"id": "a", "label": "0 to 10"}, {"id": "b", "label": "10 or more"}]
    facet = {"id": "n", "label": "n", "options": options, "wordings": ["How many?", "How many are there?"]}
    found = json.loads(command("lint", write("facets.jsonl", json.dumps(facet)), "--json").out)
    assert (found["questions"], found["counts"]) == (2, {"overlapping options": 1})


def test_the_invented_people_are_announced(command: Command) -> None:
    said = command("lint", "movies", "--invented")
    assert "invented" in said.err
    assert said.out.endswith(" questions, 0 findings\n")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", "No question here.", "empty.txt: no question in it"),
        ("bad.json", "{", "bad.json: not JSON"),
        ("bad.jsonl", '{"text": "Why?"}\n{\n', "bad.jsonl:2: not JSON"),
        ("bad.json", '{"facets": [{"id": "a"}]}', "bad.json: name: Field required"),
        ("bad.jsonl", '{"id": "a", "wordings": ["Why?"]}', "bad.jsonl:1: label: Field required"),
    ],
)
def test_what_cannot_be_read_is_named(command: Command, name: str, content: str, problem: str) -> None:
    said = command("lint", write(name, content))
    assert said.code == 2
    assert problem in said.problem()


def test_a_binary_file_and_a_missing_one_are_named(command: Command) -> None:
    Path("raw.txt").write_bytes(b"ab\xff?")
    assert "raw.txt: not UTF-8 (byte 2)" in command("lint", "raw.txt").problem()
    Path("raw.txt").write_bytes(b"a\0b?")
    assert "raw.txt: not a text" in command("lint", "raw.txt").problem()
    assert "gone.txt: no such file" in command("lint", "gone.txt").problem()
    assert "no domain 'gone'" in command("lint", "gone").problem()
    write("asked.txt", "Why?")
    assert "belong to a domain" in command("lint", "asked.txt", "--invented").problem()
