"""``elicit doctor``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from cyclopts import Parameter
from pydantic import ValidationError

from elicit.basis import InputError, UnavailableError
from elicit.cli.output import Flag, console, print_json
from elicit.dialogues import Speaker
from elicit.domains import first_problem
from elicit.models import Budget, ModelSettings, check_model, is_model_spec, open_models
from elicit.models.checks import Check, State, machine_checks, model_checks

_WIDTH: Final = 24
"""Letters for what was looked at."""


def doctor(
    *,
    model: Annotated[list[str] | None, Parameter(negative=(), consume_multiple=True)] = None,
    json: Flag = False,
) -> None:
    """Check that everything is there and works: one line each, ok, -- (not there) or FAIL.

    Parameters
    ----------
    model
        ROLE=SPEC, such as user=hf:smollm2 or agent=http://localhost:8000/v1#NAME: is the model there, does it answer,
        and does it honour seed, schema and context? An endpoint gets a handful of requests, one of them very long.
    json
        Print one JSON object.
    """
    roles = [_role(text) for text in model or []]
    checks = asyncio.run(_look(roles, quiet=json))
    if json:
        print_json({"checks": [check.flat() for check in checks]})
    failed = sum(check.state is State.FAIL for check in checks)
    if failed:
        raise UnavailableError(f"{failed} of {len(checks)} checks failed")


def _role(text: str) -> tuple[str, ModelSettings]:
    role, _, spec = text.partition("=")
    if not spec or is_model_spec(text):
        raise InputError("needs a side and a model", where=f"--model {text}", remedy="Write it like user=hf:smollm2")
    try:
        return role, ModelSettings(spec=spec, tries=1)
    except ValidationError as error:
        raise InputError(first_problem(error), where=f"--model {text}") from None


async def _look(roles: Sequence[tuple[str, ModelSettings]], quiet: bool) -> list[Check]:
    checks = []
    async for check in _all(roles):
        checks.append(check)
        if not quiet:
            console().print(f"{check.state:<4} {check.what:<{_WIDTH}} {check.found}")
    return checks


async def _all(roles: Sequence[tuple[str, ModelSettings]]) -> AsyncIterator[Check]:
    for check in machine_checks():
        yield check
    for role, settings in roles:
        async for check in _model(role, settings):
            yield check


async def _model(role: str, settings: ModelSettings) -> AsyncIterator[Check]:
    try:
        check_model(settings)
    except (InputError, UnavailableError) as error:
        yield Check(f"{role} answers", State.FAIL, str(error))
        return
    async with open_models({Speaker.USER: settings}, Budget(None), cache=None) as opened:
        async for check in model_checks(role, opened[Speaker.USER]):
            yield check
