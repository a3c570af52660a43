"""The page: everything about a result in one HTML file without a single external resource."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from elicit.basis import write_text
from elicit.measures.results import Results
from elicit.reports.figures import curves_figure
from elicit.reports.findings import INVENTED, findings
from elicit.reports.numbers import minus
from elicit.reports.views import measure_view, summary_views

if TYPE_CHECKING:
    from jinja2 import Template


def write_report(results: Results, folder: Path) -> Path:
    """Write ``report.html`` and one ``figures/MEASURE.svg`` a measure, each whole or not at all.

    Returns:
        the path of the page.
    """
    for measure in results.measures:
        name = re.sub(r"[^\w.-]+", "-", measure.name)
        write_text(folder / "figures" / f"{name}.svg", curves_figure(results, measure))
    page = folder / "report.html"
    write_text(page, report_page(results))
    return page


def report_page(results: Results) -> str:
    """Return the page as HTML; text from outside is escaped by the template and nowhere else."""
    return template("page.html.jinja").render(
        results=results,
        findings=[sentence for sentence in findings(results) if sentence != INVENTED],
        invented=INVENTED if results.invented else "",
        measures=[measure_view(results, measure) for measure in results.measures],
        summaries=summary_views(results),
        most_questions=max((row.questions for row in results.rows), default=0),
    )


def template(name: str) -> Template:
    """Return a template of this room; everything it is given is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    here = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=here, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["minus"] = minus
    return environment.get_template(name)
