"""Values and codes, and the records of what was said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from elicit.basis import InputError
from elicit.dialogues import (
    Answer,
    Dialogue,
    EndReason,
    Exchange,
    NonAnswer,
    Question,
    Speaker,
    Turn,
    code_of,
    read_dialogues,
    value_of,
    write_dialogues,
)
from elicit.domains import Code, Facet, Option

COLOUR = Facet(id="colour", label="the colour", options=tuple(Option(id=i, label=i) for i in ("red", "blue")))


def dialogue(text: str = "Red.", name: str = "d1") -> Dialogue:
    asked = Turn(speaker=Speaker.AGENT, text="Which colour?", asks=("colour",), options=("red", "blue"))
    return Dialogue(
        id=name,
        person="p1",
        turns=(asked, Turn(speaker=Speaker.USER, text=text, tells={"colour": "red"})),
        end=EndReason.BUDGET,
    )


@pytest.mark.parametrize(
    ("code", "value"),
    [(0, "red"), (1, "blue"), (-2, "unknown"), (-3, "no_preference"), (-4, "refused"), (-5, "not_understood")],
)
def test_every_code_has_a_value_of_its_own(code: int, value: str) -> None:
    assert value_of(COLOUR, code) == value
    assert code_of(COLOUR, value) == code


@pytest.mark.parametrize("code", [-1, -6, 2])
def test_what_is_no_answer_has_no_value(code: int) -> None:
    with pytest.raises(ValueError, match=f"code {code} is no answer to facet 'colour'"):
        value_of(COLOUR, code)


def test_a_mistyped_value_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"facet 'colour': 'blu' is no answer\. Did you mean 'blue'"):
        code_of(COLOUR, "blu")


def test_non_answers_are_the_codes_below_not_asked() -> None:
    assert {n.code for n in NonAnswer} == set(Code) - {Code.NOT_ASKED}


def test_one_option_does_not_answer_for_two_facets() -> None:
    both = Question(facets=("colour", "size"), text="Which colour and size?")
    with pytest.raises(ValidationError, match="one value 'red' for the facets colour, size"):
        Exchange(question=both, answer=Answer(value="red", text="Red."))
    unanswered = Exchange(question=both, answer=Answer(value="refused", text="I'd rather not say."))
    assert unanswered.facet == "colour"


def test_records_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        dialogue().person = "p2"  # type: ignore[misc]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=4))
def test_dialogues_come_back_from_disk(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("d") / "dialogues.jsonl"
    written = tuple(dialogue(text, f"d{i}") for i, text in enumerate(texts))
    write_dialogues(path, written)
    assert read_dialogues(path) == written


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"role": "user", "content": "hello"}', r"d\.jsonl:2: id: Field required"),
        (dialogue().model_dump_json().replace('"budget"', '"bored"'), r"d\.jsonl:2: end: .*'budget'"),
        (dialogue().model_dump_json().replace('"agent"', '"seller"'), r"d\.jsonl:2: turns\.0\.speaker: .*'user' or"),
        (dialogue().model_dump_json().replace('"agent"', '"user"'), r"d\.jsonl:2: .*turns 1 and 2 are both the user's"),
        (dialogue().model_dump_json()[:-5], r"d\.jsonl:2: Invalid JSON"),
        ("[1, 2]", r"d\.jsonl:2: Input should be an object"),
    ],
)
def test_a_bad_line_is_named_with_its_field(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(dialogue().model_dump_json() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_dialogues(path)


def test_a_missing_file_and_a_binary_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.jsonl: no such file"):
        read_dialogues(tmp_path / "gone.jsonl")
    (tmp_path / "raw").write_bytes(b"ab\xff")
    with pytest.raises(InputError, match=r"raw: not UTF-8 \(byte 2\)"):
        read_dialogues(tmp_path / "raw")
