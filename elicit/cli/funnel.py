"""``elicit funnel``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from cyclopts import Parameter
from pydantic import ValidationError
from rich.padding import Padding

from elicit.basis import InputError, one_thread
from elicit.cli.output import Flag, console, plain_table, print_json, progress, refuse_lossy, say
from elicit.domains import first_problem
from elicit.funnels import (
    OpenedCatalog,
    Question,
    Reader,
    Stock,
    Tree,
    TreeQuestioner,
    catalog_text,
    design_tree,
    distinguishable_bits,
    mapping_text,
    open_catalog,
)
from elicit.funnels.exports import FORMATS, export, file_names
from elicit.language import question_texts
from elicit.measures import CurvePoint, Narrowing, funnel_curve, narrow, rivals
from elicit.models import ModelSettings, SentenceEncoder, check_model

_MAPPING: Final = "mapping.toml"
_LONGEST_REPLY: Final = 400
"""Tokens."""
_MOST_TRIED: Final = 2000
"""Items up to which fixed orders are tried beside the questions; learning them takes long on more."""
_FEW_SHOPPERS: Final = 100
_LISTED: Final = 8
_WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_TRIED: Final = ("asked", "worst", "left")
_THIS: Final = "this funnel"
_RIVALS: Final = {"fixed": "best fixed order", "frequency-skip": "frequency and skip", "random": "random"}


def funnel(
    catalog: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    questions: int = 6,
    format: str = "html,md,surveyjs",
    prior: str = "",
    mapping: Path | None = None,
    funnel_weight: float = 0.0,
    nodes: int = 500,
    encoder: str = "",
    reader: str | None = None,
    json: Flag = False,
) -> None:
    """Make a short branching question set of a product catalog.

    Parameters
    ----------
    catalog
        .csv, .tsv, .parquet, .json, .jsonl, a Shopify export, or schema.org Products.
    out
        Folder to write; else one of the catalog's name with '-funnel'.
    questions
        Asked at most on a path.
    format
        What to write, with commas between: html, md, surveyjs, xlsform, json.
    prior
        Column that says how much each item is sold or liked; without it all count alike.
    mapping
        What can be asked: the mapping.toml of an earlier call, edited.
    funnel_weight
        From 0 (fastest) to 1 (strictly from broad to specific).
    nodes
        Questions and ends of the whole set, at most.
    encoder
        Sentence encoder (minilm) that merges what the texts say in several ways; without it rules only.
    reader
        A chat model that reads the texts too: http://HOST/v1#NAME, hf:NAME or scripted:FILE. What it says is taken
        only where the text says it. At most 200 items are read. The catalog with what it said is written too, as JSON
        lines, which go with the mapping.
    json
        Print one JSON object.
    """
    formats = [name.strip() for name in format.split(",") if name.strip()]
    folder = out or Path(f"{catalog.stem}-funnel")
    with_read = f"{catalog.stem}.jsonl"
    refuse_lossy(folder, (*file_names(FORMATS), _MAPPING, with_read))
    opened = _opened(catalog, mapping, prior, encoder, reader)
    tree = design_tree(opened.stock, questions=questions, nodes=nodes, funnel_weight=funnel_weight)
    with one_thread():
        tried, curve = _tried(opened, tree), _curve(opened.stock, questions)
    # A mapping that a person has edited is kept as it is.
    text = mapping.read_text(encoding="utf-8-sig") if mapping is not None else mapping_text(opened.mapping)
    texts = {_MAPPING: text} | ({with_read: catalog_text(opened.catalog)} if reader is not None else {})
    files = export(tree, opened.stock, folder, formats, texts)
    if json:
        print_json(_facts(opened, tree, tried, curve, files))
        return
    _show(opened, tree, tried)
    _show_curve(curve)
    for skipped in opened.catalog.skipped[:_LISTED]:
        say(f"Left out: {skipped.where}: {skipped.why}")
    if len(opened.catalog.skipped) > _LISTED:
        say(
            f"{len(opened.catalog.skipped) - _LISTED} more rows were left out; elicit domains check {catalog} lists all"
        )
    say(f"How its columns were read: elicit domains check {catalog}")
    say(f"Written: {', '.join(path.name for path in files)} in {folder}")


def _opened(catalog: Path, mapping: Path | None, prior: str, encoder: str, reader: str | None) -> OpenedCatalog:
    """Return a catalog as its rules, and the models that are named, read it."""
    merging = SentenceEncoder.open(encoder) if encoder else None
    if reader is None:
        return open_catalog(catalog, mapping, prior, merging)
    settings = _settings(reader)
    with progress() as tell:
        reading = Reader(settings, tell)
        opened = open_catalog(catalog, mapping, prior, merging, reading)
    say("\n".join(reading.notes))
    return opened


def _settings(spec: str) -> ModelSettings:
    try:
        settings = ModelSettings(spec=spec, temperature=0, max_tokens=_LONGEST_REPLY)
    except ValidationError as error:
        raise InputError(first_problem(error), where="--reader") from None
    check_model(settings)
    return settings


def _tried(opened: OpenedCatalog, tree: Tree) -> dict[str, Narrowing]:
    """Return how the questions, and those who ask without a funnel, narrow the catalog down."""
    stock, small = opened.stock, len(opened.stock) <= _MOST_TRIED
    askers = {_THIS: TreeQuestioner(tree, stock.domain)} | (
        {_RIVALS[n]: q for n, q in rivals(stock).items()} if small else {}
    )
    most = _MOST_TRIED if small else _FEW_SHOPPERS
    return {name: narrow(asker, stock, tree.questions, most) for name, asker in askers.items()}


def _curve(stock: Stock, questions: int) -> tuple[CurvePoint, ...]:
    """Return what asking from broad to specific costs, empty where all is as broad, or the catalog is large."""
    if len(stock) > _MOST_TRIED or len(set(stock.domain.depths.tolist())) == 1:
        return ()
    return funnel_curve(stock, _WEIGHTS, questions, _FEW_SHOPPERS)


def _show(opened: OpenedCatalog, tree: Tree, tried: dict[str, Narrowing]) -> None:
    stock, domain, screen = opened.stock, opened.stock.domain, console()
    labels = [facet.label for facet in domain.facets]
    more = f" and {len(labels) - _LISTED} more" if len(labels) > _LISTED else ""
    screen.print(f"{domain.title}: {len(stock):,} items", style="bold")
    screen.print(f"What can be asked: {', '.join(labels[:_LISTED])}{more}.")
    first = tree.by_id[tree.first]
    if isinstance(first, Question):
        facet = domain.facets[domain.columns[first.facet]]
        screen.print(f"First question: {question_texts(facet)[0]}")
        screen.print(Padding(" / ".join(option.label for option in facet.options), (0, 0, 0, 2), expand=False))
        screen.print(Padding(f"Why: {first.why}.", (0, 0, 0, 2), expand=False), style="dim")
    else:
        screen.print(f"Nothing is asked: {first.why}.")
    rows = [[name, *(f"{number:.1f}" for number in _numbers(found))] for name, found in tried.items()]
    screen.print(plain_table([f"at most {tree.questions} questions", "asked", "worst", "items left"], rows))
    bits = distinguishable_bits(stock)
    screen.print(f"No yes/no questions need fewer than {bits:.1f}; several options at once can.", style="dim")


def _show_curve(curve: Sequence[CurvePoint]) -> None:
    """Print what each funnel weight leads to, so that the shop can choose one."""
    if not curve:
        return
    rows = [
        [
            f"{point.funnel_weight:g}",
            f"{point.needed:.1f}",
            f"{point.left:.1f}",
            "-" if np.isnan(point.tau) else f"{point.tau:.2f}",
        ]
        for point in curve
    ]
    titles = ["--funnel-weight", "asked to the end", "items left", "broad to specific"]
    console().print(plain_table(titles, rows))
    console().print("Broad to specific: Kendall's tau-b of turn and depth, 1 at best.", style="dim")


def _numbers(found: Narrowing) -> tuple[float, float, float]:
    return found.expected, float(found.worst), found.expected_left


def _facts(
    opened: OpenedCatalog,
    tree: Tree,
    tried: dict[str, Narrowing],
    curve: Sequence[CurvePoint],
    files: tuple[Path, ...],
) -> dict[str, Any]:
    return {
        "catalog": opened.stock.domain.title,
        "items": len(opened.stock),
        "facets": [facet.id for facet in opened.stock.domain.facets],
        "skipped": [{"where": skipped.where, "why": skipped.why} for skipped in opened.catalog.skipped],
        "notes": list(opened.notes),
        "questions": tree.questions,
        "nodes": len(tree.nodes),
        "tried": {name: dict(zip(_TRIED, _numbers(found), strict=True)) for name, found in tried.items()},
        "curve": [{**asdict(point), "tau": None if np.isnan(point.tau) else point.tau} for point in curve],
        "bits": distinguishable_bits(opened.stock),
        "files": [str(path) for path in files],
    }
