"""Scripts, replies kept on disk, budgets, and how models are named."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from elicit.basis import InputError, UnavailableError
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
    groups: list[int] = field(default_factory=list)
    name: str = "counting"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        self.asked += requests
        self.groups.append(len(requests))
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
        ('replies = ["a"]\n[[when]]\nmatches = "a{99999999999}"\nreply = "b"', "is no regular expression"),
        ('replies = ["a"]\n[[when]]\nmatches = "b"', r"when\.0\.reply"),
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
        ("statik", "'statik' names no model. Known: scripted:"),
        ("htps://me:secret@localhost/v1#m", "names no model. Did you mean 'https://'"),
        ("http://", "has no host"),
        ("http://localhost:8000/v1", "names no model. Write it after a '#'"),
        ("http://local host/v1#m", "has no host"),
        ("http://localhost:port/v1#m", "is no address"),
        ("http://a..b/v1#m", "is no address"),
        (f"http://{'a' * 70}/v1#m", "is no address"),
        ("http://localhost/v1?version=1#m", r"holds a '\?'"),
        ("http://me:secret@localhost/v1#m", "a name or password in the address"),
        ("http://me:secret@/v1#m", "a name or password in the address"),
        ("http://me:secret@localhost:port/v1#m", "is no address"),
        ("http://me:secret@[x/v1#m", "is no address"),
        ("http://me:sec/secret@localhost/v1#m", "is no address"),
        ("scripted:", "names no file"),
        ("hf:", "names no model"),
    ],
)
def test_a_bad_name_of_a_model_is_explained(spec: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as raised:
        ModelSettings(spec=spec)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"timeout": float("inf")}, "timeout"),
        ({"timeout": 0}, "timeout"),
        ({"price_reply": float("nan")}, "price_reply"),
        ({"price_prompt": -1}, "price_prompt"),
        ({"tries": 0}, "tries"),
        ({"at_once": 0}, "at_once"),
        ({"key": "sk-123"}, "key"),
        ({"headers": {"X Team": "red"}}, "'X Team' cannot be the name of a header"),
    ],
)
def test_a_setting_out_of_range_is_named(setting: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        ModelSettings(spec="scripted:x", **setting)


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
    replies = [asyncio.run(model.complete([one]))[0] for one in (request("a"), request("a", **changes), request("a"))]
    assert texts(replies) == ["reply 0", "reply 1", "reply 0"]


def test_another_model_has_replies_of_its_own_and_errors_are_not_kept(tmp_path: Path) -> None:
    store = ReplyStore(tmp_path / "cache.sqlite")
    asyncio.run(CachedModel(Counting(), store).complete([request("a")]))
    failing = Counting(failing=True, name="other")
    assert texts(asyncio.run(CachedModel(failing, store).complete([request("a")]))) == ["broken"]
    assert texts(asyncio.run(CachedModel(Counting(name="other"), store).complete([request("a")]))) == ["reply 0"]


def test_a_file_that_holds_something_else_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_text("no database at all, only text, and a good deal of it " * 100)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"cache\.sqlite: not a file of replies"):
        ReplyStore(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("table", ["accounts (name TEXT)", "replies (other TEXT)"])
def test_a_database_of_somebody_else_is_named_and_left_alone(tmp_path: Path, table: str) -> None:
    path = tmp_path / "cache.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE TABLE {table}")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"cache\.sqlite: not a file of replies"):
        ReplyStore(path)
    assert path.read_bytes() == before


def test_damage_that_is_met_later_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with closing(ReplyStore(path)) as store:
        for number in range(200):
            store.put(str(number), Reply("words " * 100))
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))
    with closing(ReplyStore(path)) as store, pytest.raises(InputError, match=r"cache\.sqlite: .* damaged"):
        store.get("5")


@pytest.mark.parametrize("kept", ["no JSON", '{"words": "of another version"}', "7"])
def test_a_reply_in_another_form_is_damage(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "cache.sqlite"
    with closing(ReplyStore(path)) as store:
        store.put("a", Reply("yes"))
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("UPDATE replies SET reply = ?", (kept,))
        with pytest.raises(InputError, match=r"cache\.sqlite: .* damaged"):
            store.get("a")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cache\.sqlite cannot be used"):
        ReplyStore(tmp_path / "none" / "cache.sqlite")


def test_processes_can_open_and_write_one_file_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    code = (
        "import sys; from pathlib import Path; from elicit.models.cache import ReplyStore; "
        "from elicit.models import Reply; print('ready', flush=True); sys.stdin.readline(); "
        "s = ReplyStore(Path(sys.argv[1])); "
        "[s.put(f'{sys.argv[2]}{n}', Reply(str(n))) for n in range(100)]"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in "abcd"
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM replies").fetchone() == (400,)


def test_nothing_is_sent_when_the_money_is_spent() -> None:
    inner, budget = Counting(), Budget(0.005)
    model = MeteredModel(inner, ModelSettings(spec="scripted:x", price_prompt=1.0, price_reply=10.0), budget)
    replies = [asyncio.run(model.complete([request("a")]))[0] for _ in range(4)]
    assert [isinstance(r, Reply) for r in replies] == [True, True, True, False]
    assert budget.spent == pytest.approx(0.006)
    assert len(inner.asked) == 3
    assert isinstance(replies[3], ModelError)
    assert (replies[3].fault, replies[3].detail) == (ModelFault.BUDGET, "the budget of 0.005 is spent")


def test_a_budget_that_is_spent_to_the_penny_is_spent() -> None:
    model = MeteredModel(Counting(), ModelSettings(spec="scripted:x", price_reply=5000.0), Budget(1.0))
    assert texts([asyncio.run(model.complete([request("a")]))[0] for _ in range(3)]) == [
        "reply 0",
        "reply 1",
        "the budget of 1 is spent",
    ]


@pytest.mark.parametrize(("together", "groups"), [(1, [1, 1, 1]), (16, [3])])
def test_a_model_that_likes_many_requests_gets_them_together(together: int, groups: list[int]) -> None:
    inner = Counting(together=together)
    model = MeteredModel(inner, ModelSettings(spec="scripted:x"), Budget(None))
    assert len(asyncio.run(model.complete([request("a"), request("b"), request("c")]))) == 3
    assert inner.groups == groups


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
