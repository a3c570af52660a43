"""A question set as an XLSForm, for ODK, KoboToolbox and others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from elicit.funnels.exports.expressions import XLSFORM, condition_of
from elicit.funnels.exports.funnel import Funnel
from elicit.funnels.exports.naming import answer_names, plain_names
from elicit.funnels.exports.shown import choices_of, ending_of, item_text, one_line, wording_of
from elicit.funnels.tree import End, Question
from elicit.models.libraries import need

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Rows = Iterable[Sequence[str]]

_SURVEY: Final = ("type", "name", "label", "required", "relevant")
_CHOICES: Final = ("list_name", "name", "label")
_SETTINGS: Final = ("form_title", "form_id", "version")
_FORMULA: Final = ("=", "+", "-", "@", "#")
"""How a text begins that a table would compute."""
_JOINER: Final = "\u2060"


def xlsform(funnel: Funnel) -> bytes:
    """Return a question set as an Excel workbook that is an XLSForm.

    Questions and ends are named like their nodes; an end is a note that lists the items. All cells are text.

    Raises:
        UnavailableError: ``openpyxl`` is missing.
    """
    need("openpyxl")
    from openpyxl import Workbook

    from elicit.funnels.exports.workbook import saved

    book = Workbook()
    sheet = book.active
    book.remove(sheet)
    for name, head, rows in (
        ("survey", _SURVEY, _survey(funnel)),
        ("choices", _CHOICES, _choices(funnel)),
        ("settings", _SETTINGS, [_settings(funnel)]),
    ):
        _fill(book.create_sheet(name), [head, *rows])
    return saved(book)


def _fill(sheet: Worksheet, rows: Rows) -> None:
    for row, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(row, column, text or None)
            if text.startswith(_FORMULA):
                # The type keeps it text, and the mark does so when somebody edits it.
                cell.data_type, cell.quotePrefix = "s", True
    sheet.freeze_panes = "A2"


def _survey(funnel: Funnel) -> Iterator[Sequence[str]]:
    lists = _lists(funnel)
    for node in funnel.nodes:
        relevant = condition_of(funnel, node.id, XLSFORM)
        if isinstance(node, Question):
            facet = funnel.facet_by_id[node.facet]
            yield f"select_one {lists[node.facet]}", node.id, _label(wording_of(facet)), "yes", relevant
        else:
            yield "note", node.id, _label(_note(funnel, node)), "", relevant


def _choices(funnel: Funnel) -> Iterator[Sequence[str]]:
    lists = _lists(funnel)
    for facet in funnel.facets:
        names = answer_names(facet, funnel.nones)
        for option, text in choices_of(funnel, facet).items():
            yield lists[facet.id], names[option], _label(text)


def _settings(funnel: Funnel) -> Sequence[str]:
    return one_line(funnel.title) or funnel.tree.domain, funnel.tree.domain, funnel.tree.domain_hash


def _lists(funnel: Funnel) -> dict[str, str]:
    """Return facet id to the name of its list of choices."""
    ids = [facet.id for facet in funnel.facets]
    return dict(zip(ids, plain_names(ids, "facet"), strict=True))


def _note(funnel: Funnel, end: End) -> str:
    ending = ending_of(funnel, end)
    more = [f"And {ending.more:,} more."] if ending.more else []
    return "\n".join([f"{ending.heading}. {ending.text}", *(f"- {item_text(item)}" for item in ending.items), *more])


def _label(text: str) -> str:
    """Return a text in which no form finds a name to replace, by a character that takes no room."""
    return text.replace("${", f"${_JOINER}{{")
