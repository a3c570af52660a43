"""What a person sees of a result: sentences, terminal tables, figures and one self-contained page.

May import ``measures`` and the rooms above it.
"""

from elicit.reports.figures import association_figure, curves_figure
from elicit.reports.findings import findings
from elicit.reports.page import report_page, write_report
from elicit.reports.tables import print_results, results_table, results_text

__all__ = [
    "association_figure",
    "curves_figure",
    "findings",
    "print_results",
    "report_page",
    "results_table",
    "results_text",
    "write_report",
]
