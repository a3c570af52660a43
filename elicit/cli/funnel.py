"""``elicit funnel``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from elicit.basis import one_thread
from elicit.cli.funnel_tables import facts, show, tried
from elicit.cli.named_models import chat_settings, writer_encoder
from elicit.cli.output import Flag, print_json, progress, refuse_lossy, say
from elicit.domains import Skipped
from elicit.funnels import (
    OpenedCatalog,
    Question,
    Reader,
    Tree,
    WordedCatalog,
    catalog_text,
    design_tree,
    mapping_text,
    open_catalog,
    word_questions,
)
from elicit.funnels.exports import FORMATS, export, file_names
from elicit.models import ModelSettings, SentenceEncoder

_MAPPING: Final = "mapping.toml"
_LONGEST_REPLY: Final = 400
"""Tokens."""
_LISTED: Final = 8


def funnel(
    catalog: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    questions: int = 6,
    format: str = "html,md,surveyjs",
    prior: str = "",
    mapping: Path | None = None,
    reviews: Path | None = None,
    writer: str | None = None,
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
    reviews
        What buyers wrote, one review a row with its item: .csv, .tsv, .parquet, .json or .jsonl.
    writer
        A chat model that words the questions anew: http://HOST/v1#NAME, hf:NAME or scripted:FILE. Each is checked, and
        stays as it was where two tries fail. The new mapping.toml has its words first, and no comments.
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
    model = chat_settings(writer, "--writer") if writer is not None else None
    opened = _opened(catalog, mapping, prior, reviews, encoder, reader)
    tree = design_tree(opened.stock, questions=questions, nodes=nodes, funnel_weight=funnel_weight)
    worded = None if model is None else _worded(opened, tree, model)
    if worded is not None:
        opened = worded.opened
        tree = tree.model_copy(update={"domain_hash": opened.stock.domain.hash})
    with one_thread():
        found = tried(opened.stock, tree)
    # A mapping that a person has edited is kept as it is, unless a model adds its words.
    edited = None if worded else mapping
    text = mapping_text(opened.mapping) if edited is None else edited.read_text(encoding="utf-8-sig")
    texts = {_MAPPING: text} | ({with_read: catalog_text(opened.catalog)} if reader is not None else {})
    files = export(tree, opened.stock, folder, formats, texts)
    counts = worded.counts if worded else {}
    if json:
        print_json(facts(opened, tree, found, files) | ({"writer": dict(counts)} if worded else {}))
        return
    show(opened, tree, found, counts)
    _say_read(opened, catalog)
    _say_problems(opened)
    say(f"How its columns were read: elicit domains check {catalog}")
    say(f"Written: {', '.join(path.name for path in files)} in {folder}")


def _opened(
    catalog: Path, mapping: Path | None, prior: str, reviews: Path | None, encoder: str, reader: str | None
) -> OpenedCatalog:
    """Return a catalog as its rules, and the models that are named, read it."""
    merging = SentenceEncoder.open(encoder) if encoder else None
    if reader is None:
        return open_catalog(catalog, mapping, prior, reviews, merging)
    settings = chat_settings(reader, "--reader", temperature=0, max_tokens=_LONGEST_REPLY)
    with progress() as tell:
        reading = Reader(settings, tell)
        opened = open_catalog(catalog, mapping, prior, reviews, merging, reading)
    say("\n".join(reading.notes))
    return opened


def _worded(opened: OpenedCatalog, tree: Tree, model: ModelSettings) -> WordedCatalog:
    """Let a model word what the tree asks."""
    asked = {node.facet for node in tree.nodes if isinstance(node, Question)}
    encoder = writer_encoder()
    with progress() as tell:
        return word_questions(opened, asked, model, encoder, tell)


def _say_read(opened: OpenedCatalog, catalog: Path) -> None:
    """Say which rows were left out, and what was read from reviews."""
    _say_left_out(opened.catalog.skipped, f"more rows were left out; elicit domains check {catalog} lists all")
    if opened.reviews is not None:
        for note in opened.reviews.notes:
            say(note)
        _say_left_out(opened.reviews.skipped, "more rows of the reviews were left out; --json lists all")


def _say_left_out(skipped: Sequence[Skipped], further: str) -> None:
    for row in skipped[:_LISTED]:
        say(f"Left out: {row.where}: {row.why}")
    if len(skipped) > _LISTED:
        say(f"{len(skipped) - _LISTED:,} {further}")


def _say_problems(opened: OpenedCatalog) -> None:
    problems = opened.problems
    for problem in problems[:_LISTED]:
        say(str(problem))
    if len(problems) > _LISTED:
        say(f"{len(problems) - _LISTED} more faults of questions; --json lists all")
