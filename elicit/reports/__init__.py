"""What a person sees of a result: sentences, terminal tables, figures and one self-contained page.

May import ``measures`` and the rooms above it.
"""

from elicit.reports.figures import association_figure, curves_figure
from elicit.reports.findings import findings, side
from elicit.reports.model_card import model_card
from elicit.reports.numbers import Scale
from elicit.reports.page import report_page, write_report
from elicit.reports.sales import sales_findings, write_sales_report
from elicit.reports.tables import print_results, results_table, results_text
from elicit.reports.talks import print_talks, talk_findings, write_talks_report

__all__ = [
    "Scale",
    "association_figure",
    "curves_figure",
    "findings",
    "model_card",
    "print_results",
    "print_talks",
    "report_page",
    "results_table",
    "results_text",
    "sales_findings",
    "side",
    "talk_findings",
    "write_report",
    "write_sales_report",
    "write_talks_report",
]
