"""``elicit beliefs``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from elicit.beliefs import Gap
from elicit.cli.output import Flag, console, open_people, print_json, say
from elicit.recipes import BeliefRow, compare_beliefs, read_belief_test
from elicit.reports import Scale

_BITS, _NDCG = Scale(decimals=1, coarse=1), Scale(decimals=3, coarse=3)
_LEAST_GAIN: Final = 0.005
"""Bits that are shown as more than .00."""
_LEGEND: Final = (
    "Bits that are left of the facets without an answer, and of the targets (95 % intervals of the difference to the "
    "first belief, paired over people); the gap is how far the belief is from being the mean of what it would be after "
    "each answer, in bits and in units of what an answer tells."
)


def beliefs(
    recipe: str = "movies-beliefs",
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    domain: str | None = None,
    json: Flag = False,
) -> None:
    """Compare what mixtures and masked networks make of a few answers of held-out people.

    Parameters
    ----------
    recipe
        Name of a shipped recipe, or a TOML file.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Use the invented people, for the domain 'movies'.
    domain
        Another domain than the recipe's: a name, or the folder of a built one.
    json
        Print one JSON object instead of a table.
    """
    settings = read_belief_test(recipe)
    opened, people = open_people(domain or settings.domain, data, invented)
    rows = compare_beliefs(settings, opened, people)
    say(f"Learning {len(settings.beliefs)} beliefs; a network takes a minute or two")
    if json:
        print_json({"recipe": settings.title, "domain": opened.name, "table": [row.flat() for row in rows]})
        return
    out = console()
    out.print(f"{settings.title} · {opened.title}", style="bold")
    # Each belief is shown as soon as it is learned.
    for name, part in groupby(rows, key=lambda row: row.belief):
        shown = list(part)
        out.print(_table(name, shown, settings.beliefs[0].name))
        if shown[0].trouble:
            out.print(f"Trouble in learning: {shown[0].trouble}.")
    out.print(_LEGEND, style="dim")


def _table(name: str, rows: Sequence[BeliefRow], first: str) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, 1),
        title=Text(f"\n{name}, learned in {rows[0].seconds:.0f} s", style="bold"),
        title_justify="left",
    )
    table.add_column("answers", no_wrap=True)
    for heading in ("profile", "vs first", "targets", "NDCG@10", "gap / gain"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        mean, low, high = (float(part) for part in row.more_bits)
        table.add_row(
            f"{row.answers} {row.order}",
            _BITS.number(row.profile_bits),
            "" if name == first else f"{_BITS.signed(mean)} {_BITS.signed_ends(low, high)}",
            _BITS.number(row.target_bits),
            _NDCG.number(row.ndcg),
            _gap(row.gap) if row.gap else "",
        )
    return table


def _gap(gap: Gap) -> str:
    """Write a gap in units of the gain, where answers tell anything."""
    shown = f"{gap.gap:.2f} / {gap.gain:.2f}"
    return f"{shown} = {gap.ratio:.2f}" if gap.gain >= _LEAST_GAIN else shown
