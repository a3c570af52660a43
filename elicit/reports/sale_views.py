"""What sellers brought in a market, as text and numbers ready to be laid out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from elicit.measures import Difference, Measure, SalesResults
from elicit.reports.numbers import Scale
from elicit.reports.views import Cell, DifferenceView, cell_of, difference_of, extent_of

OUTCOMES: Final = ("sold", "misfit", "out_of_turns", "refused", "walked_away")
"""In the order in which a bar shows them: what was accepted stands first, beside what is claimed."""
CLAIMED: Final = "claimed"
_WAYS: Final = ("turns", "turns_if_sold", "questions", "offers", "pressing", "strayed", "regret")
"""Shown at once; the others on demand."""
_DRAWN: Final = ("sold", "turns")
"""Differences that are drawn; the others stand as numbers."""
_OCCUPATION: Final = "occupation"


@dataclass(frozen=True)
class Segment:
    """A piece of a bar from 0 to 100: its outcome, where it begins, how wide it is."""

    outcome: str
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A seller's outcomes as a bar; ``claimed`` is the place of its own claim, None where nothing is known."""

    seller: str
    segments: tuple[Segment, ...]
    low: float
    high: float
    claimed: float | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class MeansView:
    """A table of means: a cell a measure, a row a seller."""

    measures: tuple[Measure, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class AgainstView:
    """What others have more than a baseline: a row a seller or market, a cell a measure.

    Attributes:
        title: whom with whom.
        first: heading of the rows.
        measures: of the cells, each with whether it is drawn.
        rows: name and the cells; None where nothing was compared.
    """

    title: str
    first: str
    measures: tuple[tuple[Measure, bool], ...]
    rows: tuple[tuple[str, tuple[DifferenceView | None, ...]], ...]


@dataclass(frozen=True)
class GroupsView:
    """Share sold by the groups of one persona variable: group, number of buyers, and a cell a seller."""

    variable: str
    sellers: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class MarketView:
    """One market on the page."""

    results: SalesResults
    findings: tuple[str, ...]
    outcomes: tuple[Measure, ...]
    bars: tuple[Bar, ...]
    ways: MeansView
    more: MeansView
    against: tuple[AgainstView, ...]
    groups: tuple[GroupsView, ...]
    association: tuple[tuple[str, tuple[str, ...]], ...]
    won: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class SweepView:
    """Several markets side by side: share sold by market and seller, and differences by market.

    Attributes:
        sellers: of the columns.
        rows: label, how closely the occupation goes with what buyers want, and a cell a seller.
        against: one a pair that is compared.
    """

    sellers: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    against: tuple[AgainstView, ...]


def market_view(results: SalesResults, findings: Sequence[str], labels: Mapping[str, str]) -> MarketView:
    """Lay out one market.

    Args:
        results: what came of it.
        findings: the sentences about it.
        labels: of facets, by their ids.
    """
    named = {measure.name: measure for measure in results.measures}
    shown = (*OUTCOMES, CLAIMED)
    return MarketView(
        results=results,
        findings=tuple(findings),
        outcomes=tuple(named[name] for name in shown),
        bars=tuple(_bar(seller, results) for seller in results.rows),
        ways=_means(results, _WAYS),
        more=_means(results, [name for name in named if name not in (*shown, *_WAYS)]),
        against=tuple(
            _against(results, baseline) for baseline in dict.fromkeys(d.baseline for d in results.differences)
        ),
        groups=tuple(_groups(results)),
        association=tuple(_association(results)),
        won=tuple(_won(results, labels)),
    )


def _bar(seller: str, results: SalesResults) -> Bar:
    row, start, segments = results.rows[seller], 0.0, []
    for name in OUTCOMES:
        width = 100 * row[name][0] if math.isfinite(row[name][0]) else 0.0
        segments.append(Segment(name, round(start, 2), round(width, 2)))
        start += width
    _, low, high = row["sold"]
    claimed = row[CLAIMED][0]
    return Bar(
        seller=seller,
        segments=tuple(segments),
        low=_percent(low),
        high=_percent(high),
        claimed=_percent(claimed) if math.isfinite(claimed) else None,
        cells=tuple(_cells(results, seller, (*OUTCOMES, CLAIMED))),
    )


def _percent(share: float) -> float:
    return round(100 * share, 2) if math.isfinite(share) else 0.0


def _cells(results: SalesResults, seller: str, names: Sequence[str]) -> Iterator[Cell]:
    for name in names:
        yield cell_of(Scale.of(row[name] for row in results.rows.values()), results.rows[seller][name])


def _means(results: SalesResults, names: Sequence[str]) -> MeansView:
    measures = tuple(measure for measure in results.measures if measure.name in names)
    shown = [measure.name for measure in measures]
    return MeansView(measures, tuple((seller, tuple(_cells(results, seller, shown))) for seller in results.rows))


def _tested(results: SalesResults) -> tuple[Measure, ...]:
    tested = {d.measure for d in results.differences}
    return tuple(measure for measure in results.measures if measure.name in tested)


def _against(results: SalesResults, baseline: str) -> AgainstView:
    differences = [d for d in results.differences if d.baseline == baseline]
    rows: dict[str, list[Difference]] = {}
    for d in differences:
        rows.setdefault(d.questioner, []).append(d)
    return _compared(f"against {baseline}", "seller", _tested(results), rows)


def _compared(
    title: str, first: str, measures: Sequence[Measure], rows: Mapping[str, Sequence[Difference]]
) -> AgainstView:
    """Lay out differences by row and measure; all of a measure share decimals and the line on which they are drawn."""
    found = {(name, d.measure): d for name, differences in rows.items() for d in differences}
    of = {m.name: [d for (_, name), d in found.items() if name == m.name] for m in measures}
    scales = {name: Scale.of((d.difference, d.low, d.high) for d in differences) for name, differences in of.items()}

    def view(name: str, measure: Measure) -> DifferenceView | None:
        d = found.get((name, measure.name))
        if d is None:
            return None
        return difference_of(scales[measure.name], d, measure.better, extent_of(of[measure.name]))

    return AgainstView(
        title=title,
        first=first,
        measures=tuple((measure, measure.name in _DRAWN) for measure in measures),
        rows=tuple((name, tuple(view(name, measure) for measure in measures)) for name in rows),
    )


def _groups(results: SalesResults) -> Iterator[GroupsView]:
    sellers = tuple(results.rows)
    scale = Scale.of(sold for group in results.groups for sold in group.sold.values())
    for variable in dict.fromkeys(group.variable for group in results.groups):
        rows = (
            (group.group, group.people, tuple(cell_of(scale, group.sold.get(seller)) for seller in sellers))
            for group in results.groups
            if group.variable == variable
        )
        yield GroupsView(variable, sellers, tuple(rows))


def _association(results: SalesResults) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield for each persona variable its association with wishes, then with what each seller sold."""
    for variable, wishes in results.wish_v.items():
        won = (results.won_v[seller].get(variable, math.nan) for seller in results.rows)
        yield variable, tuple(_fine(value) for value in (wishes, *won))


def _won(results: SalesResults, labels: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield for each intent the share of dialogues of each seller in which something of it was sold that fits."""
    for intent in next(iter(results.won.values()), {}):
        yield labels.get(intent, intent), tuple(_fine(results.won[seller][intent]) for seller in results.rows)


def _fine(value: float) -> str:
    return Scale(3, 3).number(value)


def sweep_view(found: Sequence[SalesResults]) -> SweepView:
    """Lay out several markets side by side."""
    first = found[0]
    sellers, headline = tuple(first.rows), first.measures[0].name
    scale = Scale.of(row[headline] for results in found for row in results.rows.values())
    drawn = tuple(measure for measure in _tested(first) if measure.name in _DRAWN)
    pairs = dict.fromkeys((d.baseline, d.questioner) for d in first.differences)
    return SweepView(
        sellers=sellers,
        rows=tuple(
            (
                results.label,
                _fine(results.wish_v.get(_OCCUPATION, math.nan)),
                tuple(cell_of(scale, results.rows[seller][headline]) for seller in sellers),
            )
            for results in found
        ),
        against=tuple(
            _compared(
                f"{seller} against {baseline}",
                "market",
                drawn,
                {
                    results.label: [d for d in results.differences if (d.baseline, d.questioner) == (baseline, seller)]
                    for results in found
                },
            )
            for baseline, seller in pairs
        ),
    )
