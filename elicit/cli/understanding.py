"""``elicit understanding``: how well free text is understood, on labelled examples."""

from __future__ import annotations

import asyncio
import json as json_library
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from rich.table import Table

from elicit.basis import InputError, read_text
from elicit.cli.output import Flag, console, print_json, say
from elicit.domains import MOVIES, Domain, Source, first_problem, open_domain
from elicit.language import SURE, WordUnderstanding
from elicit.measures import Example, Score, Understood, understand
from elicit.models import Encoder, open_encoder

_CURVE: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True)
class _Labelled:
    """An example with the place where it stands."""

    example: Example
    file: Path
    line: int

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


Groups = list[tuple[Domain, list[Example]]]


def understanding(
    *files: Path,
    ccpe: Path | None = None,
    words_only: Flag = False,
    mistakes: Flag = False,
    json: Flag = False,
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
    groups = _by_domain([labelled for file in files for labelled in _read(file, texts)])
    started = time.monotonic()
    found = _understood(groups, encoder, SURE)
    seconds = time.monotonic() - started
    curve = {sure: _understood(groups, encoder, sure).score("answer") for sure in _CURVE}
    if json:
        print_json(_as_json(found, curve, seconds))
        return
    _show(found, curve)
    say(f"{len(found.judged)} texts in {seconds:.1f} s, with reading the examples that teach")
    if mistakes:
        _show_mistakes(found)


def _understood(groups: Groups, encoder: Encoder | None, sure: float) -> Understood:
    judged = []
    for domain, examples in groups:
        judged += asyncio.run(understand(examples, domain, WordUnderstanding(domain, encoder, sure)))
    return Understood(tuple(judged))


def _by_domain(labelled: list[_Labelled]) -> Groups:
    """Return each domain, opened once, with its examples, of which it has every facet and value."""
    together: dict[tuple[str, Path], list[_Labelled]] = {}
    for one in labelled:
        together.setdefault((one.example.domain, one.file.parent), []).append(one)
    groups = []
    for some in together.values():
        domain = _domain(some[0])
        for one in some:
            _check(one, domain)
        groups.append((domain, [one.example for one in some]))
    return groups


def _check(labelled: _Labelled, domain: Domain) -> None:
    try:
        labelled.example.check(domain)
    except InputError as error:
        what = f"{error.where}: {error.what}" if error.where else error.what
        raise InputError(what, where=labelled.where, remedy=error.remedy) from None


def _domain(labelled: _Labelled) -> Domain:
    name = labelled.example.domain
    beside = labelled.file.parent / f"{name}.json"
    if beside.exists():
        try:
            return Domain.model_validate_json(read_text(beside))
        except ValidationError as error:
            raise InputError(first_problem(error), where=str(beside)) from None
    try:
        return open_domain(name, Source(invented=name == MOVIES))[0]
    except InputError as error:
        raise InputError(error.what, where=error.where or labelled.where, remedy=error.remedy) from None


def _read(path: Path, texts: dict[int, str]) -> list[_Labelled]:
    # Only "\n" ends a line: texts may hold U+2028 and its like, at which str.splitlines would cut.
    lines = enumerate(read_text(path).split("\n"), start=1)
    found = [_Labelled(_example(line, f"{path}:{n}", texts), path, n) for n, line in lines if line.strip()]
    if not found:
        raise InputError("no examples in it", where=str(path), remedy="See eval/understanding/README.md")
    return found


def _example(line: str, where: str, texts: dict[int, str]) -> Example:
    try:
        fields = json_library.loads(line)
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=where) from None
    if isinstance(fields, dict) and "line" in fields:
        fields = _with_text(fields, where, texts)
    try:
        return Example.model_validate(fields)
    except ValidationError as error:
        raise InputError(first_problem(error), where=where) from None


def _with_text(fields: dict[str, Any], where: str, texts: dict[int, str]) -> dict[str, Any]:
    """Put the text, and for an answer the question before it, in the place of its line in the coached dialogues."""
    others = dict(fields)
    at = others.pop("line")
    if not isinstance(at, int) or at not in texts:
        raise InputError(f"line {at} is not at hand", where=where, remedy="Name the file with --ccpe CCPE.txt")
    question = {"question": texts[at - 1]} if at - 1 in texts and fields.get("kind") == "answer" else {}
    return {"id": str(at), "domain": MOVIES, "text": texts[at], **question, **others}


def _ccpe_texts(path: Path) -> dict[int, str]:
    """Return line number to text of the tab-separated file of coached dialogues."""
    lines = enumerate(read_text(path).split("\n"), start=1)
    return {n: line.split("\t")[1] for n, line in lines if line.count("\t") and line.split("\t")[1]}


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
    out.print("\nmistakes: " + (", ".join(f"{kind} {n}" for kind, n in found.mistakes().most_common()) or "none"))
    tags = ", ".join(f"{tag} {wrong}+{abstained}/{n}" for tag, (n, abstained, wrong) in found.mistakes_by_tag().items())
    if tags:
        out.print(f"by tag (wrong + abstained / examples): {tags}")
    if found.score("answer").examples:
        _show_curve(curve)


def _show_curve(curve: dict[float, Score]) -> None:
    out = console()
    out.print("\nanswers by how far the best meaning must be ahead of the next:")
    for sure, score in curve.items():
        used = "  in use" if sure == SURE else ""
        coverage, right = (_number(share[0]) for share in (score.coverage, score.precision))
        out.print(f"  {sure:.1f}  coverage {coverage}  right {right}{used}")


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
    return "–" if math.isnan(share[0]) else "{:.1%} [{:.1%}, {:.1%}]".format(*share)


def _number(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.3f}"


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
