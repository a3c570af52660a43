"""``elicit understanding``: how well free text is understood, on labelled examples."""

from __future__ import annotations

import asyncio
import json as json_library
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from pydantic import ValidationError
from rich.table import Table

from elicit.basis import InputError
from elicit.cli.output import Flag, console, print_json, say
from elicit.domains import MOVIES, Domain, Source, first_problem, open_domain
from elicit.language import SURE, WordUnderstanding
from elicit.measures import Example, Score, Understood, understand
from elicit.models import Encoder, open_encoder

_CURVE: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


def understanding(
    *files: Path,
    ccpe: Path | None = None,
    words_only: Flag = False,
    mistakes: Flag = False,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> None:
    """Measure how well free text is understood, on labelled examples.

    Parameters
    ----------
    files
        JSON Lines of examples, see eval/understanding/README.md. A domain NAME is NAME.json beside the file, the
        shipped movies domain, or one that was built.
    ccpe
        The file CCPE.txt, from which examples that give a line instead of a text take it.
    words_only
        Without the sentence encoder.
    mistakes
        Show every mistake with its text.
    json
        Print one JSON object instead of tables.
    """
    if not files:
        raise InputError("no file of examples", remedy="Name one or more .jsonl files")
    encoder = None if words_only else open_encoder()
    if encoder is None and not words_only:
        say("Note: without the sentence encoder (elicit models pull minilm) less is understood.")
    texts = _ccpe_texts(ccpe) if ccpe else {}
    examples = [(file, example) for file in files for example in _read(file, texts)]
    domains = {e.domain: _domain(e.domain, file.parent) for file, e in examples}
    started = time.monotonic()
    found = _understood([e for _, e in examples], domains, encoder, SURE)
    seconds = time.monotonic() - started
    curve = {sure: _understood([e for _, e in examples], domains, encoder, sure).score("answer") for sure in _CURVE}
    if json:
        print_json(_as_json(found, curve, seconds))
        return
    _show(found, curve)
    say(f"{len(examples)} texts in {seconds:.1f} s, with reading the examples that teach")
    if mistakes:
        _show_mistakes(found)


def _understood(
    examples: list[Example], domains: dict[str, Domain], encoder: Encoder | None, sure: float
) -> Understood:
    judged = []
    for name, domain in domains.items():
        some = [e for e in examples if e.domain == name]
        judged += asyncio.run(understand(some, domain, WordUnderstanding(domain, encoder, sure)))
    return Understood(tuple(judged))


def _read(path: Path, texts: dict[int, str]) -> Iterator[Example]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, IsADirectoryError):
        raise InputError("no such file", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start})", where=str(path)) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _example(line, f"{path}:{number}", texts)


def _example(line: str, where: str, texts: dict[int, str]) -> Example:
    try:
        fields = json_library.loads(line)
        if isinstance(fields, dict) and "line" in fields:
            at = fields.pop("line")
            if at not in texts:
                raise InputError(f"line {at} is not at hand", where=where, remedy="Name the file with --ccpe CCPE.txt")
            question = {"question": texts[at - 1]} if at - 1 in texts and fields.get("kind") == "answer" else {}
            fields = {"id": str(at), "domain": MOVIES, "text": texts[at], **question, **fields}
        return Example.model_validate(fields)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not JSON: {error}", where=where) from None


def _ccpe_texts(path: Path) -> dict[int, str]:
    """Return line number to text of the tab-separated file of coached dialogues."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError("no such file", where=str(path)) from None
    return {n: line.split("\t")[1] for n, line in enumerate(lines, start=1) if line.count("\t") and line.split("\t")[1]}


def _domain(name: str, folder: Path) -> Domain:
    beside = folder / f"{name}.json"
    if beside.exists():
        try:
            return Domain.model_validate_json(beside.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise InputError(first_problem(error), where=str(beside)) from None
    return open_domain(name, Source(invented=name == MOVIES))[0]


def _show(found: Understood, curve: dict[float, Score]) -> None:
    table = Table(title="", box=None, pad_edge=False)
    for heading in ("", "examples", "coverage", "right"):
        table.add_column(heading, justify="left" if not heading else "right")
    for title, kind in (("answers", "answer"), ("questions", "question"), ("all", None)):
        score = found.score(kind)
        if score.examples:
            table.add_row(title, str(score.examples), _in_words(score.coverage), _in_words(score.precision))
    out = console()
    out.print(table)
    out.print("\nmistakes: " + ", ".join(f"{kind} {n}" for kind, n in found.mistakes().most_common()))
    tags = ", ".join(f"{tag} {wrong}+{abstained}/{n}" for tag, (n, abstained, wrong) in found.mistakes_by_tag().items())
    out.print(f"by tag (wrong + abstained / examples): {tags}")
    out.print("\nanswers by how far the best meaning must be ahead of the next:")
    for sure, score in curve.items():
        used = "  in use" if sure == SURE else ""
        out.print(f"  {sure:.1f}  coverage {score.coverage[0]:.3f}  right {score.precision[0]:.3f}{used}")


def _show_mistakes(found: Understood) -> None:
    for judged in found.judged:
        if judged.mistake:
            e = judged.example
            console().print(
                f"{judged.mistake}: {e.text!r} ({e.id}) {_facts(judged.got)} instead of {_facts(e.meaning)}"
            )


def _facts(meaning: frozenset[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{facet} {value}".strip() for facet, value in sorted(meaning)) + "}"


def _in_words(share: tuple[float, float, float]) -> str:
    return "{:.1%} [{:.1%}, {:.1%}]".format(*share)


def _as_json(found: Understood, curve: dict[float, Score], seconds: float) -> dict[str, Any]:
    rows = []
    for kind in (*found.kinds, None):
        score = found.score(kind)
        names = ("coverage", "coverage_low", "coverage_high", "right", "right_low", "right_high")
        values = dict(zip(names, (*score.coverage, *score.precision), strict=True))
        rows.append({"kind": kind or "all", "examples": score.examples, **values})
    return {
        "table": rows,
        "mistakes": found.mistakes(),
        "tags": {
            tag: dict(zip(("examples", "abstained", "wrong"), n, strict=True))
            for tag, n in found.mistakes_by_tag().items()
        },
        "curve": [{"sure": sure, "coverage": s.coverage[0], "right": s.precision[0]} for sure, s in curve.items()],
        "seconds": seconds,
    }
