"""What the page shows, as text and numbers ready to be laid out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from elicit.measures.results import Difference, Measure, Results
from elicit.reports.figures import curves_figure
from elicit.reports.findings import side
from elicit.reports.numbers import MISSING, Interval, Scale, better_words, scale_of, shown_numbers


@dataclass(frozen=True)
class Cell:
    """A mean and the ends of its interval, as text."""

    mean: str
    ends: str


@dataclass(frozen=True)
class DifferenceView:
    """A difference as text and as places on a line from 0 to 100 with no difference at 50.

    Attributes:
        side: ``better`` or ``worse`` beyond noise, ``noise`` inside it, ``apart`` where neither direction is better.
    """

    text: str
    ends: str
    side: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class RowView:
    """One questioner: its means, its last difference and the earlier ones (None where nothing was compared)."""

    questioner: str
    means: tuple[Cell, ...]
    last: DifferenceView | None
    earlier: tuple[DifferenceView | None, ...]


@dataclass(frozen=True)
class TableView:
    """One condition: a row a questioner, a cell a number of questions, and the differences to the baseline.

    ``compared`` is the number of questions of the differences that are drawn, ``earlier`` the others.
    """

    condition: str
    numbers: tuple[int, ...]
    rows: tuple[RowView, ...]
    compared: int | None
    earlier: tuple[int, ...]


@dataclass(frozen=True)
class MeasureView:
    """One measure on the page: how to read it, its panels as SVG elements, its tables."""

    measure: Measure
    better: str
    panels: tuple[str, ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True)
class SummaryView:
    """The summaries of one condition, of one group of measures: a cell a measure, a row a questioner."""

    group: str
    condition: str
    measures: tuple[Measure, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def measure_view(results: Results, measure: Measure) -> MeasureView:
    """Lay out one measure over all conditions."""
    panels = (curves_figure(results, measure, [condition]) for condition in results.conditions)
    return MeasureView(
        measure,
        better_words(measure),
        tuple(svg[svg.index("<svg") :] for svg in panels),
        tuple(_Tables(results, measure).table(condition) for condition in results.conditions),
    )


class _Tables:
    """Lays out the tables of one measure, which share decimals and the line of the drawn differences."""

    def __init__(self, results: Results, measure: Measure) -> None:
        self.results, self.measure = results, measure
        self.scale = scale_of(results, measure.name)
        self.extent = _extent(results, measure)

    def table(self, condition: str) -> TableView:
        compared = self.results.last_compared(condition, self.measure.name)
        numbers = shown_numbers(self.results.numbers(condition))
        earlier = tuple(n for n in numbers if compared is not None and 0 < n < compared)
        rows = (
            RowView(
                questioner,
                tuple(self._mean(questioner, condition, n) for n in numbers),
                self._difference(questioner, condition, compared) if compared is not None else None,
                tuple(self._difference(questioner, condition, n) for n in earlier),
            )
            for questioner in self.results.questioners
        )
        measured = tuple(row for row in rows if any(cell.mean != MISSING for cell in row.means))
        return TableView(condition, numbers, measured, compared, earlier)

    def _mean(self, questioner: str, condition: str, questions: int) -> Cell:
        return cell_of(self.scale, self.results.value(questioner, condition, questions, self.measure.name))

    def _difference(self, questioner: str, condition: str, questions: int) -> DifferenceView | None:
        found = self.results.difference(questioner, condition, questions, self.measure.name)
        return difference_of(self.scale, found, self.measure.better, self.extent) if found else None


def cell_of(scale: Scale, value: Interval | None) -> Cell:
    """Lay out a mean with its interval."""
    if value is None or not math.isfinite(value[0]):
        return Cell(MISSING, "")
    return Cell(scale.number(value[0]), "" if math.isnan(value[1]) else scale.ends(value))


def difference_of(scale: Scale, found: Difference, better: int, extent: float) -> DifferenceView:
    """Lay out a difference.

    Args:
        scale: its decimals.
        found: the difference.
        better: +1 if more is better, −1 if less is better, 0 if neither.
        extent: what the line ends with on both sides.
    """
    place = {1: "better", 0: "noise", -1: "worse"}[side(found, better)]
    low, middle, high = (round(50 + 48 * _within(end / extent), 1) for end in (found.low, found.difference, found.high))
    kind = "apart" if better == 0 and found.beyond_noise else place
    text, ends = scale.signed(found.difference), scale.signed_ends(found.low, found.high)
    return DifferenceView(text, ends, kind, low, middle, high)


def _extent(results: Results, measure: Measure) -> float:
    """Return the largest end of any last difference of a measure, so that its drawings share one line."""
    last = {condition: results.last_compared(condition, measure.name) for condition in results.conditions}
    return extent_of(
        [d for d in results.differences if d.measure == measure.name and d.questions == last.get(d.condition)]
    )


def extent_of(differences: Sequence[Difference]) -> float:
    """Return the largest end of any of these differences, so that their drawings share one line."""
    ends = (abs(end) for d in differences for end in (d.low, d.high) if math.isfinite(end))
    return max(ends, default=0.0) or 1.0


def _within(share: float) -> float:
    return min(max(share, -1.0), 1.0) if math.isfinite(share) else 0.0


def summary_views(results: Results) -> tuple[SummaryView, ...]:
    """Lay out the summaries: a table for each group of measures and condition."""
    conditions = dict.fromkeys(row.condition for row in results.summaries)
    groups = dict.fromkeys(measure.group for measure in results.summary_measures)
    return tuple(_summary_view(results, group, condition) for group in groups for condition in conditions)


def _summary_view(results: Results, group: str, condition: str) -> SummaryView:
    measures = tuple(measure for measure in results.summary_measures if measure.group == group)
    scales = {measure.name: scale_of(results, measure.name) for measure in measures}
    rows = tuple(
        (row.questioner, tuple(cell_of(scale, row.values.get(name)) for name, scale in scales.items()))
        for row in results.summaries
        if row.condition == condition
    )
    return SummaryView(group, condition, measures, rows)
