"""Saves Excel workbooks without the temporary files that ``openpyxl`` makes, and leaves open where a disk is full."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter, WorksheetWriter


def saved(book: Workbook) -> bytes:
    """Return a workbook of plain sheets, without charts and pictures, as a file."""
    stream = io.BytesIO()
    _InMemory(book, ZipFile(stream, "w", ZIP_DEFLATED)).save()
    return stream.getvalue()


class _InMemory(ExcelWriter):  # type: ignore[misc]
    def write_worksheet(self, sheet: Any) -> None:
        text = io.BytesIO()
        writer = WorksheetWriter(sheet, text)
        writer.write()
        sheet._rels = writer._rels
        self._archive.writestr(sheet.path[1:], text.getvalue())
        self.manifest.append(sheet)
