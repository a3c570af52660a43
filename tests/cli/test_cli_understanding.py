"""``elicit understanding``: counts on examples that were worked by hand, and files that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Said, finish, start

Command = Callable[..., Said]

DRINKS: dict[str, Any] = {
    "name": "drinks",
    "title": "Drinks",
    "facets": [
        {
            "id": "drink",
            "label": "the drink",
            "options": [
                {"id": "tea", "label": "tea", "phrasings": ["Tea, please."]},
                {"id": "coffee", "label": "coffee", "phrasings": ["Coffee, please."]},
            ],
            "wordings": ["Tea or coffee?", "What do you drink?"],
        },
        {"id": "milk", "label": "milk", "wordings": ["Do you take milk?", "With milk?"]},
    ],
}
RIGHT = {"id": "a1", "kind": "answer", "asked": "drink", "text": "Tea, please.", "means": {"drink": "tea"}}
WRONG = {"id": "a2", "kind": "answer", "asked": "drink", "text": "Coffee, please.", "means": {"drink": "tea"}}
OPPOSITE = {"id": "a3", "kind": "answer", "asked": "milk", "text": "Yes.", "means": {"milk": "no"}}
MISSED = {"id": "a4", "kind": "answer", "asked": "milk", "text": "zxqv wobble", "means": {"milk": "yes"}}
NOTHING = {"id": "a5", "kind": "answer", "asked": "milk", "text": "zxqv wobble", "means": {"milk": "not_understood"}}
ASKED = {"id": "q1", "kind": "question", "text": "Tea or coffee?", "asks": ["drink"]}
OTHER = {"id": "q2", "kind": "question", "text": "Do you take milk?", "asks": ["drink"]}
"""In the domain's own words, or in none at all, so that there is no doubt what is understood; some labels are wrong."""


@pytest.fixture(autouse=True)
def drinks(here: Path) -> None:
    """Put a domain into the current folder."""
    (here / "drinks.json").write_text(json.dumps(DRINKS), encoding="utf-8")


def write(*examples: dict[str, Any], name: str = "examples.jsonl") -> Path:
    lines = [json.dumps({"domain": "drinks", **example}, ensure_ascii=False) for example in examples]
    Path(name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return Path(name)


def measured(command: Command, *arguments: object) -> dict[str, Any]:
    said = command("understanding", *arguments, "--words-only", "--json")
    assert (said.code, said.err) == (0, "")
    found: dict[str, Any] = json.loads(said.out)
    return found


def refused(command: Command, *arguments: object) -> str:
    said = command("understanding", *arguments, "--words-only")
    assert (said.code, said.out) == (2, "")
    return said.problem()


def test_answers_and_questions_are_counted(command: Command) -> None:
    tags = {"tags": ["plain"]}
    examples = write(RIGHT | tags, WRONG | tags, OPPOSITE, MISSED | {"tags": ["slang"]}, NOTHING, ASKED | tags, OTHER)
    found = measured(command, examples)
    answers, questions, every = found["table"]
    # Four answers mean something, of three something was understood, of one rightly; both questions ask for something.
    assert (answers["kind"], answers["examples"], answers["coverage"]) == ("answer", 5, 3 / 4)
    assert (questions["kind"], questions["examples"], questions["coverage"]) == ("question", 2, 1)
    assert (every["kind"], every["examples"], every["coverage"]) == ("all", 7, 5 / 6)
    assert [row["right"] for row in (answers, questions, every)] == [1 / 3, 1 / 2, 2 / 5]
    assert all(row["coverage_low"] < row["coverage"] <= row["coverage_high"] for row in found["table"])
    assert found["mistakes"] == {"wrong option": 2, "abstained": 1, "wrong facet": 1}
    assert found["tags"] == {
        "plain": {"examples": 3, "abstained": 0, "wrong": 1},
        "slang": {"examples": 1, "abstained": 1, "wrong": 0},
    }
    assert [(step["coverage"], step["right"]) for step in found["curve"]] == [(3 / 4, 1 / 3)] * 6


def test_the_same_is_shown_for_people(command: Command) -> None:
    examples = write(RIGHT | {"tags": ["plain"]}, WRONG, OPPOSITE, MISSED, NOTHING, ASKED, OTHER)
    said = command("understanding", examples, "--words-only", "--mistakes")
    assert said.code == 0
    assert said.err.startswith("7 texts in ")
    lines = said.out.splitlines()
    assert lines[1].split() == ["answers", "5", "75.0%", "[30.1%,", "95.4%]", "33.3%", "[6.1%,", "79.2%]"]
    assert "mistakes: wrong option 2, abstained 1, wrong facet 1" in lines
    assert "by tag (wrong + abstained / examples): plain 0+0/1" in lines
    assert "  0.3  coverage 0.750  right 0.333  in use" in lines
    assert lines[-4:] == [
        "wrong option: 'Coffee, please.' (a2) {drink coffee} instead of {drink tea}",
        "wrong option: 'Yes.' (a3) {milk yes} instead of {milk no}",
        "abstained: 'zxqv wobble' (a4) {} instead of {milk yes}",
        "wrong facet: 'Do you take milk?' (q2) {milk} instead of {drink}",
    ]


def test_what_is_not_there_is_not_shown_as_a_number(command: Command) -> None:
    said = command("understanding", write(ASKED), "--words-only")
    assert "mistakes: none" in said.out
    assert not any(word in said.out for word in ("nan", "by tag", "answers"))
    said = command("understanding", write(NOTHING), "--words-only")
    assert said.out.splitlines()[1].split() == ["answers", "1", "–", "–"]
    assert measured(command, write(NOTHING))["table"][0]["coverage"] is None


def test_several_files_have_domains_of_their_own_beside_them(command: Command, here: Path) -> None:
    (here / "other").mkdir()
    swapped = json.loads(json.dumps(DRINKS).replace("Tea, please.", "Hot.").replace("Coffee, please.", "Tea, please."))
    Path("other/drinks.json").write_text(json.dumps(swapped))
    one, other = write(RIGHT), write(RIGHT | {"means": {"drink": "coffee"}}, name="other/examples.jsonl")
    for files in ((one, other), (other, one)):
        found = measured(command, *files)
        assert (found["table"][-1]["examples"], found["table"][-1]["right"]) == (2, 1)


def test_a_built_domain_can_be_named(command: Command, tea: Path) -> None:
    text = "Do you like black tea?"
    examples = write({"id": "1", "domain": str(tea), "kind": "question", "text": text, "asks": ["black"]})
    assert measured(command, examples)["table"][-1]["right"] == 1


def test_texts_of_coached_dialogues_are_taken_from_their_file(command: Command) -> None:
    Path("CCPE.txt").write_text("ASSISTANT\tTea or coffee?\nUSER\tTea, please.\n\nUSER\tWith milk?\n", encoding="utf-8")
    asked = {"line": 1, "domain": "drinks", "kind": "question", "asks": ["drink"]}
    reply = {"line": 2, "domain": "drinks", "kind": "answer", "asked": "drink", "means": {"drink": "tea"}}
    examples = write(asked, reply)
    assert measured(command, examples, "--ccpe", "CCPE.txt")["table"][-1]["right"] == 1
    absent = "is not at hand. Name the file with --ccpe CCPE.txt"
    assert refused(command, examples) == f"{examples}:1: line 1 {absent}"
    assert refused(command, write(asked, reply | {"line": 3}), "--ccpe", "CCPE.txt") == f"{examples}:2: line 3 {absent}"
    assert refused(command, write(reply | {"line": [2]}), "--ccpe", "CCPE.txt") == f"{examples}:1: line [2] {absent}"
    assert refused(command, examples, "--ccpe", "gone.txt") == "gone.txt: no such file"
    Path("CCPE.txt").write_bytes(b"USER\t\xff\n")
    assert refused(command, examples, "--ccpe", "CCPE.txt") == "CCPE.txt: not UTF-8 (byte 5)"


def test_only_a_line_feed_ends_a_line(command: Command) -> None:
    examples = write(RIGHT | {"text": "Tea,\u2028please."}, RIGHT)
    assert measured(command, examples)["table"][0]["examples"] == 2


def test_the_encoder_is_missed_aloud(command: Command) -> None:
    said = command("understanding", write(RIGHT))
    assert said.code == 0
    assert said.err.startswith("Note: without the sentence encoder (elicit models pull minilm) less is understood.\n")


def test_files_that_are_none_are_refused(command: Command, here: Path) -> None:
    assert refused(command) == "no file of examples. Name one or more .jsonl files"
    assert refused(command, "gone.jsonl") == "gone.jsonl: no such file"
    assert refused(command, here) == f"{here}: no such file"
    for text in ("", "\n\n"):
        Path("empty.jsonl").write_text(text)
        assert refused(command, write(RIGHT), "empty.jsonl").startswith("empty.jsonl: no examples in it. See ")
    Path("latin.jsonl").write_bytes(b"caf\xe9\n")
    assert refused(command, "latin.jsonl") == "latin.jsonl: not UTF-8 (byte 3)"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": "a1", "domain": "dri', "not JSON: Unterminated string"),
        ("never", "not JSON: Expecting value"),
        ("[]", "Input should be a valid dictionary"),
        ("3", "Input should be a valid dictionary"),
        ('{"line": 5, "kind": "question"}', "line 5 is not at hand. Name the file with --ccpe CCPE.txt"),
        (json.dumps(RIGHT), "domain: Field required"),
        (json.dumps(RIGHT | {"domain": "drinks", "kind": "reply"}), "kind: Input should be 'answer' or 'question'"),
        (json.dumps(RIGHT | {"domain": "drinks", "text": ""}), "text: String should have at least 1 character"),
        (json.dumps(RIGHT | {"domain": "drinks", "mean": {}}), "mean: Extra inputs are not permitted"),
        (json.dumps(RIGHT | {"domain": "drnks"}), "no domain 'drnks'"),
        (json.dumps(RIGHT | {"domain": "drinks", "asked": "drnk"}), "no facet 'drnk' in domain 'drinks'. Did you mean"),
        (json.dumps(RIGHT | {"domain": "drinks", "means": {"mlik": "no"}}), "no facet 'mlik' in domain 'drinks'."),
        (json.dumps(ASKED | {"domain": "drinks", "asks": ["sugar"]}), "no facet 'sugar' in domain 'drinks'. Known: "),
        (
            json.dumps(RIGHT | {"domain": "drinks", "means": {"drink": "coffe"}}),
            "facet 'drink': 'coffe' is no answer. Did you mean 'coffee'?",
        ),
        (
            json.dumps(RIGHT | {"domain": "drinks", "means": {"milk": "tea"}}),
            "facet 'milk': 'tea' is no answer. Known: no, yes, unknown, no_preference, refused, not_understood",
        ),
    ],
)
def test_a_line_that_cannot_be_used_is_named(command: Command, line: str, problem: str) -> None:
    path = write(RIGHT, ASKED)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert refused(command, path).startswith(f"examples.jsonl:4: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"{", "Invalid JSON: EOF"),
        (b"\xff", "not UTF-8 (byte 0)"),
        (b'{"name": "drinks", "title": "Drinks", "facets": []}', "a domain needs at least one facet"),
    ],
)
def test_a_domain_beside_the_file_that_cannot_be_used_is_named(command: Command, text: bytes, problem: str) -> None:
    Path("drinks.json").write_bytes(text)
    assert refused(command, write(RIGHT)).startswith(f"drinks.json: {problem}")


def test_what_cannot_be_written_is_a_failure_and_no_misuse() -> None:
    with Path("/dev/full").open("w") as full:
        said = finish(start("understanding", write(RIGHT), "--words-only", "--json", stdout=full))
    assert (said.code, said.problem()) == (1, "output: No space left on device. Make room on the disk")
