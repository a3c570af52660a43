"""The result in a terminal: one table a condition, as rich as the width allows."""

from __future__ import annotations

import io
from enum import Enum

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from elicit.measures.results import TROUBLE, Measure, Published, Results
from elicit.reports.findings import findings, side
from elicit.reports.numbers import MISSING, Scale, better_words, scale_of, shown_numbers

LEGEND = (
    "* beyond noise: the paired 95 % interval excludes zero and p < .05 after Holm;",
    "  without a star, a questioner cannot be told apart from {baseline}.",
)
_SIDES = {1: "green", 0: "", -1: "red"}


class _Intervals(Enum):
    """Which means of a row show their interval."""

    ALL = "all"
    LATER = "all but the first"
    LAST = "last"
    NONE = "none"


_LAYOUTS = (
    (_Intervals.ALL, 5),
    (_Intervals.LATER, 5),
    (_Intervals.LAST, 5),
    (_Intervals.NONE, 5),
    (_Intervals.NONE, 3),
    (_Intervals.NONE, 2),
)
"""Intervals and the most numbers of questions, from rich to bare; a table takes the first that fits."""


def results_table(results: Results, condition: str, *, measure: Measure | None = None, width: int = 80) -> Table:
    """Return one condition as a table: a row a questioner, a column a number of questions, and the difference.

    Args:
        results: what was found.
        condition: one of ``results.conditions``.
        measure: the headline if not given.
        width: columns of the terminal; intervals and then numbers of questions are left out until the table fits.
    """
    writer = _Writer(results, condition, measure or results.headline)
    tables = [writer.table(intervals, most) for intervals, most in _LAYOUTS]
    return next((table for table in tables if _needed(table) <= width), tables[-1])


def results_text(results: Results, width: int = 80) -> str:
    """Return the findings and all tables as plain text without escape codes, at most ``width`` wide."""
    buffer = io.StringIO()
    _show(results, Console(file=buffer, width=width, color_system=None, legacy_windows=False))
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def print_results(results: Results, console: Console) -> None:
    """Print the findings and all tables: plain text if nobody watches or ``NO_COLOR`` is set, else with colours."""
    if console.is_terminal and not console.no_color:
        _show(results, console)
    else:
        console.file.write(results_text(results, console.width))


def _show(results: Results, console: Console) -> None:
    console.print(Text(f"{results.title} · {results.domain}, {results.people} people", style="bold"))
    sentences = Table.grid(padding=(0, 1))
    for sentence in [*findings(results), *(note for note in results.notes if note.startswith(TROUBLE))]:
        sentences.add_row("-", Text(sentence))
    console.print(sentences)
    console.print()
    for condition in results.conditions:
        console.print(results_table(results, condition, width=console.width), "")
    if results.published:
        for condition in dict.fromkeys(f.condition for f in results.published.figures):
            scale = scale_of(results, results.headline.name)
            console.print(published_table(results.published, condition, scale), "")
        agreement = ", ".join(f"{name} {tau:.2f}" for name, tau in results.published.agreement.items())
        console.print(Text(f"Agreement with the published figures, Kendall's tau-b: {agreement}"))
        console.print(Text(f"Published: {results.published.source}\n", style="dim"))
    if results.differences:
        console.print(Text("\n".join(LEGEND).format(baseline=results.baseline), style="dim"))


def published_table(published: Published, condition: str, scale: Scale) -> Table:
    """Return our figures of a condition beside the published ones, "ours | theirs" for each number of questions."""
    figures = [f for f in published.figures if f.condition == condition]
    cells = {(f.questioner, f.questions): f"{scale.number(f.ours)} | {scale.number(f.theirs)}" for f in figures}
    numbers = sorted({f.questions for f in figures})
    title = Text(f"{condition} · ours | published", style="bold")
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("questions asked")
    for number in numbers:
        table.add_column(str(number))
    for questioner in dict.fromkeys(f.questioner for f in figures):
        table.add_row(questioner, *(cells.get((questioner, n), MISSING) for n in numbers))
    return table


def _needed(table: Table) -> int:
    """Return the width at which nothing in a table wraps."""
    wide = Console(width=10_000, color_system=None, file=io.StringIO())
    return Measurement.get(wide, wide.options, table).maximum


class _Writer:
    """Writes one condition and measure."""

    def __init__(self, results: Results, condition: str, measure: Measure) -> None:
        self.results, self.condition, self.measure = results, condition, measure
        self.scale = scale_of(results, measure.name)
        self.compared = results.last_compared(condition, measure.name)

    def table(self, intervals: _Intervals, most: int) -> Table:
        numbers = shown_numbers(self.results.numbers(self.condition), most)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
        table.title, table.title_justify, table.title_style = self._title(), "left", ""
        table.add_column("questions asked", overflow="fold")
        for n in numbers:
            table.add_column(Text(str(n)), no_wrap=True)
        if self.compared is not None:
            table.add_column(Text(f"vs {self.results.baseline} at {self.compared}"))
        for questioner in self.results.questioners:
            means = [self._mean(questioner, n, _has_interval(intervals, n, numbers)) for n in numbers]
            if any(mean.plain != MISSING for mean in means):
                table.add_row(Text(questioner), *means, *self._difference(questioner))
        return table

    def _title(self) -> Text:
        return Text.assemble((self.condition, "bold"), f" · {self.measure.title}{better_words(self.measure, ', ')}")

    def _mean(self, questioner: str, questions: int, with_interval: bool) -> Text:
        value = self.results.value(questioner, self.condition, questions, self.measure.name)
        mean = Text(self.scale.number(value[0]) if value else MISSING)
        if value and with_interval and mean.plain != MISSING:
            mean.append(f" {self.scale.ends(value)}", style="dim")
        return mean

    def _difference(self, questioner: str) -> list[Text]:
        if self.compared is None:
            return []
        d = self.results.difference(questioner, self.condition, self.compared, self.measure.name)
        if d is None:
            return [Text("baseline" if questioner == self.results.baseline else MISSING, style="dim")]
        star = " *" if d.beyond_noise else ""
        text = f"{self.scale.signed(d.difference)} {self.scale.signed_ends(d.low, d.high)}{star}"
        return [Text(text, style=_SIDES[side(d, self.measure.better)] if self.measure.better else "")]


def _has_interval(intervals: _Intervals, questions: int, numbers: tuple[int, ...]) -> bool:
    later = questions != numbers[0]
    last = questions == numbers[-1]
    return {_Intervals.ALL: True, _Intervals.LATER: later, _Intervals.LAST: last, _Intervals.NONE: False}[intervals]
