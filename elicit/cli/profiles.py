"""``elicit profiles``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from elicit.basis import write_text
from elicit.cli.output import console, print_json, warn_invented
from elicit.domains import MOVIES, Source, open_domain
from elicit.profiles import Association, associate
from elicit.reports import association_figure

_STRONGEST = 5


def association(
    domain: str = MOVIES,
    /,
    *,
    data: Path | None = None,
    invented: bool = False,
    permutations: int = 500,
    seed: int = 0,
    figure: Annotated[Path | None, Parameter(name=["--figure", "-o"])] = None,
    json: bool = False,
) -> None:
    """What age, gender and occupation really tell about the facets, beyond chance and beyond each other.

    Parameters
    ----------
    domain
        A name, or the folder of a built domain.
    data
        A MovieLens folder, for 'movies'.
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
    opened, people = open_domain(domain, Source(data, invented))
    warn_invented(opened)
    found = associate(opened, people, permutations=permutations, seed=seed)
    rows = [row.flat() for row in found.rows]
    if figure is not None:
        write_text(figure, association_figure(rows))
    if json:
        print_json({"domain": opened.name, "people": len(people), "table": rows, "notes": list(found.notes)})
        return
    out = console()
    out.print(f"[bold]What a persona tells about {len(opened.facets)} facets[/], {opened.title}, {len(people)} people")
    out.print(_table(found))
    for variable in dict.fromkeys(row.variable for row in found.rows if not row.given):
        strongest = (opened.facets[opened.column(f.facet)].label for f in found.strongest(variable, _STRONGEST))
        out.print(f"{variable} says most about: {', '.join(strongest)}", markup=False)
    for note in found.notes:
        out.print(f"Note: {note}", markup=False)
    if figure is not None:
        out.print(f"Figure: {figure}")


def _table(found: Association) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("variable")
    for heading in ("values", "raw bits", "by chance", "excess", "of entropy", "p", "facets"):
        table.add_column(heading, justify="right")
    for row in found.rows:
        name = f"{row.variable}, others given" if row.given else row.variable
        table.add_row(
            name,
            str(row.categories),
            f"{row.raw:.2f}",
            f"{row.null:.2f}",
            f"[bold]{row.excess:.2f}[/]",
            f"{row.share_of_entropy:.2%}",
            f"{row.p:.3f}",
            f"{row.significant_facets}/{len(row.by_facet)}",
        )
    return table
