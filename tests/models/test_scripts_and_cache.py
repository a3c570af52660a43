"""Scripts, replies kept on disk, budgets, and how models are named."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError
from elicit.dialogues import Message, Speaker, Usage
from elicit.models import (
    Budget,
    ModelError,
    ModelFault,
    ModelSettings,
    Reply,
    Request,
    cost,
    is_model_spec,
    open_model,
    open_models,
)
from elicit.models.cache import CachedModel, ReplyStore
from elicit.models.metered import MeteredModel


def request(*texts: str, **changes: Any) -> Request:
    roles = ("user", "assistant")
    return Request(tuple(Message(role=roles[n % 2], content=text) for n, text in enumerate(texts)), **changes)  # type: ignore[arg-type]


@dataclass
class Counting:
    """A model that numbers its replies, and fails where it is told to."""

    failing: bool = False
    asked: list[Request] = field(default_factory=list)
    name: str = "counting"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.asked += requests
        if self.failing:
            return [ModelError(ModelFault.BROKEN, "broken")] * len(requests)
        first = len(self.asked) - len(requests)
        return [Reply(f"reply {first + n}", 1000, 100) for n in range(len(requests))]


def texts(replies: Sequence[Reply | ModelError]) -> list[str]:
    return [r.text if isinstance(r, Reply) else r.detail for r in replies]


def script(tmp_path: Path, text: str) -> ModelSettings:
    (tmp_path / "say.toml").write_text(text, encoding="utf-8")
    return ModelSettings(spec=f"scripted:{tmp_path / 'say.toml'}")


def test_a_script_is_said_in_turn_and_its_end_again_and_again(tmp_path: Path) -> None:
    model = open_model(script(tmp_path, 'replies = ["one", "two and a half"]'))
    chats = [request("a"), request("a", "one", "b"), request("a", "one", "b", "two", "c d")]
    replies = asyncio.run(model.complete(chats))
    assert texts(replies) == ["one", "two and a half", "two and a half"]
    assert replies[2] == Reply("two and a half", 6, 4)


def test_a_script_answers_what_matches_first(tmp_path: Path) -> None:
    model = open_model(script(tmp_path, 'replies = ["else"]\n[[when]]\nmatches = "(?i)HORROR"\nreply = "Never."'))
    assert texts(asyncio.run(model.complete([request("horror films?"), request("comedies?")]))) == ["Never.", "else"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("replies = [", "not valid TOML"),
        ("", "replies is empty"),
        ("replies = [1]", "replies"),
        ('replies = ["a"]\n[[when]]\nmatches = "("\nreply = "b"', "'\\(' is no regular expression"),
        ('replies = ["a"]\nrepeat = true', "repeat"),
    ],
)
def test_a_script_that_cannot_be_used_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=rf"say\.toml.*{problem}"):
        open_model(script(tmp_path, text))


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: no such file"):
        open_model(ModelSettings(spec=f"scripted:{tmp_path}/none.toml"))


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("statik", "names no model"),
        ("http://", "has no host"),
        ("http://localhost:8000/v1", "names no model. Write it after a '#'"),
        ("http://local host/v1#m", "has no host"),
        ("http://localhost:port/v1#m", "is no address"),
        ("http://me:secret@localhost/v1#m", "a name or password in the address"),
        ("scripted:", "names no file"),
        ("hf:", "names no model"),
    ],
)
def test_a_bad_name_of_a_model_is_explained(spec: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as raised:
        ModelSettings(spec=spec)
    assert "secret" not in str(raised.value).partition("[type=")[0]


def test_specs_are_told_from_other_names() -> None:
    assert all(is_model_spec(s) for s in ("scripted:a", "hf:smollm2", "http://a/v1#m", "https://a#m"))
    assert not any(is_model_spec(s) for s in ("static", "module:function", "person", "rule"))


def test_an_equal_request_is_answered_from_the_file_at_no_cost(tmp_path: Path) -> None:
    inner = Counting()
    model = CachedModel(inner, ReplyStore(tmp_path / "cache.sqlite"))
    first, second = asyncio.run(model.complete([request("a"), request("b")]))
    again, other = asyncio.run(model.complete([request("b"), request("c")]))
    assert isinstance(second, Reply)
    assert again == replace(second, cached=True)
    assert texts([first, other]) == ["reply 0", "reply 2"]
    assert len(inner.asked) == 3
    settings = ModelSettings(spec="scripted:x", price_prompt=1.0, price_reply=10.0)
    assert cost(second, settings) == Usage(calls=1, prompt_tokens=1000, reply_tokens=100, money=0.002)
    assert isinstance(again, Reply)
    assert cost(again, settings) == Usage(calls=1, cached=1)


@pytest.mark.parametrize(
    "changes", [{"seed": 1}, {"temperature": 0.1}, {"max_tokens": 9}, {"schema": {"type": "object"}}]
)
def test_another_request_is_another_question(tmp_path: Path, changes: dict[str, Any]) -> None:
    inner = Counting()
    model = CachedModel(inner, ReplyStore(tmp_path / "cache.sqlite"))
    asyncio.run(model.complete([request("a"), request("a", **changes)]))
    assert len(inner.asked) == 2


def test_another_model_has_replies_of_its_own_and_errors_are_not_kept(tmp_path: Path) -> None:
    store = ReplyStore(tmp_path / "cache.sqlite")
    asyncio.run(CachedModel(Counting(), store).complete([request("a")]))
    failing = Counting(failing=True, name="other")
    assert texts(asyncio.run(CachedModel(failing, store).complete([request("a")]))) == ["broken"]
    assert texts(asyncio.run(CachedModel(Counting(name="other"), store).complete([request("a")]))) == ["reply 0"]


def test_a_file_that_holds_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_text("no database at all, only text, and a good deal of it " * 100)
    with pytest.raises(InputError, match=r"cache\.sqlite: not a file of replies"):
        ReplyStore(tmp_path / "cache.sqlite")


def test_two_processes_can_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    code = (
        "import sys; from pathlib import Path; from elicit.models.cache import ReplyStore; "
        "from elicit.models import Reply; s = ReplyStore(Path(sys.argv[1])); "
        "[s.put(f'{sys.argv[2]}{n}', Reply(str(n))) for n in range(200)]"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")]
    assert [p.wait() for p in processes] == [0, 0]
    assert sqlite3.connect(path).execute("SELECT count(*) FROM replies").fetchone() == (400,)


def test_nothing_is_sent_when_the_money_is_spent() -> None:
    inner, budget = Counting(), Budget(0.005)
    model = MeteredModel(inner, ModelSettings(spec="scripted:x", price_prompt=1.0, price_reply=10.0), budget)
    replies = [asyncio.run(model.complete([request("a")]))[0] for _ in range(4)]
    assert [isinstance(r, Reply) for r in replies] == [True, True, True, False]
    assert budget.spent == pytest.approx(0.006)
    assert len(inner.asked) == 3
    assert isinstance(replies[3], ModelError)
    assert (replies[3].fault, replies[3].detail) == (ModelFault.BUDGET, "the budget of 0.005 is spent")


def test_the_models_of_a_run_share_the_budget_and_the_file(tmp_path: Path) -> None:
    settings = script(tmp_path, 'replies = ["yes"]').model_copy(update={"price_reply": 1e6})
    sides = {Speaker.USER: settings, Speaker.AGENT: settings}

    async def talk() -> list[Reply | ModelError]:
        async with open_models(sides, Budget(1.5), tmp_path / "cache.sqlite") as models:
            spoken = []
            for text, side in (("a", Speaker.USER), ("a", Speaker.AGENT), ("b", Speaker.AGENT), ("c", Speaker.USER)):
                spoken += await models[side].complete([request(text)])
            return spoken

    replies = asyncio.run(talk())
    assert texts(replies) == ["yes", "yes", "yes", "the budget of 1.5 is spent"]
    assert [r.cached for r in replies if isinstance(r, Reply)] == [False, True, False]


def test_heavy_libraries_are_not_loaded() -> None:
    code = "import sys, elicit.models; print([m for m in ('torch', 'transformers', 'openai') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
