"""``elicit funnel``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.padding import Padding

from elicit.basis import one_thread
from elicit.cli.output import Flag, console, plain_table, print_json, refuse_lossy, say
from elicit.domains import Reviews
from elicit.funnels import (
    OpenedCatalog,
    Question,
    Tree,
    TreeQuestioner,
    design_tree,
    distinguishable_bits,
    mapping_text,
    open_catalog,
)
from elicit.funnels.exports import FORMATS, export, file_names
from elicit.language import question_texts
from elicit.measures import Narrowing, narrow, rivals

_MAPPING: Final = "mapping.toml"
_MOST_TRIED: Final = 2000
"""Items up to which fixed orders are tried beside the questions; learning them takes long on more."""
_FEW_SHOPPERS: Final = 100
_LISTED: Final = 8
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
    reviews: Path | None = None,
    funnel_weight: float = 0.0,
    nodes: int = 200,
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
    funnel_weight
        From 0 (fastest) to 1 (strictly from broad to specific).
    nodes
        Questions and ends of the whole set, at most.
    json
        Print one JSON object.
    """
    formats = [name.strip() for name in format.split(",") if name.strip()]
    folder = out or Path(f"{catalog.stem}-funnel")
    refuse_lossy(folder, (*file_names(FORMATS), _MAPPING))
    opened = open_catalog(catalog, mapping, prior, reviews)
    tree = design_tree(opened.stock, questions=questions, nodes=nodes, funnel_weight=funnel_weight)
    with one_thread():
        tried = _tried(opened, tree)
    # A mapping that a person has edited is kept as it is.
    text = mapping.read_text(encoding="utf-8-sig") if mapping is not None else mapping_text(opened.mapping)
    files = export(tree, opened.stock, folder, formats, {_MAPPING: text})
    if json:
        print_json(_facts(opened, tree, tried, files))
        return
    _show(opened, tree, tried)
    for skipped in opened.catalog.skipped[:_LISTED]:
        say(f"Left out: {skipped.where}: {skipped.why}")
    if len(opened.catalog.skipped) > _LISTED:
        say(
            f"{len(opened.catalog.skipped) - _LISTED} more rows were left out; elicit domains check {catalog} lists all"
        )
    _tell(opened.reviews)
    say(f"How its columns were read: elicit domains check {catalog}")
    say(f"Written: {', '.join(path.name for path in files)} in {folder}")


def _tell(reviews: Reviews | None) -> None:
    """Say what was read from reviews, and which rows are none."""
    if reviews is None:
        return
    for note in reviews.notes:
        say(note)
    for skipped in reviews.skipped[:_LISTED]:
        say(f"Left out: {skipped.where}: {skipped.why}")
    if len(reviews.skipped) > _LISTED:
        say(f"{len(reviews.skipped) - _LISTED:,} more rows of the reviews were left out; --json lists all")


def _tried(opened: OpenedCatalog, tree: Tree) -> dict[str, Narrowing]:
    """Return how the questions, and those who ask without a funnel, narrow the catalog down."""
    stock, small = opened.stock, len(opened.stock) <= _MOST_TRIED
    askers = {_THIS: TreeQuestioner(tree, stock.domain)} | (
        {_RIVALS[n]: q for n, q in rivals(stock).items()} if small else {}
    )
    most = _MOST_TRIED if small else _FEW_SHOPPERS
    return {name: narrow(asker, stock, tree.questions, most) for name, asker in askers.items()}


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


def _numbers(found: Narrowing) -> tuple[float, float, float]:
    return found.expected, float(found.worst), found.expected_left


def _facts(opened: OpenedCatalog, tree: Tree, tried: dict[str, Narrowing], files: tuple[Path, ...]) -> dict[str, Any]:
    unread = opened.reviews.skipped if opened.reviews else ()
    return {
        "catalog": opened.stock.domain.title,
        "items": len(opened.stock),
        "facets": [facet.id for facet in opened.stock.domain.facets],
        "skipped": [{"where": skipped.where, "why": skipped.why} for skipped in (*opened.catalog.skipped, *unread)],
        "notes": list(opened.notes),
        "questions": tree.questions,
        "nodes": len(tree.nodes),
        "tried": {name: dict(zip(_TRIED, _numbers(found), strict=True)) for name, found in tried.items()},
        "bits": distinguishable_bits(opened.stock),
        "files": [str(path) for path in files],
    }
