"""What ``elicit funnel`` prints: what is asked first, and how far questions lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.padding import Padding

from elicit.cli.output import console, plain_table
from elicit.funnels import OpenedCatalog, Question, Stock, Tree, TreeQuestioner, distinguishable_bits, labels_of
from elicit.funnels.words import words
from elicit.language import question_texts
from elicit.measures import CurvePoint, Narrowing, funnel_curve, narrow, rivals

_MOST_TRIED: Final = 2000
"""Items up to which fixed orders are tried beside the questions; learning them takes long on more."""
_FEW_SHOPPERS: Final = 100
_LISTED: Final = 8
_WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_TRIED: Final = ("asked", "worst", "left")
_THIS: Final = "this funnel"
_RIVALS: Final = {"fixed": "best fixed order", "frequency-skip": "frequency and skip", "random": "random"}


@dataclass(frozen=True)
class Tried:
    """How far questions lead.

    Attributes:
        askers: name to how it narrows the catalog down; those beside this funnel only for small catalogs.
        curve: what each funnel weight leads to; empty where all is as broad, or the catalog is large.
    """

    askers: Mapping[str, Narrowing]
    curve: tuple[CurvePoint, ...]


def tried(stock: Stock, tree: Tree) -> Tried:
    """Return how the questions of a tree, and those who ask otherwise, narrow a catalog down."""
    small = len(stock) <= _MOST_TRIED
    askers = {_THIS: TreeQuestioner(tree, stock.domain)} | (
        {_RIVALS[n]: q for n, q in rivals(stock).items()} if small else {}
    )
    most = _MOST_TRIED if small else _FEW_SHOPPERS
    found = {name: narrow(asker, stock, tree.questions, most) for name, asker in askers.items()}
    several = small and len(set(stock.domain.depths.tolist())) > 1
    return Tried(found, funnel_curve(stock, _WEIGHTS, tree.questions, _FEW_SHOPPERS) if several else ())


def show(opened: OpenedCatalog, tree: Tree, found: Tried, counts: Mapping[str, object]) -> None:
    """Print what is asked first and how far it leads, and what a model that words questions came to."""
    _show_first(opened, tree)
    rows = [[name, *(f"{number:.1f}" for number in _numbers(one))] for name, one in found.askers.items()]
    console().print(plain_table([f"at most {tree.questions} questions", "asked", "worst", "items left"], rows))
    bits = distinguishable_bits(opened.stock)
    console().print(f"No yes/no questions need fewer than {bits:.1f}; several options at once can.", style="dim")
    _show_curve(found.curve)
    if counts:
        console().print("Questions: " + ", ".join(f"{name} {value}" for name, value in counts.items()))


def _show_first(opened: OpenedCatalog, tree: Tree) -> None:
    stock, domain, screen = opened.stock, opened.stock.domain, console()
    labels = [facet.label for facet in domain.facets]
    more = f" and {len(labels) - _LISTED} more" if len(labels) > _LISTED else ""
    screen.print(f"{domain.title}: {len(stock):,} items", style="bold")
    screen.print(f"What can be asked: {', '.join(labels[:_LISTED])}{more}.")
    first = tree.by_id[tree.first]
    if isinstance(first, Question):
        facet = domain.facets[domain.columns[first.facet]]
        screen.print(f"First question: {question_texts(facet)[0]}")
        choices = " / ".join(labels_of(facet, stock.nones, words().answers.none))
        screen.print(Padding(choices, (0, 0, 0, 2), expand=False))
        screen.print(Padding(f"Why: {first.why}.", (0, 0, 0, 2), expand=False), style="dim")
    else:
        screen.print(f"Nothing is asked: {first.why}.")


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


def _numbers(one: Narrowing) -> tuple[float, float, float]:
    return one.expected, float(one.worst), one.expected_left


def facts(opened: OpenedCatalog, tree: Tree, found: Tried, files: Sequence[Path]) -> dict[str, Any]:
    """Return all of it as JSON has it."""
    unread = opened.reviews.skipped if opened.reviews else ()
    return {
        "catalog": opened.stock.domain.title,
        "items": len(opened.stock),
        "facets": [facet.id for facet in opened.stock.domain.facets],
        "skipped": [{"where": skipped.where, "why": skipped.why} for skipped in (*opened.catalog.skipped, *unread)],
        "notes": list(opened.notes),
        "problems": [asdict(problem) for problem in opened.problems],
        "questions": tree.questions,
        "nodes": len(tree.nodes),
        "tried": {name: dict(zip(_TRIED, _numbers(one), strict=True)) for name, one in found.askers.items()},
        "curve": [{**asdict(point), "tau": None if np.isnan(point.tau) else point.tau} for point in found.curve],
        "bits": distinguishable_bits(opened.stock),
        "files": [str(path) for path in files],
    }
