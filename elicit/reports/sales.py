"""The page of sales: what sellers brought, market by market, in one HTML file without a single external resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from elicit.basis import listed, write_text
from elicit.measures import Difference, Measure, SalesResults
from elicit.reports.findings import INVENTED, side
from elicit.reports.numbers import Scale
from elicit.reports.page import template
from elicit.reports.sale_talks import SellerTalks, seller_talks, shown_of_an_outcome
from elicit.reports.sale_views import CLAIMED, market_view, sweep_view
from elicit.reports.talk_views import MARKS, Shelf
from elicit.runs import market_path


def write_sales_report(found: Sequence[SalesResults], facts: Mapping[str, Any], run: Path) -> Path:
    """Write ``report.html`` of a run folder, whole or not at all.

    Args:
        found: what came of it, a market each.
        facts: of ``run.json``.
        run: the folder.

    Returns:
        the path of the page.

    Raises:
        InputError: a file beside the dialogues is missing or damaged.
    """
    page = run / "report.html"
    write_text(page, _page(found, facts, run))
    return page


def _page(found: Sequence[SalesResults], facts: Mapping[str, Any], run: Path) -> str:
    first = found[0]
    most = shown_of_an_outcome(len(first.rows), len(found))
    remedy = f"Write it again: elicit sell … --resume {run}"
    shelves = [Shelf(market_path(run, results.label), remedy) for results in found]
    talks = [seller_talks(shelf, most) for shelf in shelves]
    markets = [
        market_view(results, sales_findings(results), shelf.labels)
        for results, shelf in zip(found, shelves, strict=True)
    ]
    return template("sales.html.jinja").render(
        title=first.title,
        domains=list(dict.fromkeys(results.domain for results in found)),
        invented=INVENTED if facts.get("invented") else "",
        markets=markets,
        sweep=sweep_view(found) if len(found) > 1 and first.wish_v else None,
        talks=talks,
        most=most,
        events=[kind.value for kind in MARKS if kind.value in _events(talks)],
        meanings={kind.value: meaning for kind, meaning in MARKS.items()},
        notes=list(dict.fromkeys(note for results in found for note in results.notes)),
        facts={name.replace("_", " "): _fact(value) for name, value in facts.items()},
    )


def _events(talks: Sequence[Sequence[SellerTalks]]) -> set[str]:
    return {event for market in talks for group in market for shown in group.shown for event in shown.talk.events}


def _fact(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def sales_findings(results: SalesResults) -> list[str]:
    """Say what is beyond noise against the baseline, and how far claims are from what was sold."""
    if not results.differences:
        return ["Nothing was compared, so nobody is called ahead."]
    baseline = results.differences[0].baseline
    measures = {measure.name: measure for measure in results.measures}
    return [
        _standing(results, measures["sold"], baseline, "sells more than", "sells less"),
        _standing(results, measures["turns"], baseline, "needs fewer turns than", "needs more"),
        *_claims(results),
    ]


def _standing(results: SalesResults, measure: Measure, baseline: str, ahead: str, behind: str) -> str:
    """Say who is ahead of the baseline, who behind, and who cannot be told apart."""
    mine = [d for d in results.differences if (d.measure, d.baseline) == (measure.name, baseline)]
    groups = {s: [d for d in mine if side(d, measure.better) == s] for s in (1, -1, 0)}
    scale = Scale.of((d.difference, d.low, d.high) for d in mine)
    parts = [
        f"{ahead} {baseline} beyond noise: {_listed(groups[1], scale) or 'nobody'}",
        f"{behind}: {_listed(groups[-1], scale)}" if groups[-1] else "",
        f"cannot be told apart from it: {listed([d.questioner for d in groups[0]])}" if groups[0] else "",
    ]
    text = "; ".join(filter(None, parts))
    return f"{text[0].upper()}{text[1:]}."


def _listed(differences: Sequence[Difference], scale: Scale) -> str:
    return listed(
        [f"{d.questioner} {scale.signed(d.difference)} {scale.signed_ends(d.low, d.high)}" for d in differences]
    )


def _claims(results: SalesResults) -> Iterator[str]:
    """Say whose claim is furthest above what was sold, where it is at all."""
    gaps = {seller: row[CLAIMED][0] - row["sold"][0] for seller, row in results.rows.items()}
    widest = max((seller for seller, gap in gaps.items() if gap > 0), key=lambda seller: gaps[seller], default=None)
    if widest is None:
        return
    scale, row = Scale(3, 3), results.rows[widest]
    yield (
        f"A seller's word is no measure: {widest} says in {scale.number(row[CLAIMED][0])} of its dialogues that it has "
        f"sold, and something that fits was taken in {scale.number(row['sold'][0])}."
    )
