"""``elicit lint``: faults of questions, in a file or in a domain."""

from __future__ import annotations

import json as json_library
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from elicit.basis import InputError
from elicit.cli.output import Flag, console, print_json
from elicit.domains import MOVIES, Domain, Kind, Source, first_problem, open_domain
from elicit.language import Finding, question_faults

_QUESTION: Final = re.compile(r"[^.!?\n]*\?(?:\s+[^.!?\n]*\?)*")
_TEXTS: Final = ("question", "text", "label", "title")
_OPTIONS: Final = ("options", "choices", "answers")


@dataclass(frozen=True)
class _Asked:
    """A question with the answers offered, and where it stands."""

    where: str
    text: str
    options: tuple[str, ...] = ()
    choices_are_all: bool = True


def lint(source: str, /, *, json: Flag = False) -> None:
    """Find faults in questions: two at once, leading, presupposing, leaking, bad options, negation, length.

    Findings are results: the exit code is 0 however many there are.

    Parameters
    ----------
    source
        A text file (every sentence with a question mark), a .json or .jsonl file (objects with 'question' or 'text',
        and 'options'; else every question in its texts; or a whole domain), or a domain by name or folder.
    json
        Print one JSON object instead of lines.
    """
    asked = list(_asked(source))
    if not asked:
        raise InputError("no question in it", where=source, remedy="A question ends with a question mark")
    found = [
        (one, finding)
        for one in asked
        for finding in question_faults(one.text, one.options, choices_are_all=one.choices_are_all)
    ]
    if json:
        print_json(_as_json(source, asked, found))
        return
    out = console()
    for one, finding in found:
        out.print(f"{one.where}: {finding.fault.value}: {finding.found}. {finding.remedy}.\n    {one.text}")
    kinds = Counter(finding.fault.value for _, finding in found)
    summary = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    out.print(f"{len(asked)} questions, {len(found)} findings{': ' + summary if found else ''}")


def _asked(source: str) -> Iterator[_Asked]:
    path = Path(source)
    if not path.is_file():
        domain, _ = open_domain(source, Source(invented=source == MOVIES))
        yield from _of_domain(domain)
    elif path.suffix == ".jsonl":
        for number, line in enumerate(_text(path).split("\n"), start=1):
            if line.strip():
                yield from _of_json(_loaded(line, f"{path}:{number}"), f"{path}:{number}")
    elif path.suffix == ".json":
        value = _loaded(_text(path), str(path))
        yield from _of_domain(_domain(value, str(path))) if _is_domain(value) else _of_json(value, str(path))
    else:
        for number, line in enumerate(_text(path).split("\n"), start=1):
            yield from _of_text(line, f"{path}:{number}")


def _of_domain(domain: Domain) -> Iterator[_Asked]:
    for facet in domain.facets:
        # Of open facets the options are the most frequent answers, which are not all that can be said.
        options = () if facet.kind is Kind.OPEN else tuple(o.label for o in facet.options)
        for wording in facet.wordings:
            yield _Asked(f"{domain.name} {facet.id}", wording, options, choices_are_all=False)


def _is_domain(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("facets"), list)


def _domain(value: Any, where: str) -> Domain:
    try:
        return Domain.model_validate(value)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None


def _of_json(value: Any, where: str) -> Iterator[_Asked]:
    """Yield questions out of any JSON; an object with a text and options is one question."""
    if isinstance(value, str):
        yield from _of_text(value, where)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _of_json(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        text = next((value[k] for k in _TEXTS if isinstance(value.get(k), str)), None)
        options = next((value[k] for k in _OPTIONS if isinstance(value.get(k), list)), None)
        if text is not None and (options is not None or "?" in text):
            yield _Asked(where, text.strip(), tuple(_label(o) for o in options or ()))
            return
        for key, item in value.items():
            yield from _of_json(item, f"{where} {key}")


def _label(option: Any) -> str:
    if isinstance(option, dict):
        return str(next((option[k] for k in ("label", "text", "title", "value", "id") if k in option), option))
    return str(option)


def _of_text(text: str, where: str) -> Iterator[_Asked]:
    for number, line in enumerate(text.split("\n"), start=1):
        place = f"{where} line {number}" if "\n" in text else where
        for found in _QUESTION.finditer(line):
            if found.group().strip(" ?"):
                yield _Asked(place, found.group().strip())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None


def _loaded(text: str, where: str) -> Any:
    try:
        return json_library.loads(text)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=where) from None


def _as_json(source: str, asked: list[_Asked], found: list[tuple[_Asked, Finding]]) -> dict[str, Any]:
    return {
        "source": source,
        "questions": len(asked),
        "findings": [
            {"where": one.where, "question": one.text, "fault": f.fault.value, "found": f.found, "remedy": f.remedy}
            for one, f in found
        ],
    }
