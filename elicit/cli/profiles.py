"""``elicit profiles``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from elicit.basis import InputError, write_text
from elicit.cli.output import Flag, Whole, console, open_people, print_json, refuse_unwritable
from elicit.domains import MOVIES
from elicit.profiles import Association, associate
from elicit.reports import association_figure

_STRONGEST: Final = 5
_LEGEND: Final = (
    "Bits over all facets: raw mutual information, what chance alone would give, the excess, and its share of the "
    "facets' entropy; p of the sum; facets that stand after correction for many tests."
)


def association(
    domain: str = MOVIES,
    /,
    *,
    data: Path | None = None,
    invented: Flag = False,
    permutations: Whole = 500,
    seed: Whole = 0,
    figure: Annotated[Path | None, Parameter(name=["--figure", "-o"])] = None,
    json: Flag = False,
) -> None:
    """What age, gender and occupation really tell about the facets, beyond chance and beyond each other.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    data
        Your data for a domain that ships: a MovieLens folder for 'movies', the survey's folder for 'young-people'.
    invented
        Use the invented people, for 'movies'.
    permutations
        Draws of the null, at least 200; 500 or more for anything reported.
    seed
        Of the permutations.
    figure
        Also write a bar chart to this SVG file.
    json
        Print one JSON object.
    """
    if figure is not None:
        refuse_unwritable(figure)
        if figure.is_dir():
            raise InputError("a folder", where=str(figure), remedy="Name a file")
    opened, people = open_people(domain, data, invented)
    found = associate(opened, people, permutations=permutations, seed=seed)
    rows = [row.flat() for row in found.rows]
    if figure is not None:
        write_text(figure, association_figure(rows))
    if json:
        print_json({"domain": opened.name, "people": len(people), "table": rows, "notes": list(found.notes)})
        return
    out = console()
    title = f"What a persona tells about {len(opened.facets)} facets · {opened.title}, {len(people)} people"
    out.print(title, style="bold")
    out.print(_table(found))
    out.print(_LEGEND, style="dim")
    for variable in dict.fromkeys(row.variable for row in found.rows if not row.given):
        stand = [f for f in found.strongest(variable, len(opened.facets)) if f.significant][:_STRONGEST]
        labels = ", ".join(opened.facets[opened.column(f.facet)].label for f in stand)
        out.print(
            f"{variable} says most about: {labels}" if labels else f"{variable} says nothing sure about any facet"
        )
    for note in found.notes:
        out.print(f"Note: {note}")
    if figure is not None:
        out.print(f"Figure: {figure}")


def _table(found: Association) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("variable", overflow="fold")
    for heading in ("values", "raw", "chance", "excess", "share", "p", "facets"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.rows:
        name = f"{row.variable}, others given" if row.given else row.variable
        table.add_row(
            Text(name),
            str(row.categories),
            f"{row.raw:.2f}",
            f"{row.null:.2f}",
            Text(f"{row.excess:.2f}", style="bold"),
            f"{row.share_of_entropy:.2%}",
            f"{row.p:.3f}",
            f"{row.significant_facets}/{len(row.by_facet)}",
        )
    return table
