"""A doctor that finds what is wrong with a model, and says when it cannot tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from elicit.models.chat import ModelError, ModelFault, Reply, Request
from elicit.models.checks import Check, State, machine_checks, model_checks

LONG = 100_000


def healthy(request: Request) -> Reply | ModelError:
    """Answer as a model should that reads at most 100,000 letters."""
    if len(request.messages[0].content) > LONG:
        return ModelError(ModelFault.CONTEXT, "too long")
    if request.schema is not None:
        return Reply('{"colour": "red"}')
    return Reply(f"luck {request.seed}" if request.temperature else "hello")


@dataclass
class Patient:
    """A model that answers as its function says."""

    answer: Callable[[Request], Reply | ModelError]
    name: str = "patient"
    together: int = 1

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        return [self.answer(request) for request in requests]


def examine(answer: Callable[[Request], Reply | ModelError]) -> list[Check]:
    async def all_checks() -> list[Check]:
        return [check async for check in model_checks("user", Patient(answer))]

    return asyncio.run(all_checks())


def states(answer: Callable[[Request], Reply | ModelError]) -> dict[str, State]:
    return {check.what.removeprefix("user "): check.state for check in examine(answer)}


def test_a_healthy_model_passes() -> None:
    assert states(healthy) == dict.fromkeys(("answers", "seed", "schema", "context"), State.OK)


@pytest.mark.parametrize(
    "answer", [lambda request: ModelError(ModelFault.UNREACHABLE, "cannot reach it"), lambda request: Reply(" \n")]
)
def test_one_that_does_not_answer_is_asked_no_more(answer: Callable[[Request], Reply | ModelError]) -> None:
    (check,) = examine(answer)
    assert check.state is State.FAIL
    assert check.found.startswith("patient")


def test_a_seed_that_is_ignored_is_found() -> None:
    numbers = iter(range(100))

    def moody(request: Request) -> Reply | ModelError:
        return Reply(f"mood {next(numbers)}") if request.temperature else healthy(request)

    assert states(moody)["seed"] is State.FAIL


def test_without_effect_of_the_seed_it_is_not_told_apart() -> None:
    def stiff(request: Request) -> Reply | ModelError:
        return Reply("always this") if request.temperature else healthy(request)

    checks = {check.what: check for check in examine(stiff)}
    assert checks["user seed"].state is State.ABSENT
    assert checks["user seed"].found.startswith("not told apart")


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply("red"), State.FAIL),
        (Reply('{"colour": "blue"}'), State.FAIL),
        (Reply("[" * 100_000), State.FAIL),
        (Reply(' {"colour":\n"green"} '), State.OK),
        (ModelError(ModelFault.REJECTED, "no schemas here"), State.ABSENT),
        (ModelError(ModelFault.BROKEN, "500"), State.FAIL),
    ],
)
def test_a_schema_is_held_to_or_not(reply: Reply | ModelError, state: State) -> None:
    assert states(lambda request: reply if request.schema is not None else healthy(request))["schema"] is state


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply("fine"), State.ABSENT),
        (ModelError(ModelFault.REJECTED, "bad request"), State.FAIL),
        (ModelError(ModelFault.SLOW, "no reply"), State.ABSENT),
    ],
)
def test_what_is_too_long_is_told_as_such_or_not(reply: Reply | ModelError, state: State) -> None:
    def overfed(request: Request) -> Reply | ModelError:
        return reply if len(request.messages[0].content) > LONG else healthy(request)

    assert states(overfed)["context"] is state


def test_the_machine_is_described() -> None:
    checks = {check.what: check for check in machine_checks()}
    assert checks["elicit"].state is not State.FAIL
    assert checks["numpy"].state is State.OK
    assert checks["all-MiniLM-L6-v2"] == Check(
        "all-MiniLM-L6-v2", State.ABSENT, "not fetched: elicit models pull minilm"
    )
    assert checks["MovieLens 100K"].state is State.ABSENT


def test_the_namesake_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "elicit-9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: elicit\nVersion: 9.9\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    check = next(machine_checks())
    assert check.state is State.FAIL
    assert "pip uninstall elicit" in check.found
