"""``elicit lint``: faults of questions, in a file or in a domain."""

from __future__ import annotations

import json as json_library
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from elicit.basis import InputError
from elicit.cli.output import Flag, console, open_people, print_json
from elicit.domains import MAX_OPTIONS, Domain, Facet, first_problem
from elicit.language import Finding, question_faults, questions_in

_TEXTS: Final = ("question", "text", "label", "title")
_OPTIONS: Final = ("options", "choices", "answers")

Record = TypeVar("Record", Domain, Facet)


@dataclass(frozen=True)
class _Asked:
    """A question with the answers offered, and where it stands."""

    where: str
    text: str
    options: tuple[str, ...] = ()
    choices_are_all: bool = True


@dataclass(frozen=True)
class _Found:
    """One fault, and the question that has it."""

    asked: _Asked
    finding: Finding

    @property
    def of_options(self) -> tuple[object, ...]:
        """What is the same for all wordings of a question if the fault lies in its options."""
        return self.asked.where, self.asked.options, self.finding


def lint(source: str, /, *, data: Path | None = None, invented: Flag = False, json: Flag = False) -> None:
    """Find faults in questions: two at once, leading, presupposing, leaking, bad options, negation, length.

    Findings are results: the exit code is 0 however many there are.

    Parameters
    ----------
    source
        A text file (every sentence with a question mark), a .json or .jsonl file (objects with 'question' or 'text',
        and 'options'; else every question in its texts; facets; or a whole domain), or a domain by name or folder.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Use the invented people, for 'movies'.
    json
        Print one JSON object instead of lines.
    """
    asked = list(_asked(source, data, invented))
    if not asked:
        raise InputError("no question in it", where=source, remedy="A question ends with a question mark")
    found = _all_found(asked)
    if json:
        print_json(_as_json(source, asked, found))
    else:
        _show(asked, found)


def _all_found(asked: Sequence[_Asked]) -> list[_Found]:
    """Return what is found; what is wrong with the options of several wordings is told once."""
    found: list[_Found] = []
    told: set[tuple[object, ...]] = set()
    for one in asked:
        for finding in question_faults(one.text, one.options, choices_are_all=one.choices_are_all):
            new = _Found(one, finding)
            if not finding.fault.of_options or new.of_options not in told:
                found.append(new)
            told.add(new.of_options)
    return found


def _show(asked: Sequence[_Asked], found: Sequence[_Found]) -> None:
    out = console()
    for one in found:
        finding = one.finding
        out.print(f"{one.asked.where}: {finding.fault}: {finding.found}. {finding.remedy}.\n    {one.asked.text}")
    summary = ", ".join(f"{kind} {number}" for kind, number in _counts(found).items())
    out.print(f"{_many(len(asked), 'question')}, {_many(len(found), 'finding')}{': ' + summary if found else ''}")


def _counts(found: Sequence[_Found]) -> dict[str, int]:
    return dict(Counter(str(one.finding.fault) for one in found).most_common())


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _as_json(source: str, asked: Sequence[_Asked], found: Sequence[_Found]) -> dict[str, Any]:
    return {
        "source": source,
        "questions": len(asked),
        "counts": _counts(found),
        "findings": [
            {
                "where": one.asked.where,
                "question": one.asked.text,
                "fault": str(one.finding.fault),
                "found": one.finding.found,
                "remedy": one.finding.remedy,
            }
            for one in found
        ],
    }


def _asked(source: str, data: Path | None, invented: bool) -> Iterator[_Asked]:
    path = Path(source)
    if path.is_file():
        if data or invented:
            raise InputError("--data and --invented belong to a domain, not to a file", where=source)
        yield from _of_file(path)
    elif path.suffix and not path.exists():
        raise InputError("no such file", where=source, remedy="Name a file with questions, or a domain")
    else:
        yield from _of_domain(open_people(source, data, invented)[0])


def _of_file(path: Path) -> Iterator[_Asked]:
    text = _text(path)
    if path.suffix == ".jsonl":
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield from _of_json(_loaded(line, f"{path}:{number}"), f"{path}:{number}")
    elif path.suffix == ".json":
        value = _loaded(text, str(path))
        whole = isinstance(value, dict) and isinstance(value.get("facets"), list)
        yield from _of_domain(_read(Domain, value, str(path))) if whole else _of_json(value, str(path))
    else:
        for number, question in questions_in(text):
            yield _Asked(f"{path}:{number}", question)


def _of_domain(domain: Domain) -> Iterator[_Asked]:
    for facet in domain.facets:
        yield from _of_facet(facet, f"{domain.name} {facet.id}")


def _of_facet(facet: Facet, where: str) -> Iterator[_Asked]:
    for wording in facet.wordings:
        yield _Asked(where, wording, tuple(o.label for o in facet.options), choices_are_all=False)


def _of_json(value: Any, where: str) -> Iterator[_Asked]:
    """Yield questions out of any JSON; an object with a text that asks, or with options, is one question."""
    if isinstance(value, str):
        for number, question in questions_in(value):
            yield _Asked(f"{where} line {number}" if "\n" in value else where, question)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _of_json(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        yield from _of_object(value, where)


def _of_object(value: dict[str, Any], where: str) -> Iterator[_Asked]:
    text = next((value[k] for k in _TEXTS if isinstance(value.get(k), str)), None)
    options = next((value[k] for k in _OPTIONS if isinstance(value.get(k), list)), None)
    if isinstance(value.get("wordings"), list):
        yield from _of_facet(_read(Facet, value, where), where)
    elif text is not None and text.strip() and (options is not None or ("?" in text and "\n" not in text)):
        if len(options or ()) > MAX_OPTIONS:
            remedy = f"At most {MAX_OPTIONS} can be asked for"
            raise InputError(f"{len(options or ()):,} options", where=where, remedy=remedy)
        yield _Asked(where, text.strip(), tuple(_label(o) for o in options or ()))
    else:
        for key, item in value.items():
            yield from _of_json(item, f"{where} {key}")


def _label(option: Any) -> str:
    if isinstance(option, dict):
        return str(next((option[k] for k in ("label", "text", "title", "value", "id") if k in option), option))
    return str(option)


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None
    if "\0" in text:
        raise InputError("not a text", where=str(path), remedy="Name a text file, .json or .jsonl")
    return text


def _loaded(text: str, where: str) -> Any:
    try:
        return json_library.loads(text)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=where) from None


def _read(kind: type[Record], value: Any, where: str) -> Record:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None
